/** Evaluation tables, for notebooks, model cards and the command line. */
import { EMOTIONS } from '../../data/labels';
import type { AggregatedReport } from '../aggregate-seeds';
import type { Calibration } from '../calibration/calibrate-folds';
import type { EvaluationReport, FoldScore, GroupScore } from '../evaluate';
import type { Evaluation } from '../evaluate-run';
import type { Metrics, Scores } from '../metrics';
import { HUMAN_RATERS, PROTOCOLS_EXPLAINED } from '../protocols';
import type { TransferScores } from '../transfer';
import { percent, plusMinus, range, type TableRow } from './report';

const cells = ({ accuracy, uar }: Pick<Scores, 'accuracy' | 'uar'>): TableRow => ({
  accuracy: percent(accuracy),
  UAR: percent(uar),
});

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

/** One row per seed; with several seeds, also mean and deviation. */
export function seedTable({ seeds, spread }: Pick<AggregatedReport, 'seeds' | 'spread'>): TableRow[] {
  const rows = seeds.map(({ name, report: { metrics } }) => ({
    seed: name,
    ...cells(metrics),
    'macro F1': percent(metrics.macroF1),
  }));
  if (seeds.length < 2) return rows;
  const { accuracy, uar, macroF1 } = spread;
  const means = { accuracy: plusMinus(accuracy), UAR: plusMinus(uar), 'macro F1': plusMinus(macroF1) };
  return [...rows, { seed: `mean ± deviation of ${seeds.length}`, ...means }];
}

/** One row per fold: test actors and scores. */
export function foldScoreTable(folds: readonly FoldScore[]): TableRow[] {
  return folds.map(({ fold, actors, clips, ...scores }) => ({
    fold: String(fold),
    'tested actors': actors.length > 12 ? `all ${actors.length}` : actors.join(', '),
    clips,
    ...cells(scores),
  }));
}

/** One row per class: its clips, how often it was predicted, precision, recall and F1 in per cent. */
export function classTable({ perClass }: Metrics): TableRow[] {
  return perClass.map(({ label, count, predicted, precision, recall, f1 }) => ({
    emotion: label,
    clips: count,
    predicted,
    precision: percent(precision),
    recall: percent(recall),
    F1: percent(f1),
  }));
}

/** One row per group: its clips, accuracy and UAR in per cent. */
export function groupTable(groups: readonly GroupScore[]): TableRow[] {
  return groups.map(({ group, clips, ...scores }) => ({ group, clips, ...cells(scores) }));
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
  const bounds = (values: readonly number[]): string => {
    const [low, high] = [Math.min(...values).toFixed(2), Math.max(...values).toFixed(2)];
    return low === high ? low : `${low} to ${high}`;
  };
  const rows: [string, string][] = [
    ['expected calibration error, before', percent(before.ece)],
    ['expected calibration error, after', percent(after.ece)],
    ['loss before', `${before.loss.toFixed(3)} nats`],
    ['loss after', `${after.loss.toFixed(3)} nats`],
    ['temperatures of the folds', bounds(folds.map(({ temperature }) => temperature))],
    ['thresholds of the folds', bounds(folds.map(({ threshold }) => threshold))],
    [`coverage at a target error rate of ${percent(abstention.target)}`, percent(abstention.coverage)],
    ['error rate of these predictions', abstention.risk === undefined ? '–' : percent(abstention.risk)],
    ['area under the risk–coverage curve', aurc.toFixed(3)],
  ];
  return rows.map(([measure, value]) => ({ measure, value }));
}

/** The same model under every protocol, with training–test overlap, and human accuracy for comparison. */
export function leakTable(
  evaluations: readonly Pick<Evaluation, 'protocol' | 'metrics' | 'intervals' | 'folds' | 'leaks'>[],
): TableRow[] {
  const rows = evaluations.map(({ protocol, metrics, intervals, folds, leaks }): TableRow => {
    const { title, leak } = PROTOCOLS_EXPLAINED[protocol];
    return {
      protocol: leak ? `${protocol}, which leaks` : protocol,
      divides: title,
      accuracy: `${percent(metrics.accuracy)} (${range(intervals.accuracy)})`,
      UAR: `${percent(metrics.uar)} (${range(intervals.uar)})`,
      folds: folds.length,
      'test rows': leaks.testRows,
      'with a copy in training': leaks.sameClip,
      'of a training actor': leaks.sameActor,
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

/** Scores on a corpus that the model was not trained on, as a row. */
export function transferRow(corpus: string, scores: TransferScores): TableRow {
  const { clips, speakers, chance, uar, confidence, calibrationError, sure, sureCorrect } = scores;
  return {
    corpus,
    clips: String(clips),
    speakers: String(speakers),
    chance: percent(chance),
    UAR: `${percent(uar.estimate)} (${percent(uar.low)} to ${percent(uar.high)})`,
    confidence: percent(confidence),
    'calibration error': percent(calibrationError),
    sure: percent(sure),
    'of these correct': sure > 0 ? percent(sureCorrect) : '–',
  };
}
