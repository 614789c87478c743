/** Records the voice from a microphone, through node-record-lpcm16 and a recording program of the machine. */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { writeFile } from '../files';
import { encodeWav } from './write-wav';

/** A recording program that node-record-lpcm16 can start. */
export type RecordingProgram = 'sox' | 'rec' | 'arecord';

/** Options of `voiceRecorder`. */
export interface RecordOptions {
  /** Hertz, a whole number from 4,000 to 192,000; default 48,000, as RAVDESS has. */
  sampleRate?: number;
  /** Name of the input as the program knows it, such as `hw:1`; default the system's choice. `rec` cannot choose. */
  device?: string;
  /** Default the first of sox, rec and arecord that the machine has. */
  program?: RecordingProgram;
}

/** What was recorded. */
export interface Recording {
  /** Where the WAV file is. */
  path: string;
  /** Length in seconds. */
  seconds: number;
  /** Largest amplitude, 1 being full scale; 0 means that the microphone is muted, or macOS keeps it from the program. */
  peak: number;
}

/** The part of node-record-lpcm16, which has no types, that is used here. */
interface Recorder {
  record(options: {
    recorder: RecordingProgram;
    sampleRate: number;
    channels: number;
    audioType: 'raw';
    device?: string;
  }): {
    process: ChildProcess;
    stop(): void;
  };
}

const PROGRAMS: readonly RecordingProgram[] = ['sox', 'rec', 'arecord'];
const BYTES_PER_SAMPLE = 2;
/** Seconds; it is held in memory, 58 MB at 48 kHz. */
const LONGEST = 600;
/** Seconds without sound before the device counts as dead; some take a while to wake. */
const PATIENCE = 10;
/** Characters of the program's own complaints that are kept. */
const COMPLAINT = 2000;

const INSTALL =
  'install one: "apt install sox" or "apt install alsa-utils" (Debian, Ubuntu), "brew install sox" (macOS), ' +
  'sox from sourceforge.net/projects/sox (Windows)';
const DENIED =
  'allow microphone access: macOS in Privacy & Security → Microphone, Linux by membership in group "audio"';
const NO_DEVICE =
  'connect a microphone and see that the system lists it ("arecord -l", "pactl list sources short"); ' +
  'containers and remote machines have none unless one is passed through';

/** Whether a program of this name lies on the PATH. */
function isInstalled(program: string): boolean {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) =>
    names.some((name) => {
      try {
        fs.accessSync(path.join(folder, name), fs.constants.X_OK);
        return folder !== '';
      } catch {
        return false;
      }
    }),
  );
}

/** @throws RangeError for arguments that no recorder could serve; SerError `missing-tool` if there is no recorder */
function chooseProgram(seconds: number, sampleRate: number, options: RecordOptions): RecordingProgram {
  if (!(seconds > 0 && seconds <= LONGEST)) {
    throw new RangeError(`voiceRecorder: seconds must be above 0 and at most ${LONGEST}, got ${seconds}`);
  }
  if (!(Number.isInteger(sampleRate) && sampleRate >= 4000 && sampleRate <= 192_000)) {
    throw new RangeError(`voiceRecorder: sampleRate must be a whole number from 4000 to 192000, got ${sampleRate}`);
  }
  if (options.program !== undefined && !PROGRAMS.includes(options.program)) {
    throw new RangeError(`voiceRecorder: program must be one of ${PROGRAMS.join(', ')}, got ${options.program}`);
  }
  const program = options.program ?? PROGRAMS.find(isInstalled);
  if (program === undefined || !isInstalled(program)) {
    throw new SerError(
      'missing-tool',
      `voiceRecorder: a recording program is needed, got no ${options.program ?? PROGRAMS.join(', ')} on the PATH; ${INSTALL}`,
    );
  }
  if (program === 'rec' && options.device !== undefined) {
    throw new RangeError(`voiceRecorder: rec cannot choose a device, got "${options.device}"; use sox or arecord`);
  }
  return program;
}

