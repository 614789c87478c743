/** Final training on all actors of a corpus. No actors are left for testing. */
import { splitByActor } from '../data/split';
import { SerError } from '../errors';
import type { FeatureStore } from '../features/store/store';
import { onInterrupt } from '../interrupt';
import type { TrainingSides } from './dataset';
import type { FoldTask, FoldTrainer, MemberSummary } from './recipe';

/** Options of `trainFinal`. */
export interface TrainFinalOptions extends Pick<FoldTask, 'artefacts' | 'seed' | 'onBatch'> {
  store: Pick<FeatureStore, 'manifest'>;
  trainer: FoldTrainer;
}

/**
 * Trains as on a fold with an empty test side. Four of 24 actors, drawn by the seed, form the validation side. In an
 * ensemble the other members are also trained on them, so the ensemble covers all actors. Only the same training on
 * folds gives an estimate of the accuracy.
 *
 * @returns summaries of its members
 * @throws SerError `bad-training` if the training was interrupted
 */
export async function trainFinal({ store, trainer, ...task }: TrainFinalOptions): Promise<MemberSummary[]> {
  const { train, validation, test } = splitByActor(store.manifest.clips, { seed: task.seed });
  const all = [...train, ...test].sort((a, b) => a - b);
  const sides: TrainingSides = { number: 1, rows: 'clips', train: all, validation };
  const stop = new AbortController();
  const ignoreInterrupts = await onInterrupt(() => stop.abort());
  try {
    const model = await trainer.train({ ...task, sides, tensorBoard: false, interrupt: stop.signal });
    model.dispose();
    if (model.interrupted) {
      throw new SerError(
        'bad-training',
        'trainFinal: all epochs must be trained, got an interrupt; repeat the call to resume',
      );
    }
    return model.members;
  } finally {
    ignoreInterrupts();
  }
}
