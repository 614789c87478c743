/** Scores as sentences and tables, and scores by group. */
import type { BootstrapResult, Interval } from '../bootstrap';
import { confusionMatrix, type Metrics } from '../metrics';

/** A table's line: column name → value. */
export type TableRow = Record<string, string | number>;

/** The traits of a clip by which scores can be grouped. */
export interface GroupableClip {
  actor: number;
  sex: string;
  intensity: string;
  statement: number;
}

/** Scores of one group of clips. Fractions from 0 to 1. */
export interface GroupScore {
  /** Such as `actor 7`, `female` or `strong`. */
  group: string;
  clips: number;
  accuracy: number;
  /** Mean recall of the classes that occur in the group. */
  uar: number;
}

/**
 * A fraction as a percentage with one decimal.
 *
 * @example percent(0.5764) // '57.6 %'
 */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * The metrics read aloud, a sentence per line: the scores, chance, the best and worst class, the commonest mistake.
 *
 * @param intervals adds the 95 % intervals of `bootstrapByActor`
 */
export function describeMetrics(metrics: Metrics, intervals?: BootstrapResult): string[] {
  const occurring = metrics.perClass.filter(({ count }) => count > 0);
  const byRecall = [...occurring].sort((a, b) => b.recall - a.recall);
  const best = byRecall[0];
  const worst = byRecall[byRecall.length - 1];
  const lines = [
    `${metrics.clips} clips: accuracy ${percent(metrics.accuracy)}${range(intervals?.accuracy)}, ` +
      `unweighted average recall ${percent(metrics.uar)}${range(intervals?.uar)}, ` +
      `macro F1 ${percent(metrics.macroF1)}, loss ${metrics.loss.toFixed(3)}.`,
    `Guessing at random would recall ${percent(1 / metrics.perClass.length)} of each class.`,
  ];
  if (intervals) {
    lines.push(
      `The brackets hold 95 % of ${intervals.draws} resamplings of the ${intervals.actors} actors: ` +
        'that far the scores move with the choice of voices.',
    );
  }
  lines.push(
    `Recognised best: ${best.label} (${percent(best.recall)}); least: ${worst.label} (${percent(worst.recall)}).`,
  );
  const mistake = commonestMistake(metrics);
  lines.push(
    mistake
      ? `The commonest mistake: ${mistake.clips} of ${mistake.count} ${mistake.truth} clips were taken for ${mistake.predicted}.`
      : 'There was no mistake.',
  );
  return lines;
}

function range(interval?: Interval): string {
  return interval ? ` [${percent(interval.low)}, ${percent(interval.high)}]` : '';
}

function commonestMistake({ perClass, confusion }: Metrics) {
  let most: { truth: string; predicted: string; clips: number; count: number } | undefined;
  for (const [row, { label, count }] of perClass.entries()) {
    for (const [column, clips] of confusion[row].entries()) {
      if (row !== column && clips > (most?.clips ?? 0)) {
        most = { truth: label, predicted: perClass[column].label, clips, count };
      }
    }
  }
  return most;
}

/** One row per class: its clips, how often it was predicted, precision, recall and F1 in per cent. */
export function classTable(metrics: Metrics): TableRow[] {
  return metrics.perClass.map(({ label, count, predicted, precision, recall, f1 }) => ({
    emotion: label,
    clips: count,
    predicted,
    precision: percent(precision),
    recall: percent(recall),
    F1: percent(f1),
  }));
}

/** One row per group: its clips, accuracy and UAR in per cent. */
export function groupTable(scores: readonly GroupScore[]): TableRow[] {
  return scores.map(({ group, clips, accuracy, uar }) => ({
    group,
    clips,
    accuracy: percent(accuracy),
    UAR: percent(uar),
  }));
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
  clips: readonly GroupableClip[],
  truth: readonly number[],
  predicted: readonly number[],
  by: keyof GroupableClip,
): GroupScore[] {
  if (truth.length !== clips.length || predicted.length !== clips.length) {
    throw new RangeError(
      'scoreByGroup: clips, truth and predicted must have one entry per clip, ' +
        `got ${clips.length}, ${truth.length} and ${predicted.length}`,
    );
  }
  const members = new Map<string | number, number[]>();
  for (const [position, clip] of clips.entries()) {
    const positions = members.get(clip[by]) ?? [];
    positions.push(position);
    members.set(clip[by], positions);
  }
  const classes = 1 + [...truth, ...predicted].reduce((largest, label) => Math.max(largest, label), 0);
  return [...members]
    .sort(([a], [b]) => String(a).localeCompare(String(b), 'en', { numeric: true }))
    .map(([value, positions]) => {
      const confusion = confusionMatrix(
        positions.map((position) => truth[position]),
        positions.map((position) => predicted[position]),
        classes,
      );
      return { group: typeof value === 'number' ? `${by} ${value}` : value, ...scores(confusion) };
    });
}

function scores(confusion: readonly number[][]): { clips: number; accuracy: number; uar: number } {
  const counts = confusion.map((row) => row.reduce((sum, clips) => sum + clips, 0));
  const clips = counts.reduce((sum, count) => sum + count, 0);
  const correct = confusion.reduce((sum, row, label) => sum + row[label], 0);
  const recalls = confusion.flatMap((row, label) => (counts[label] > 0 ? [row[label] / counts[label]] : []));
  return { clips, accuracy: correct / clips, uar: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length };
}
