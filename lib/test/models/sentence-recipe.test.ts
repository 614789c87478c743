import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadAudio } from '../../audio/load';
import type { Clip } from '../../data/clip';
import { foldsOf } from '../../evaluation/protocols';
import { computeFeatures, type FeatureStore } from '../../features/store/store';
import { EmotionPredictor } from '../../inference/predictor';
import type { SentenceModel } from '../../models/sentence/model';
import { sentenceTrainer } from '../../models/sentence/recipe';
import { computeSentences, type Sentences } from '../../models/sentence/recordings';
import { SENTENCE_FEATURES } from '../../models/sentence/sentence-vector';
import { computeUtterances } from '../../models/utterance/recordings';
import type { ClipVectors } from '../../models/vector-ensemble';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import { createRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { shareOfRight } from '../support/right-answers';
import { tinyCorpus, tinySides } from '../support/tiny-corpus';
import { toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-sentence-'));
after(() => fs.rmSync(root, { recursive: true }));
const store = toyStore([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const { clips } = store.manifest;
const FEATURES = 6;
const VERSIONS = 5;
const SIZE = SENTENCE_FEATURES.length;

/** Utterance vectors that determine the speaker's sex and nothing else. */
function utterances(): ClipVectors {
  const random = new Random(9, 'toy utterances');
  const values = Float32Array.from({ length: clips.length * VERSIONS * FEATURES }, (_, i) => {
    const { sex } = clips[Math.floor(i / (VERSIONS * FEATURES))];
    return (i % FEATURES === 0 && sex === 'male' ? 9 : 0) + random.normal();
  });
  return { values, versions: VERSIONS, features: FEATURES };
}

/** Sounds whose position determines the emotion, far louder for women than for men; some clips are spoilt. */
function sentences(spoilt: readonly number[] = []): Sentences {
  const vectorsOf = (clip: number): Float32Array => {
    const random = new Random(9, 'toy sounds', clip);
    const level = clips[clip].sex === 'male' ? 0 : 500;
    return Float32Array.from({ length: VERSIONS * SIZE }, (_, i) => {
      if (i % SIZE >= 16) return Number.NaN;
      const signal = (i % SIZE) % 8 === clips[clip].label ? 4 : 0;
      return spoilt.includes(clip) ? 1e4 * random.normal() : level + signal + random.normal();
    });
  };
  return {
    frames: (clip) => {
      const random = new Random(4, 'toy frames', clip, Number(spoilt.includes(clip)));
      const values = Float32Array.from({ length: 60 * 3 }, (_, i) => Math.floor(i / 30) + random.normal());
      return { frames: 60, coefficients: 3, values };
    },
    versions: async (asked) =>
      asked.map((clip) => ({
        vectors: vectorsOf(clip),
        sentences: new Array<number>(VERSIONS).fill(0),
        alignmentCost: clips[clip].label === 7 ? 99 : 1,
      })),
  };
}

const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;

async function trained(seen: FeatureStore, said: Sentences, seed = 11): Promise<Run> {
  const protocol = 'actor-5';
  const trainer = sentenceTrainer(seen, utterances(), said);
  const run = createRun({ root, seed, corpus, configuration: { protocol, ...trainer.configuration } });
  const folds = foldsOf(protocol, clips, { seed }).slice(0, 1);
  await trainProtocol({ run, store: seen, trainer, protocol, folds, seed });
  return run;
}
const text = (run: Run, name: string): string => fs.readFileSync(run.file(name), 'utf8');

test('unseen speakers are classified correctly by their sounds, standardised by sex', async () => {
  const before = tf.memory().numTensors;
  const run = await trained(store, sentences());
  assert.equal(tf.memory().numTensors, before);
  assert.equal(shareOfRight(run, 'predictions.csv'), 1);
});

test('the same seed gives the same bits, another seed other groups of actors', async () => {
  const [once, twice] = [await trained(store, sentences()), await trained(store, sentences())];
  assert.equal(text(once, 'sentence.json'), text(twice, 'sentence.json'));
  assert.notEqual(text(await trained(store, sentences(), 12), 'sentence.json'), text(once, 'sentence.json'));
});

test('other test clips, labels and sounds change nothing that was fitted', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const relabelled = clips.map((clip, index) =>
    fold.test.includes(index) ? { ...clip, label: (clip.label + 1) % 8, sex: 'female' as const } : clip,
  );
  const other = { ...store, manifest: { ...store.manifest, clips: relabelled } };
  const [before, changed] = [await trained(store, sentences()), await trained(other, sentences(fold.test))];
  for (const name of ['sentence.json', 'validation.csv']) assert.equal(text(changed, name), text(before, name), name);
  assert.notEqual(text(changed, 'predictions.csv'), text(before, 'predictions.csv'), 'the test clips differ');
});

test('the sex of a test speaker is predicted, not looked up', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const exchanged = clips.map((clip, index): Clip => {
    if (!fold.test.includes(index)) return clip;
    return { ...clip, sex: clip.sex === 'male' ? 'female' : 'male' };
  });
  const other = { ...store, manifest: { ...store.manifest, clips: exchanged } };
  const [before, changed] = [await trained(store, sentences()), await trained(other, sentences())];
  assert.equal(text(changed, 'predictions.csv'), text(before, 'predictions.csv'));
});

test('the aligner, the sex and the standardisers come from the training side, not from validation clips', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const [before, changed] = [await trained(store, sentences()), await trained(store, sentences(fold.validation))];
  const front = (run: Run): unknown[] => {
    const { aligner, sex, standardisers } = run.readJson<SentenceModel>('sentence.json');
    return [aligner, sex, standardisers];
  };
  assert.deepEqual(front(changed), front(before));
  assert.notEqual(
    text(changed, 'sentence.json'),
    text(before, 'sentence.json'),
    'all but one model are trained on their emotions',
  );
});

test('validation predictions do not come from a model that has memorised the labels', async () => {
  // The sounds are noise: only a model trained on the clip itself could predict its label.
  const noise: Sentences = {
    ...sentences(),
    versions: async (asked) =>
      asked.map((clip) => {
        const random = new Random(21, 'noise', clip);
        const vector = Array.from({ length: SIZE }, (_, i) => (i < 400 ? random.normal() : Number.NaN));
        const vectors = Float32Array.from({ length: VERSIONS * SIZE }, (_, i) => vector[i % SIZE]);
        return { vectors, sentences: new Array<number>(VERSIONS).fill(0), alignmentCost: 1 };
      }),
  };
  const right = shareOfRight(await trained(store, noise), 'validation.csv');
  assert.ok(right < 0.5, `${100 * right} % are memorised`);
});

test('the model detects recordings of a trained sentence', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const artefacts = createRun({ root, seed: 11, corpus, configuration: {} });
  const model = await sentenceTrainer(store, utterances(), sentences()).train({
    ...{ sides: fold, artefacts, seed: 11, tensorBoard: false },
  });
  const known = await model.known(fold.test.map((clip) => ({ clip })));
  assert.deepEqual(
    known,
    fold.test.map((clip) => clips[clip].label !== 7),
  );
});

