import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMOTIONS, type Emotion } from '../../data/labels';
import { scoreTransfer, type TransferPrediction } from '../../evaluation/transfer';

/** A prediction with these probabilities, the rest spread over nothing. */
function prediction(
  truth: Emotion,
  given: Partial<Record<Emotion, number>>,
  sure = true,
  speaker = 'a',
): TransferPrediction {
  return { truth, speaker, sure, probabilities: EMOTIONS.map((emotion) => given[emotion] ?? 0) };
}

test('scores are over the emotions of the corpus, and calm counts as neutral', () => {
  const scores = scoreTransfer([
    prediction('neutral', { neutral: 0.2, calm: 0.3, sad: 0.4, surprised: 0.1 }),
    prediction('sad', { surprised: 0.6, sad: 0.3, neutral: 0.1 }, false, 'b'),
    prediction('sad', { neutral: 0.8, sad: 0.2 }, true, 'b'),
  ]);
  assert.deepEqual(scores.emotions, ['neutral', 'sad']);
  assert.equal(scores.chance, 0.5);
  assert.equal(scores.speakers, 2);
  assert.equal(scores.uar.estimate, 0.75);
  assert.ok(Math.abs(scores.confidence - (5 / 9 + 3 / 4 + 0.8) / 3) < 1e-12);
  assert.ok(Math.abs(scores.sure - 2 / 3) < 1e-12);
  assert.equal(scores.sureCorrect, 0.5);
});

test('a calm recording is predicted correctly as neutral', () => {
  assert.equal(scoreTransfer([prediction('calm', { neutral: 0.9, sad: 0.1 })]).uar.estimate, 1);
});

test('no predictions have no scores', () => {
  assert.throws(() => scoreTransfer([]), /there must be predictions, got none/);
});
