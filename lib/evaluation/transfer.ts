/** Evaluation on corpora with other labels and speakers than those of the training. */
import { calmAsNeutral, EMOTIONS, type Emotion } from '../data/labels';
import { bootstrapByActor, type Interval } from './bootstrap';
import { expectedCalibrationError } from './calibration/calibration';
import { topClass } from './metrics';
import { mean } from './statistics';

/** A prediction for a labelled recording. */
export interface TransferPrediction {
  truth: Emotion;
  speaker: string;
  /** One per emotion of `EMOTIONS`. */
  probabilities: ArrayLike<number>;
  /** Whether the model does not abstain. */
  sure: boolean;
}

/** Scores on one corpus; fractions from 0 to 1. */
export interface TransferScores {
  clips: number;
  speakers: number;
  /** The corpus's emotions, calm counted as neutral. */
  emotions: Emotion[];
  /** UAR of guessing. */
  chance: number;
  /** 95 % by bootstrap over speakers. */
  uar: Interval;
  /** Mean probability of the answer among the corpus's emotions. */
  confidence: number;
  /** Expected calibration error, in ten bins. */
  calibrationError: number;
  /** Share of the recordings on which the model does not abstain. */
  sure: number;
  /** Share of them that is correct; not a number without any. */
  sureCorrect: number;
}

const [NEUTRAL, CALM] = [EMOTIONS.indexOf('neutral'), EMOTIONS.indexOf('calm')];

/**
 * Scores predictions over the emotions that the corpus has: the probability of calm is added to neutral's, those of
 * emotions that never occur are left out, and the rest is scaled to the sum 1.
 *
 * @throws RangeError if there are no predictions
 */
export function scoreTransfer(predictions: readonly TransferPrediction[]): TransferScores {
  if (predictions.length === 0) throw new RangeError('scoreTransfer: there must be predictions, got none');
  const labels = predictions.map(({ truth }) => EMOTIONS.indexOf(calmAsNeutral(truth)));
  const present = [...new Set(labels)].sort((a, b) => a - b);
  const truth = labels.map((label) => present.indexOf(label));
  const rows = predictions.map(({ probabilities }) => {
    const kept = present.map((label) => probabilities[label] + (label === NEUTRAL ? probabilities[CALM] : 0));
    const sum = kept.reduce((total, value) => total + value, 0);
    return kept.map((value) => (sum > 0 ? value / sum : 1 / kept.length));
  });
  const predicted = rows.map(topClass);
  const speakers = [...new Set(predictions.map(({ speaker }) => speaker))].sort();
  const actors = predictions.map(({ speaker }) => speakers.indexOf(speaker));
  const sure = predictions.flatMap((prediction, row) => (prediction.sure ? [predicted[row] === truth[row]] : []));
  return {
    ...{ clips: predictions.length, speakers: speakers.length },
    emotions: present.map((label) => EMOTIONS[label]),
    chance: 1 / present.length,
    uar: bootstrapByActor({ truth, predicted, actors }).uar,
    confidence: mean(rows.map((row) => row[topClass(row)])),
    calibrationError: expectedCalibrationError(rows, truth, 10),
    sure: sure.length / predictions.length,
    sureCorrect: sure.filter(Boolean).length / sure.length,
  };
}
