/** Numerical differences from librosa on real recordings. */
import fs from 'node:fs';
import { pitch, stretch } from '../../lib/dist/audio/effects/augment.js';
import { loadClip } from '../../lib/dist/audio/load.js';
import { resample } from '../../lib/dist/audio/resample/resample.js';
import { mfcc } from '../../lib/dist/features/mel/mfcc.js';

const RATE = 22_050;
const RATES = [48_000, 44_100, 32_000, 16_000, 8000];
/** Seconds ignored at either end, where the two pad differently. */
const EDGE = 0.05;

/** @param {string} file */
const floats = (file) => new Float32Array(Uint8Array.from(fs.readFileSync(file)).buffer);

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

/**
 * Compares both on the given recordings, and prints the result.
 *
 * @param {import('./peer.mjs').Peer} peer
 * @param {string[]} paths
 * @param {string} folder for files
 */
export async function compareWithLibrosa(peer, paths, folder) {
  /** @type {Record<string, number>} lowest ratio of signal to difference */
  const ratios = {};
  const note = (/** @type {string} */ name, /** @type {string} */ expected, /** @type {Float32Array} */ actual) => {
    ratios[name] = Math.min(ratios[name] ?? Number.POSITIVE_INFINITY, signalToDifference(floats(expected), actual));
  };
  for (const { rate, source, target } of (await peer.ask({ task: 'resampled', paths, folder, rates: RATES })).written) {
    note(`${rate} → ${RATE} Hz`, target, resample({ samples: floats(source), sampleRate: rate }, RATE).samples);
  }
  let largest = 0;
  for (const entry of (await peer.ask({ task: 'described', paths, folder })).written) {
    const theirs = floats(entry.samples);
    const ours = await loadClip(entry.path);
    const expected = floats(entry.mfcc);
    // Clips that end early are padded by us alone; their MFCCs see another loudest moment.
    if (theirs.length === ours.samples.length) {
      mfcc(ours).values.forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value - expected[i]));
      });
    }
    const same = { samples: theirs, sampleRate: RATE };
    note('pitch', entry.pitch, pitch(same).samples);
    const stretched = stretch(same).samples;
    note('stretch', entry.stretch, stretched);
    note('stretch, librosa in double', entry.exactStretch, stretched);
  }
  console.log(`\nagreement with librosa on ${paths.length} recordings: lowest ratio of signal to difference`);
  for (const [name, ratio] of Object.entries(ratios)) console.log(`  ${name.padEnd(28)} ${ratio.toFixed(1)} dB`);
  console.log(`  file → MFCC: ${largest.toExponential(1)} at most`);
}
