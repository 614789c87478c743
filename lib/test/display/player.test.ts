import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWav } from '../../audio/formats/wav';
import type { Bundle } from '../../display/bundle';
import { player, players } from '../../display/signals/player';
import { describe } from '../../features/descriptors';
import { sine } from '../support/example-figures';

/** The sounds inside a page. */
function sounds(bundle: Bundle) {
  const sources = bundle['text/html'].matchAll(/src="data:audio\/wav;base64,([^"]+)"/g);
  return Array.from(sources, ([, base64]) => decodeWav(Buffer.from(base64, 'base64'), 'player'));
}

test('player holds the clip at 16 kHz, as loud and as high as it was', () => {
  const [sound] = sounds(player(sine(1000, 1, 48_000)));
  assert.equal(sound.sampleRate, 16_000);
  assert.equal(sound.samples.length, 16_000);
  const { rms, spectralCentroid } = describe(sound);
  assert.ok(Math.abs(rms[15] - 0.5 / Math.SQRT2) < 0.001, `${rms[15]}`);
  assert.ok(Math.abs(spectralCentroid[15] - 1000) < 5, `${spectralCentroid[15]}`);
});

test('player folds nothing above 8 kHz back into the speech band', () => {
  const [sound] = sounds(player(sine(11_000, 1, 48_000)));
  const loudest = sound.samples.slice(1000, -1000).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  assert.ok(loudest < 0.001, `${loudest}`);
});

test('player keeps a sample rate below 16 kHz', () => {
  assert.equal(sounds(player(sine(440, 0.5, 8000)))[0].sampleRate, 8000);
});

test('players stand in one row, with escaped titles, and a line of text each', () => {
  const signal = sine(440, 0.5);
  const bundle = players([{ signal, title: 'a <b>' }, { signal }]);
  assert.equal(sounds(bundle).length, 2);
  assert.match(bundle['text/html'], /a &lt;b&gt;/);
  assert.equal(bundle['text/plain'], '[audio] a <b>: 0.50 s at 22050 Hz\n[audio] 0.50 s at 22050 Hz');
});

test('players refuses silence of no length and an empty row', () => {
  assert.throws(() => players([]), RangeError);
  assert.throws(() => player({ samples: new Float32Array(0), sampleRate: 8000 }), /players: signals must have samples/);
});

test('player holds the first 45 s of a long recording, and says so', () => {
  const shown = player(sine(440, 50, 8_000));
  assert.equal(sounds(shown)[0].samples.length, 45 * 8_000);
  for (const text of Object.values(shown)) assert.match(String(text), /the first 45 s of 50 s/);
  assert.doesNotMatch(String(player(sine(440, 44, 8_000))['text/html']), /the first/);
});
