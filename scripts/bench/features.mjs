/** Speed of the front end, alternating with librosa on the same clips. */
import fs from 'node:fs';
import { augmentBatch } from '../../lib/dist/audio/effects/augment-batch.js';
import { decodeWav } from '../../lib/dist/audio/formats/wav.js';
import { readWavHeader } from '../../lib/dist/audio/formats/wav-header.js';
import { loadClip } from '../../lib/dist/audio/load.js';
import { resample } from '../../lib/dist/audio/resample/resample.js';
import { FileSource } from '../../lib/dist/audio/source.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { mfcc } from '../../lib/dist/features/mel/mfcc.js';
import { extractAll, getFeatures } from '../../lib/dist/features/store/extract.js';
import { compareWithLibrosa } from './agreement.mjs';
import { machineLine, median, medianRatio, printFigures, seconds } from './measure.mjs';
import { havePeers, startPeer } from './peer.mjs';

const ROUNDS = 5;
/** Recordings on which numbers are compared. */
const COMPARED = 24;

/**
 * Picks `count` items, evenly spaced.
 *
 * @template T @param {readonly T[]} items @param {number} count @returns {T[]}
 */
function spread(items, count) {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === 0).slice(0, count);
}

/** @param {{ data?: string, clips: number, folder: string }} options */
export async function bench({ data, clips: count, folder }) {
  const corpus = await openCorpus({ data });
  const clips = spread(corpus.clips, count);
  const peer = havePeers('librosa') ? await startPeer('librosa_peer.py', 'librosa') : undefined;
  console.log(`${clips.length} clips of ${corpus.label}, ${machineLine}`);
  const versions = peer && `librosa ${peer.greeting.librosa}, numpy ${peer.greeting.numpy}`;
  console.log(`${versions ?? 'no librosa (--peers installs it)'}; medians of ${ROUNDS}, alternating`);

  /** @type {Record<string, number[]>} clips per second in each round */
  const rounds = {};
  for (const { name, clips: few, work } of await ourTasks(clips)) {
    const paths = few.map(({ path }) => path);
    /** @type {Record<string, () => Promise<number>>} */
    const sides = { [name]: () => seconds(work) };
    if (peer) {
      const ask = (/** @type {string} */ task) => async () => (await peer.ask({ task, paths })).seconds;
      sides[`${name} librosa`] = ask(name);
      if (name === 'mfcc') sides['mfcc librosa parallel'] = ask('mfccParallel');
    }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [side, measure] of Object.entries(sides)) {
        const rate = few.length / (await measure());
        rounds[side] ??= [];
        if (round > 0) rounds[side].push(rate); // the first warms everything up
      }
    }
  }
  const compared = spread(clips, COMPARED).map(({ path }) => path);
  if (peer) await compareWithLibrosa(peer, compared, folder);
  peer?.end();

  const rates = Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, median(values)]));
  printFigures('clips/s', rates, 1);
  const theirs = Object.keys(rounds).filter((name) => name.includes(' librosa'));
  const ratios = theirs.map((name) => [name, medianRatio(rounds[name.split(' ')[0]], rounds[name])]);
  if (peer) printFigures('times as fast as', Object.fromEntries(ratios));
  const stages = await ourStages(clips);
  console.log('\nfile → MFCC in one thread');
  for (const [name, { milliseconds, share }] of Object.entries(stages.parts)) {
    const bound = milliseconds > 0 ? `${Math.round(1000 / milliseconds)} clips/s alone` : '';
    const percent = (100 * share).toFixed(0).padStart(3);
    console.log(`  ${name.padEnd(26)} ${milliseconds.toFixed(2)} ms  ${percent} %  ${bound}`);
  }
  console.log(`  one file, warm: ${stages.latency.toFixed(2)} ms (median)`);
}

/** Compared functions, named as in librosa_peer.py, with their clips. @param {{ path: string, name: string }[]} clips */
async function ourTasks(clips) {
  const few = spread(clips, Math.ceil(clips.length / 4));
  const signals = await Promise.all(few.map(({ path }) => loadClip(path)));
  const effect = (/** @type {'pitch' | 'stretch'} */ name) => () => augmentBatch(signals, [{ name }]);
  const extract = (/** @type {typeof clips} */ chosen, /** @type {number} */ copies) => () =>
    extractAll(chosen, { copies, voice: false }, () => {});
  return [
    { name: 'mfcc', clips, work: extract(clips, 0) },
    // Slower: a quarter of the clips will do.
    { name: 'originalStage', clips: few, work: extract(few, 3) },
    { name: 'pitch', clips: few, work: effect('pitch') },
    { name: 'stretch', clips: few, work: effect('stretch') },
  ];
}

/** Time of each stage. @param {{ path: string }[]} clips */
async function ourStages(clips) {
  const total = { read: 0, decode: 0, resample: 0, transform: 0 };
  /** Runs a stage and adds its time. @template T @param {keyof typeof total} stage @param {() => T} work @returns {T} */
  const timed = (stage, work) => {
    const started = performance.now();
    const result = work();
    total[stage] += performance.now() - started;
    return result;
  };
  const latencies = [];
  const room = new Uint8Array(2 ** 23);
  for (const { path } of clips) {
    const bytes = fs.readFileSync(path);
    timed('read', () => {
      const source = new FileSource(path);
      const { start, channels, bits, sampleRate } = readWavHeader(source);
      const second = (sampleRate * channels * bits) / 8;
      source.readInto(start + Math.floor(0.6 * second), room.subarray(0, 2.4 * second));
      source.close();
    });
    const signal = timed('decode', () => decodeWav(bytes, path, { offset: 0.6, duration: 2.4 }));
    const resampled = timed('resample', () => resample(signal, 22_050));
    timed('transform', () => mfcc(resampled));
    latencies.push(1000 * (await seconds(() => getFeatures(path))));
  }
  const sum = Object.values(total).reduce((a, b) => a + b, 0);
  const parts = Object.fromEntries(
    Object.entries(total).map(([name, time]) => [name, { milliseconds: time / clips.length, share: time / sum }]),
  );
  return { parts, latency: median(latencies) };
}
