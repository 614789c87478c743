/** Live predictions from the microphone. */
import {
  checkMicrophone,
  hearMicrophone,
  type MicrophoneOptions,
  microphoneFailure,
} from '../audio/microphone/microphone';
import type { Signal } from '../audio/signal';
import { AUDIO } from '../config';
import { onInterrupt } from '../interrupt';
import type { Scores } from './prediction';
import type { EmotionPredictor } from './predictor';
import { loudestLevel, QUALITY } from './quality';

/** Options of `listen`. */
export interface ListenOptions extends MicrophoneOptions {
  /** Seconds to record, at least the 2.4 of one prediction; default until interrupted. */
  seconds?: number;
  /** Seconds between two predictions, > 0; default 0.6. The first always comes after 2.4 s. */
  hop?: number;
}

/** Level and prediction of the last 2.4 s. */
export interface LiveAnswer {
  /** Seconds since the recording began. */
  seconds: number;
  /** Loudest amplitude of the window, 1 being full scale. */
  level: number;
  /** Absent while nobody speaks, that is, if the loudest part of the window is below −56 dB of full scale. */
  answer?: Scores;
}

/**
 * Records from the microphone and predicts the last 2.4 s repeatedly, until the time is over, the cell is interrupted,
 * or the loop is left. If the model is slower than `hop`, predictions come less often rather than late.
 *
 * @throws RangeError if an argument is out of its range
 * @throws SerError `missing-tool` if a recording program, a device or the permission is missing, or the device is lost
 * @example for await (const { seconds, answer } of listen(predictor, { seconds: 20 })) console.log(seconds, answer?.emotion)
 */
export async function* listen(predictor: EmotionPredictor, options: ListenOptions = {}): AsyncGenerator<LiveAnswer> {
  const { seconds = Number.POSITIVE_INFINITY, hop = 0.6, device } = options;
  if (!(seconds >= AUDIO.duration)) {
    throw new RangeError(
      `listen: seconds must be at least ${AUDIO.duration}, the length of one window, got ${seconds}`,
    );
  }
  if (!(hop > 0)) throw new RangeError(`listen: hop must be above 0 s, got ${hop}`);
  const { program, sampleRate } = checkMicrophone('listen', options);
  const recent = new RecentSound(sampleRate);
  let [over, predicted] = [false, Number.NEGATIVE_INFINITY];
  let wake = (): void => {};
  const ignore = await onInterrupt(() => {
    over = true;
    wake();
  });
  const ending = hearMicrophone({ program, sampleRate, device }, (piece) => {
    recent.add(piece);
    wake();
    return !over && recent.seconds < seconds;
  }).then((end) => {
    if (!over && recent.seconds < seconds) {
      const rule = `the microphone must last until the end, got ${recent.seconds.toFixed(2)} s of sound`;
      failure = microphoneFailure('listen', rule, program, end.complaint);
    }
    over = true;
    wake();
  });
  let failure: Error | undefined;
  try {
    while (!over) {
      if (recent.seconds < AUDIO.duration || recent.seconds < predicted + hop) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      predicted = recent.seconds;
      yield await predictRecent(predictor, recent);
    }
    if (failure) throw failure;
  } finally {
    over = true;
    ignore();
    await ending;
  }
}

async function predictRecent(predictor: EmotionPredictor, recent: RecentSound): Promise<LiveAnswer> {
  const signal = recent.window();
  const seconds = recent.seconds;
  const level = signal.samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  if (loudestLevel(signal) < QUALITY.quietest) return { seconds, level };
  const [{ emotion, probability, sure, probabilities }] = await predictor.timeline(signal);
  return { seconds, level, answer: { emotion, probability, sure, probabilities } };
}

/** The last 2.4 s of an endless sound. */
class RecentSound {
  private readonly samples: Float32Array;
  private count = 0;

  constructor(private readonly sampleRate: number) {
    this.samples = new Float32Array(Math.round(AUDIO.duration * sampleRate));
  }

  /** Seconds recorded so far. */
  get seconds(): number {
    return this.count / this.sampleRate;
  }

  add(piece: Float32Array): void {
    const last = piece.subarray(Math.max(0, piece.length - this.samples.length));
    this.samples.copyWithin(0, last.length);
    this.samples.set(last, this.samples.length - last.length);
    this.count += piece.length;
  }

  window(): Signal {
    return { samples: this.samples.slice(), sampleRate: this.sampleRate };
  }
}
