/** How a training goes, in one line that is replaced in place. */
import { type Progress, progress } from './progress';

/** Where a training stands after a batch; epochs and batches count from 1. */
export interface TrainingStep {
  epoch: number;
  epochs: number;
  batch: number;
  batches: number;
  loss: number;
  /** From 0 to 1. */
  accuracy: number;
  rowsPerSecond: number;
  /** The last finished epoch, if any. */
  last?: { valLoss: number; valAccuracy: number };
}

/** Which of several trainings it is. */
export interface TrainingPart {
  /** Position among the folds, from 1. */
  fold: number;
  folds: number;
  /** The network, where a model has several. */
  member: string;
}

/** Hand `update` to a training as its `onBatch`; call `done` after it. */
export interface TrainingProgress {
  update(step: TrainingStep, part?: TrainingPart): void;
  done(): void;
}

/**
 * Shows epoch, loss, accuracy and speed of a training while it runs, at most five times a second; each fold and each
 * network of a model gets a line of its own.
 */
export function trainingProgress(title: string): TrainingProgress {
  let shown: Progress | undefined;
  let current = '';
  return {
    update({ epoch, epochs, batch, batches, loss, accuracy, rowsPerSecond, last }, part) {
      const name = part && part.folds > 1 ? `${title}, fold ${part.fold} of ${part.folds}` : title;
      const key = `${name} ${part?.member ?? ''}`;
      if (key !== current) {
        shown?.done();
        shown = progress(part ? `${name}, ${part.member}` : name, epochs * batches, { unit: 'batches' });
        current = key;
      }
      const validation = last
        ? `, validation loss ${last.valLoss.toFixed(3)}, accuracy ${percent(last.valAccuracy)}`
        : '';
      const training = `epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}`;
      shown?.update((epoch - 1) * batches + batch, `${training}${validation}; ${Math.round(rowsPerSecond)} rows/s`);
    },
    done() {
      shown?.done();
    },
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
