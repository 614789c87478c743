/** How a training goes besides epochs, batches and rate, as plain data that a run's file and a command line can hold. */
import type { Callback } from './callbacks';
import { earlyStopping } from './early-stopping';
import type { FitOptions } from './fit';
import { reduceLearningRateOnPlateau } from './plateau';
import { scheduledLearningRate } from './scheduled-rate';

/** The original's where nothing is set. */
export interface TrainingRules {
  /**
   * How the learning rate goes: `plateau` (times `factor` after `plateauPatience` epochs without gain), `cosine` (up
   * over the first twentieth of all steps, then half a cosine down to nothing), `one-cycle` (up over three tenths, then
   * down to nearly nothing) or `constant`; default `plateau`.
   */
  schedule?: 'plateau' | 'cosine' | 'one-cycle' | 'constant';
  /** Of `plateau`, between 0 and 1; default 0.6. */
  factor?: number;
  /** Of `plateau`, in epochs; default 5. */
  plateauPatience?: number;
  /** Epochs without a lower validation loss until the training ends; default 7. Convolutional networks do not stop. */
  patience?: number;
  /** Share of each target that is spread over all classes, from 0 to 1; default 0. */
  labelSmoothing?: number;
  /** Blends rows by shares from Beta(mixup, mixup), above 0; default not at all. */
  mixup?: number;
  /** Of AdamW, 0 or more; default 0. */
  weightDecay?: number;
  /** Longest gradient of all weights together, above 0; default no limit. */
  clipNorm?: number;
  /** Momentum of an average of the weights that takes their place, from 0 to 1; default none. */
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

/** What `fit` makes of rules. */
export type RuledOptions = Pick<FitOptions, 'optimizer' | 'weightAverage' | 'labelSmoothing' | 'mixup'> & {
  callbacks: Callback[];
};

/**
 * Options of `fit` for some rules, with callbacks for the learning rate and the end.
 *
 * @param training the highest learning rate, and the steps of all epochs
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

function rateCallbacks({ schedule = 'plateau', factor, plateauPatience }: TrainingRules, peak: number, steps: number) {
  switch (schedule) {
    case 'plateau':
      return [
        reduceLearningRateOnPlateau({
          ...(factor === undefined ? {} : { factor }),
          ...(plateauPatience === undefined ? {} : { patience: plateauPatience }),
        }),
      ];
    case 'cosine': {
      const warmUpSteps = Math.floor(steps / 20);
      const decaySteps = Math.max(1, steps - warmUpSteps);
      return [scheduledLearningRate({ kind: 'cosine', learningRate: peak, decaySteps, warmUpSteps })];
    }
    case 'one-cycle':
      return [scheduledLearningRate({ kind: 'one-cycle', learningRate: peak, steps: Math.max(steps, 4) })];
    case 'constant':
      return [];
    default:
      throw new RangeError(
        `trainingRules: schedule must be plateau, cosine, one-cycle or constant, got "${schedule as string}"`,
      );
  }
}
