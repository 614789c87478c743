/** The microphone as a stream of samples: the one door to node-record-lpcm16 and the recording programs of the machine. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../../errors';

/** A recording program that node-record-lpcm16 can start. */
export type RecordingProgram = 'sox' | 'rec' | 'arecord';

/** Options of recording. */
export interface MicrophoneOptions {
  /** Hertz, a whole number from 4,000 to 192,000; default 48,000, as RAVDESS has. */
  sampleRate?: number;
  /**
   * Name of the input as `recordingDevices` lists it, or any other that the program knows; default the system's choice.
   * `rec` cannot choose.
   */
  device?: string;
  /** Default the one that lists `device`; without a listed device, the first of sox, rec and arecord on this machine. */
  program?: RecordingProgram;
}

/** End of a recording. */
export interface MicrophoneEnd {
  /** Error text of the program, or that no sound came; empty if all went well. */
  complaint: string;
}

/** An input of this machine. */
export interface RecordingDevice {
  /** Value for `device`. */
  name: string;
  /** The program that knows it by this name. */
  program: RecordingProgram;
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

/** True if a program of this name is on the PATH. */
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

/**
 * The inputs that can be chosen by name: PulseAudio's and PipeWire's for sox, ALSA's for arecord; empty where neither is
 * there, as on macOS, where the system's settings choose.
 *
 * @example recordingDevices() // [{ name: 'alsa_input.usb-Blue_Yeti', program: 'sox' }, { name: 'plughw:1,0', program: 'arecord' }]
 */
export function recordingDevices(): RecordingDevice[] {
  const lines = (program: string, ...args: string[]): string[] => {
    const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    return status === 0 ? stdout.split('\n') : [];
  };
  const pulse = isInstalled('sox') ? lines('pactl', 'list', 'sources', 'short') : [];
  const alsa = isInstalled('arecord') ? lines('arecord', '-l') : [];
  return [
    ...pulse.flatMap((line) => line.split('\t')[1] ?? []).map((name) => ({ name, program: 'sox' as const })),
    ...alsa.flatMap((line) => {
      const [, card, device] = /^card (\d+):.*device (\d+):/.exec(line) ?? [];
      // Beside `hw`, `plughw` converts channels and sample rate where the device has others.
      return card === undefined ? [] : { name: `plughw:${card},${device}`, program: 'arecord' as const };
    }),
  ];
}

/**
 * The inputs in a line for people, or why none is named and the way out.
 *
 * @example describeMicrophones() // 'microphones: alsa_input.usb-Blue_Yeti, plughw:1,0'
 */
export function describeMicrophones(): string {
  const names = recordingDevices().map(({ name }) => name);
  if (names.length > 0) return `microphones: ${names.join(', ')}`;
  if (!PROGRAMS.some(isInstalled)) return `no recording program was found; ${INSTALL}`;
  const isListed = isInstalled('arecord') || (isInstalled('sox') && isInstalled('pactl'));
  return isListed
    ? `no microphone was found; ${NO_DEVICE}`
    : "microphones cannot be listed here; the system's default is used: choose it in the system's sound settings";
}

/** The program that lists an input of this name; the programs do not know each other's. */
function programListing(device: string): RecordingProgram | undefined {
  return recordingDevices().find(({ name }) => name === device)?.program;
}

/**
 * The program and rate that will be used.
 *
 * @param caller whose name errors bear
 * @throws RangeError for arguments that no recorder could serve; SerError `missing-tool` if there is no recorder
 */
export function checkMicrophone(
  caller: string,
  options: MicrophoneOptions,
): { program: RecordingProgram; sampleRate: number } {
  const { sampleRate = 48_000, device } = options;
  if (!(Number.isInteger(sampleRate) && sampleRate >= 4000 && sampleRate <= 192_000)) {
    throw new RangeError(`${caller}: sampleRate must be a whole number from 4000 to 192000, got ${sampleRate}`);
  }
  if (options.program !== undefined && !PROGRAMS.includes(options.program)) {
    throw new RangeError(`${caller}: program must be one of ${PROGRAMS.join(', ')}, got ${options.program}`);
  }
  const listing = options.program === undefined && device !== undefined ? programListing(device) : undefined;
  const program = options.program ?? listing ?? PROGRAMS.find(isInstalled);
  if (program === undefined || !isInstalled(program)) {
    throw new SerError(
      'missing-tool',
      `${caller}: a recording program is needed, got no ${options.program ?? PROGRAMS.join(', ')} on the PATH; ${INSTALL}`,
    );
  }
  if (program === 'rec' && device !== undefined) {
    throw new RangeError(`${caller}: rec cannot choose a device, got "${device}"; use sox or arecord`);
  }
  return { program, sampleRate };
}

/**
 * Reads the microphone until `onSamples` returns false, the program ends, or nothing comes for ten seconds.
 *
 * @param onSamples given each piece as it comes, amplitudes from −1 to 1, mono; returns whether more is wanted
 */
export function hearMicrophone(
  { program, sampleRate, device }: { program: RecordingProgram; sampleRate: number; device?: string },
  onSamples: (samples: Float32Array) => boolean,
): Promise<MicrophoneEnd> {
  const recorder = require('node-record-lpcm16') as Recorder;
  return new Promise((resolve) => {
    let complaint = '';
    let rest: Buffer = Buffer.alloc(0);
    let wanted = true;
    const recording = recorder.record({ recorder: program, sampleRate, channels: 1, audioType: 'raw', device });
    const child = recording.process;
    let kill: NodeJS.Timeout | undefined;
    const stop = (): void => {
      recording.stop();
      // arecord ignores a polite request while its device hangs.
      kill ??= setTimeout(() => child.kill('SIGKILL'), 1000);
    };
    const giveUp = (): void => {
      complaint += `no sound came for ${PATIENCE} s`;
      stop();
    };
    let patience = setTimeout(giveUp, PATIENCE * 1000);
    child.stdout?.on('data', (chunk: Buffer) => {
      clearTimeout(patience);
      if (!wanted) return;
      const bytes = Buffer.concat([rest, chunk]);
      const count = Math.floor(bytes.length / 2);
      rest = bytes.subarray(2 * count); // a sample may be torn in two
      wanted = onSamples(Float32Array.from({ length: count }, (_, i) => bytes.readInt16LE(2 * i) / 32_768));
      if (wanted) patience = setTimeout(giveUp, PATIENCE * 1000);
      else stop();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-COMPLAINT);
    });
    // The package emits a text as an error when the program fails; the complaint says more.
    child.stdout?.on('error', () => undefined);
    const finish = (): void => {
      clearTimeout(patience);
      clearTimeout(kill);
      resolve({ complaint: complaint.trim() });
    };
    child.on('error', (error) => {
      complaint += error.message;
      finish();
    });
    child.on('close', finish);
  });
}

/** Why a recorder failed, and the way out, from the last thing that it complained about; all of it is the cause. */
export function microphoneFailure(
  caller: string,
  rule: string,
  program: RecordingProgram,
  complaint: string,
): SerError {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const last = lines.filter((line) => !line.startsWith('ALSA lib')).pop() ?? lines.pop() ?? 'nothing';
  const way = /permission denied|not permitted|access denied|EACCES/i.test(complaint) ? DENIED : NO_DEVICE;
  return new SerError('missing-tool', `${caller}: ${rule} (${program} said: ${last.trim()}); ${way}`, {
    cause: new Error(complaint || `${program} said nothing`),
  });
}
