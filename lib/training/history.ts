/** Training history by epoch. */
import type { Epoch } from './callbacks/callback';

/** Epochs of a training and the reason for its end. */
export interface History {
  epochs: Epoch[];
  /** The epoch with the lowest validation loss, from 1; 0 without epochs. */
  best: number;
  /** Reason for the end. */
  ended: string;
}

/** Reason given when training is interrupted by Ctrl-C or by the notebook. */
export const INTERRUPTED = 'interrupted';

/** A history by column, as figures take it. */
export function historyColumns({ epochs }: Pick<History, 'epochs'>): Record<keyof Epoch, number[]> {
  const column = (name: keyof Epoch): number[] => epochs.map((epoch) => epoch[name]);
  return {
    epoch: column('epoch'),
    loss: column('loss'),
    accuracy: column('accuracy'),
    valLoss: column('valLoss'),
    valAccuracy: column('valAccuracy'),
    learningRate: column('learningRate'),
    seconds: column('seconds'),
  };
}

/** A history of these epochs. */
export function historyOf(epochs: Epoch[], ended: string): History {
  const losses = epochs.map((epoch) => epoch.valLoss);
  return { epochs, best: losses.indexOf(Math.min(...losses)) + 1, ended };
}