test('an interrupt ends the fold without a model', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const artefacts = createRun({ root, seed: 11, corpus, configuration: {} });
  const task = { sides: fold, artefacts, seed: 11, tensorBoard: false, interrupt: AbortSignal.abort() };
  await assert.rejects(sentenceTrainer(store, utterances(), sentences()).train(task), {
    name: 'SerError',
    code: 'bad-training',
  });
  assert.ok(!artefacts.has('sentence.json'));
});

test('a predictor loads the model with the same predictions; a model of other settings is refused', async () => {
  const folder = path.join(root, 'voices');
  fs.mkdirSync(folder);
  const tiny = tinyCorpus(folder, [1, 2, 3, 4]);
  const voices = await computeFeatures(tiny, { root: path.join(folder, 'features'), copies: 0 });
  const artefacts = createRun({ root, seed: 11, corpus, configuration: {} });
  const { sides, tested } = tinySides(tiny);
  const trainer = sentenceTrainer(voices, await computeUtterances(voices), await computeSentences(voices));
  const model = await trainer.train({ sides, artefacts, seed: 11, tensorBoard: false });
  const expected = await model.predict(tested.map((clip) => ({ clip })));
  const predictor = await EmotionPredictor.load({ folder: artefacts.folder });
  for (const [place, position] of tested.entries()) {
    const { probabilities, warnings } = await predictor.predict(tiny.clips[position].path);
    assert.ok(warnings.every(({ kind }) => kind !== 'other-sentence'));
    Object.values(probabilities).forEach((probability, label) => {
      assert.ok(Math.abs(probability - expected[place * 8 + label]) < 1e-5);
    });
  }
  const { samples, sampleRate } = await loadAudio(tiny.clips[tested[0]].path, { sampleRate: 'native' });
  const { warnings } = await predictor.predict({ samples: samples.slice().reverse(), sampleRate });
  assert.match(warnings.at(-1)?.message ?? '', /^out-of-domain text: /);
  predictor.dispose();
  const kept = artefacts.readJson<SentenceModel>('sentence.json');
  const older = { ...kept.settings, sentence: { ...kept.settings.sentence, version: 0 } };
  artefacts.writeJson('sentence.json', { ...kept, settings: older });
  await assert.rejects(
    EmotionPredictor.load({ folder: artefacts.folder }),
    /of version 1, got .*"version":0.*run 3-train again/,
  );
});
