/** Records the voice from a microphone into a file. */
import { SerError } from '../../errors';
import { writeFile } from '../../files';
import { onInterrupt } from '../../interrupt';
import { encodeWav } from '../formats/write-wav';
import { checkMicrophone, hearMicrophone, type MicrophoneOptions, microphoneFailure } from './microphone';

export type { RecordingProgram } from './microphone';

/** Progress of a recording. */
export interface RecordingMoment {
  /** Whole seconds until the recording starts; 0 while it runs. */
  startsIn: number;
  /** Seconds recorded. */
  seconds: number;
  /** Seconds still to come. */
  left: number;
  /** Loudest amplitude since the last moment, 1 being full scale. */
  level: number;
}

/** Options of `voiceRecorder`. */
export interface RecordOptions extends MicrophoneOptions {
  /** Seconds to count down before it starts, a whole number from 0 to 10; default 0. */
  countdown?: number;
  /** Called at each second of the countdown, then at most ten times a second; see `recordingMeter`. */
  onMoment?: (moment: RecordingMoment) => void;
}

/** A finished recording. */
export interface Recording {
  /** Path of the WAV file. */
  path: string;
  /** Length in seconds. */
  seconds: number;
  /** Largest amplitude, 1 being full scale; 0 means that the microphone is muted, or macOS keeps it from the program. */
  peak: number;
}

/** Seconds; it is held in memory, 115 MB at 48 kHz. */
const LONGEST = 600;
/** Seconds between two moments, at least. */
const MOMENT = 0.1;

/**
 * Records the microphone, mono, into a 16-bit WAV file.
 *
 * The file appears when the recording has ended, whole. An interrupt ends it early; one that comes before any sound, as
 * during the countdown, leaves the file alone and is an error. A recording that is cut short by anything else, such as a
 * device pulled out, is kept too, and the error says how much is in it.
 *
 * @param seconds above 0, at most 600
 * @param file where to write; its folder is made where needed, a file there is replaced
 * @throws RangeError if an argument is out of its range
 * @throws SerError `missing-tool` without a recording program, a device or the permission, or if recording was cut short;
 * `bad-audio` if it was interrupted before any sound
 * @example await voiceRecorder(4, 'data/recordings/me.wav') // { path: 'data/recordings/me.wav', seconds: 4, peak: 0.31 }
 */
export async function voiceRecorder(seconds: number, file: string, options: RecordOptions = {}): Promise<Recording> {
  if (!(seconds > 0 && seconds <= LONGEST)) {
    throw new RangeError(`voiceRecorder: seconds must be above 0 and at most ${LONGEST}, got ${seconds}`);
  }
  const { countdown = 0, onMoment, device } = options;
  if (!(Number.isInteger(countdown) && countdown >= 0 && countdown <= 10)) {
    throw new RangeError(`voiceRecorder: countdown must be a whole number from 0 to 10, got ${countdown}`);
  }
  const { program, sampleRate } = checkMicrophone('voiceRecorder', options);
  const wanted = Math.round(seconds * sampleRate);
  const samples = new Float32Array(wanted);
  let [length, shown, level, interrupted] = [0, 0, 0, false];
  const ignore = await onInterrupt(() => {
    interrupted = true;
  });
  let complaint = '';
  try {
    for (let startsIn = countdown; startsIn > 0 && !interrupted; startsIn--) {
      onMoment?.({ startsIn, seconds: 0, left: seconds, level: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const ending = interrupted
      ? { complaint: '' }
      : await hearMicrophone({ program, sampleRate, device }, (piece) => {
          const taken = piece.subarray(0, wanted - length);
          samples.set(taken, length);
          length += taken.length;
          level = loudest(taken, level);
          if (length - shown >= MOMENT * sampleRate || length === wanted) {
            onMoment?.({ startsIn: 0, seconds: length / sampleRate, left: (wanted - length) / sampleRate, level });
            [shown, level] = [length, 0];
          }
          return length < wanted && !interrupted;
        });
    complaint = ending.complaint;
  } finally {
    ignore();
  }
  if (length === 0) {
    if (interrupted) {
      // What the program says as it is stopped tells nothing about the microphone.
      throw new SerError(
        'bad-audio',
        `voiceRecorder: the recording must hold sound, got an interrupt before any; nothing was written to ${file}, record again`,
        { cause: complaint === '' ? undefined : new Error(complaint) },
      );
    }
    const rule = 'a working microphone that may be used is needed, got no sound';
    throw microphoneFailure('voiceRecorder', rule, program, complaint);
  }
  const recorded = samples.subarray(0, length);
  writeFile(file, encodeWav({ samples: recorded, sampleRate }));
  if (length < wanted && !interrupted) {
    const got = `got ${(length / sampleRate).toFixed(2)} s, which are kept in ${file}`;
    throw microphoneFailure('voiceRecorder', `the recording must last ${seconds} s, ${got}`, program, complaint);
  }
  return { path: file, seconds: length / sampleRate, peak: loudest(recorded) };
}

/** The largest amplitude. */
function loudest(samples: Float32Array, atLeast = 0): number {
  return samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), atLeast);
}
