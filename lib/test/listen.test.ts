import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListenOptions, type LiveAnswer, listen } from '../inference/listen';
import type { EmotionPredictor } from '../inference/predictor';
import { asked, fakes, inFolder, soxAndArecord, withProgram, withPrograms } from './fake-programs';

const predictor = {
  timeline: async () => [{ start: 0, end: 2.4, emotion: 'happy', probability: 1, sure: true, probabilities: {} }],
} as unknown as EmotionPredictor;

/** All that `listen` answers. */
async function answers(options: ListenOptions): Promise<LiveAnswer[]> {
  const heard: LiveAnswer[] = [];
  for await (const answer of listen(predictor, { sampleRate: 8000, ...options })) heard.push(answer);
  return heard;
}

test('listen refuses fewer seconds than one answer needs, and hops of none, before it looks for a microphone', () =>
  inFolder(
    (folder) => ({ PATH: folder }),
    async () => {
      for (const seconds of [2.39, 1, 0, -1, Number.NaN]) {
        const message = `listen: seconds must be at least 2.4, which one answer needs, got ${seconds}`;
        await assert.rejects(answers({ seconds }), { name: 'RangeError', message });
      }
      await assert.rejects(answers({ hop: 0 }), {
        name: 'RangeError',
        message: 'listen: hop must be above 0 s, got 0',
      });
    },
  ));

test('listen answers at least once, however short it listens and however long its hop', { skip: fakes }, () =>
  // 0.1 s of sound, twenty times a second.
  withProgram('sox', "setInterval(() => process.stdout.write(Buffer.alloc(1600, '002000e0', 'hex')), 50)", async () => {
    for (const options of [{ seconds: 2.4 }, { seconds: 3, hop: 5 }]) {
      const heard = await answers(options);
      assert.equal(heard.length, 1, `${heard.length} answers`);
      assert.equal(heard[0].answer?.emotion, 'happy');
      assert.ok(heard[0].seconds >= 2.4 && heard[0].level === 0.25);
    }
  }),
);

test('listen takes the program that lists the device', { skip: fakes }, () =>
  withPrograms(soxAndArecord, async (folder) => {
    await answers({ seconds: 2.4, device: 'plughw:1,0' });
    assert.deepEqual(asked(folder), ['arecord plughw:1,0']);
  }),
);
