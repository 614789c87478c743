import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpeechClip, parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { clipName, takesOf } from '../../data/ravdess';

test('parseClip reads emotion, intensity, statement, repetition, actor and sex from the name', () => {
  assert.deepEqual(parseClip('Actor_12/03-01-06-01-02-01-12.wav'), {
    path: 'Actor_12/03-01-06-01-02-01-12.wav',
    name: '03-01-06-01-02-01-12.wav',
    emotion: 'fearful',
    label: 5,
    intensity: 'normal',
    statement: 2,
    repetition: 1,
    actor: 12,
    sex: 'female',
  });
  assert.equal(parseClip('03-01-08-02-01-02-07.wav').sex, 'male');
});

test('parseClip knows the eight emotions in the order of their codes', () => {
  const emotions = [1, 2, 3, 4, 5, 6, 7, 8].map((code) => parseClip(`03-01-0${code}-01-01-01-01.wav`).emotion);
  assert.deepEqual(emotions, [...EMOTIONS]);
});

test('parseClip refuses other names and says what a name looks like', () => {
  for (const name of ['happy1.wav', '03-01-06-01-02-01.wav', '03-01-06-01-02-01-12.mp4', '3-1-6-1-2-1-12.wav', '']) {
    assert.throws(() => parseClip(name), { name: 'SerError', code: 'bad-corpus', message: /as in 03-01-06/ }, name);
  }
});

test('parseClip refuses numbers out of range and names the field', () => {
  const wrong = {
    '00-01-06-01-02-01-12.wav': /modality must be 1 to 3, got 0/,
    '03-03-06-01-02-01-12.wav': /vocal channel must be 1 to 2, got 3/,
    '03-01-09-01-02-01-12.wav': /emotion must be 1 to 8, got 9/,
    '03-01-06-03-02-01-12.wav': /intensity must be 1 to 2, got 3/,
    '03-01-06-01-03-01-12.wav': /statement must be 1 to 2, got 3/,
    '03-01-06-01-02-00-12.wav': /repetition must be 1 to 2, got 0/,
    '03-01-06-01-02-01-25.wav': /actor must be 1 to 24, got 25/,
  };
  for (const [name, message] of Object.entries(wrong)) {
    assert.throws(() => parseClip(name), { code: 'bad-corpus', message });
  }
});

test('parseClip refuses a strong neutral take, which RAVDESS does not have', () => {
  const message = /neutral has no strong intensity in RAVDESS, got 2 in "03-01-01-02-01-01-05\.wav"/;
  assert.throws(() => parseClip('03-01-01-02-01-01-05.wav'), { code: 'bad-corpus', message });
  assert.ok(!isSpeechClip('03-01-01-02-01-01-05.wav'));
  assert.equal(parseClip('03-01-01-01-01-01-05.wav').emotion, 'neutral');
  assert.equal(parseClip('03-01-02-02-01-01-05.wav').intensity, 'strong');
});

test('isSpeechClip takes speech without video, and nothing else', () => {
  assert.ok(isSpeechClip('03-01-06-01-02-01-12.wav'));
  assert.ok(isSpeechClip('folder/03-01-06-01-02-01-12.WAV'));
  assert.ok(!isSpeechClip('03-02-06-01-02-01-12.wav'), 'song');
  assert.ok(!isSpeechClip('01-01-06-01-02-01-12.wav'), 'video');
  assert.ok(!isSpeechClip('notes.txt'));
});

test('takesOf lists the 60 clips of an actor, whose names parseClip reads back', () => {
  const takes = takesOf(7);
  assert.equal(takes.length, 60);
  assert.equal(takesOf(7, 1).length, 30);
  assert.equal(new Set(takes.map(clipName)).size, 60);
  for (const take of takes) {
    const { label, intensity, statement, repetition, actor } = parseClip(clipName(take));
    assert.deepEqual({ label, intensity, statement, repetition, actor }, take);
  }
});

test('takesOf has no strong neutral', () => {
  assert.ok(takesOf(1).every((take) => take.label !== 0 || take.intensity === 'normal'));
});
