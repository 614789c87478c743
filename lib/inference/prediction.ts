/** What a predictor is asked and what it answers, as plain data. */
import type { RecordingFault } from '../audio/quality';
import type { Signal } from '../audio/signal';
import type { Emotion } from '../data/labels';

/** calibration.json: what validation clips taught about the model's own probabilities. */
export interface RunCalibration {
  /** Divides the logits; > 0. */
  temperature: number;
  /** Below this top probability the answer is "not sure"; from 0 to 1. */
  threshold: number;
}

/** What about a recording may lead a model astray; `other-sentence`: none of those that it learned from. */
export interface Warning {
  kind: RecordingFault['kind'] | 'other-sentence';
  /** A sentence for people. */
  message: string;
}

/** What a model makes of one recording. */
export interface Prediction {
  emotion: Emotion;
  /** Of that emotion, after calibration. */
  probability: number;
  /** Whether someone speaks and the probability reaches the model's threshold; where not, better say "not sure". */
  sure: boolean;
  /** Of each emotion, after calibration; they add up to 1. */
  probabilities: Record<Emotion, number>;
  /** What about the recording may lead the model astray, worst first. */
  warnings: Warning[];
  /** Length of the recording. */
  seconds: number;
}

/** What a model makes of one stretch of a long recording. */
export interface TimelineEntry extends Omit<Prediction, 'warnings' | 'seconds'> {
  /** Seconds from the start of the recording. */
  start: number;
  end: number;
}

/** A recording on disk or in memory. */
export type Recording = string | Signal;

/** What came of one recording among many. */
export interface Outcome {
  recording: Recording;
  /** Absent where the recording is unusable. */
  prediction?: Prediction;
  /** Why it is, such as a SerError `bad-audio`. */
  error?: unknown;
}
