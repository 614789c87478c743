import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadAudio } from '../../audio/load';
import { computeFeatures } from '../../features/store/store';
import { EmotionPredictor } from '../../inference/predictor';
import { computeSpectrograms } from '../../models/convolutional/clip-spectrogram';
import { convolutionalRecipe, convolutionalTrainer } from '../../models/convolutional/recipe';
import { fuse } from '../../models/recommended/fusion';
import { type RecommendedFusions, type RecommendedTrainers, recommendedTrainer } from '../../models/recommended/recipe';
import { loadTrainedModel } from '../../models/registry';
import { sentenceTrainer } from '../../models/sentence/recipe';
import { computeSentences, type Sentences } from '../../models/sentence/recordings';
import { utteranceTrainer } from '../../models/utterance/recipe';
import { computeUtterances } from '../../models/utterance/recordings';
import { tf } from '../../tensorflow';
import type { FoldTask, FoldTrainer } from '../../training/recipe';
import { createRun } from '../../training/runs/run';
import { tinyCorpus, tinySides } from '../support/tiny-corpus';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-recommended-'));
after(() => fs.rmSync(root, { recursive: true }));

test('the model from scratch is the fusion of its parts, fitted on validation clips, and a predictor agrees with it', async () => {
  const corpus = tinyCorpus(root, [1, 2, 3, 4]);
  const store = await computeFeatures(corpus, { root: path.join(root, 'features'), copies: 0 });
  const [utterances, spectrograms] = [await computeUtterances(store), await computeSpectrograms(store)];
  const before = tf.memory().numTensors;
  const settings = { ...convolutionalRecipe.settings, epochs: 1, batchSize: 8 };
  const sentences = await computeSentences(store);
  /** Every second clip is rejected as another sentence. */
  const doubted: Sentences = {
    ...sentences,
    versions: async (clips, aligner) => {
      const versions = await sentences.versions(clips, aligner);
      return versions.map((own, index) => (clips[index] % 2 === 0 ? own : { ...own, alignmentCost: 99 }));
    },
  };
  const parts = (seen: typeof store): RecommendedTrainers => ({
    sentence: sentenceTrainer(seen, utterances, doubted),
    utterance: utteranceTrainer(seen, utterances),
    network: convolutionalTrainer(seen, spectrograms, settings, 2),
  });
  const { sides, tested } = tinySides(corpus);
  const rows = tested.map((clip) => ({ clip }));
  const newRun = () =>
    createRun({
      root: path.join(root, 'runs'),
      seed: 11,
      corpus: { kind: 'practice', description: 'tiny', clips: corpus.clips.length, fingerprint: 'tiny' },
      configuration: {},
    });
  const artefacts = newRun();
  const answers: Record<string, Float32Array> = {};
  /** The same trainer, which records its model's predictions. */
  const noted = <Trainer extends FoldTrainer>(part: Trainer): Trainer => ({
    ...part,
    train: async (task: FoldTask) => {
      const model = await part.train(task);
      answers[String(part.configuration.model)] = await model.predict(rows);
      return model;
    },
  });
  const { sentence, utterance, network } = parts(store);
  const model = await recommendedTrainer(store, 'convolutional', {
    sentence: noted(sentence),
    utterance: noted(utterance),
    network: noted(network),
  }).train({ sides, artefacts, seed: 11, tensorBoard: false });
  const fusions = artefacts.readJson<RecommendedFusions>('recommended.json');
  for (const { weight, sharpness } of Object.values(fusions)) {
    assert.ok(weight >= 0 && weight <= 1 && sharpness > 0);
  }
  const expected = await model.predict(rows);
  const [known, other] = (['sentence', 'utterance'] as const).map((part) => {
    const fusion = part === 'sentence' ? fusions.known : fusions.other;
    return fuse(answers[part], answers.convolutional, fusion, 8);
  });
  tested.forEach((clip, row) => {
    const own = (all: Float32Array): Float32Array => all.subarray(row * 8, (row + 1) * 8);
    assert.deepEqual(own(expected), own(clip % 2 === 0 ? known : other), `clip ${clip}`);
  });
  model.dispose();

  const loaded = await loadTrainedModel(artefacts);
  const sound = await loadAudio(corpus.clips[tested[0]].path, { sampleRate: 'native' });
  for (const [taken, fused] of [[true, known] as const, [false, other] as const]) {
    const answer = await loaded.predict([sound], { known: taken });
    assert.deepEqual(answer.known, [taken]);
    answer.probabilities.forEach((probability, label) => {
      assert.ok(Math.abs(probability - fused[label]) < 1e-4, `${taken}: ${probability}, ${fused[label]}`);
    });
  }
  loaded.dispose();

  const predictor = await EmotionPredictor.load({ folder: artefacts.folder });
  for (const [place, position] of tested.entries()) {
    if (position % 2 !== 0) continue;
    const { probabilities } = await predictor.predict(corpus.clips[position].path);
    Object.values(probabilities).forEach((probability, label) => {
      assert.ok(Math.abs(probability - expected[place * 8 + label]) < 1e-4, `${probability}`);
    });
  }
  predictor.dispose();
  assert.equal(tf.memory().numTensors, before);

  const afterwards = newRun();
  const labels = corpus.clips.map((clip, position) =>
    tested.includes(position) ? { ...clip, label: (clip.label + 1) % 8 } : clip,
  );
  const relabelled = { ...store, manifest: { ...store.manifest, clips: labels } };
  const twin = await recommendedTrainer(relabelled, 'convolutional', parts(relabelled)).train({
    ...{ sides, artefacts: afterwards, seed: 11, tensorBoard: false },
  });
  twin.dispose();
  assert.deepEqual(afterwards.readJson('recommended.json'), fusions, 'labels of tested clips choose nothing');
});
