/** Evaluation of predictions: every figure used by notebook 4 and `npm run score`. */
import { parseClip } from '../data/clip';
import { EMOTIONS, type Sex } from '../data/labels';
import type { ClipPrediction } from '../training/runs/predictions';
import { type BootstrapResult, bootstrapByActor } from './bootstrap';
import { type Calibration, calibrateFolds } from './calibration/calibrate-folds';
import { confusionByGroup, evaluatePredictions, type Metrics, type Scores, scoresOf, topClass } from './metrics';
import { type Spread, spreadOf } from './statistics';

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
type Trait = (typeof GROUPS)[number];

/** Scores of some of the clips. Fractions from 0 to 1; `uar` is over the classes that occur. */
type PartScore = Pick<Scores, 'clips' | 'accuracy' | 'uar'>;

/** One fold's scores. */
export interface FoldScore extends PartScore {
  fold: number;
  actors: number[];
}

/** Scores of one group of clips. */
export interface GroupScore extends PartScore {
  /** Such as `actor 7`, `female` or `strong`. */
  group: string;
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
  groups: Record<Trait, GroupScore[]>;
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
  const predicted = raw.map(topClass);
  const calibrated = validation && calibrateFolds(test, validation);
  const folds = [
    ...confusionByGroup(
      clips.map(({ fold }) => fold),
      truth,
      predicted,
    ),
  ]
    .sort(([fold], [other]) => fold - other)
    .map(([fold, confusion]) => {
      const actors = new Set(clips.filter((clip) => clip.fold === fold).map(({ actor }) => actor));
      const { clips: count, accuracy, uar } = scoresOf(confusion);
      return { fold, actors: [...actors].sort((a, b) => a - b), clips: count, accuracy, uar };
    });
  const by = (trait: Trait): GroupScore[] => scoreByGroup(clips, truth, predicted, trait);
  return {
    ...{ clips, truth, predicted, metrics, folds },
    probabilities: calibrated?.probabilities ?? raw.map((row) => Array.from(row)),
    intervals: bootstrapByActor({ truth, predicted, actors: clips.map(({ actor }) => actor) }),
    meanOfFolds: {
      accuracy: spreadOf(folds.map(({ accuracy }) => accuracy)),
      uar: spreadOf(folds.map(({ uar }) => uar)),
    },
    groups: { actor: by('actor'), sex: by('sex'), intensity: by('intensity'), statement: by('statement') },
    ...(calibrated ? { calibration: calibrated.calibration } : {}),
  };
}

/**
 * Accuracy and UAR of each actor, sex, intensity or statement.
 *
 * @param truth true class of each clip, from 0
 * @param predicted predicted class of each clip
 * @returns one score per group that occurs, actors and statements by number, the others by name
 * @throws RangeError if the lists differ in length
 */
export function scoreByGroup(
  clips: readonly Pick<EvaluatedClip, Trait>[],
  truth: readonly number[],
  predicted: readonly number[],
  by: Trait,
): GroupScore[] {
  const groups = confusionByGroup<string | number>(
    clips.map((clip) => clip[by]),
    truth,
    predicted,
  );
  return [...groups]
    .sort(([a], [b]) => String(a).localeCompare(String(b), 'en', { numeric: true }))
    .map(([value, confusion]) => {
      const { clips, accuracy, uar } = scoresOf(confusion);
      return { group: typeof value === 'number' ? `${by} ${value}` : value, clips, accuracy, uar };
    });
}
