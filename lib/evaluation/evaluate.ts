/** Evaluation of predictions: every figure used by notebook 4 and `npm run score`. */
import { parseClip } from '../data/clip';
import { EMOTIONS, type Sex } from '../data/labels';
import type { ClipPrediction } from '../training/runs/predictions';
import { type BootstrapResult, bootstrapByActor } from './bootstrap';
import { type Calibration, calibrateFolds } from './calibration/calibrate-folds';
import { summariseSeeds } from './comparison';
import { evaluatePredictions, type Metrics, predictClasses } from './metrics';
import { type GroupScore, scoreByGroup } from './reports/report';

/** Facts from a clip's name. */
export interface EvaluatedClip {
  name: string;
  fold: number;
  actor: number;
  sex: Sex;
  intensity: 'normal' | 'strong';
  statement: 1 | 2;
}

/** The traits by which clips are grouped. */
export const GROUPS = ['actor', 'sex', 'intensity', 'statement'] as const;

/** One fold's scores. Fractions from 0 to 1. */
export interface FoldScore {
  fold: number;
  actors: number[];
  clips: number;
  accuracy: number;
  uar: number;
}

/** Mean and sample standard deviation. */
export interface Spread {
  mean: number;
  deviation: number;
}

/** Evaluation of one set of predictions. */
export interface EvaluationReport {
  /** One per prediction. */
  clips: EvaluatedClip[];
  /** Positions in `EMOTIONS`. */
  truth: number[];
  predicted: number[];
  /** Eight per clip; calibrated if there are validation predictions. */
  probabilities: number[][];
  /** Over all clips of all folds; the loss uses the uncalibrated probabilities. */
  metrics: Metrics;
  /** 95 %, by bootstrap over the tested actors. */
  intervals: BootstrapResult;
  folds: FoldScore[];
  /** Mean over the folds' own scores, as in papers that average folds. */
  meanOfFolds: { accuracy: Spread; uar: Spread };
  groups: Record<(typeof GROUPS)[number], GroupScore[]>;
  /** Absent without validation predictions. */
  calibration?: Calibration;
}

/**
 * Evaluates predictions of clips that the model was not trained on.
 *
 * @param validation of the folds' validation sides, for temperatures and thresholds
 * @throws RangeError if there are no predictions
 * @throws SerError `bad-corpus` if a clip's name is not RAVDESS's
 */
export function evaluate(
  test: readonly ClipPrediction[],
  validation: readonly ClipPrediction[],
): EvaluationReport & { calibration: Calibration };
export function evaluate(test: readonly ClipPrediction[], validation?: readonly ClipPrediction[]): EvaluationReport;
export function evaluate(test: readonly ClipPrediction[], validation?: readonly ClipPrediction[]): EvaluationReport {
  const clips = test.map(({ clip, fold }): EvaluatedClip => {
    const { name, actor, sex, intensity, statement } = parseClip(clip);
    return { name, fold, actor, sex, intensity, statement };
  });
  const truth = test.map((row) => EMOTIONS.indexOf(row.truth));
  const raw = test.map(({ probabilities }) => probabilities);
  const metrics = evaluatePredictions({ truth, probabilities: raw, labels: EMOTIONS });
  const predicted = predictClasses(raw, EMOTIONS.length);
  const calibrated = validation && calibrateFolds(test, validation);
  const folds = [...new Set(test.map(({ fold }) => fold))]
    .sort((a, b) => a - b)
    .map((fold) => {
      const own = [...clips.keys()].filter((clip) => clips[clip].fold === fold);
      const scores = evaluatePredictions({
        truth: own.map((clip) => truth[clip]),
        probabilities: own.map((clip) => raw[clip]),
        labels: EMOTIONS,
      });
      const actors = [...new Set(own.map((clip) => clips[clip].actor))].sort((a, b) => a - b);
      return { fold, actors, clips: own.length, accuracy: scores.accuracy, uar: scores.uar };
    });
  const spread = (values: readonly number[]): Spread => {
    const { mean, deviation } = summariseSeeds(values);
    return { mean, deviation };
  };
  const by = (trait: (typeof GROUPS)[number]): GroupScore[] => scoreByGroup(clips, truth, predicted, trait);
  return {
    ...{ clips, truth, predicted, metrics, folds },
    probabilities: calibrated?.probabilities ?? raw.map((row) => Array.from(row)),
    intervals: bootstrapByActor({ truth, predicted, actors: clips.map(({ actor }) => actor) }),
    meanOfFolds: {
      accuracy: spread(folds.map(({ accuracy }) => accuracy)),
      uar: spread(folds.map(({ uar }) => uar)),
    },
    groups: { actor: by('actor'), sex: by('sex'), intensity: by('intensity'), statement: by('statement') },
    ...(calibrated ? { calibration: calibrated.calibration } : {}),
  };
}
