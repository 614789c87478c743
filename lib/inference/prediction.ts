/** Input and output of a predictor, as plain data. */

import type { Signal } from '../audio/signal';
import type { Emotion } from '../data/labels';
import { number, object, type Schema } from '../schema';
import type { RecordingFault } from './quality';

/** calibration.json: temperature and threshold, fitted on validation clips. */
export interface RunCalibration {
  /** Divides the logits; > 0. */
  temperature: number;
  /** Predictions with a lower top probability are "not sure"; from 0 to 1. */
  threshold: number;
}

export const calibrationSchema: Schema<RunCalibration> = object({
  temperature: number({ above: 0 }),
  threshold: number({ from: 0, to: 1 }),
});

/** A reason to doubt a prediction; `other-sentence`: the text is out of domain, not a trained sentence. */
export interface Warning extends Omit<RecordingFault, 'kind'> {
  kind: RecordingFault['kind'] | 'other-sentence';
}

/** The windows that the prediction of a long recording was formed over. */
export interface WindowSummary {
  /** Windows in the recording, one after the other. */
  count: number;
  /** Those with a voice, whose mean is the prediction. */
  used: number;
  /** Length of each. */
  seconds: number;
}

/** Calibrated output of a model for one sound. */
export interface Scores {
  emotion: Emotion;
  /** Of that emotion. */
  probability: number;
  /** True if the probability reaches the model's threshold and no warning is severe; otherwise the model abstains. */
  sure: boolean;
  /** Of each emotion; they add up to 1. */
  probabilities: Record<Emotion, number>;
}

/** Prediction for one recording. */
export interface Prediction extends Scores {
  /** Problems of the recording that may mislead the model, worst first. */
  warnings: Warning[];
  /** Length of the recording. */
  seconds: number;
  /** Present for recordings above 8 s, which are predicted window by window. */
  windows?: WindowSummary;
}

/** Prediction for one window of a long recording. */
export interface TimelineEntry extends Scores {
  /** Seconds from the start of the recording. */
  start: number;
  end: number;
  /** On the last entry: reasons to doubt the predictions, of the recording as a whole. */
  warnings?: Warning[];
}

/** A recording on disk or in memory. */
export type Recording = string | Signal;

/** Result for one recording among many. */
export interface Outcome {
  recording: Recording;
  /** Absent if the recording is unusable. */
  prediction?: Prediction;
  /** Reason why the recording is unusable, such as a SerError `bad-audio`. */
  error?: unknown;
}

/** Warning for a text that is not among the trained sentences. */
export const OTHER_SENTENCE: Warning = {
  kind: 'other-sentence',
  message:
    'out-of-domain text: the model was trained on “Kids are talking by the door” and “Dogs are sitting by the door”; ' +
    'for other texts it uses only the features of the whole utterance, and its accuracy on them is untested',
};

/** The same if the general model predicted. */
export const GENERAL_MODEL_USED: Warning = {
  kind: 'other-sentence',
  message:
    'out-of-domain text: neither “Kids are talking by the door” nor “Dogs are sitting by the door”, so the general model ' +
    'was used; about half of its predictions are correct on speakers and languages that it was not trained on, and more ' +
    'with a profile of the speaker (npm run adapt)',
};

/** A prediction with its warnings. A severe one makes it unsure and suppresses the warning about the sentence. */
export function withWarnings(prediction: Omit<Prediction, 'warnings'>, warnings: readonly Warning[]): Prediction {
  const isSevere = warnings.some(({ severe }) => severe);
  const shown = isSevere ? warnings.filter(({ kind }) => kind !== 'other-sentence') : [...warnings];
  return { ...prediction, sure: prediction.sure && !isSevere, warnings: shown };
}

/** The warning of a recording that is predicted in windows. */
export function longWarning(seconds: number, { count, used, seconds: length }: WindowSummary): Warning {
  const message =
    `long: ${seconds.toFixed(1)} s; the prediction is the mean over ${used} of ${count} windows of ${length} s, those ` +
    'with a voice; the timeline shows each';
  return { kind: 'too-long', message };
}
