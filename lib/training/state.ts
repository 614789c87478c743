/** Complete training state, for checkpoints and resuming. */
import type { KerasOptimizer } from '../layers/keras/optimizer-state';
import { randomStreams } from '../layers/wrappers';
import { Random } from '../random';
import type { tf } from '../tensorflow';
import type { Epoch, Training } from './callbacks/callback';
import type { ResolvedOptions } from './fit';
import { AdamW } from './optimizer';
import type { Checkpoint, EpochPosition } from './runs/checkpoint';
import { assignWeights, copyWeights, decodeWeights, encodeWeights, trainableVariables, WeightAverage } from './weights';

/** The part of a checkpoint without callbacks. */
type Snapshot = Omit<Checkpoint, 'identity' | 'callbacks'>;

/** State of a training. The caller owns the model. */
export class TrainingState implements Training {
  readonly optimizer: AdamW;
  /** Average of all weights, also non-trainable ones; absent by default. */
  readonly average: WeightAverage | undefined;
  readonly streams: { order: Random; mixup: Random; augmentation: Random };
  /** The finished epochs. */
  readonly history: Epoch[] = [];
  /** Absent between epochs. */
  position: EpochPosition | undefined;
  /** Reason for the end; absent while training can go on. An interrupt is none: it can be resumed. */
  ended: string | undefined;
  /** All weights of the model, also non-trainable ones. */
  private readonly variables: tf.Variable[];
  /** Random streams of the layers, such as for dropout. */
  private readonly layers: Random[];

  constructor(
    readonly model: tf.LayersModel,
    { learningRate, optimizer, weightAverage, seed }: ResolvedOptions,
  ) {
    this.optimizer = new AdamW(trainableVariables(model), { ...optimizer, learningRate });
    this.variables = model.weights.map((weight) => weight.read() as tf.Variable);
    this.average = weightAverage === undefined ? undefined : new WeightAverage(this.variables, weightAverage);
    this.streams = {
      order: new Random(seed, 'order of the rows'),
      mixup: new Random(seed, 'mixup'),
      augmentation: new Random(seed, 'batch augmentation'),
    };
    this.layers = randomStreams(model.layers);
  }

  get step(): number {
    return this.optimizer.step;
  }

  get learningRate(): number {
    return this.optimizer.learningRate;
  }

  set learningRate(rate: number) {
    this.optimizer.learningRate = rate;
  }

  optimizerState(): KerasOptimizer {
    return this.optimizer.state();
  }

  stop(reason: string): void {
    this.ended ??= reason;
  }

  /** Runs `work` with the average weights, if there are any. */
  async averaged(work: () => Promise<void>): Promise<void> {
    this.average?.apply();
    try {
      await work();
    } finally {
      this.average?.undo();
    }
  }

  /** Copies the state. */
  snapshot(): Snapshot {
    const { order, mixup, augmentation } = this.streams;
    return {
      history: [...this.history],
      ...(this.position ? { position: { ...this.position } } : {}),
      ...(this.ended === undefined ? {} : { ended: this.ended }),
      step: this.step,
      learningRate: this.learningRate,
      slots: encodeWeights(this.optimizer.slots().map(({ values }) => values)),
      weights: encodeWeights(copyWeights(this.variables)),
      average: this.average?.state() ?? null,
      streams: {
        order: order.snapshot(),
        mixup: mixup.snapshot(),
        augmentation: augmentation.snapshot(),
        layers: this.layers.map((random) => random.snapshot()),
      },
    };
  }

  /** Restores a snapshot of the same training. */
  restore({ history, position, ended, step, learningRate, slots, weights, average, streams }: Snapshot): void {
    this.history.push(...history);
    this.position = position;
    this.ended = ended;
    this.optimizer.restore(
      step,
      decodeWeights(slots).map((values) => ({ values })),
    );
    this.optimizer.learningRate = learningRate;
    assignWeights(this.variables, decodeWeights(weights));
    if (average) this.average?.restore(average);
    this.streams.order.restore(streams.order);
    this.streams.mixup.restore(streams.mixup);
    this.streams.augmentation.restore(streams.augmentation);
    this.layers.forEach((random, index) => {
      random.restore(streams.layers[index]);
    });
  }
}
