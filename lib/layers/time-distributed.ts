/** One layer for every frame of a sequence. */
import { tf } from '../tensorflow';
import { type CallOptions, type LayerOptions, only, onlyShape, type Shape } from './layer';
import { describeLayer, type LayerDescription, makeLayer } from './wrapped-layer';

/** Options of `timeDistributed`. */
export interface TimeDistributedOptions extends LayerOptions {
  /** The layer applied to every frame. */
  layer: tf.layers.Layer;
}

/** Applies one layer to every frame by folding time into the batch: one call instead of one per frame. */
export class FoldedTimeDistributed extends tf.layers.Layer {
  static readonly className = 'FoldedTimeDistributed';
  private readonly layer: tf.layers.Layer;

  constructor(options: TimeDistributedOptions) {
    super(options);
    this.layer = options.layer;
  }

  override build(inputShape: Shape | Shape[]): void {
    const [batch, , ...frame] = onlyShape(inputShape);
    const shape = [batch, ...frame];
    if (!this.layer.built) {
      this.layer.build(shape);
      this.layer.built = true;
    }
    this.trainableWeights = this.layer.trainableWeights;
    this.nonTrainableWeights = this.layer.nonTrainableWeights;
    super.build(inputShape);
  }

  /** Inner layers, for access to their weights and random streams. */
  innerLayers(): tf.layers.Layer[] {
    return [this.layer];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time, ...frame] = onlyShape(inputShape);
    const [, ...output] = this.layer.computeOutputShape([batch, ...frame]) as Shape;
    return [batch, time, ...output];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const input = only(inputs);
      const [batch, time, ...frame] = input.shape;
      const folded = tf.reshape(input, [batch * time, ...frame]);
      const output = only(this.layer.call(folded, options as Parameters<tf.layers.Layer['call']>[1]));
      return tf.reshape(output, [batch, time, ...output.shape.slice(1)]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), layer: describeLayer(this.layer) };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const layer = makeLayer(config.layer as unknown as LayerDescription);
    return new cls({ ...config, layer } as unknown as tf.serialization.ConfigDict);
  }
}
