/** Model checkpoints: models saved during training. */
import { saveModel } from '../../layers/model-file';
import type { tf } from '../../tensorflow';
import { writing } from '../runs/disk-errors';
import type { Callback, Epoch } from './callback';
import { type MonitorOptions, monitorOf } from './monitor';

/** Options of `modelCheckpoint`. */
export interface ModelCheckpointOptions extends Omit<MonitorOptions, 'minDelta'> {
  /** Keeps only the best model so far, instead of every epoch's; default true (Keras: false). */
  bestOnly?: boolean;
  /** Only models better than this are saved; only with `bestOnly`; default none. */
  initialValueThreshold?: number;
  /** Writes the model atomically; default `saveModel`, which takes a folder as path. */
  save?: (model: tf.LayersModel, path: string) => void | Promise<void>;
}

/**
 * Keras's ModelCheckpoint (test/model-checkpoint.test.ts replays Keras's own).
 *
 * @param pattern path; `{epoch}`, `{epoch:02d}` or `{valLoss:.2f}` are replaced by the epoch's values, as in Keras
 * @example modelCheckpoint('models/{epoch:02d}-{valLoss:.2f}', { bestOnly: false }) // models/03-1.27
 * @throws RangeError if the pattern names no metric of an epoch, or an option is out of range
 * @throws SerError `bad-training` after an epoch if the model cannot be written, such as on a full disk
 */
export function modelCheckpoint(pattern: string, options: ModelCheckpointOptions = {}): Callback {
  const name = 'modelCheckpoint';
  const { bestOnly = true, initialValueThreshold, save = saveModel } = options;
  const monitor = monitorOf(name, options);
  checkPattern(pattern);
  let best = initialValueThreshold;
  return {
    name: `${name} ${pattern}`,
    async onEpochEnd(epoch, { model }) {
      const value = monitor.valueOf(epoch);
      if (bestOnly && !monitor.isBetter(value, best)) return;
      const path = fillPattern(pattern, epoch);
      await writing(name, path, () => save(model, path));
      // Updated last, so that a model that could not be saved does not count as the best.
      best = value;
    },
    state: () => ({ best: best ?? null }),
    restore(saved) {
      best = (saved as { best: number | null }).best ?? undefined;
    },
  };
}

/** `{name}`, `{name:03d}` or `{name:.2f}`. */
const PLACE = /\{([^{}:]*)(?::([^{}]*))?\}/g;
const FORMAT = /^(0?\d*)d$|^\.(\d+)f$/;
const NUMBERS: readonly string[] = [
  'epoch',
  'loss',
  'accuracy',
  'valLoss',
  'valAccuracy',
  'learningRate',
  'seconds',
] satisfies (keyof Epoch)[];

function checkPattern(pattern: string): void {
  if (pattern === '') throw new RangeError('modelCheckpoint: the pattern must name a file, got ""');
  for (const [place, number, format] of pattern.matchAll(PLACE)) {
    if (!NUMBERS.includes(number)) {
      throw new RangeError(`modelCheckpoint: places must be of ${NUMBERS.join(', ')}, got ${place}`);
    }
    if (format !== undefined && !FORMAT.test(format)) {
      throw new RangeError(`modelCheckpoint: formats must be as in {epoch:02d} or {valLoss:.2f}, got ${place}`);
    }
  }
}

/** Path of an epoch, with all placeholders replaced. */
function fillPattern(pattern: string, epoch: Epoch): string {
  return pattern.replace(PLACE, (_, name: keyof Epoch, format: string | undefined) => {
    const [, width, decimals] = FORMAT.exec(format ?? '') ?? [];
    if (decimals !== undefined) return epoch[name].toFixed(Number(decimals));
    return String(epoch[name]).padStart(Number(width ?? 0), width?.startsWith('0') ? '0' : ' ');
  });
}
