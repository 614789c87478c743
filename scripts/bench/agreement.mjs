/** Numerical differences from librosa on real recordings. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pitch, stretch } from '../../lib/dist/audio/effects/augment.js';
import { loadClip } from '../../lib/dist/audio/load.js';
import { resample } from '../../lib/dist/audio/resample/resample.js';
import { mfcc } from '../../lib/dist/features/mel/mfcc.js';

const RATE = 22_050;
const RATES = [48_000, 44_100, 32_000, 16_000, 8000];
/** Seconds ignored at either end, where the two pad differently. */
const EDGE = 0.05;

/** @param {string} file */
function floats(file) {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/**
 * Energy of a signal over energy of its difference from another, in decibels, away from the edges.
 *
 * @param {Float32Array} expected @param {Float32Array} actual
 */
function signalToDifference(expected, actual) {
  if (expected.length !== actual.length) return Number.NEGATIVE_INFINITY;
  const edge = Math.round(EDGE * RATE);
  let [signal, difference] = [0, 0];
  for (let i = edge; i < expected.length - edge; i++) {
    signal += expected[i] ** 2;
    difference += (expected[i] - actual[i]) ** 2;
  }
  return 10 * Math.log10(signal / difference);
}

/** @param {number[]} values */
const lowest = (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/**
 * Compares both on the given recordings, and prints the result.
 *
 * @param {{ ask(request: object): Promise<any> }} peer
 * @param {string[]} paths
 */
export async function compareWithLibrosa(peer, paths) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-agreement-'));
  try {
    /** @type {Record<string, number[]>} */
    const ratios = {};
    const { written } = await peer.ask({ task: 'resampled', paths, folder, rates: RATES });
    for (const { rate, source, target } of written) {
      const { samples } = resample({ samples: floats(source), sampleRate: rate }, RATE);
      ratios[rate] = [...(ratios[rate] ?? []), signalToDifference(floats(target), samples)];
    }
    const resampling = Object.fromEntries(RATES.map((rate) => [rate, lowest(ratios[rate])]));
    const clips = { mfcc: 0, pitch: Infinity, stretch: Infinity, exactStretch: Infinity };
    for (const entry of (await peer.ask({ task: 'described', paths, folder })).written) {
      const theirs = floats(entry.samples);
      const ours = await loadClip(entry.path);
      const same = { samples: theirs, sampleRate: RATE };
      const expected = floats(entry.mfcc);
      // Clips that end early are padded by us alone; their MFCCs see another loudest moment.
      if (theirs.length === ours.samples.length) {
        mfcc(ours).values.forEach((value, i) => {
          clips.mfcc = Math.max(clips.mfcc, Math.abs(value - expected[i]));
        });
      }
      clips.pitch = Math.min(clips.pitch, signalToDifference(floats(entry.pitch), pitch(same).samples));
      const stretched = stretch(same).samples;
      clips.stretch = Math.min(clips.stretch, signalToDifference(floats(entry.stretch), stretched));
      clips.exactStretch = Math.min(clips.exactStretch, signalToDifference(floats(entry.exactStretch), stretched));
    }
    print(resampling, clips, paths.length);
    return { clips: paths.length, resampling, ...clips };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** @param {Record<string, number>} resampling @param {Record<'mfcc' | 'pitch' | 'stretch' | 'exactStretch', number>} clips @param {number} count */
function print(resampling, clips, count) {
  console.log(`\nagreement with librosa on ${count} recordings: lowest ratio of signal to difference`);
  const rows = RATES.map((rate) => [`${rate} → ${RATE} Hz`, resampling[rate]]);
  rows.push(['pitch', clips.pitch], ['stretch', clips.stretch], ['stretch, librosa in double', clips.exactStretch]);
  for (const [name, ratio] of rows) console.log(`  ${String(name).padEnd(28)} ${Number(ratio).toFixed(1)} dB`);
  console.log(`  file → MFCC: ${clips.mfcc.toExponential(1)} at most`);
}
