/** Speed of the front end, alternating with librosa on the same clips. */

import fs from 'node:fs';
import os from 'node:os';
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
import { havePeers, startPeer } from './peer.mjs';

const ROUNDS = 5;
/** Recordings on which numbers are compared. */
const COMPARED = 24;

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {() => unknown} work @returns {Promise<number>} seconds */
async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/**
 * Picks `count` items, evenly spaced.
 *
 * @template T @param {readonly T[]} items @param {number} count @returns {T[]}
 */
function spread(items, count) {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === 0).slice(0, count);
}

/** @param {{ data?: string, clips: number, json?: string }} options */
export async function bench({ data, clips: count, json }) {
  const corpus = await openCorpus({ data });
  const clips = spread(corpus.clips, count);
  const peer = havePeers() ? await startPeer('librosa_peer.py') : undefined;
  const cores = os.availableParallelism();
  console.log(
    `${clips.length} clips of ${corpus.label}, ${cores} cores (${os.cpus()[0].model.trim()}), Node ${process.version}`,
  );
  console.log(
    peer
      ? `librosa ${peer.greeting.librosa}, numpy ${peer.greeting.numpy}; medians of ${ROUNDS}, alternating`
      : `no librosa (--peers installs it); medians of ${ROUNDS}`,
  );

  /** @type {Record<string, number[]>} */
  const rounds = {};
  const note = (/** @type {string} */ name, /** @type {number} */ rate) => {
    rounds[name] = [...(rounds[name] ?? []), rate];
  };
  for (const { name, clips: few, work } of await ourTasks(clips)) {
    const paths = few.map(({ path }) => path);
    const ask = async (/** @type {string} */ task) => peer && few.length / (await peer.ask({ task, paths })).seconds;
    for (let round = 0; round <= ROUNDS; round++) {
      const ours = few.length / (await seconds(work));
      const theirs = await ask(name);
      const parallel = name === 'mfcc' ? await ask('mfccParallel') : undefined;
      if (round === 0) continue; // warms everything up
      note(name, ours);
      if (theirs) note(`${name} librosa`, theirs);
      if (parallel) note(`${name} librosa parallel`, parallel);
    }
  }
  const compared = spread(clips, COMPARED).map(({ path }) => path);
  const agreement = peer && (await compareWithLibrosa(peer, compared));
  peer?.end();

  // Ratios are those of each round, since the machine may slow down for both.
  const ratio = (/** @type {string} */ name, /** @type {string} */ other) =>
    rounds[other] ? median(rounds[name].map((rate, round) => rate / rounds[other][round])) : undefined;
  const rates = Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, median(values)]));
  const ratios = {
    mfccVsLibrosa: ratio('mfcc', 'mfcc librosa'),
    mfccVsLibrosaParallel: ratio('mfcc', 'mfcc librosa parallel'),
    originalStageVsLibrosa: ratio('originalStage', 'originalStage librosa'),
    pitchVsLibrosa: ratio('pitch', 'pitch librosa'),
    stretchVsLibrosa: ratio('stretch', 'stretch librosa'),
  };
  console.log('\nclips/s');
  for (const [name, value] of Object.entries(rates)) console.log(`  ${name.padEnd(24)} ${value?.toFixed(1)}`);
  if (peer) {
    console.log('\nratios (times as fast as librosa)');
    for (const [name, value] of Object.entries(ratios)) console.log(`  ${name.padEnd(24)} ${value?.toFixed(2)}`);
  }
  const stages = await ourStages(clips);
  console.log('\nfile → MFCC in one thread');
  for (const [name, { milliseconds, share }] of Object.entries(stages.parts)) {
    const bound = milliseconds > 0 ? `${Math.round(1000 / milliseconds)} clips/s alone` : '';
    console.log(
      `  ${name.padEnd(24)} ${milliseconds.toFixed(2)} ms  ${(100 * share).toFixed(0).padStart(3)} %  ${bound}`,
    );
  }
  console.log(`  one file, warm: ${stages.latency.toFixed(2)} ms (median)`);
  if (json) {
    const machine = { cores, processor: os.cpus()[0].model.trim(), node: process.version, peers: peer?.greeting };
    fs.writeFileSync(
      json,
      `${JSON.stringify({ machine, clips: clips.length, rates, ratios, stages, agreement }, null, 2)}\n`,
    );
  }
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
  const latencies = [];
  const room = new Uint8Array(2 ** 23);
  for (const { path } of clips) {
    const bytes = fs.readFileSync(path);
    const marks = [performance.now()];
    const source = new FileSource(path);
    const { start, channels, bits, sampleRate } = readWavHeader(source);
    const frameBytes = (channels * bits) / 8;
    source.readInto(start + Math.floor(0.6 * sampleRate) * frameBytes, room.subarray(0, 2.4 * sampleRate * frameBytes));
    source.close();
    marks.push(performance.now());
    const signal = decodeWav(bytes, path, { offset: 0.6, duration: 2.4 });
    marks.push(performance.now());
    const resampled = resample(signal, 22_050);
    marks.push(performance.now());
    mfcc(resampled);
    marks.push(performance.now());
    Object.keys(total).forEach((name, i) => {
      total[/** @type {keyof typeof total} */ (name)] += marks[i + 1] - marks[i];
    });
    latencies.push(1000 * (await seconds(() => getFeatures(path))));
  }
  const sum = Object.values(total).reduce((a, b) => a + b, 0);
  const parts = Object.fromEntries(
    Object.entries(total).map(([name, time]) => [name, { milliseconds: time / clips.length, share: time / sum }]),
  );
  return { parts, latency: median(latencies) };
}
