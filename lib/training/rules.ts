/** Training rules other than epochs, batch size and learning rate, as plain data for run.json and the command line. */
import type { Callback } from './callbacks/callback';
import { earlyStopping, reduceLearningRateOnPlateau } from './callbacks/validation-loss';
import type { ResolvedOptions } from './fit';
import { cosineSchedule, oneCycleSchedule, scheduledLearningRate } from './schedule';

/** Training rules; the original's by default. */
export interface TrainingRules {
  /**
   * Learning-rate schedule; default `plateau`.
   *
   * - `plateau`: multiplied by `factor` after `plateauPatience` epochs without improvement
   * - `cosine`: warm-up over the first twentieth of all steps, then half a cosine down to zero
   * - `one-cycle`: up over three tenths of all steps, then down to almost zero
   * - `constant`
   */
  schedule?: 'plateau' | 'cosine' | 'one-cycle' | 'constant';
  /** Of `plateau`, between 0 and 1; default 0.6. */
  factor?: number;
  /** Of `plateau`, in epochs; default 5. */
  plateauPatience?: number;
  /** Patience of early stopping in epochs, by validation loss; default 7. Convolutional networks do not stop early. */
  patience?: number;
  /** Label smoothing: share of each target spread over all classes, from 0 to 1; default 0. */
  labelSmoothing?: number;
  /** Blends rows by shares from Beta(mixup, mixup), above 0; default none. */
  mixup?: number;
  /** Of AdamW, 0 or more; default 0. */
  weightDecay?: number;
  /** Largest global gradient norm, above 0; default no limit. */
  clipNorm?: number;
  /** Momentum of a moving average that replaces the weights, from 0 to 1; default none. */
  weightAverage?: number;
}

const NAMES: readonly string[] = [
  'schedule',
  'factor',
  'plateauPatience',
  'patience',
  'labelSmoothing',
  'mixup',
  'weightDecay',
  'clipNorm',
  'weightAverage',
] satisfies (keyof TrainingRules)[];

/** Options of `fit` derived from rules. */
type RuledOptions = Pick<ResolvedOptions, 'optimizer' | 'weightAverage' | 'labelSmoothing' | 'mixup' | 'callbacks'>;

/**
 * Converts rules to options of `fit`, with callbacks for the learning rate and early stopping.
 *
 * @param training the peak learning rate, and the number of steps of all epochs
 * @throws RangeError if a rule is unknown or out of range
 * @example trainingRules({ schedule: 'one-cycle', mixup: 0.2 }, { learningRate: 0.01, steps: 60 * 13 })
 */
export function trainingRules(
  rules: TrainingRules,
  { learningRate, steps }: { learningRate: number; steps: number },
): RuledOptions {
  const unknown = Object.keys(rules).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`trainingRules: rules must be of ${NAMES.join(', ')}, got "${unknown}"`);
  }
  const { patience, labelSmoothing, mixup, weightDecay = 0, clipNorm, weightAverage } = rules;
  return {
    ...{ labelSmoothing, mixup, weightAverage },
    ...(weightDecay > 0 || clipNorm !== undefined ? { optimizer: { weightDecay, globalClipNorm: clipNorm } } : {}),
    callbacks: [...rateCallbacks(rules, learningRate, steps), earlyStopping({ patience })],
  };
}

function rateCallbacks(rules: TrainingRules, learningRate: number, steps: number): Callback[] {
  const { schedule = 'plateau', factor, plateauPatience } = rules;
  switch (schedule) {
    case 'plateau':
      return [reduceLearningRateOnPlateau({ factor, patience: plateauPatience })];
    case 'cosine': {
      const warmUpSteps = Math.floor(steps / 20);
      const decaySteps = Math.max(1, steps - warmUpSteps);
      return [scheduledLearningRate(cosineSchedule({ learningRate, decaySteps, warmUpSteps }))];
    }
    case 'one-cycle':
      return [scheduledLearningRate(oneCycleSchedule({ learningRate, steps: Math.max(steps, 4) }))];
    case 'constant':
      return [];
    default:
      throw new RangeError(
        `trainingRules: schedule must be plateau, cosine, one-cycle or constant, got "${schedule as string}"`,
      );
  }
}
