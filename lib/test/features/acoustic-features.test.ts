import assert from 'node:assert/strict';
import test from 'node:test';
import { rms } from '../../audio/rms';
import { ACOUSTIC_FEATURES, acousticFeatures } from '../../features/acoustic-features';
import { chroma } from '../../features/spectral/chroma';
import { spectralBandwidth, spectralFlatness } from '../../features/spectral/spectral';
import { spectralContrast } from '../../features/spectral/spectral-contrast';
import { functionalsTable } from '../../features/summary/functionals';
import { soundOf } from '../support/feature-golden';

const sound = soundOf({ name: 'speech', sampleRate: 22_050, samples: 12_000 });

test('each column holds what its own function computes', () => {
  const lengths = { fftLength: 1024, hopLength: 256 };
  const { frames, coefficients, values } = acousticFeatures(sound, lengths);
  assert.deepEqual([frames, coefficients], [47, ACOUSTIC_FEATURES.length]);
  const column = (name: (typeof ACOUSTIC_FEATURES)[number]): Float32Array =>
    values.filter((_, i) => i % coefficients === ACOUSTIC_FEATURES.indexOf(name));
  assert.deepEqual(column('rms'), rms(sound, { frameLength: 1024, hopLength: 256 }));
  assert.deepEqual(column('spectralBandwidth'), spectralBandwidth(sound, lengths));
  assert.deepEqual(column('spectralFlatness'), spectralFlatness(sound, lengths));
  const contrast = spectralContrast(sound, lengths);
  assert.deepEqual(
    column('contrast6'),
    contrast.values.filter((_, i) => i % 7 === 6),
  );
  const classes = chroma(sound, lengths);
  assert.deepEqual(
    column('chromaC'),
    classes.values.filter((_, i) => i % 12 === 0),
  );
  assert.deepEqual(
    column('chromaB'),
    classes.values.filter((_, i) => i % 12 === 11),
  );
});

test('the functionals of acoustic features are found by name', () => {
  const table = functionalsTable(acousticFeatures(sound), ACOUSTIC_FEATURES);
  assert.ok(table.spectralCentroid.mean > 500 && table.spectralCentroid.mean < 5000);
  assert.ok(table.rms.maximum > table.rms.median);
});
