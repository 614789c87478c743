/** The original notebook's protocol, from recordings to test accuracy: time and accuracy, compared with Keras. */

import fs from 'node:fs';
import path from 'node:path';
import { EMOTIONS } from '../../lib/dist/data/labels.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { evaluatePredictions } from '../../lib/dist/evaluation/metrics.js';
import { foldsOf } from '../../lib/dist/evaluation/protocols.js';
import { computeFeatures } from '../../lib/dist/features/store/store.js';
import { prepareTrainer } from '../../lib/dist/models/registry.js';
import { trainingData } from '../../lib/dist/training/dataset.js';
import { readPredictions } from '../../lib/dist/training/runs/predictions.js';
import { openRun, runCorpus } from '../../lib/dist/training/runs/run.js';
import { trainProtocol } from '../../lib/dist/training/train.js';
import { machineLine, printFigures } from './measure.mjs';
import { havePeers, startPeer } from './peer.mjs';

const PROTOCOL = 'original';

/**
 * @typedef {{ seed: number, seconds: number, epochs: Epoch[], accuracy: number, uar: number }} Outcome
 * @typedef {{ seconds: number, loss: number }} Epoch seconds since the training began, and its validation loss
 */

/**
 * @param {{ data?: string, epochs: number, seeds: number[], folder: string }} options seeds of order, initial weights and
 *   dropout; the division, and Keras's only seed, is the first
 */
export async function bench({ data, epochs, seeds, folder }) {
  const corpus = await openCorpus({ data });
  const started = performance.now();
  const store = await computeFeatures(corpus, { root: path.join(folder, 'features') });
  const features = (performance.now() - started) / 1000;
  const [fold] = foldsOf(PROTOCOL, store.manifest.clips, { seed: seeds[0], copies: store.copies });
  const trainer = await prepareTrainer('original', store, { epochs });
  writeRows(folder, store, fold);
  /** @type {Outcome[]} */
  const ours = [];
  for (const seed of seeds) ours.push(await trainOurs({ root: path.join(folder, 'runs'), store, trainer, fold, seed }));
  const keras = havePeers('training') ? await trainKeras(folder, seeds[0], epochs) : undefined;
  report({ corpus: corpus.label, clips: corpus.clips.length, features, ours, keras });
}

/**
 * Writes the scaled rows of both sides for Keras.
 *
 * @param {string} folder
 * @param {import('../../lib/dist/features/store/store.js').FeatureStore} store
 * @param {import('../../lib/dist/data/split.js').Fold} fold
 */
function writeRows(folder, store, fold) {
  const { train, validation } = trainingData(store, fold);
  for (const [name, { features, labels }] of Object.entries({ train, test: validation })) {
    fs.writeFileSync(path.join(folder, `${name}.f32`), features);
    fs.writeFileSync(path.join(folder, `${name}.i32`), labels);
  }
  fs.writeFileSync(path.join(folder, 'shape.json'), JSON.stringify([store.frames, store.coefficients]));
}

/**
 * Trains as 3-train does, checkpoints and the saving of every better model included.
 *
 * @param {{ root: string, store: import('../../lib/dist/features/store/store.js').FeatureStore, trainer: import('../../lib/dist/training/recipe.js').FoldTrainer, fold: import('../../lib/dist/data/split.js').Fold, seed: number }} what
 * @returns {Promise<Outcome>}
 */
async function trainOurs({ root, store, trainer, fold, seed }) {
  const run = openRun({
    root,
    name: `seed-${seed}`,
    seed,
    corpus: runCorpus(store.manifest),
    configuration: { protocol: PROTOCOL, ...trainer.configuration },
  });
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  // With everything that is saved after an epoch, up to the next one's first batch.
  /** @type {number[]} */
  const ends = [];
  const { folds } = await trainProtocol({
    ...{ run, store, trainer, protocol: PROTOCOL, folds: [fold], seed },
    onBatch: ({ history }) => {
      if (history.length > ends.length) ends.push(since());
    },
  });
  const seconds = since();
  const predictions = readPredictions(run.file('predictions.csv'));
  const { accuracy, uar } = evaluatePredictions({
    truth: predictions.map(({ truth }) => EMOTIONS.indexOf(truth)),
    probabilities: predictions.map(({ probabilities }) => probabilities),
    labels: EMOTIONS,
  });
  const done = folds[0].members[0].history?.epochs ?? [];
  const epochs = done.map(({ valLoss }, index) => ({ seconds: ends[index] ?? seconds, loss: valLoss }));
  console.error(`ours, seed ${seed}: ${epochs.length} epochs, ${seconds.toFixed(0)} s`);
  return { seed, seconds, epochs, accuracy, uar };
}

