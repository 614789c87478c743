/** Evaluation tables, for notebooks, model cards and the command line. */
import { EMOTIONS } from '../../data/labels';
import type { Leaks } from '../../data/split';
import { plusMinus } from '../aggregate-seeds';
import type { Interval } from '../bootstrap';
import type { Calibration } from '../calibration/calibrate-folds';
import type { EvaluationReport, FoldScore } from '../evaluate';
import { PROTOCOLS_EXPLAINED, type ProtocolName } from '../protocols';
import { HUMAN_RATERS } from './human';
import { percent, type TableRow } from './report';

const range = ({ low, high }: Pick<Interval, 'low' | 'high'>): string => `${percent(low)} to ${percent(high)}`;

/** Accuracy, UAR and macro F1 with their intervals, the loss, and, for several folds, the means over folds. */
export function scoreTable({ metrics, intervals, folds, meanOfFolds }: EvaluationReport): TableRow[] {
  const several = folds.length > 1;
  const row = (measure: string, name: 'accuracy' | 'uar' | 'macroF1', ofFolds?: string): TableRow => ({
    measure,
    value: percent(metrics[name]),
    '95 % interval over actors': range(intervals[name]),
    ...(several ? { 'mean ± deviation of folds': ofFolds ?? '–' } : {}),
  });
  return [
    row('accuracy', 'accuracy', plusMinus(meanOfFolds.accuracy)),
    row('UAR', 'uar', plusMinus(meanOfFolds.uar)),
    row('macro F1', 'macroF1'),
    {
      measure: 'loss (nats)',
      value: metrics.loss.toFixed(3),
      '95 % interval over actors': '–',
      ...(several ? { 'mean ± deviation of folds': '–' } : {}),
    },
  ];
}

/** One row per fold: test actors and scores. */
export function foldScoreTable(folds: readonly FoldScore[]): TableRow[] {
  return folds.map(({ fold, actors, clips, accuracy, uar }) => ({
    fold: String(fold),
    'tested actors': actors.length > 12 ? `all ${actors.length}` : actors.join(', '),
    clips,
    accuracy: percent(accuracy),
    UAR: percent(uar),
  }));
}

/** Confusion matrix as counts, with shares of the acted emotion. */
export function confusionTable(confusion: readonly number[][]): TableRow[] {
  return confusion.map((row, index) => {
    const clips = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, column) => [
      EMOTIONS[column],
      count === 0 ? '·' : `${count} (${Math.round((100 * count) / clips)} %)`,
    ]);
    return { acted: EMOTIONS[index], ...(Object.fromEntries(cells) as TableRow) };
  });
}

/** Effect of temperature scaling and the "not sure" threshold on test clips. */
export function calibrationTable({ before, after, folds, aurc, abstention }: Calibration): TableRow[] {
  const bounds = (values: readonly number[], digits: number): string => {
    const [low, high] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
    return low === high ? low : `${low} to ${high}`;
  };
  const rows: [string, string][] = [
    ['expected calibration error, before', percent(before.ece)],
    ['expected calibration error, after', percent(after.ece)],
    ['loss before', `${before.loss.toFixed(3)} nats`],
    ['loss after', `${after.loss.toFixed(3)} nats`],
    [
      'temperatures of the folds',
      bounds(
        folds.map(({ temperature }) => temperature),
        2,
      ),
    ],
    [
      'thresholds of the folds',
      bounds(
        folds.map(({ threshold }) => threshold),
        2,
      ),
    ],
    [`answered, aiming at ${percent(abstention.target)} wrong`, percent(abstention.coverage)],
    ['of these, wrong', abstention.risk === undefined ? '–' : percent(abstention.risk)],
    ['area under risk and coverage', aurc.toFixed(3)],
  ];
  return rows.map(([measure, value]) => ({ measure, value }));
}

/** Input of `leakTable` for one protocol. */
export interface ProtocolFigures {
  protocol: ProtocolName;
  metrics: EvaluationReport['metrics'];
  intervals: EvaluationReport['intervals'];
  folds: readonly FoldScore[];
  leaks: Leaks;
}

/** The same model under every protocol, with training–test overlap, and human accuracy for comparison. */
export function leakTable(evaluations: readonly ProtocolFigures[]): TableRow[] {
  const rows = evaluations.map(({ protocol, metrics, intervals, folds, leaks }): TableRow => {
    const { title, leak } = PROTOCOLS_EXPLAINED[protocol];
    return {
      protocol: leak ? `${protocol}, which leaks` : protocol,
      divides: title,
      accuracy: `${percent(metrics.accuracy)} (${range(intervals.accuracy)})`,
      UAR: `${percent(metrics.uar)} (${range(intervals.uar)})`,
      folds: folds.length,
      'test rows': leaks.testRows,
      'with a twin in training': leaks.sameClip,
      'of a known voice': leaks.sameActor,
    };
  });
  const { name, accuracy, source } = HUMAN_RATERS;
  const people = {
    protocol: name,
    divides: source,
    accuracy: `${100 * accuracy.low} to ${100 * accuracy.high} %`,
    UAR: '–',
  };
  return [...rows, people];
}
