/** Selective prediction: risk and coverage of a model that abstains when unsure. */
import { topClass } from '../metrics';
import { checkLengths } from './calibration';

/** Point of the risk–coverage curve: predictions with a top probability of at least `threshold` are kept. */
export interface CoveragePoint {
  threshold: number;
  /** Share of clips with a prediction, above 0, at most 1. */
  coverage: number;
  /** Share of these predictions that are wrong. */
  risk: number;
}

/**
 * The risk–coverage curve, from the most confident clips to all clips; clips of the same confidence come together.
 *
 * @throws RangeError if the lists differ in length or are empty
 * @see El-Yaniv & Wiener (2010), On the foundations of noise-free selective classification
 */
export function riskCoverage(probabilities: readonly ArrayLike<number>[], truth: readonly number[]): CoveragePoint[] {
  checkLengths('riskCoverage', probabilities, truth);
  const clips = probabilities.map((row, clip) => {
    const top = topClass(row);
    return { confidence: row[top], wrong: top === truth[clip] ? 0 : 1 };
  });
  clips.sort((a, b) => b.confidence - a.confidence);
  const points: CoveragePoint[] = [];
  let wrong = 0;
  clips.forEach((clip, index) => {
    wrong += clip.wrong;
    if (clips[index + 1]?.confidence === clip.confidence) return;
    const kept = index + 1;
    points.push({ threshold: clip.confidence, coverage: kept / clips.length, risk: wrong / kept });
  });
  return points;
}

/** Area under the risk–coverage curve: the mean risk over all coverages; lower is better. */
export function areaUnderRiskCoverage(points: readonly CoveragePoint[]): number {
  let before = 0;
  return points.reduce((area, { coverage, risk }) => {
    const width = coverage - before;
    before = coverage;
    return area + width * risk;
  }, 0);
}

/**
 * Threshold for "not sure": the lowest one at which at most `risk` of the predictions are wrong. Fitted on validation
 * clips.
 *
 * @param risk from 0 to 1
 * @returns the point of the curve, or undefined if no threshold reaches the risk
 */
export function abstentionPoint(points: readonly CoveragePoint[], risk: number): CoveragePoint | undefined {
  if (!(risk >= 0 && risk <= 1)) throw new RangeError(`abstentionPoint: risk must be 0 to 1, got ${risk}`);
  return points.filter((point) => point.risk <= risk).at(-1);
}
