/** Recordings of test actors influence nothing that is fitted or selected, in recipes that read recordings. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import type { Clip } from '../../data/clip';
import type { Corpus } from '../../data/corpus';
import { EMOTIONS } from '../../data/labels';
import { recordClip } from '../../data/practice/recording';
import { drawVoice } from '../../data/practice/voice';
import type { Fold } from '../../data/split';
import { evaluateProtocol } from '../../evaluation/evaluate-run';
import { foldsOf } from '../../evaluation/protocols';
import { computeFeatures, type FeatureStore } from '../../features/store/store';
import { hasEncoderWeights } from '../../models/encoder/weights';
import { prepareTrainer } from '../../models/registry';
import type { TrainingSettings } from '../../training/recipe';
import { type ClipPrediction, readPredictions } from '../../training/runs/predictions';
import { createRun, runCorpus } from '../../training/runs/run';
import { modelFolder, trainProtocol } from '../../training/train';
import { chosenFiles, READ_RECORDINGS } from '../support/no-leak';
import { tinyCorpus } from '../support/tiny-corpus';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-no-leak-recordings-'));
after(() => fs.rmSync(root, { recursive: true }));

const PROTOCOL = 'actor-5';
const corpus = tinyCorpus(newFolder('original'));
/** The test actor of the second fold is a training actor of the first. */
const [trainedFold, testedFold] = foldsOf(PROTOCOL, corpus.clips);
const stores = { original: featuresOf(corpus), exchanged: featuresOf(exchange(tinyCorpus(newFolder('exchanged')))) };

function newFolder(name: string): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  return folder;
}

/** Replaces the recordings of the test side: another speaker and sex, another emotion, another sentence. */
function exchange(copy: Corpus): Corpus {
  const clips = copy.clips.map((clip, position): Clip => {
    if (!testedFold.test.includes(position)) return clip;
    const label = (clip.label + 3) % EMOTIONS.length;
    const take = { ...clip, label, statement: 2, intensity: 'strong' } as const;
    fs.writeFileSync(clip.path, recordClip(12, drawVoice(12, clip.actor + 1), take));
    // The name is kept, since predictions are matched by name.
    return { ...take, emotion: EMOTIONS[label], sex: clip.sex === 'male' ? 'female' : 'male' };
  });
  return { ...copy, clips };
}

function featuresOf(corpus: Corpus): Promise<FeatureStore> {
  return computeFeatures(corpus, { root: path.join(corpus.folder, 'features'), copies: 0 });
}

/** Settings and folds of a recipe in this test. */
interface Effort {
  /** Networks: a single epoch, of steps of eight clips. */
  settings: Partial<TrainingSettings>;
  /** With `trainedFold` first, a trainer that carries state from fold to fold is detected. */
  folds: readonly Fold[];
}

/** Models of several linear parts have one fold, since they solve large systems, in half a minute. */
const EFFORTS: Readonly<Record<(typeof READ_RECORDINGS)[number], Effort>> = {
  utterance: { settings: {}, folds: [testedFold] },
  sentence: { settings: {}, folds: [trainedFold, testedFold] },
  convolutional: { settings: { epochs: 1, batchSize: 8 }, folds: [trainedFold, testedFold] },
  encoder: { settings: {}, folds: [trainedFold, testedFold] },
  'encoder-fine-tuned': { settings: { epochs: 1, batchSize: 8 }, folds: [testedFold] },
  recommended: { settings: {}, folds: [testedFold] },
  'from-scratch': { settings: { epochs: 1, batchSize: 8 }, folds: [testedFold] },
};

/** Results of one fold. */
interface Outcome {
  chosen: Record<string, string>;
  answers: ClipPrediction[];
}

/** Prepares, trains and evaluates as the notebooks do. */
async function trained(model: (typeof READ_RECORDINGS)[number], store: FeatureStore): Promise<Map<Fold, Outcome>> {
  const { settings, folds } = EFFORTS[model];
  const trainer = await prepareTrainer(model, store, settings);
  const run = createRun({
    ...{ root: path.join(root, 'runs'), seed: 11, corpus: runCorpus(store.manifest) },
    configuration: { protocol: PROTOCOL, ...trainer.configuration },
  });
  const summary = await trainProtocol({ run, store, trainer, protocol: PROTOCOL, folds });
  evaluateProtocol(run, PROTOCOL);
  return new Map(
    folds.map((fold) => {
      const artefacts = modelFolder(run, summary, fold.number);
      return [fold, { chosen: chosenFiles(artefacts), answers: readPredictions(artefacts.file('predictions.csv')) }];
    }),
  );
}

for (const model of READ_RECORDINGS) {
  const pretrained = model.startsWith('encoder') || model === 'recommended';
  const skip = pretrained && !hasEncoderWeights() ? 'run npm run setup -- --encoder first' : false;
  test(`${model}: other recordings and labels of the test actors change nothing that was fitted or selected`, {
    skip,
  }, async () => {
    const before = await trained(model, await stores.original);
    const after = await trained(model, await stores.exchanged);
    const outcomes = (fold: Fold): Outcome[] => [before, after].map((run) => run.get(fold) as Outcome);
    const [own, other] = outcomes(testedFold);
    assert.deepEqual(other.chosen, own.chosen);
    own.answers.forEach(({ clip, truth, probabilities }, row) => {
      assert.equal(other.answers[row].clip, clip);
      assert.notEqual(other.answers[row].truth, truth);
      assert.notDeepEqual(other.answers[row].probabilities, probabilities, `${clip} was exchanged`);
    });
    if (before.has(trainedFold)) {
      const [first, otherFirst] = outcomes(trainedFold);
      assert.notDeepEqual(otherFirst.chosen, first.chosen, 'a fold trained on the recordings changes');
    }
  });
}
