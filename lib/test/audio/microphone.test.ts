import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { encodeWav } from '../../audio/formats/write-wav';
import { loadAudio } from '../../audio/load';
import { type MicrophoneOptions, recordingDevices } from '../../audio/microphone/microphone';
import { voiceRecorder } from '../../audio/microphone/record';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { SerError } from '../../errors';
import { type LiveAnswer, listen } from '../../inference/listen';
import { EmotionPredictor } from '../../inference/predictor';
import { tinyRun } from '../support/tiny-run';
import {
  missingAlsaPlugin,
  missingPulseAudio,
  pulseEnvironment,
  VirtualMicrophone,
} from '../support/virtual-microphone';

const missing = missingPulseAudio();
const skip = missing ?? false;
if (missing) console.log(`microphone.test: nothing is recorded from a virtual microphone: ${missing}`);
const missingForArecord = missing ?? missingAlsaPlugin();
if (missingForArecord) console.log(`microphone.test: nothing is recorded by arecord: ${missingForArecord}`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-microphone-'));
const environment = { ...process.env };
let microphone: VirtualMicrophone;
let predictor: EmotionPredictor;
let clip = '';

before(async () => {
  if (missing) return;
  const { root, corpus } = await tinyRun(folder);
  predictor = await EmotionPredictor.load({ root });
  clip = corpus.clips[5].path;
  Object.assign(process.env, pulseEnvironment(folder));
  microphone = await VirtualMicrophone.start();
});
after(async () => {
  await microphone?.stop();
  predictor?.dispose();
  for (const name of Object.keys(pulseEnvironment(folder))) delete process.env[name];
  Object.assign(process.env, environment);
  fs.rmSync(folder, { recursive: true });
});

/** The correlation of a recording with its source, which begins at `delay` in it. */
function correlationAt(recorded: Float32Array, played: Float32Array, delay: number): number {
  let [product, power, own] = [0, 0, 0];
  for (let n = 0; n < played.length; n++) {
    product += recorded[delay + n] * played[n];
    power += recorded[delay + n] ** 2;
    own += played[n] ** 2;
  }
  return product / Math.sqrt(power * own || 1);
}

/** The highest correlation of a recording with its source, and after how many samples: roughly first, then exactly. */
function bestCorrelation(recording: Signal, source: Signal): { correlation: number; delay: number } {
  const search = (rate: number, from: number, to: number): { correlation: number; delay: number } => {
    const [recorded, played] = [resample(recording, rate).samples, resample(source, rate).samples];
    let best = { correlation: -1, delay: 0 };
    for (let delay = Math.max(0, from); delay <= Math.min(to, recorded.length - played.length); delay++) {
      const correlation = correlationAt(recorded, played, delay);
      if (correlation > best.correlation) best = { correlation, delay };
    }
    return best;
  };
  const coarse = 4000;
  const ratio = recording.sampleRate / coarse;
  const { delay } = search(coarse, 0, Number.POSITIVE_INFINITY);
  return search(recording.sampleRate, Math.round((delay - 1) * ratio), Math.round((delay + 1) * ratio));
}

/** Records a clip while it is played, and holds the recording to it. */
async function recordsClip(options: MicrophoneOptions): Promise<void> {
  const file = path.join(folder, 'me.wav');
  const source = await loadAudio(clip, { sampleRate: 'native' });
  let played = false;
  const onMoment = (): void => {
    if (!played) microphone.play(clip); // once the microphone gives sound
    played = true;
  };
  const { seconds, peak } = await voiceRecorder(6, file, { ...options, onMoment });
  assert.equal(seconds, 6);
  assert.ok(peak > 0.01, `peak ${peak}`);
  const recording = await loadAudio(file, { sampleRate: 'native' });
  const { correlation, delay } = bestCorrelation(recording, source);
  assert.ok(correlation >= 0.95, `correlation ${correlation} at sample ${delay}`);
  console.log(
    `${options.program}: correlation with the source ${correlation.toFixed(4)}, ${(delay / recording.sampleRate).toFixed(2)} s late`,
  );
  const samples = recording.samples.subarray(delay, delay + source.samples.length);
  const prediction = await predictor.predict({ ...recording, samples });
  assert.equal(prediction.emotion, (await predictor.predict(clip)).emotion);
}

test('a clip played to a microphone is recorded by sox, equal to its source, and recognised', { skip }, () =>
  recordsClip({ program: 'sox' }),
);

test(
  'a clip played to a microphone is recorded by arecord, equal to its source, and recognised',
  {
    skip: missingForArecord ?? false,
  },
  () => recordsClip({ program: 'arecord', device: 'pulse' }),
);

test('the inputs of the machine are listed, and one is chosen by its name', { skip }, async () => {
  const names = recordingDevices().filter(({ program }) => program === 'sox');
  assert.deepEqual(names.map(({ name }) => name).sort(), ['mic.monitor', 'other.monitor']);
  const peaks: number[] = [];
  for (const device of ['other.monitor', 'mic.monitor']) {
    microphone.play(clip, 'other');
    peaks.push((await voiceRecorder(3, path.join(folder, 'one.wav'), { program: 'sox', device })).peak);
    await new Promise((resolve) => setTimeout(resolve, 2500)); // until the clip is over
  }
  assert.ok(peaks[0] > 0.01 && peaks[1] < 0.001, `peaks ${peaks}`);
});

test('listen predicts again and again, recognises silence, and stops when it is interrupted', { skip }, async () => {
  const spoken = path.join(folder, 'spoken.wav');
  const { samples, sampleRate } = await loadAudio(clip, { sampleRate: 'native' });
  const long = Float32Array.from({ length: 8 * sampleRate }, (_, n) => samples[n % samples.length]);
  fs.writeFileSync(spoken, encodeWav({ samples: long, sampleRate }));
  const answers: LiveAnswer[] = [];
  for await (const answer of listen(predictor, { program: 'sox', seconds: 60 })) {
    answers.push(answer);
    if (answers.length === 1) microphone.play(spoken);
    if (answers.length === 7) process.emit('SIGINT');
  }
  assert.equal(answers.length, 7);
  assert.equal(answers[0].answer, undefined);
  assert.ok(answers.slice(5).every(({ answer, level }) => answer !== undefined && level > 0.01));
  answers.slice(1).forEach(({ seconds }, i) => void assert.ok(seconds >= answers[i].seconds + 0.6));
  assert.equal(process.listenerCount('SIGINT'), 0);
});

test('a device that is lost half-way ends with an error, and what was recorded is kept', { skip }, async () => {
  const file = path.join(folder, 'lost.wav');
  setTimeout(() => microphone.unplug(), 2500);
  await assert.rejects(voiceRecorder(60, file, { program: 'sox' }), (error) => {
    assert.ok(error instanceof SerError && error.code === 'missing-tool');
    assert.match(error.message, /must last 60 s, got \d+\.\d\d s, which are kept in .*lost\.wav \(sox said: /);
    return true;
  });
  assert.ok((await loadAudio(file, { sampleRate: 'native' })).samples.length > 48_000 / 2);
  await assert.rejects(async () => {
    for await (const _ of listen(predictor, { program: 'sox' })) assert.fail('no sound can come');
  }, /listen: the microphone must last until the end.*connect a microphone/);
});
