/** Training on every voice of a corpus, for a model that goes out: nobody is left to test it on. */
import { splitByActor } from '../data/split';
import { SerError } from '../errors';
import type { FeatureStore } from '../features/store';
import type { TrainingSides } from './dataset';
import type { BatchProgress } from './fit';
import { watchInterrupts } from './interrupt';
import type { FoldTrainer, MemberSummary } from './recipe';
import type { RunSection } from './section';

/** Options of `trainOnEveryone`. */
export interface EveryoneOptions {
  store: Pick<FeatureStore, 'manifest'>;
  trainer: FoldTrainer;
  /** Where the model goes; an interrupted training goes on from there. */
  section: RunSection;
  /** Default 11. */
  seed?: number;
  onBatch?: (progress: BatchProgress, member: string) => void;
}

/**
 * Trains as on a fold whose test side is empty: four drawn actors (of 24) still choose what must be chosen. Of an
 * ensemble the other members hear them, so that it has heard everyone. How well it does can only be told by the same
 * training on folds.
 *
 * @returns its parts
 * @throws SerError `bad-training` if it was interrupted
 */
export async function trainOnEveryone(options: EveryoneOptions): Promise<MemberSummary[]> {
  const { store, trainer, section, seed = 11, onBatch } = options;
  const watch = await watchInterrupts();
  try {
    const sides = everyone(store, seed);
    const model = await trainer.train({
      ...{ sides, section, seed, tensorBoard: false, interrupt: watch.signal, onBatch },
    });
    model.dispose();
    if (model.interrupted) {
      throw new SerError(
        'bad-training',
        'trainOnEveryone: all epochs must be trained, got an interrupt; the same call goes on from there',
      );
    }
    return model.members;
  } finally {
    watch.end();
  }
}

/** Who would be tested on teaches. */
function everyone({ manifest }: Pick<FeatureStore, 'manifest'>, seed: number): TrainingSides {
  const { train, validation, test } = splitByActor(manifest.clips, { seed });
  return { number: 1, rows: 'clips', train: [...train, ...test].sort((a, b) => a - b), validation };
}
