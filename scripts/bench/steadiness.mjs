/**
 * Stability of training: memory over 200 steps of the original network, and what a fixed number of threads
 * costs, on which the same bits depend.
 */
import { createHash } from 'node:crypto';
import { argumentsOf, cores, machineLine, median, runApart } from './measure.mjs';

const BATCH = 140;
const STEPS = 200;
/** Warm-up steps until memory and speed are stable. */
const WARM_UP = 20;
/** Steps and rounds that measure the cost of a fixed number of threads. */
const SHORT = 30;
const ROUNDS = 3;

export async function bench() {
  console.log(`original network, batch ${BATCH}; ${machineLine}`);
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
  for (const threads of choices) {
    const times = runs.get(threads) ?? [];
    const step = stepOf(threads);
    const hashes = new Set(times.map(({ hash }) => hash));
    const name = threads === '' ? 'as many threads as there are cores' : `TF_NUM_INTRAOP_THREADS=${threads}`;
    const same = hashes.size === 1 ? 'same weights each time' : `${hashes.size} different weights`;
    console.log(
      `${name}: ${step.toFixed(0)} ms a step (${(step / all).toFixed(2)}); ${same}: ${[...hashes].join(', ')}`,
    );
  }
  const tensorGrowth = Math.max(...long.tensors) / Math.min(...long.tensors);
  console.log(`residentGrowth ${(late / early).toFixed(3)}, tensorGrowth ${tensorGrowth.toFixed(3)}`);
}

/**
 * One training in a separate process.
 *
 * @param {number} steps
 * @param {string} [threads] default as many as there are cores
 * @returns {{ resident: number[], tensors: number[], step: number, hash: string }}
 */
function measure(steps, threads = '') {
  return runApart(import.meta.url, [steps], { TF_NUM_INTRAOP_THREADS: threads || undefined });
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

const [steps] = argumentsOf(import.meta.url) ?? [];
if (steps) await train(Number(steps));
