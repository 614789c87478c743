import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { decodeWav } from '../../audio/formats/wav';
import { describeMicrophones } from '../../audio/microphone/microphone';
import { type RecordingMoment, type RecordOptions, voiceRecorder } from '../../audio/microphone/record';
import { SerError } from '../../errors';
import { asked, fakes, inFolder, soxAndArecord, withProgram, withPrograms } from '../support/fake-programs';

/** The error of a recording that must fail, and what its file holds. */
async function failing(folder: string, options: RecordOptions = {}): Promise<{ error: SerError; kept?: number }> {
  const file = path.join(folder, 'me.wav');
  let error: unknown;
  await voiceRecorder(1, file, { sampleRate: 8000, ...options }).catch((reason: unknown) => {
    error = reason;
  });
  assert.ok(error instanceof SerError, `expected a SerError, got ${String(error)}`);
  assert.equal(error.code, 'missing-tool');
  return { error, kept: fs.existsSync(file) ? decodeWav(fs.readFileSync(file), file).samples.length : undefined };
}

test('voiceRecorder refuses lengths, rates, programs and devices that it cannot serve', { skip: fakes }, () =>
  withProgram('rec', '', async (folder) => {
    const file = path.join(folder, 'me.wav');
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 601]) {
      await assert.rejects(voiceRecorder(seconds, file), RangeError);
    }
    for (const sampleRate of [0, 44_100.5, 1e6]) {
      await assert.rejects(voiceRecorder(1, file, { sampleRate }), RangeError);
    }
    await assert.rejects(voiceRecorder(1, file, { program: 'ffmpeg' as 'sox' }), /program must be one of sox/);
    await assert.rejects(voiceRecorder(1, file, { device: 'hw:1' }), /rec cannot choose a device, got "hw:1"/);
    assert.equal(fs.existsSync(file), false);
  }),
);

test('voiceRecorder says what to install if there is no recording program', () =>
  inFolder(
    (folder) => ({ PATH: folder }),
    async (folder) => {
      const { error, kept } = await failing(folder);
      assert.match(
        error.message,
        /got no sox, rec, arecord on the PATH.*apt install sox.*alsa-utils.*brew install sox/,
      );
      assert.match((await failing(folder, { program: 'sox' })).error.message, /got no sox on the PATH/);
      assert.equal(kept, undefined);
    },
  ));

test('voiceRecorder repeats what arecord said, and how to get a device, if there is none', { skip: fakes }, () =>
  withProgram(
    'arecord',
    `console.error("ALSA lib confmisc.c:855:(parse_card) cannot find card '0'");
     console.error('arecord: main:831: audio open error: No such file or directory'); process.exit(1)`,
    async (folder) => {
      const { error, kept } = await failing(folder);
      assert.match(error.message, /arecord said: arecord: main:831: audio open error.*connect a microphone/);
      assert.match((error.cause as Error).message, /cannot find card/);
      assert.equal(kept, undefined);
    },
  ),
);

test('voiceRecorder says what to allow if access to the microphone is denied', { skip: fakes }, () =>
  withProgram(
    'arecord',
    `console.error('arecord: main:831: audio open error: Permission denied'); process.exit(1)`,
    async (folder) => {
      assert.match((await failing(folder)).error.message, /Permission denied\); allow microphone access/);
    },
  ),
);

test('voiceRecorder keeps what it has when the recording is cut short, and says how much', { skip: fakes }, () =>
  withProgram(
    'arecord',
    // Three quarters of a second, the last sample torn apart.
    `process.stdout.write(Buffer.alloc(12001, 1), () => {
       console.error('arecord: pcm_read:2221: read error: No such device'); process.exit(1); });`,
    async (folder) => {
      const { error, kept } = await failing(folder);
      assert.match(error.message, /must last 1 s, got 0\.75 s, which are kept in .*me\.wav .*No such device/);
      assert.equal(kept, 6000);
    },
  ),
);

test('voiceRecorder takes exactly the seconds asked for from a program that does not end', { skip: fakes }, () =>
  withProgram(
    'sox',
    // 0x2000 is a quarter of the full scale; it ignores the first request to stop, as hanging devices do.
    `process.on('SIGTERM', () => {}); setInterval(() => process.stdout.write(Buffer.alloc(1000, '0020', 'hex')), 5)`,
    async (folder) => {
      const file = path.join(folder, 'new', 'me.wav');
      const result = await voiceRecorder(0.45, file, { sampleRate: 8000 });
      assert.deepEqual(result, { path: file, seconds: 0.45, peak: 0.25 });
      const { samples, sampleRate } = decodeWav(fs.readFileSync(file), file);
      assert.equal(sampleRate, 8000);
      assert.equal(samples.length, 3600); // not a multiple of what the program writes at once
      assert.ok(samples.every((value) => value === 0.25));
      assert.deepEqual(fs.readdirSync(path.dirname(file)), ['me.wav']);
    },
  ),
);