/**
 * Records the microphone, mono, into a 16-bit WAV file.
 *
 * The file appears when the recording has ended, whole. A recording that stops early (a device pulled out, an
 * interrupted notebook) keeps what it has: the file is written, and the error says how much is in it.
 *
 * @param seconds above 0, at most 600
 * @param file where to write; its folder is made where needed, a file there is replaced
 * @throws RangeError if an argument is out of its range
 * @throws SerError `missing-tool` without a recording program, a device or the permission, or if recording was cut short
 * @example await voiceRecorder(4, 'data/recordings/me.wav') // { path: 'data/recordings/me.wav', seconds: 4, peak: 0.31 }
 */
export async function voiceRecorder(seconds: number, file: string, options: RecordOptions = {}): Promise<Recording> {
  const sampleRate = options.sampleRate ?? 48_000;
  const program = chooseProgram(seconds, sampleRate, options);
  const wanted = Math.round(seconds * sampleRate) * BYTES_PER_SAMPLE;
  const { bytes, complaint } = await capture(program, sampleRate, wanted, options.device);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % BYTES_PER_SAMPLE));
  if (whole.length === 0) {
    throw failure('a working microphone that may be used is needed, got no sound', program, complaint);
  }
  const samples = Float32Array.from({ length: whole.length / BYTES_PER_SAMPLE }, (_, i) => {
    return whole.readInt16LE(i * BYTES_PER_SAMPLE) / 32_768;
  });
  writeFile(file, encodeWav({ samples, sampleRate }));
  const recorded = samples.length / sampleRate;
  if (whole.length < wanted) {
    const rule = `the recording must last ${seconds} s, got ${recorded.toFixed(2)} s, which are kept in ${file}`;
    throw failure(rule, program, complaint);
  }
  return { path: file, seconds: recorded, peak: samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0) };
}

/** Raw little-endian 16-bit samples until there are enough, the program ends, or nothing comes any more. */
function capture(
  program: RecordingProgram,
  sampleRate: number,
  wanted: number,
  device: string | undefined,
): Promise<{ bytes: Buffer; complaint: string }> {
  const recorder = require('node-record-lpcm16') as Recorder;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let complaint = '';
    const recording = recorder.record({ recorder: program, sampleRate, channels: 1, audioType: 'raw', device });
    const child = recording.process;
    const stop = (): void => {
      recording.stop();
      // arecord ignores a polite request while its device hangs.
      kill ??= setTimeout(() => child.kill('SIGKILL'), 1000);
    };
    let kill: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      complaint += `no sound came for ${PATIENCE} s`;
      stop();
    };
    let patience = setTimeout(giveUp, PATIENCE * 1000);
    child.stdout?.on('data', (chunk: Buffer) => {
      clearTimeout(patience);
      if (length < wanted) {
        chunks.push(chunk);
        length += chunk.length;
        patience = setTimeout(giveUp, PATIENCE * 1000);
      }
      if (length >= wanted) {
        clearTimeout(patience);
        stop();
      }
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-COMPLAINT);
    });
    // The package emits a text as an error when the program fails; the complaint says more.
    child.stdout?.on('error', () => undefined);
    const finish = (): void => {
      clearTimeout(patience);
      clearTimeout(kill);
      resolve({ bytes: Buffer.concat(chunks).subarray(0, wanted), complaint: complaint.trim() });
    };
    child.on('error', (error) => {
      complaint += error.message;
      finish();
    });
    child.on('close', finish);
  });
}

/** Why a recorder failed, and the way out, from the last thing that it complained about; all of it is the cause. */
function failure(rule: string, program: RecordingProgram, complaint: string): SerError {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const last = lines.filter((line) => !line.startsWith('ALSA lib')).pop() ?? lines.pop() ?? 'nothing';
  const way = /permission denied|not permitted|access denied|EACCES/i.test(complaint) ? DENIED : NO_DEVICE;
  return new SerError('missing-tool', `voiceRecorder: ${rule} (${program} said: ${last.trim()}); ${way}`, {
    cause: new Error(complaint || `${program} said nothing`),
  });
}
