import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListenOptions, type LiveAnswer, listen } from '../../inference/listen';
import type { EmotionPredictor } from '../../inference/predictor';
import { asked, fakes, inFolder, soxAndArecord, withProgram, withPrograms } from '../support/fake-programs';

const predictor = {
  timeline: async () => [{ start: 0, end: 2.4, emotion: 'happy', probability: 1, sure: true, probabilities: {} }],
} as unknown as EmotionPredictor;

/** Everything that `listen` yields. */
async function momentsOf(options: ListenOptions): Promise<LiveAnswer[]> {
  const moments: LiveAnswer[] = [];
  for await (const answer of listen(predictor, { sampleRate: 8000, ...options })) moments.push(answer);
  return moments;
}

test('listen rejects fewer seconds than one window, and a hop of 0, before it looks for a microphone', () =>
  inFolder(
    (folder) => ({ PATH: folder }),
    async () => {
      for (const seconds of [2.39, 1, 0, -1, Number.NaN]) {
        const message = `listen: seconds must be at least 2.4, the length of one window, got ${seconds}`;
        await assert.rejects(momentsOf({ seconds }), { name: 'RangeError', message });
      }
      await assert.rejects(momentsOf({ hop: 0 }), {
        name: 'RangeError',
        message: 'listen: hop must be above 0 s, got 0',
      });
    },
  ));

test('listen predicts at least once, for any length and any hop', { skip: fakes }, () =>
  // 0.1 s of sound, twenty times a second.
  withProgram('sox', "setInterval(() => process.stdout.write(Buffer.alloc(1600, '002000e0', 'hex')), 50)", async () => {
    for (const options of [{ seconds: 2.4 }, { seconds: 3, hop: 5 }]) {
      const moments = await momentsOf(options);
      assert.equal(moments.length, 1, `${moments.length} predictions`);
      assert.equal(moments[0].answer?.emotion, 'happy');
      assert.ok(moments[0].seconds >= 2.4 && moments[0].level === 0.25);
    }
  }),
);

test('listen takes the program that lists the device', { skip: fakes }, () =>
  withPrograms(soxAndArecord, async (folder) => {
    await momentsOf({ seconds: 2.4, device: 'plughw:1,0' });
    assert.deepEqual(asked(folder), ['arecord plughw:1,0']);
  }),
);