/** @param {string} folder @param {number} seed @param {number} epochs @returns {Promise<Outcome & { keras: string, tensorflow: string }>} */
async function trainKeras(folder, seed, epochs) {
  const peer = await startPeer('keras_original.py', 'training', [folder, seed, epochs].map(String));
  peer.end();
  return peer.greeting;
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seconds until a validation loss was reached, if it was. @param {Outcome} outcome @param {number} loss */
const secondsTo = ({ epochs }, loss) => epochs.find((epoch) => epoch.loss <= loss)?.seconds;

/** The lowest validation loss. @param {Outcome} outcome */
const bestLoss = ({ epochs }) => Math.min(...epochs.map(({ loss }) => loss));

/** Ratios of speed and accuracy to those of Keras, from our mean over seeds. @param {Outcome[]} ours @param {Outcome} keras */
function ratiosOf(ours, keras) {
  const anEpoch = (/** @type {Outcome} */ { seconds, epochs }) => seconds / epochs.length;
  const [goal, ...reached] = [keras, ...ours].map((outcome) => secondsTo(outcome, bestLoss(keras)));
  return {
    epochVsKeras: anEpoch(keras) / mean(ours.map(anEpoch)),
    // Left out where one of ours does not get there.
    ...(goal !== undefined && reached.every((seconds) => seconds !== undefined)
      ? { sameLossVsKeras: goal / mean(reached) }
      : {}),
    sameSeedVsKeras: keras.seconds / ours[0].seconds,
    wholeTrainingVsKeras: keras.seconds / mean(ours.map(({ seconds }) => seconds)),
    accuracyVsKeras: mean(ours.map(({ accuracy }) => accuracy)) / keras.accuracy,
  };
}

/** @param {{ corpus: string, clips: number, features: number, ours: Outcome[], keras?: Outcome & { keras: string, tensorflow: string } }} measured */
function report({ corpus, clips, features, ours, keras }) {
  const versions = keras ? `, Keras ${keras.keras} on TensorFlow ${keras.tensorflow}` : '';
  console.log(`${clips} clips of ${corpus}; ${machineLine}${versions}`);
  console.log(`features: ${features.toFixed(1)} s`);
  // Trainings end at different epochs, by chance; the same loss is the same work done.
  const goal = keras && bestLoss(keras);
  const row = (/** @type {string} */ side, /** @type {Outcome} */ outcome) => ({
    side,
    seed: outcome.seed,
    epochs: outcome.epochs.length,
    'training, s': outcome.seconds.toFixed(0),
    's an epoch': (outcome.seconds / outcome.epochs.length).toFixed(2),
    ...(goal === undefined
      ? {}
      : { [`s to a loss of ${goal.toFixed(3)}`]: secondsTo(outcome, goal)?.toFixed(0) ?? 'not reached' }),
    'test accuracy, %': (100 * outcome.accuracy).toFixed(1),
    'UAR, %': (100 * outcome.uar).toFixed(1),
  });
  console.table([...ours.map((outcome) => row('ours', outcome)), ...(keras ? [row('Keras', keras)] : [])]);
  const accuracy = mean(ours.map((outcome) => outcome.accuracy));
  const seconds = mean(ours.map((outcome) => outcome.seconds));
  console.log(
    `ours, mean of ${ours.length} seeds: ${(100 * accuracy).toFixed(1)} % in ${seconds.toFixed(0)} s of training`,
  );
  const ratios = keras && ratiosOf(ours, keras);
  if (ratios) printFigures('ratios', ratios);
}