test('voiceRecorder counts down, then reports level and seconds left', { skip: fakes }, () =>
  withProgram(
    'sox',
    "setInterval(() => process.stdout.write(Buffer.alloc(1600, '0020', 'hex')), 50)",
    async (folder) => {
      const moments: RecordingMoment[] = [];
      const onMoment = (moment: RecordingMoment): void => void moments.push(moment);
      await voiceRecorder(0.5, path.join(folder, 'me.wav'), { sampleRate: 8000, countdown: 1, onMoment });
      assert.deepEqual(moments[0], { startsIn: 1, seconds: 0, left: 0.5, level: 0 });
      assert.ok(moments.slice(1).every(({ startsIn, level }) => startsIn === 0 && level === 0.25));
      assert.deepEqual(moments.at(-1), { startsIn: 0, seconds: 0.5, left: 0, level: 0.25 });
      assert.ok(moments.length > 3, `${moments.length} moments`);
      await assert.rejects(voiceRecorder(1, 'me.wav', { countdown: 0.5 }), /countdown must be a whole number/);
    },
  ),
);

test('an interrupt ends a recording early and keeps it', { skip: fakes }, () =>
  withProgram(
    'sox',
    "setInterval(() => process.stdout.write(Buffer.alloc(1600, '0020', 'hex')), 50)",
    async (folder) => {
      const file = path.join(folder, 'me.wav');
      const onMoment = (): void => void process.emit('SIGINT');
      const { seconds } = await voiceRecorder(60, file, { sampleRate: 8000, onMoment });
      assert.ok(seconds > 0 && seconds < 30, `${seconds} s`);
      assert.equal(decodeWav(fs.readFileSync(file), file).samples.length, seconds * 8000);
    },
  ),
);

test('voiceRecorder takes the program that lists the device, unless one is named', { skip: fakes }, () =>
  withPrograms(soxAndArecord, async (folder) => {
    const choices: RecordOptions[] = [
      { device: 'plughw:1,0' },
      { device: 'alsa_input.usb' },
      { device: 'of my own' },
      { device: 'plughw:1,0', program: 'sox' },
      { device: 'of my own', program: 'arecord' },
    ];
    for (const choice of choices) {
      await voiceRecorder(0.1, path.join(folder, 'me.wav'), { sampleRate: 8000, ...choice });
    }
    assert.deepEqual(asked(folder), [
      'arecord plughw:1,0',
      'sox alsa_input.usb',
      'sox of my own',
      'sox plughw:1,0',
      'arecord of my own',
    ]);
  }),
);

/** A recording over an older file, interrupted at the first moment or, without a countdown, after 0.1 s. */
async function interrupted(folder: string, countdown: number): Promise<unknown> {
  const file = path.join(folder, 'me.wav');
  fs.writeFileSync(file, 'of yesterday');
  const interrupt = (): void => void process.emit('SIGINT');
  if (countdown === 0) setTimeout(interrupt, 100);
  const result = await voiceRecorder(1, file, { countdown, onMoment: interrupt }).catch((error: unknown) => error);
  assert.equal(fs.readFileSync(file, 'utf8'), 'of yesterday');
  assert.equal(process.listenerCount('SIGINT'), 0);
  return result;
}

const INTERRUPTED =
  /^voiceRecorder: the recording must hold sound, got an interrupt before any; nothing was written to .*me\.wav, record again$/;

test('an interrupt during the countdown is reported, and nothing is started or written', { skip: fakes }, () =>
  withPrograms(soxAndArecord, async (folder) => {
    const error = await interrupted(folder, 3);
    assert.ok(error instanceof SerError && error.code === 'bad-audio', String(error));
    assert.match(error.message, INTERRUPTED);
    assert.equal(error.cause, undefined);
    assert.equal(fs.existsSync(path.join(folder, 'asked')), false);
  }),
);

test('an interrupt before the first sound is reported, too', { skip: fakes }, () =>
  withProgram('sox', "setTimeout(() => console.error('sox WARN: stopped'), 1000)", async (folder) => {
    const error = await interrupted(folder, 0);
    assert.ok(error instanceof SerError && error.code === 'bad-audio', String(error));
    assert.match(error.message, INTERRUPTED);
    assert.match(String(error.cause), /sox WARN: stopped/);
  }),
);

test('the microphones are described by name, or by why there is none and the way out', { skip: fakes }, async () => {
  const described = async (programs: Record<string, string>): Promise<string> => {
    let text = '';
    await withPrograms(programs, async () => {
      text = describeMicrophones();
    });
    return text;
  };
  assert.equal(await described(soxAndArecord), 'microphones: alsa_input.usb, plughw:1,0');
  assert.match(await described({}), /^no recording program was found; install one: "apt install sox"/);
  assert.match(await described({ arecord: '' }), /^no microphone was found; connect a microphone and see/);
  assert.match(await described({ sox: '', pactl: '' }), /^no microphone was found; connect a microphone and see/);
  assert.match(
    await described({ sox: '' }),
    /^microphones cannot be listed here; the system's default is used: choose it/,
  );
});
