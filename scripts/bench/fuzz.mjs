/** Damaged files of every format on their way to a prediction: no crash, no hang, no untyped error, bounded memory. */

import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeAudio, loadAudio } from '../../lib/dist/audio/load.js';
import { EmotionPredictor } from '../../lib/dist/inference/predictor.js';
import { Random } from '../../lib/dist/random.js';
import { ENCODED_FORMATS, encode, missingPrograms, speech } from '../../lib/dist/test/support/encoded-formats.js';
import { decodeHostile } from '../../lib/dist/test/support/hostile-file.js';
import { mutateFile } from '../../lib/dist/test/support/mutate.js';
import { inProject, SetupError } from '../setup/project.mjs';
import { argumentsOf } from './measure.mjs';

/** Milliseconds of processor time that a file may take, and of any time after which the process is ended. */
const [SLOWEST, PATIENCE] = [2000, 20_000];
/** Bytes by which the process may grow. */
const MOST_GROWTH = 2 ** 30;
/** Of so many decoded files one is predicted. */
const PREDICTED = 20;
/** Of so many rounds over the formats one decodes from files. */
const FROM_FILE = 10;
/** Seconds of the recording that is damaged. */
const SECONDS = 1.2;

/** @typedef {{ name: string, file: Buffer, bytesPerSecond: number }} Intact */
/** @typedef {{ index: number, name: string, kind: string, warnings: number, ms: number, growth: number, failure?: string }} Outcome */

/**
 * @param {{ count: number, seed: number, folder: string }} options
 * @throws SetupError if a program is missing
 */
export async function bench({ count, seed, folder }) {
  /** @type {Outcome[]} */
  const outcomes = [];
  writeIntact(folder);
  for (let next = 0; next < count; next = outcomes.length) {
    const failure = await follow([folder, next, count, seed].map(String), (outcome) => outcomes.push(outcome));
    if (outcomes.length >= count) break;
    const index = outcomes.length;
    const { name, bytes } = mutantOf(intactFiles(folder), index, seed);
    const kept = `${failure} (${keepFile(bytes, `fuzz-${seed}-${index}`)})`;
    outcomes.push({ index, name, kind: 'failed', warnings: 0, ms: PATIENCE, growth: 0, failure: kept });
  }
  const rows = [...new Set(outcomes.map(({ name }) => name))].map((name) => {
    const own = outcomes.filter((outcome) => outcome.name === name);
    const of = (/** @type {string} */ kind) => own.filter((outcome) => outcome.kind === kind).length;
    return {
      format: name,
      files: own.length,
      decoded: of('decoded'),
      refused: of('refused'),
      'with warnings': own.filter(({ warnings }) => warnings > 0).length,
      'slowest, ms': Math.round(Math.max(...own.map(({ ms }) => ms))),
    };
  });
  console.table(rows);
  const growth = Math.max(...outcomes.map((outcome) => outcome.growth));
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  console.log(`${count} files, seed ${seed}; memory grew by ${(growth / 2 ** 20).toFixed(0)} MB at most`);
  for (const { index, name, failure } of failures) console.log(`file ${index} of ${name}: ${failure}`);
  if (failures.length > 0) console.error(`fuzz: ${failures.length} of ${count} files broke a rule`);
  return failures.length > 0 ? 1 : 0;
}

/** One recording in all formats. @param {string} folder */
function writeIntact(folder) {
  const missing = missingPrograms();
  if (missing.length > 0) throw new SetupError(`fuzz: install ${missing.join(' and ')} first`);
  const { samples, sampleRate } = speech();
  const signal = { samples: samples.slice(0, SECONDS * sampleRate), sampleRate };
  for (const [place, name] of Object.keys(ENCODED_FORMATS).entries()) {
    fs.writeFileSync(path.join(folder, String(place)), encode(name, signal, folder));
  }
}

/** The files of `writeIntact`, and the fixtures. @param {string} folder @returns {Intact[]} */
function intactFiles(folder) {
  const fixtures = inProject('lib', 'test', 'fixtures');
  const kept = fs.readdirSync(fixtures).filter((name) => /^speech/.test(name));
  const read = (/** @type {string} */ file, /** @type {string} */ name, /** @type {number} */ length) => {
    const bytes = fs.readFileSync(file);
    return { name, file: bytes, bytesPerSecond: bytes.length / length };
  };
  return [
    ...Object.keys(ENCODED_FORMATS).map((name, place) => read(path.join(folder, String(place)), name, SECONDS)),
    ...kept.map((name) => read(path.join(fixtures, name), name, 2.4)),
  ];
}

