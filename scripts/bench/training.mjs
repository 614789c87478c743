/** Speed of training: our layers, those of tfjs, Keras and PyTorch on the same network, data and cores, alternating. */

import fs from 'node:fs';
import path from 'node:path';
import { Random } from '../../lib/dist/random.js';
import { machineLine, median, medianRatio, printFigures } from './measure.mjs';
import { havePeers, startNode, startPeer } from './peer.mjs';

const ROUNDS = 5;
const STEPS = 2;

/** Rows and batches: the original notebook's, and 3 s of 64 mel bands for the residual CRNN. */
const TASKS = {
  original: { shape: [1440, 104, 20, 1], batch: 140 },
  residualCrnn: { shape: [320, 120, 64, 1], batch: 32 },
};

/** Writes the training rows of all sides. @param {string} folder */
function writeTasks(folder) {
  const random = new Random(1, 'training bench');
  for (const [name, { shape }] of Object.entries(TASKS)) {
    const rows = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
    fs.writeFileSync(path.join(folder, `${name}.f32`), rows);
    fs.writeFileSync(
      path.join(folder, `${name}.i32`),
      Int32Array.from({ length: shape[0] }, () => random.integer(0, 7)),
    );
  }
  fs.writeFileSync(path.join(folder, 'tasks.json'), JSON.stringify(TASKS));
}

/** @param {{ folder: string }} options */
export async function bench({ folder }) {
  /** @type {Record<string, import('./peer.mjs').Peer>} */
  const sides = {};
  try {
    writeTasks(folder);
    sides.ours = await startNode('training-contender.mjs', ['ours', folder]);
    sides.stock = await startNode('training-contender.mjs', ['stock', folder]);
    if (havePeers('training')) {
      sides.keras = await startPeer('keras_peer.py', 'training', [folder]);
      sides.torch = await startPeer('torch_peer.py', 'training', [folder]);
    }
    report(sides, await measure(sides));
  } finally {
    for (const side of Object.values(sides)) side.end();
  }
}

/** Tasks of each side, with the number of calls per round. */
const WORKS = /** @type {const} */ ([
  ['original', STEPS, ['ours', 'stock', 'keras', 'torch']],
  ['bound', 5, ['ours']],
  ['residualCrnn', 3, ['ours', 'torch']],
  ['one', 10, ['ours', 'stock', 'keras', 'torch']],
  ['many', 1, ['ours', 'stock', 'keras', 'torch']],
]);

/** Times in milliseconds by work and side. @typedef {Record<string, Record<string, number[]>>} Times */

/** @param {Record<string, import('./peer.mjs').Peer>} sides */
async function measure(sides) {
  /** @type {Times} */
  const times = {};
  /** @type {Record<string, number>} */
  const megabytes = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [work, count, who] of WORKS) {
      for (const name of who.filter((name) => sides[name])) {
        const answer = await sides[name].ask({ work, count });
        if (work === 'original') megabytes[name] = answer.megabytes;
        if (round === 0) continue; // warms everything up
        times[work] ??= {};
        times[work][name] = [...(times[work][name] ?? []), median(answer.milliseconds)];
      }
    }
  }
  return { times, megabytes };
}

/**
 * @param {Record<string, import('./peer.mjs').Peer>} sides
 * @param {{ times: Times, megabytes: Record<string, number> }} measured
 */
function report(sides, { times, megabytes }) {
  const versions = Object.assign({}, ...Object.values(sides).map(({ greeting }) => greeting));
  const { parameters: _, cores: __, ...tools } = versions;
  console.log(`${machineLine}, ${JSON.stringify(tools)}`);
  console.log(`medians of ${ROUNDS} alternating rounds\n`);
  const middle = (/** @type {string} */ work, /** @type {string} */ name) => median(times[work][name]);
  const table = Object.entries(times.original).map(([name]) => ({
    side: name,
    'ms a step': middle('original', name).toFixed(0),
    'rows/s': ((1000 * TASKS.original.batch) / middle('original', name)).toFixed(0),
    'peak MB': megabytes[name].toFixed(0),
    'of the bound': (middle('original', name) / middle('bound', 'ours')).toFixed(2),
    'one row, ms': middle('one', name).toFixed(2),
    '1,440 rows, rows/s': ((1000 * TASKS.original.shape[0]) / middle('many', name)).toFixed(0),
  }));
  console.table(table);
  const ratio = (/** @type {string} */ work, /** @type {string} */ name) =>
    medianRatio(times[work][name], times[work].ours);
  const ratios = {
    stepVsKeras: ratio('original', 'keras'),
    stepVsPyTorch: ratio('original', 'torch'),
    stepVsStockLayers: ratio('original', 'stock'),
    stepVsBound: medianRatio(times.original.ours, times.bound.ours),
    residualCrnnStepVsPyTorch: ratio('residualCrnn', 'torch'),
  };
  const gigaflops = boundOperations() / middle('bound', 'ours') / 1e6;
  console.log(`the matrix products alone: ${middle('bound', 'ours').toFixed(0)} ms, ${gigaflops.toFixed(0)} GFLOP/s`);
  for (const name of Object.keys(times.residualCrnn)) {
    const step = middle('residualCrnn', name).toFixed(0);
    console.log(`residual CRNN, batch ${TASKS.residualCrnn.batch}, ${name}: ${step} ms a step`);
  }
  printFigures('ratios', ratios);
}

/** Additions and multiplications of the matrix products of a step, forward and twice backward. */
function boundOperations() {
  const { shape, batch } = TASKS.original;
  const places = batch * shape[1];
  return 3 * 2 * (places * 640 * 256 + places * 64 * 256 + places * 20 * 3 * 32);
}
