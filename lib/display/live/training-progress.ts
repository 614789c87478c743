/** Training progress: a line and a live curve in a notebook, a bar in a terminal. */
import { percent } from '../../evaluation/reports/report';
import { type Bundle, escapeHtml } from '../bundle';
import { StatusLine } from '../show';
import { type CurveEpoch, liveCurve } from './live-curve';
import { duration } from './progress';

/** State of a training after a batch; epochs and batches count from 1. */
export interface TrainingStep {
  epoch: number;
  epochs: number;
  batch: number;
  batches: number;
  /** Running means over the epoch. */
  loss: number;
  /** From 0 to 1. */
  accuracy: number;
  learningRate: number;
  rowsPerSecond: number;
  /** Until all epochs are done; training may end earlier. */
  secondsLeft: number;
  /** The finished epochs. */
  history: readonly CurveEpoch[];
}

/** Position of a training among several. */
export interface TrainingPart {
  /** Position among the folds, from 1. */
  fold: number;
  folds: number;
  /** The network, where a model has several. */
  member: string;
}

/** Outcome of a training. */
export type TrainingEnding = 'finished' | 'interrupted' | 'failed';

/** Characters of a terminal's bar. */
const BAR = 16;

/**
 * Shows a training while it runs: epoch, batch, loss, accuracy, learning rate, samples a second, time left.
 *
 * Hand `update` to a training as its `onBatch`, and `done` as its `onEnd`. In a notebook a line and a curve of loss and
 * accuracy are replaced in place, in a terminal a bar; both at most five times a second. Where standard error is a file
 * or pipe there is a line for each epoch. Several folds, or networks of one model, follow each other in the same place,
 * and a line stays of each.
 */
export function trainingProgress(title: string): TrainingProgress {
  return new TrainingProgress(title);
}

/** Display of a training. */
export class TrainingProgress {
  private readonly place = new StatusLine();
  private lastLogged = 0;
  /** Lines of the parts that are done. */
  private readonly finished: string[] = [];
  private name: string;
  private step: TrainingStep | undefined;
  private started = performance.now();

  constructor(private readonly title: string) {
    this.name = title;
    this.update = this.update.bind(this);
    this.done = this.done.bind(this);
  }

  update(step: TrainingStep, part?: TrainingPart): void {
    const name = nameOf(this.title, part);
    if (name !== this.name) {
      this.done();
      this.name = name;
    }
    if (!this.step) this.started = performance.now();
    this.step = step;
    if (!this.place.replaces) {
      this.log(step);
    } else if (this.place.isDue) {
      const line = `${name}: epoch ${step.epoch} of ${step.epochs}, batch ${step.batch} of ${step.batches} · ${numbersOf(step)}`;
      const done = Math.round(BAR * shareOf(step));
      const bar = `${'█'.repeat(done)}${'░'.repeat(BAR - done)}`;
      this.place.show(`${bar} ${line}`, () => this.bundle(line, step));
    }
  }

  /** Ends a part, whose line stays. */
  done(ending: TrainingEnding = 'finished'): void {
    const { step } = this;
    if (!step) return;
    const outcome = {
      finished: `${outcomeOf(step)}, took ${duration((performance.now() - this.started) / 1000)}`,
      interrupted: `interrupted at epoch ${step.epoch}; run the cell again to resume`,
      failed: `failed at epoch ${step.epoch}`,
    };
    const line = `${this.name}: ${outcome[ending]}`;
    this.place.end(line, () => this.bundle(line, step));
    this.finished.push(line);
    this.step = undefined;
    this.lastLogged = 0;
  }

  /** A log gets one line when an epoch is over, and the last one is `done`'s. */
  private log({ history, epochs }: TrainingStep): void {
    if (history.length <= this.lastLogged) return;
    this.lastLogged = history.length;
    const { loss, accuracy, ...validation } = history[history.length - 1];
    process.stderr.write(
      `${this.name}: epoch ${history.length} of ${epochs}: ${scores(loss, accuracy)}; ${validationOf(validation)}\n`,
    );
  }

  private bundle(line: string, step: TrainingStep): Bundle {
    const { history, epoch, epochs, loss, accuracy, batch, batches } = step;
    const running = this.step && history.length < epoch ? { loss, accuracy, done: batch / batches } : undefined;
    const curve = liveCurve({ history, running, epochs }, line);
    const earlier = this.finished.map((text) => `<div>${escapeHtml(text)}</div>`).join('');
    const bar = `<progress max="1" value="${shareOf(step).toFixed(4)}" style="width:10em"></progress>`;
    return {
      'text/html': `<div class="ser-training">${earlier}<div><label>${bar} <span>${escapeHtml(line)}</span></label></div>${curve}</div>`,
      'text/plain': [...this.finished, line].join('\n'),
    };
  }
}

function nameOf(title: string, part: TrainingPart | undefined): string {
  if (!part) return title;
  return `${title}${part.folds > 1 ? `, fold ${part.fold} of ${part.folds}` : ''}, ${part.member}`;
}

/** Completed share of all epochs, from 0 to 1. */
function shareOf({ epoch, epochs, batch, batches }: TrainingStep): number {
  return (epoch - 1 + batch / batches) / epochs;
}

function numbersOf({ loss, accuracy, learningRate, rowsPerSecond, secondsLeft, history }: TrainingStep): string {
  return [
    scores(loss, accuracy),
    ...history.slice(-1).map(validationOf),
    `learning rate ${Number(learningRate.toPrecision(3))}`,
    `${Math.round(rowsPerSecond)} samples/s`,
    `at most ${duration(secondsLeft)} left`,
  ].join(' · ');
}

function scores(loss: number, accuracy: number): string {
  return `loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}`;
}

function validationOf({ valLoss, valAccuracy }: Pick<CurveEpoch, 'valLoss' | 'valAccuracy'>): string {
  return `validation ${scores(valLoss, valAccuracy)}`;
}

/** Outcome in words, from the epoch with the lowest validation loss. */
function outcomeOf({ epochs, history }: TrainingStep): string {
  if (history.length === 0) return `no epoch of ${epochs} finished`;
  const losses = history.map(({ valLoss }) => valLoss);
  const best = Math.max(0, losses.indexOf(Math.min(...losses.filter(Number.isFinite))));
  return `${history.length} of ${epochs} epochs · best: epoch ${best + 1}, ${validationOf(history[best])}`;
}
