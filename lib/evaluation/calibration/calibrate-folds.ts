/** Calibration by fold: temperature and threshold fitted on validation clips, evaluated on test clips. */
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import type { ClipPrediction } from '../../training/runs/predictions';
import { topClass } from '../metrics';
import { abstentionPoint, areaUnderRiskCoverage, type CoveragePoint, riskCoverage } from './abstention';
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  logLoss,
  type ReliabilityBin,
  reliability,
} from './calibration';

/** Bins of the reliability diagrams and of the calibration errors. */
const BINS = 10;

/** Default risk (share of wrong predictions) above which the model abstains with "not sure". */
export const ABSTENTION_RISK = 0.25;

/** Calibration fitted on one fold's validation clips. */
export interface FoldCalibration {
  fold: number;
  /** Divides the logits, above 0. */
  temperature: number;
  /** Lowest calibrated top probability that is not reported as "not sure"; 1 if none reaches the target risk. */
  threshold: number;
  /** Number of validation clips. */
  validationClips: number;
}

/** Quality of the test probabilities, before or after calibration. */
export interface CalibrationScores {
  /** Expected calibration error over ten bins, from 0 (perfectly calibrated) to 1. */
  ece: number;
  /** Mean −log p(true class), in nats per clip. */
  loss: number;
  bins: ReliabilityBin[];
}

/** Effect of calibration on the test side. */
export interface Calibration {
  folds: FoldCalibration[];
  before: CalibrationScores;
  after: CalibrationScores;
  /** By calibrated confidence, all folds together. */
  curve: CoveragePoint[];
  /** Area under that curve: the mean risk over all coverages. */
  aurc: number;
  /** Effect of the thresholds on the test side. */
  abstention: {
    /** Target risk. */
    target: number;
    /** Coverage: share of clips with a prediction. */
    coverage: number;
    /** Share of these predictions that are wrong; absent without predictions. */
    risk?: number;
  };
}

/** Test predictions scaled by the temperature of their fold, in the order given. */
export interface CalibratedPredictions {
  calibration: Calibration;
  probabilities: number[][];
}

/**
 * Fits temperature and threshold on each fold's validation predictions, and applies them to its test predictions.
 *
 * Test clips are used only to measure the result.
 *
 * @param risk target share of wrong predictions, from 0 to 1; default 0.25
 * @throws RangeError if there are no test predictions
 * @throws SerError `bad-artefact` if a fold has no validation predictions
 */
export function calibrateFolds(
  test: readonly ClipPrediction[],
  validation: readonly ClipPrediction[],
  risk = ABSTENTION_RISK,
): CalibratedPredictions {
  const byFold = new Map<number, FoldCalibration>();
  for (const fold of [...new Set(test.map((row) => row.fold))].sort((a, b) => a - b)) {
    const own = validation.filter((row) => row.fold === fold);
    if (own.length === 0) {
      throw new SerError(
        'bad-artefact',
        `calibrateFolds: every fold must have validation predictions, got none for fold ${fold}; run 3-train again`,
      );
    }
    byFold.set(fold, { fold, ...chooseCalibration(own, risk), validationClips: own.length });
  }
  const settingsOf = ({ fold }: ClipPrediction): FoldCalibration => byFold.get(fold) as FoldCalibration;
  const truth = test.map(labelOf);
  const probabilities = test.map((row) => applyTemperature(row.probabilities, settingsOf(row).temperature));
  const curve = riskCoverage(probabilities, truth);
  const kept = [...test.keys()].filter((clip) => Math.max(...probabilities[clip]) >= settingsOf(test[clip]).threshold);
  const wrong = kept.filter((clip) => topClass(probabilities[clip]) !== truth[clip]).length;
  return {
    probabilities,
    calibration: {
      folds: [...byFold.values()],
      before: score(
        test.map(({ probabilities }) => probabilities),
        truth,
      ),
      after: score(probabilities, truth),
      curve,
      aurc: areaUnderRiskCoverage(curve),
      abstention: {
        target: risk,
        coverage: kept.length / test.length,
        ...(kept.length > 0 ? { risk: wrong / kept.length } : {}),
      },
    },
  };
}

/**
 * Fits the temperature, then the threshold on the calibrated probabilities.
 *
 * @param predictions of clips that the model was not trained on
 * @param risk target share of wrong predictions, from 0 to 1; default 0.25
 */
export function chooseCalibration(
  predictions: readonly ClipPrediction[],
  risk = ABSTENTION_RISK,
): Pick<FoldCalibration, 'temperature' | 'threshold'> {
  const truth = predictions.map(labelOf);
  const temperature = fitTemperature(
    predictions.map(({ probabilities }) => probabilities),
    truth,
  );
  const calibrated = predictions.map(({ probabilities }) => applyTemperature(probabilities, temperature));
  const point = abstentionPoint(riskCoverage(calibrated, truth), risk);
  return { temperature, threshold: point?.threshold ?? 1 };
}

function score(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): CalibrationScores {
  return {
    ece: expectedCalibrationError(probabilities, truth, BINS),
    loss: logLoss(probabilities, truth),
    bins: reliability(probabilities, truth, BINS),
  };
}

function labelOf({ truth }: ClipPrediction): number {
  return EMOTIONS.indexOf(truth);
}
