/**
 * Stability of training: memory over 200 steps of the original network, and what a fixed number of threads
 * costs, on which the same bits depend.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const BATCH = 140;
const STEPS = 200;
/** Warm-up steps until memory and speed are stable. */
const WARM_UP = 20;
/** Steps and rounds that measure the cost of a fixed number of threads. */
const SHORT = 30;
const ROUNDS = 3;

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** @param {{ json?: string }} options */
export async function bench({ json }) {
  const cores = os.availableParallelism();
  console.log(
    `original network, batch ${BATCH}; ${cores} cores (${os.cpus()[0].model.trim()}), Node ${process.version}`,
  );
  const long = measure(STEPS);
  const early = median(long.resident.slice(WARM_UP, 2 * WARM_UP));
  const late = median(long.resident.slice(-WARM_UP));
  console.log(`memory: ${early.toFixed(0)} MB after ${WARM_UP} steps, ${late.toFixed(0)} MB after ${STEPS}`);
  console.log(`tensors after each step: ${long.tensors.join(' or ')}`);

  const choices = [...new Set(['', '1', String(cores)])];
  /** @type {Map<string, ReturnType<typeof measure>[]>} */
  const runs = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const threads of choices) {
      runs.set(threads, [...(runs.get(threads) ?? []), measure(SHORT, threads)]);
    }
  }
  const stepOf = (/** @type {string} */ threads) => median((runs.get(threads) ?? []).map(({ step }) => step));
  const all = stepOf('');
  const prices = choices.map((threads) => {
    const times = runs.get(threads) ?? [];
    const step = stepOf(threads);
    const hashes = new Set(times.map(({ hash }) => hash));
    const name = threads === '' ? 'as many threads as there are cores' : `TF_NUM_INTRAOP_THREADS=${threads}`;
    const same = hashes.size === 1 ? 'same weights each time' : `${hashes.size} different weights`;
    console.log(
      `${name}: ${step.toFixed(0)} ms a step (${(step / all).toFixed(2)}); ${same}: ${[...hashes].join(', ')}`,
    );
    return [threads || 'default', step / all];
  });
  const ratios = { residentGrowth: late / early, tensorGrowth: Math.max(...long.tensors) / Math.min(...long.tensors) };
  console.log(`residentGrowth ${ratios.residentGrowth.toFixed(3)}, tensorGrowth ${ratios.tensorGrowth.toFixed(3)}`);
  if (json) {
    const figures = { megabytes: long.resident, threads: Object.fromEntries(prices), ratios };
    fs.writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  }
}

/**
 * One training in a separate process.
 *
 * @param {number} steps
 * @param {string} [threads] default as many as there are cores
 * @returns {{ resident: number[], tensors: number[], step: number, hash: string }}
 */
function measure(steps, threads = '') {
  const env = { ...process.env };
  delete env.TF_NUM_INTRAOP_THREADS;
  if (threads) env.TF_NUM_INTRAOP_THREADS = threads;
  const args = [fileURLToPath(import.meta.url), String(steps)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Megabytes resident and milliseconds for each step, the counts of tensors seen, and the weights' hash. @param {number} steps */
async function train(steps) {
  const { SPECTRUM } = await import('../../lib/dist/config.js');
  const { originalModel } = await import('../../lib/dist/models/network/original.js');
  const { Random } = await import('../../lib/dist/random.js');
  const { tf } = await import('../../lib/dist/tensorflow.js');
  const { fit } = await import('../../lib/dist/training/fit.js');
  const { frames, coefficients } = SPECTRUM;
  const random = new Random(11, 'noise');
  const rows = (/** @type {number} */ count) => ({
    features: Float32Array.from({ length: count * frames * coefficients }, () => random.normal()),
    labels: Int32Array.from({ length: count }, (_, row) => row % 8),
    clips: Int32Array.from({ length: count }, (_, row) => row),
    ...{ frames, coefficients },
  });
  const model = originalModel({ seed: 11 });
  /** @type {number[]} */
  const resident = [];
  /** @type {number[]} */
  const times = [];
  const tensors = new Set();
  let last = performance.now();
  await fit(model, {
    ...{ train: rows(10 * BATCH), validation: rows(BATCH), epochs: Math.ceil(steps / 10), batchSize: BATCH },
    onBatch: ({ batch }) => {
      const now = performance.now();
      if (batch > 1) times.push(now - last); // the first has the validation before it
      last = now;
      resident.push(process.memoryUsage().rss / 2 ** 20);
      tensors.add(tf.memory().numTensors);
    },
  });
  const hash = createHash('sha256');
  for (const weight of model.getWeights()) hash.update(new Uint8Array(weight.dataSync().slice().buffer));
  const step = median(times.slice(5));
  console.log(JSON.stringify({ resident, tensors: [...tensors], step, hash: hash.digest('hex').slice(0, 12) }));
}

const [script, steps] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url)) await train(Number(steps));
