/** Final training on all actors of a corpus. No actors are left for testing. */
import { splitByActor } from '../data/split';
import { SerError } from '../errors';
import type { FeatureStore } from '../features/store/store';
import type { TrainingSides } from './dataset';
import type { BatchProgress } from './fit';
import { watchInterrupts } from './interrupt';
import type { FoldTrainer, MemberSummary } from './recipe';
import type { ArtefactFolder } from './runs/artefact-folder';

/** Options of `trainOnEveryone`. */
export interface TrainFinalOptions {
  store: Pick<FeatureStore, 'manifest'>;
  trainer: FoldTrainer;
  /** Artefact folder of the model. An interrupted training is resumed from it. */
  artefacts: ArtefactFolder;
  /** Default 11. */
  seed?: number;
  onBatch?: (progress: BatchProgress, member: string) => void;
}

/**
 * Trains as on a fold whose test side is empty: four drawn actors (of 24) still choose what must be chosen. Of an
 * Trains as on a fold with an empty test side. Four of 24 actors, drawn by the seed, form the validation side. In an
 * ensemble the other members are also trained on them, so the ensemble covers all actors. Only the same training on
 * folds gives an estimate of the accuracy.
 * @returns its parts
 * @returns summaries of its members
 */
export async function trainOnEveryone(options: TrainFinalOptions): Promise<MemberSummary[]> {
  const { store, trainer, artefacts, seed = 11, onBatch } = options;
  const watch = await watchInterrupts();
  try {
    const sides = allActors(store, seed);
    const model = await trainer.train({
      ...{ sides, artefacts, seed, tensorBoard: false, interrupt: watch.signal, onBatch },
    });
    model.dispose();
    if (model.interrupted) {
      throw new SerError(
        'bad-training',
        'trainOnEveryone: all epochs must be trained, got an interrupt; repeat the call to resume',
      );
    }
    return model.members;
  } finally {
    watch.end();
  }
}

/** Adds the test actors to the training side. */
function allActors({ manifest }: Pick<FeatureStore, 'manifest'>, seed: number): TrainingSides {
  const { train, validation, test } = splitByActor(manifest.clips, { seed });
  return { number: 1, rows: 'clips', train: [...train, ...test].sort((a, b) => a - b), validation };
}
