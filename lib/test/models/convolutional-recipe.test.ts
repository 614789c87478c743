import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { foldsOf } from '../../evaluation/protocols';
import type { FeatureStore } from '../../features/store/store';
import type { Spectrograms } from '../../models/convolutional/clip-spectrogram';
import { convolutionalRecipe, convolutionalTrainer } from '../../models/convolutional/recipe';
import { Random } from '../../random';
import { tf } from '../../tensorflow';
import type { FoldTrainer } from '../../training/recipe';
import { readPredictions } from '../../training/runs/predictions';
import { createRun, type Run } from '../../training/runs/run';
import { trainProtocol } from '../../training/train';
import { toyStore } from '../support/toy-store';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-convolutional-'));
after(() => fs.rmSync(root, { recursive: true }));
const store = toyStore([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const { clips } = store.manifest;
const [fold] = foldsOf('actor-5', clips);
const [FRAMES, BANDS] = [8, 16];
const corpus = { kind: 'practice', description: 'toy', clips: clips.length, fingerprint: 'toy' } as const;

/** Spectrograms whose loud pair of bands names the emotion, with noise; those of some clips are spoilt. */
function spectrograms(spoilt: readonly number[] = []): Spectrograms {
  const random = new Random(9, 'toy spectrograms');
  const values = Float32Array.from({ length: clips.length * FRAMES * BANDS }, (_, i) => {
    const clip = Math.floor(i / (FRAMES * BANDS));
    const noise = random.normal();
    if (spoilt.includes(clip)) return 40 * noise;
    return (Math.floor((i % BANDS) / 2) === clips[clip].label ? 6 : 0) + noise / 2;
  });
  return { values, frames: FRAMES, bands: BANDS };
}

/** A trainer that needs a second or two. */
function trainer(seen: FeatureStore, data: Spectrograms, epochs = 2): FoldTrainer {
  const rules = { ...convolutionalRecipe.settings.rules, mixup: 0.1 };
  const settings = { ...convolutionalRecipe.settings, epochs, batchSize: 8, learningRate: 0.01, rules };
  return convolutionalTrainer(seen, data, { ...settings, specAugment: epochs < 5 }, 4);
}

async function trained(seen: FeatureStore, data: Spectrograms, epochs?: number, seed = 11): Promise<Run> {
  const own = trainer(seen, data, epochs);
  const run = createRun({ root, seed, corpus, configuration: { protocol: 'actor-5', ...own.configuration } });
  await trainProtocol({ run, store: seen, trainer: own, protocol: 'actor-5', folds: [fold], seed });
  return run;
}
const text = (run: Run, name: string): string => fs.readFileSync(path.join(run.folder, name), 'utf8');

/** File name of a member's weights, which contains their hash. */
const weightsOf = (run: Run, member: number): string =>
  fs.readdirSync(path.join(run.folder, `member-${member}`, 'model')).filter((name) => /^weights-/.test(name))[0];

const likeliest = (probabilities: ArrayLike<number>): number => {
  const values = Array.from(probabilities);
  return values.indexOf(Math.max(...values));
};

test('unseen speakers are classified correctly if their spectrograms determine the emotion', async () => {
  const before = tf.memory().numTensors;
  const run = await trained(store, spectrograms(), 12);
  assert.equal(tf.memory().numTensors, before);
  const predictions = readPredictions(run.file('predictions.csv'));
  const right = predictions.filter(
    ({ truth, probabilities }) => clips.find(({ emotion }) => emotion === truth)?.label === likeliest(probabilities),
  );
  assert.ok(right.length >= 0.8 * predictions.length, `${right.length} of ${predictions.length}`);
  assert.ok(!fs.existsSync(path.join(run.folder, 'member-1', 'checkpoint.json')));
  const { members } = run.readJson<{ members: { name: string; history: { epochs: unknown[] } }[] }>('history.json');
  assert.deepEqual(
    members.map(({ name, history }) => [name, history.epochs.length]),
    [
      ['convolutional-1', 12],
      ['convolutional-2', 12],
    ],
  );
});

test('the same seed gives the same bits, another seed other networks and other groups', async () => {
  const [once, twice] = [await trained(store, spectrograms()), await trained(store, spectrograms())];
  for (const name of ['predictions.csv', 'validation.csv']) assert.equal(text(twice, name), text(once, name), name);
  for (const member of [1, 2]) assert.equal(weightsOf(twice, member), weightsOf(once, member));
  assert.notEqual(weightsOf(once, 1), weightsOf(once, 2));
  const other = await trained(store, spectrograms(), 2, 12);
  assert.notEqual(weightsOf(other, 1), weightsOf(once, 1));
});

test('a training interrupted in either network resumes to the same bits', async () => {
  const whole = await trained(store, spectrograms());
  const artefacts = createRun({ root, seed: 11, corpus, configuration: {} });
  const own = trainer(store, spectrograms());
  const batches = { 'convolutional-1': 0, 'convolutional-2': 0 };
  for (const stopIn of ['convolutional-1', 'convolutional-2'] as const) {
    const controller = new AbortController();
    let seen = 0;
    const task = {
      ...{ sides: fold, artefacts, seed: 11, tensorBoard: false, interrupt: controller.signal },
      onBatch: (_: unknown, member: string) => {
        batches[member as keyof typeof batches]++;
        if (member === stopIn && ++seen === 3) controller.abort();
      },
    };
    await assert.rejects(own.train(task), { name: 'SerError', code: 'bad-training' });
    assert.ok(!artefacts.has('convolutional.json'));
  }
  const afterFirst = batches['convolutional-1'];
  const model = await own.train({ sides: fold, artefacts, seed: 11, tensorBoard: false });
  model.dispose();
  for (const member of [1, 2]) assert.equal(weightsOf(artefacts, member), weightsOf(whole, member));
  const perMember = 2 * Math.ceil(fold.train.length / 8);
  assert.equal(afterFirst, perMember, 'no batch of the first network was trained on twice');
});

test('other test clips and labels change nothing that was fitted', async () => {
  const relabelled = clips.map((clip, index) =>
    fold.test.includes(index) ? { ...clip, label: (clip.label + 1) % 8 } : clip,
  );
  const other = { ...store, manifest: { ...store.manifest, clips: relabelled } };
  const [before, changed] = [await trained(store, spectrograms()), await trained(other, spectrograms(fold.test))];
  assert.equal(text(changed, 'validation.csv'), text(before, 'validation.csv'));
  for (const member of [1, 2]) {
    assert.equal(weightsOf(changed, member), weightsOf(before, member));
    assert.equal(text(changed, `member-${member}/scaler.json`), text(before, `member-${member}/scaler.json`));
  }
  assert.notEqual(text(changed, 'predictions.csv'), text(before, 'predictions.csv'), 'the test clips differ');
});

test('validation predictions come from the network that is not trained on the validation side', async () => {
  const [before, changed] = [await trained(store, spectrograms()), await trained(store, spectrograms(fold.validation))];
  assert.equal(weightsOf(changed, 1), weightsOf(before, 1), 'the first is trained on the training side alone');
  assert.notEqual(weightsOf(changed, 2), weightsOf(before, 2), 'the second is also trained on the validation side');
  const shuffled = clips.map((clip, index) =>
    fold.validation.includes(index) ? { ...clip, label: (clip.label + 3) % 8 } : clip,
  );
  const relabelled = await trained({ ...store, manifest: { ...store.manifest, clips: shuffled } }, spectrograms());
  const columns = (run: Run): number[][] =>
    readPredictions(run.file('validation.csv')).map(({ probabilities }) => Array.from(probabilities));
  assert.deepEqual(columns(relabelled), columns(before), 'answers do not depend on what the clips were called');
});
