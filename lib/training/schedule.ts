/** The learning rate by step, as descriptions that a run's file can hold. */

/** The learning rate of a step, counted from 0 over the whole training. */
export type Schedule = (step: number) => number;

/** Always the same rate. */
export interface ConstantSchedule {
  kind: 'constant';
  learningRate: number;
}

/** A linear rise, then half a cosine down: Keras's CosineDecay. */
export interface CosineSchedule {
  kind: 'cosine';
  /** Learning rate at which the decay begins: Keras's `warmup_target`, or `initial_learning_rate` without warm-up. */
  learningRate: number;
  /** Steps from there to the end; int > 0. */
  decaySteps: number;
  /** Steps of the rise before; default 0. */
  warmUpSteps?: number;
  /** The rate at the first step of the rise; default 0. */
  warmUpFrom?: number;
  /** The last rate as a share of `learningRate`, from 0 to 1; default 0. */
  alpha?: number;
}

/** A cosine up and a cosine down to almost nothing: PyTorch's OneCycleLR with cosine annealing in two phases. */
export interface OneCycleSchedule {
  kind: 'one-cycle';
  /** The highest rate: PyTorch's `max_lr`. */
  learningRate: number;
  /** Steps of the whole training; int > 1. */
  steps: number;
  /** Share of the steps in which the rate rises, between 0 and 1; default 0.3. */
  risingShare?: number;
  /** The first rate is the highest divided by this; default 25. */
  divisor?: number;
  /** The last rate is the first divided by this; default 10,000. */
  finalDivisor?: number;
}

/** A constant factor every so many steps: Keras's ExponentialDecay. */
export interface ExponentialSchedule {
  kind: 'exponential';
  /** The first rate. */
  learningRate: number;
  /** Steps after which the rate is multiplied by `decayRate` once; int > 0. */
  decaySteps: number;
  /** Above 0. */
  decayRate: number;
  /** Decays in steps, once every `decaySteps`, instead of continuously; default false. */
  staircase?: boolean;
}

/** A schedule as plain data. */
export type ScheduleDescription = ConstantSchedule | CosineSchedule | OneCycleSchedule | ExponentialSchedule;

/**
 * The schedule that a description means. Past its end a schedule keeps its last rate.
 *
 * @throws RangeError if the kind is unknown, or a number out of range
 */
export function schedule(description: ScheduleDescription): Schedule {
  const { kind, learningRate } = description;
  if (!(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`schedule: learningRate must be above 0, got ${learningRate}`);
  }
  switch (kind) {
    case 'constant':
      return () => learningRate;
    case 'cosine':
      return cosine(description);
    case 'one-cycle':
      return oneCycle(description);
    case 'exponential':
      return exponential(description);
    default:
      throw new RangeError(
        `schedule: kind must be constant, cosine, one-cycle or exponential, got "${kind as string}"`,
      );
  }
}

function cosine({ learningRate, decaySteps, warmUpSteps = 0, warmUpFrom = 0, alpha = 0 }: CosineSchedule): Schedule {
  checkSteps('decaySteps', decaySteps, 1);
  checkSteps('warmUpSteps', warmUpSteps, 0);
  check('warmUpFrom must be 0 or more', warmUpFrom >= 0, warmUpFrom);
  check('alpha must be 0 to 1', alpha >= 0 && alpha <= 1, alpha);
  return (step) => {
    if (step < warmUpSteps) return warmUpFrom + ((learningRate - warmUpFrom) * step) / warmUpSteps;
    const done = Math.min(step - warmUpSteps, decaySteps) / decaySteps;
    return between(learningRate, alpha * learningRate, done);
  };
}

function oneCycle(description: OneCycleSchedule): Schedule {
  const { learningRate, steps, risingShare = 0.3, divisor = 25, finalDivisor = 10_000 } = description;
  checkSteps('steps', steps, 2);
  check('risingShare must be between 0 and 1', risingShare > 0 && risingShare < 1, risingShare);
  check('divisor must be 1 or more', divisor >= 1, divisor);
  check('finalDivisor must be 1 or more', finalDivisor >= 1, finalDivisor);
  const first = learningRate / divisor;
  const top = risingShare * steps - 1; // PyTorch's: not always a whole step
  check('risingShare must be more than one step', top > 0, risingShare);
  return (step) => {
    if (step <= top) return between(first, learningRate, step / top);
    return between(learningRate, first / finalDivisor, Math.min((step - top) / (steps - 1 - top), 1));
  };
}

function exponential({ learningRate, decaySteps, decayRate, staircase = false }: ExponentialSchedule): Schedule {
  checkSteps('decaySteps', decaySteps, 1);
  check('decayRate must be above 0', decayRate > 0 && decayRate < Number.POSITIVE_INFINITY, decayRate);
  return (step) => {
    const times = step / decaySteps;
    return learningRate * decayRate ** (staircase ? Math.floor(times) : times);
  };
}

/** Half a cosine from one rate (share 0) to another (share 1). */
function between(start: number, end: number, share: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * share) + 1);
}

function check(rule: string, holds: boolean, value: number): void {
  if (!holds) throw new RangeError(`schedule: ${rule}, got ${value}`);
}

function checkSteps(name: string, value: number, least: number): void {
  check(`${name} must be a whole number, ${least} or more`, Number.isInteger(value) && value >= least, value);
}
