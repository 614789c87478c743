/** Progress of a long step: updated in place below a notebook's cell, or as lines in a terminal. */
import { type Bundle, escapeHtml } from '../bundle';
import { fitted, StatusLine } from '../show';

/** Options of `progress`. */
export interface ProgressOptions {
  /** Unit of the count, such as "clips"; default "steps". */
  unit?: string;
}

/** A time as people say it, such as "42 s" or "3 min 05 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Progress display of a long step. */
export class Progress {
  private readonly started = performance.now();
  private readonly place = new StatusLine();
  private lastTenth = 0;
  private count = 0;
  private note = '';
  private finished = false;

  constructor(
    private readonly title: string,
    private readonly total: number,
    private readonly unit: string,
  ) {
    this.show();
  }

  /**
   * @param count how many of `total` are done now
   * @param note what is being done, such as a file's name or an epoch's loss
   */
  update(count: number, note = ''): void {
    this.count = count;
    this.note = note;
    if (this.finished) return;
    if (this.place.replaces) {
      if (this.place.isDue) this.show();
      return;
    }
    // Logs get one line per tenth; the last one is `done`'s.
    const tenth = Math.floor((10 * count) / this.total);
    if (tenth > this.lastTenth && count < this.total) {
      this.lastTenth = tenth;
      process.stderr.write(`${this.line()}\n`);
    }
  }

  /** Shows the end, and how long it took; a step that ended early keeps its count. */
  done(note = this.note): void {
    if (this.finished) return;
    this.finished = true;
    this.note = note;
    const line = this.line();
    this.place.end(fitted(line), () => this.bundle(line));
  }

  private show(): void {
    const line = this.line();
    this.place.show(line, () => this.bundle(line));
  }

  /** Such as "Reading: 720 of 1,440 clips (50 %), 180/s, 4.0 s left". */
  private line(): string {
    const seconds = (performance.now() - this.started) / 1000;
    const share = this.total > 0 ? Math.min(this.count / this.total, 1) : 1;
    const rate = seconds > 0 ? this.count / seconds : 0;
    const speed =
      rate >= 10 ? `${Math.round(rate)}/s` : rate >= 1 ? `${rate.toFixed(1)}/s` : `${duration(1 / rate)} each`;
    const [count, total] = [this.count, this.total].map((number) => number.toLocaleString('en-US'));
    const parts = [`${this.title}: ${count} of ${total} ${this.unit} (${Math.floor(share * 100)} %)`];
    if (this.count > 0) parts.push(speed);
    if (this.finished) parts.push(`took ${duration(seconds)}`);
    else if (this.count > 0) parts.push(`${duration(Math.max(this.total - this.count, 0) / rate)} left`);
    return parts.join(', ') + (this.note ? ` · ${this.note}` : '');
  }

  private bundle(text: string): Bundle {
    const value = Math.min(this.count, this.total);
    const bar = `<progress max="${Math.max(this.total, 1)}" value="${this.total > 0 ? value : 1}" style="width:16em"></progress>`;
    return {
      'text/html': `<div class="ser-progress"><label>${bar} <span>${escapeHtml(text)}</span></label></div>`,
      'text/plain': text,
    };
  }
}

/**
 * Starts to show how far a long step is: its count, rate and remaining time.
 *
 * In a notebook one line is replaced in place, at most five times a second; in a terminal likewise; where standard
 * error is a file or pipe there is a line for each tenth.
 *
 * @param total how many there are in all; 0 is allowed and done at once
 * @throws RangeError if the total is not 0 or more
 * @example
 * const reading = progress('Reading', clips.length, { unit: 'clips' });
 * clips.forEach((clip, i) => { read(clip); reading.update(i + 1, clip.name); });
 * reading.done();
 */
export function progress(title: string, total: number, options: ProgressOptions = {}): Progress {
  if (!(total >= 0 && Number.isFinite(total))) {
    throw new RangeError(`progress: the total must be a number from 0, got ${total}`);
  }
  return new Progress(title, total, options.unit ?? 'steps');
}

/**
 * A function for `onProgress`: shows how far a long step is from its first call on, and ends with its last count.
 *
 * A step that never calls it shows nothing.
 *
 * @example await openCorpus({ onProgress: reportProgress('Generating practice voices', { unit: 'clips' }) })
 */
export function reportProgress(title: string, options: ProgressOptions = {}): (done: number, total: number) => void {
  let shown: Progress | undefined;
  return (done, total) => {
    shown ??= progress(title, total, options);
    shown.update(done);
    if (done >= total) shown.done();
  };
}
