import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { computeFeatures } from '../features/store';
import { computeSpectrograms } from '../features/utterance/spectrogram-store';
import { computeUtterances } from '../features/utterance/utterance-store';
import { EmotionPredictor } from '../inference/predictor';
import { tf } from '../tensorflow';
import { convolutionalRecipe, convolutionalTrainer } from '../training/convolutional-recipe';
import { type Fusion, fuse } from '../training/fusion';
import { recommendedTrainer } from '../training/recommended-recipe';
import { createRun } from '../training/run';
import { utteranceTrainer } from '../training/utterance-recipe';
import { tinyCorpus } from './tiny-corpus';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-recommended-'));
after(() => fs.rmSync(root, { recursive: true }));

test('the recommended model is the fusion of its parts, chosen on validation clips, and a predictor says the same', async () => {
  const corpus = tinyCorpus(root, [1, 2, 3, 4]);
  const store = await computeFeatures(corpus, { root: path.join(root, 'features'), copies: 0 });
  const [utterances, spectrograms] = [await computeUtterances(store), await computeSpectrograms(store)];
  const before = tf.memory().numTensors;
  const settings = { ...convolutionalRecipe.settings, epochs: 1, batchSize: 8 };
  const parts = (seen: typeof store) =>
    [utteranceTrainer(seen, utterances), convolutionalTrainer(seen, spectrograms, settings, { width: 2 })] as const;
  const positions = [...corpus.clips.keys()];
  const actor = (position: number): number => corpus.clips[position].actor;
  const sides = {
    ...{ number: 1, rows: 'clips' as const },
    train: positions.filter((position) => actor(position) < 3),
    validation: positions.filter((position) => actor(position) === 3),
  };
  const tested = positions.filter((position) => actor(position) === 4);
  const rows = tested.map((clip) => ({ clip }));
  const newRun = () =>
    createRun({
      root: path.join(root, 'runs'),
      seed: 11,
      corpus: { kind: 'practice', description: 'tiny', clips: corpus.clips.length, fingerprint: 'tiny' },
      configuration: {},
    });
  const section = newRun();
  const [linear, neural] = parts(store);
  const answers: Float32Array[] = [];
  /** The same trainer, which notes what its model says. */
  const noted = (part: typeof linear): typeof linear => ({
    ...part,
    train: async (task) => {
      const model = await part.train(task);
      answers.push(await model.predict(rows));
      return model;
    },
  });
  const model = await recommendedTrainer(store, [noted(linear), noted(neural)]).train({
    ...{ sides, section, seed: 11, tensorBoard: false },
  });
  const fusion = section.readJson<Fusion>('recommended.json');
  assert.ok(fusion.weight >= 0 && fusion.weight <= 1 && fusion.sharpness > 0);
  const expected = await model.predict(rows);
  assert.deepEqual(expected, fuse(answers[0], answers[1], fusion, 8));
  model.dispose();

  const predictor = await EmotionPredictor.load({ folder: section.folder });
  for (const [place, position] of tested.slice(0, 3).entries()) {
    const { probabilities } = await predictor.predict(corpus.clips[position].path);
    Object.values(probabilities).forEach((probability, label) => {
      assert.ok(Math.abs(probability - expected[place * 8 + label]) < 1e-4, `${probability}`);
    });
  }
  predictor.dispose();
  assert.equal(tf.memory().numTensors, before);

  const other = newRun();
  const labels = corpus.clips.map((clip, position) =>
    actor(position) === 4 ? { ...clip, label: (clip.label + 1) % 8 } : clip,
  );
  const relabelled = { ...store, manifest: { ...store.manifest, clips: labels } };
  const twin = await recommendedTrainer(relabelled, parts(relabelled)).train({
    ...{ sides, section: other, seed: 11, tensorBoard: false },
  });
  twin.dispose();
  assert.deepEqual(other.readJson('recommended.json'), fusion, 'labels of tested clips choose nothing');
});