/**
 * Runs the files in a process of their own; returns why it ended.
 *
 * @param {string[]} args @param {(outcome: Outcome) => void} onOutcome @returns {Promise<string>}
 */
function follow(args, onOutcome) {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let complaint = '';
    child.stderr?.on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    let reason = '';
    const end = () => {
      reason = 'hangs';
      child.kill('SIGKILL');
    };
    let timer = setTimeout(end, 3 * PATIENCE);
    child.on('message', (/** @type {Outcome} */ outcome) => {
      clearTimeout(timer);
      timer = setTimeout(end, PATIENCE);
      onOutcome(outcome);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(reason || `the process ended with ${code}: ${complaint.trim()}`);
    });
  });
}

/** A damaged file, by its place. @param {Intact[]} intact @param {number} index @param {number} seed */
function mutantOf(intact, index, seed) {
  const others = intact.map(({ file }) => file);
  const own = intact[index % intact.length];
  return { ...own, bytes: mutateFile(own.file, others, new Random('fuzz', seed, index)) };
}

/** Decodes and predicts. @param {string} folder @param {number[]} numbers of the first file, of all, and the seed */
async function attack(folder, ...[first, count, seed]) {
  const intact = intactFiles(folder);
  const predictor = await EmotionPredictor.load({ folder: inProject('data', 'models', 'recommended'), quick: true });
  await predictor.predict(inProject('lib', 'test', 'fixtures', 'speech.flac'));
  const start = process.memoryUsage.rss();
  const mutant = path.join(folder, 'mutant');
  let [decoded, peak] = [0, start];
  for (let index = first; index < count; index++) {
    const { name, bytes, bytesPerSecond } = mutantOf(intact, index, seed);
    const started = process.cpuUsage();
    /** @type {Outcome} */
    const outcome = { index, name, kind: 'failed', warnings: 0, ms: 0, growth: 0 };
    try {
      // In memory without ffmpeg, and of every tenth round from a file, with it.
      const isFile = Math.floor(index / intact.length) % FROM_FILE === 0;
      if (isFile) fs.writeFileSync(mutant, bytes);
      const decode = () => (isFile ? loadAudio(mutant, { sampleRate: 'native' }) : decodeAudio(bytes, 'mutant'));
      const found = await decodeHostile(decode, { bytes: bytes.length, bytesPerSecond });
      const { user, system } = process.cpuUsage(started);
      Object.assign(outcome, { ...found, ms: (user + system) / 1000 });
      if (found.kind === 'decoded' && decoded++ % PREDICTED === 0) {
        fs.writeFileSync(mutant, bytes);
        const { sure, warnings } = await predictor.predict(mutant);
        if (sure && warnings.some(({ severe }) => severe)) outcome.failure = 'sure of a severe fault';
      }
    } catch (error) {
      outcome.failure = error instanceof Error ? error.message : String(error);
    }
    const before = peak;
    peak = process.resourceUsage().maxRSS * 1024;
    outcome.growth = peak - start;
    if (outcome.ms > SLOWEST) outcome.failure ??= `${outcome.ms.toFixed(0)} ms`;
    if (outcome.growth > MOST_GROWTH && peak > before)
      outcome.failure ??= `memory grew by ${(outcome.growth / 2 ** 20).toFixed(0)} MB`;
    if (outcome.failure) outcome.failure += ` (${keepFile(bytes, `fuzz-${seed}-${index}`)})`;
    process.send?.(outcome);
  }
  predictor.dispose();
  process.disconnect?.();
}

/** Keeps a file that broke a rule; returns where. @param {Buffer} bytes @param {string} name */
function keepFile(bytes, name) {
  const file = path.join(os.tmpdir(), name);
  fs.writeFileSync(file, bytes);
  return file;
}

const [folder, ...numbers] = argumentsOf(import.meta.url) ?? [];
if (folder) await attack(folder, ...numbers.map(Number));
