/** A finished run on a few practice voices, for tests that ask a trained model. */
import path from 'node:path';
import type { Corpus } from '../data/corpus';
import { foldsOf } from '../evaluation/protocols';
import { computeFeatures } from '../features/store';
import { saveGenderClassifier, trainGenderClassifier } from '../inference/gender';
import { prepareTrainer } from '../training/recipes';
import { createRun, type Run } from '../training/run';
import { trainProtocol } from '../training/train';
import { tinyCorpus } from './tiny-corpus';

/** Trains for two epochs, into `folder`/runs/tiny; actor 4 is tested on, and unheard. */
export async function tinyRun(folder: string): Promise<{ run: Run; root: string; corpus: Corpus }> {
  const corpus = tinyCorpus(folder);
  const root = path.join(folder, 'runs');
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 1 });
  const run = createRun({
    root,
    name: 'tiny',
    seed: 11,
    corpus: { kind: 'practice', description: corpus.label, clips: 32, fingerprint: corpus.fingerprint },
    configuration: { protocol: 'actor-split' },
  });
  const trainer = await prepareTrainer('original', store, { epochs: 2, batchSize: 8 });
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
