import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadAudio } from '../../audio/load';
import { foldsOf } from '../../evaluation/protocols';
import { computeFeatures, type FeatureStore } from '../../features/store/store';
import { EmotionPredictor } from '../../inference/predictor';
import { predictUtterances, UTTERANCE_FILE, type UtteranceModel } from '../../models/utterance/model';
import { utteranceTrainer } from '../../models/utterance/recipe';
import { computeUtterances, utteranceVersions } from '../../models/utterance/recordings';
import type { ClipVectors } from '../../models/vector-ensemble';
import { Random } from '../../random';
import { createRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { shareOfRight } from '../support/right-answers';
import { tinyCorpus, tinySides } from '../support/tiny-corpus';
import { toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-utterance-'));
after(() => fs.rmSync(root, { recursive: true }));
const store = toyStore([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const { clips } = store.manifest;
const FEATURES = 10;
const VERSIONS = 5;

/** Vectors whose place names the emotion, with noise; those of some clips are spoilt. */
function vectors(spoilt: readonly number[] = []): ClipVectors {
  const random = new Random(9, 'toy utterances');
  const values = Float32Array.from({ length: clips.length * VERSIONS * FEATURES }, (_, i) => {
    const clip = Math.floor(i / (VERSIONS * FEATURES));
    const signal = i % FEATURES === clips[clip].label ? 60 : 0;
    const noise = random.normal();
    return spoilt.includes(clip) ? 1000 * noise : signal + noise;
  });
  return { values, versions: VERSIONS, features: FEATURES };
}

async function trained(
  seen: FeatureStore,
  utterances: ClipVectors,
  protocol = 'actor-5' as const,
  seed = 11,
): Promise<Run> {
  const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;
  const trainer = utteranceTrainer(seen, utterances);
  const run = createRun({ root, seed, corpus, configuration: { protocol, ...trainer.configuration } });
  const folds = foldsOf(protocol, clips, { seed }).slice(0, 1);
  await trainProtocol({ run, store: seen, trainer, protocol, folds, seed });
  return run;
}
const text = (run: Run, name: string): string => fs.readFileSync(run.file(name), 'utf8');

test('unseen speakers are classified correctly if their vectors determine the emotion', async () => {
  const run = await trained(store, vectors());
  assert.equal(shareOfRight(run, 'predictions.csv'), 1);
});

test('the same seed gives the same bits, another seed other groups of actors', async () => {
  const [once, twice] = [await trained(store, vectors()), await trained(store, vectors())];
  assert.equal(text(once, 'ridge.json'), text(twice, 'ridge.json'));
  const other = await trained(store, vectors(), 'actor-5', 12);
  assert.notEqual(text(other, 'ridge.json'), text(once, 'ridge.json'));
});

test('other test clips and labels change nothing that was fitted', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const relabelled = clips.map((clip, index) =>
    fold.test.includes(index) ? { ...clip, label: (clip.label + 1) % 8 } : clip,
  );
  const other = { ...store, manifest: { ...store.manifest, clips: relabelled } };
  const [before, changed] = [await trained(store, vectors()), await trained(other, vectors(fold.test))];
  for (const name of ['ridge.json', 'validation.csv']) assert.equal(text(changed, name), text(before, name), name);
  assert.notEqual(text(changed, 'predictions.csv'), text(before, 'predictions.csv'), 'the test clips differ');
});

test('validation predictions come from the model that is not trained on the validation side', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const [before, changed] = [await trained(store, vectors()), await trained(store, vectors(fold.validation))];
  const first = (run: Run): unknown => run.readJson<{ classifiers: unknown[] }>('ridge.json').classifiers[0];
  assert.deepEqual(first(changed), first(before), 'the first model is trained on the training side alone');
  const others = (run: Run): unknown => run.readJson<{ classifiers: unknown[] }>('ridge.json').classifiers.slice(1);
  assert.notDeepEqual(others(changed), others(before), 'the others are also trained on the validation side');
});

test('validation predictions do not come from a model that has memorised the labels', async () => {
  // The vectors are noise: only a model trained on the clip itself could predict its label.
  const random = new Random(21, 'noise');
  const features = 80;
  const values = new Float32Array(clips.length * VERSIONS * features);
  for (let clip = 0; clip < clips.length; clip++) {
    const noise = Array.from({ length: features }, () => random.normal());
    for (let version = 0; version < VERSIONS; version++) values.set(noise, (clip * VERSIONS + version) * features);
  }
  const run = await trained(store, { values, versions: VERSIONS, features });
  const right = shareOfRight(run, 'validation.csv');
  assert.ok(right < 0.5, `${100 * right} % are memorised`);
});

test('an interrupt ends the fold without a model', async () => {
  const [fold] = foldsOf('actor-5', clips);
  const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;
  const artefacts = createRun({ root, seed: 11, corpus, configuration: {} });
  const task = { sides: fold, artefacts, seed: 11, tensorBoard: false, interrupt: AbortSignal.abort() };
  await assert.rejects(utteranceTrainer(store, vectors()).train(task), { name: 'SerError', code: 'bad-training' });
  assert.ok(!artefacts.has('ridge.json'));
});

test('a predictor answers from such a model as the recipe does, for any file', async () => {
  const folder = path.join(root, 'voices');
  fs.mkdirSync(folder);
  const corpus = tinyCorpus(folder, [1, 2, 3, 4]);
  const voices = await computeFeatures(corpus, { root: path.join(folder, 'features'), copies: 0 });
  const utterances = await computeUtterances(voices);
  const artefacts = createRun({
    root,
    seed: 11,
    corpus: { kind: 'practice', description: 'tiny', clips: corpus.clips.length, fingerprint: 'tiny' },
    configuration: {},
  });
  const { sides, tested } = tinySides(corpus);
  const model = await utteranceTrainer(voices, utterances).train({ sides, artefacts, seed: 11, tensorBoard: false });
  const expected = await model.predict(tested.map((clip) => ({ clip })));
  const predictor = await EmotionPredictor.load({ folder: artefacts.folder });
  for (const [place, position] of tested.entries()) {
    const { probabilities } = await predictor.predict(corpus.clips[position].path);
    Object.values(probabilities).forEach((probability, label) => {
      assert.ok(Math.abs(probability - expected[place * 8 + label]) < 1e-5);
    });
  }
  assert.ok((await predictor.timeline(corpus.clips[tested[0]].path)).length > 0);
  const { importance, probability, emotion } = await predictor.explain(corpus.clips[tested[0]].path);
  const { frames, coefficients: bands, values } = importance;
  assert.equal((await predictor.predict(corpus.clips[tested[0]].path)).probabilities[emotion], probability);
  assert.ok(
    values.some((value) => value !== 0),
    'some moment matters',
  );
  assert.equal(values.length, frames * bands);
  assert.ok(
    values.every((value, i) => value === values[i - (i % bands)]),
    'at all frequencies alike',
  );
  predictor.dispose();
  const quick = await EmotionPredictor.load({ folder: artefacts.folder, quick: true });
  const { path: file } = corpus.clips[tested[0]];
  const once = utteranceVersions(await loadAudio(file, { sampleRate: 'native' }), { speeds: [1] });
  const asked = predictUtterances(artefacts.readJson<UtteranceModel>(UTTERANCE_FILE), [once]);
  const { probabilities } = await quick.predict(file);
  Object.values(probabilities).forEach((value, label) => void assert.ok(Math.abs(value - asked[label]) < 1e-6));
  assert.ok(
    asked.some((value, label) => Math.abs(value - expected[label]) > 1e-4),
    'another answer than at five speeds',
  );
  quick.dispose();
});
