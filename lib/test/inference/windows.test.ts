import assert from 'node:assert/strict';
import test from 'node:test';
import { inMemory } from '../../audio/sample-source';
import { streamSamples } from '../../audio/sound-stream';
import { AUDIO } from '../../config';
import { recordingFaults } from '../../inference/quality';
import { measured, windowsOf } from '../../inference/windows';
import { Random } from '../../random';

const SIZE = AUDIO.samples;

/** Samples in blocks of any lengths. */
async function* blocksOf(samples: Float32Array, random: Random): AsyncGenerator<Float32Array, void> {
  for (let at = 0; at < samples.length; ) {
    const length = random.integer(1, 90_000);
    yield samples.subarray(at, at + length);
    at += length;
  }
}

test('windowsOf gives the windows of the whole recording, however its blocks are cut', async () => {
  const random = new Random('windows');
  for (const length of [1, 1000, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE, 40 * SIZE + 77]) {
    const samples = Float32Array.from({ length }, (_, n) => n);
    for (const step of [SIZE, 13_230, 100_000]) {
      const last = Math.max(0, length - SIZE);
      const wanted = [...Array(Math.ceil(last / step)).keys()].map((index) => index * step).concat(last);
      const starts: number[] = [];
      for await (const group of windowsOf(blocksOf(samples, random), step)) {
        for (const [index, window] of group.windows.entries()) {
          const start = group.starts[index];
          starts.push(start);
          assert.equal(window.samples.length, SIZE);
          assert.equal(group.ends[index], Math.min(length, start + SIZE));
          assert.deepEqual(window.samples.subarray(0, length - start), samples.subarray(start, start + SIZE));
          assert.ok(window.samples.subarray(length - start).every((sample) => sample === 0));
        }
      }
      assert.deepEqual(starts, wanted, `${length} samples, one window every ${step}`);
    }
  }
});

test('a stream is measured as the whole recording is', async () => {
  const random = new Random('measures');
  const samples = Float32Array.from({ length: 400_000 }, (_, n) =>
    Math.max(-1, Math.min(1, 1.5 * Math.sin(n / 30) * Math.sin(n / 9000) + 0.02 * random.normal())),
  );
  const stream = streamSamples(inMemory({ samples, sampleRate: 22_050 }), 'x');
  const { blocks, measures } = measured(stream);
  assert.equal(measures(), undefined);
  for await (const _ of blocks);
  const [clipped] = recordingFaults({ samples, sampleRate: 22_050 }).filter(({ kind }) => kind === 'clipped');
  const share = (100 * (measures()?.clipped ?? 0)).toFixed(1);
  assert.ok(clipped.message.includes(`${share} %`), `${clipped.message}, measured ${share} %`);
  assert.ok(Math.abs((measures()?.seconds ?? 0) - samples.length / 22_050) < 1e-9);
});
