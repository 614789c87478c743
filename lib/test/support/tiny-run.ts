/** A finished run on a few practice voices, for tests of a trained model. */
import path from 'node:path';
import type { Corpus } from '../../data/corpus';
import { foldsOf } from '../../evaluation/protocols';
import { computeFeatures } from '../../features/store/store';
import { saveGenderClassifier, trainGenderClassifier } from '../../inference/gender/gender';
import { prepareTrainer } from '../../models/registry';
import { createRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { tinyCorpus } from './tiny-corpus';

/** Options of `tinyRun`. */
export interface TinyRunOptions {
  /** Of the run's folder; default `tiny`. */
  name?: string;
  /** Default 2. */
  epochs?: number;
}

/** Trains into `folder`/runs/`name`; actor 4 is the test actor. */
export async function tinyRun(
  folder: string,
  { name = 'tiny', epochs = 2 }: TinyRunOptions = {},
): Promise<{ run: Run; root: string; corpus: Corpus }> {
  const corpus = tinyCorpus(folder);
  const root = path.join(folder, 'runs');
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 1 });
  const trainer = await prepareTrainer('original', store, { epochs, batchSize: 8 });
  const run = createRun({
    root,
    name,
    seed: 11,
    corpus: { kind: 'practice', description: corpus.label, clips: 32, fingerprint: corpus.fingerprint },
    configuration: { protocol: 'actor-split', ...trainer.configuration },
  });
  const folds = foldsOf('actor-split', corpus.clips, { testActors: [4] });
  await trainProtocol({ run, store, trainer, protocol: 'actor-split', folds });
  const features = Array.from({ length: 32 }, (_, i) => store.voice.subarray(i * 40, (i + 1) * 40));
  const sexes = corpus.clips.map(({ sex }) => sex);
  const actors = corpus.clips.map(({ actor }) => actor);
  const classifier = trainGenderClassifier({ features, sexes, actors, trainActors: [1, 2] });
  saveGenderClassifier(run.file('gender.json'), classifier);
  run.finish();
  return { run, root, corpus };
}
