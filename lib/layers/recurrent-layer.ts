/** Base class of the recurrent layers: options, weights, shapes and serialisation. */
import { Random } from '../random';
import { flag, number } from '../schema';
import type { tf } from '../tensorflow';
import { glorotUniform, orthogonal } from './initialisers';
import {
  checkOptions,
  countOf,
  FilledLayer,
  type LayerOptions,
  type LayerVariable,
  onlyShape,
  type Shape,
  size,
} from './layer';

/** Options of `lstm` and `gru`. */
export interface RecurrentOptions extends LayerOptions {
  /** Size of the state, int > 0. */
  units: number;
  /** Seed of the initial weights; default 0. */
  seed?: number;
  /** Every frame's output instead of the last one's; default false. */
  returnSequences?: boolean;
  /** From the last frame to the first, every output at its frame; default false. */
  backwards?: boolean;
}

/** Weights of a recurrent layer. */
export interface RecurrentVariables {
  /** [features, gates × units] */
  kernel: LayerVariable;
  /** [units, gates × units] */
  recurrent: LayerVariable;
  bias: LayerVariable;
}

/** [clips, frames, features] → [clips, units], or [clips, frames, units] */
export abstract class RecurrentLayer extends FilledLayer {
  protected readonly units: number;
  protected readonly returnSequences: boolean;
  protected readonly backwards: boolean;
  protected variables: RecurrentVariables | undefined;
  private readonly seed: number;

  /** @param kind names the layer in errors, and its random stream */
  constructor(
    private readonly kind: string,
    private readonly gates: number,
    options: RecurrentOptions,
  ) {
    super(options);
    this.units = countOf(kind, 'units', options.units);
    this.seed = options.seed ?? 0;
    this.returnSequences = options.returnSequences ?? false;
    this.backwards = options.backwards ?? false;
    const { seed, returnSequences, backwards } = this;
    checkOptions(
      kind,
      { seed, returnSequences, backwards },
      { seed: number(), returnSequences: flag, backwards: flag },
    );
  }

  /** Makes the bias, under this name in a file. */
  protected abstract biasOf(name: string): LayerVariable;

  /** Glorot-uniform input weights, orthogonal recurrent weights. */
  override build(inputShape: Shape | Shape[]): void {
    const features = size(onlyShape(inputShape), -1);
    const outputs = this.gates * this.units;
    const random = new Random(this.seed, this.kind);
    // In a bidirectional layer, a file holds the weights of both directions side by side.
    const prefix = this.backwards ? 'backward_' : '';
    const kernel = glorotUniform(random, features * outputs, features, outputs);
    const recurrent = orthogonal(random, this.units, outputs);
    this.variables = {
      kernel: this.fill(`${prefix}kernel`, [features, outputs], kernel),
      recurrent: this.fill(`${prefix}recurrent_kernel`, [this.units, outputs], recurrent),
      bias: this.biasOf(`${prefix}bias`),
    };
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, seed, returnSequences, backwards } = this;
    return { ...super.getConfig(), units, seed, returnSequences, backwards };
  }
}
