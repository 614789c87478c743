import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveEmotions, recordingMeter } from '../../display/live/microphone-meters';

/** What a cell would show, and whether each bundle replaced the one before. */
async function shownBy(act: () => void | Promise<void>): Promise<{ html: string; text: string; update: boolean }[]> {
  const jupyter = require('tslab/dist/jupyter') as { lastWriteDisplayData: unknown };
  const shown: { html: string; text: string; update: boolean }[] = [];
  jupyter.lastWriteDisplayData = (content: { data: Record<string, string> }, update: boolean) => {
    shown.push({ html: content.data['text/html'], text: content.data['text/plain'], update });
  };
  try {
    await act();
  } finally {
    jupyter.lastWriteDisplayData = null;
  }
  return shown;
}

test('recordingMeter counts down, then shows level and seconds left, all in one place', async () => {
  const shown = await shownBy(() => {
    const { update } = recordingMeter();
    update({ startsIn: 2, seconds: 0, left: 3, level: 0 });
    update({ startsIn: 0, seconds: 1, left: 2, level: 0.1 });
    update({ startsIn: 0, seconds: 3, left: 0, level: 1 });
  });
  assert.deepEqual(
    shown.map(({ text, update }) => [text, update]),
    [
      ['recording starts in 2 …', false],
      ['speak now: 2.0 s left, -20 dB, good level', true],
      ['recorded 3.0 s, 0 dB, too loud: move away', true],
    ],
  );
  assert.match(shown[1].html, /<meter [^>]*value="-20\.0"[^>]*aria-label="level">/);
});

test('liveEmotions shows a bar per emotion, and reports when the model is not sure or nobody speaks', async () => {
  const probabilities = { neutral: 0, calm: 0, happy: 0.6, sad: 0.4, angry: 0, fearful: 0, disgust: 0, surprised: 0 };
  const answer = { emotion: 'happy', probability: 0.6, sure: false, probabilities } as const;
  const shown = await shownBy(() =>
    liveEmotions().follow([
      { seconds: 2.4, level: 0.0001 },
      { seconds: 3, level: 0.2, answer },
    ]),
  );
  assert.equal(shown[0].text, '2.4 s: nobody speaks');
  assert.match(shown[1].text, /^3\.0 s: happy \(not sure\)\nneutral 0 %, calm 0 %, happy 60 %, sad 40 %/);
  assert.equal(shown[1].html.split('<th scope="row"').length - 1, 8);
  assert.match(shown[1].html, /happy<\/th>.*?width:7\.20em;background:#E69F00/);
  assert.deepEqual(
    shown.map(({ update }) => update),
    [false, true],
  );
});
