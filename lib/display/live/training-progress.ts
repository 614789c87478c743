/** Training progress: a line and a live curve in a notebook, a bar in a terminal. */
import { type Bundle, escapeHtml } from '../bundle';
import { inNotebook, LiveDisplay } from '../show';
import { type CurveEpoch, liveCurve } from './live-curve';
import { duration, INTERVAL } from './progress';

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

/** Hand `update` to a training as its `onBatch`; call `done` after it. */
export interface TrainingProgress {
  update(step: TrainingStep, part?: TrainingPart): void;
  done(): void;
}

/** Characters of a terminal's bar. */
const BAR = 16;

/**
 * Shows a training while it runs: epoch, batch, loss, accuracy, learning rate, samples a second, time left.
 *
 * In a notebook a line and a curve of loss and accuracy are replaced in place, in a terminal a bar; both at most five
 * times a second. Where standard error is a file or pipe there is a line for each epoch. Several folds, or networks of
 * one model, follow each other in the same place, and a line stays of each.
 */
export function trainingProgress(title: string): TrainingProgress {
  return new Display(title);
}

class Display implements TrainingProgress {
  private readonly live = inNotebook() ? new LiveDisplay() : undefined;
  private lastShown = Number.NEGATIVE_INFINITY;
  private lastLogged = 0;
  /** Lines of the parts that are done. */
  private readonly finished: string[] = [];
  private name: string;
  private step: TrainingStep | undefined;
  private started = performance.now();

  constructor(private readonly title: string) {
    this.name = title;
    this.update = this.update.bind(this);
  }

  update(step: TrainingStep, part?: TrainingPart): void {
    const name = nameOf(this.title, part);
    if (name !== this.name) {
      this.close();
      this.name = name;
    }
    if (!this.step) this.started = performance.now();
    this.step = step;
    if (!this.live && !process.stderr.isTTY) {
      this.log(step);
    } else if (performance.now() - this.lastShown >= INTERVAL) {
      this.show(step);
    }
  }

  done(): void {
    this.close();
  }

  /** Ends a part, whose line stays. */
  private close(): void {
    const { step } = this;
    if (!step) return;
    const line = `${this.name}: ${outcomeOf(step)}, took ${duration((performance.now() - this.started) / 1000)}`;
    if (this.live) this.live.update(this.bundle(line, step));
    else process.stderr.write(process.stderr.isTTY ? `\r${line}\u001b[K\n` : `${line}\n`);
    this.finished.push(line);
    this.step = undefined;
    this.lastLogged = 0;
    this.lastShown = Number.NEGATIVE_INFINITY;
  }

  private show(step: TrainingStep): void {
    this.lastShown = performance.now();
    const line = `${this.name}: ${positionOf(step)} · ${numbersOf(step)}`;
    if (this.live) {
      this.live.update(this.bundle(line, step));
      return;
    }
    const done = Math.round(BAR * shareOf(step));
    const bar = `${'█'.repeat(done)}${'░'.repeat(BAR - done)}`;
    // Return to the line's start, and clear what a longer line left.
    process.stderr.write(`\r${`${bar} ${line}`.slice(0, (process.stderr.columns || 80) - 1)}\u001b[K`);
  }

  /** A log gets one line when an epoch is over, and the last one is `done`'s. */
  private log(step: TrainingStep): void {
    const { length } = step.history;
    if (length <= this.lastLogged) return;
    this.lastLogged = length;
    const { loss, accuracy, valLoss, valAccuracy } = step.history[length - 1];
    const validation = `validation loss ${valLoss.toFixed(3)}, accuracy ${percent(valAccuracy)}`;
    process.stderr.write(
      `${this.name}: epoch ${length} of ${step.epochs}: loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}; ${validation}\n`,
    );
  }

  private bundle(line: string, step: TrainingStep): Bundle {
    const running = this.step && step.history.length < step.epoch ? step : undefined;
    const curve = liveCurve(
      {
        history: step.history,
        running: running && { loss: step.loss, accuracy: step.accuracy, done: step.batch / step.batches },
      },
      line,
    );
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

function positionOf({ epoch, epochs, batch, batches }: TrainingStep): string {
  return `epoch ${epoch} of ${epochs}, batch ${batch} of ${batches}`;
}

function numbersOf({ loss, accuracy, learningRate, rowsPerSecond, secondsLeft, history }: TrainingStep): string {
  const last = history.at(-1);
  return [
    `loss ${loss.toFixed(3)}, accuracy ${percent(accuracy)}`,
    ...(last ? [`validation loss ${last.valLoss.toFixed(3)}, accuracy ${percent(last.valAccuracy)}`] : []),
    `learning rate ${Number(learningRate.toPrecision(3))}`,
    `${Math.round(rowsPerSecond)} samples/s`,
    `at most ${duration(secondsLeft)} left`,
  ].join(' · ');
}

/** Outcome in words, from the epoch with the lowest validation loss. */
function outcomeOf({ epochs, history }: TrainingStep): string {
  if (history.length === 0) return `no epoch of ${epochs} finished`;
  const losses = history.map(({ valLoss }) => valLoss);
  const best = Math.max(0, losses.indexOf(Math.min(...losses.filter(Number.isFinite))));
  const { valLoss, valAccuracy } = history[best];
  return (
    `${history.length} of ${epochs} epochs · best: epoch ${best + 1}, validation loss ${valLoss.toFixed(3)}, ` +
    `accuracy ${percent(valAccuracy)}`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
