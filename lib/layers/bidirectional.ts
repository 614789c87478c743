/** Bidirectional wrapper of a recurrent layer. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { type CallOptions, type LayerOptions, only, onlyShape, type Shape } from './layer';
import { describeLayer, type LayerDescription, makeLayer } from './wrapped-layer';

/** Options of `bidirectional`. */
export interface BidirectionalOptions extends LayerOptions {
  /** Forward layer: a `gru` or an `lstm`. */
  layer: tf.layers.Layer;
  /** Backward layer; default a copy with initial weights of its own. */
  backwardLayer?: tf.layers.Layer;
}

/**
 * Runs a recurrent layer over the frames in both directions and concatenates the outputs, forward first.
 *
 * [clips, frames, features] → [clips, 2 × units], or [clips, frames, 2 × units]
 */
export class Bidirectional extends tf.layers.Layer {
  static readonly className = 'SpeechBidirectional';
  private readonly forward: tf.layers.Layer;
  private readonly backward: tf.layers.Layer;

  /** @throws RangeError if the layer has no direction */
  constructor(options: BidirectionalOptions) {
    super(options);
    const { layer } = options;
    this.forward = layer;
    this.backward = options.backwardLayer ?? reversed(layer);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    for (const layer of this.innerLayers()) {
      if (layer.built) continue;
      layer.build(shape);
      layer.built = true;
    }
    this.trainableWeights = this.innerLayers().flatMap((layer) => layer.trainableWeights);
    super.build(inputShape);
  }

  /** Inner layers, for access to their weights and random streams. */
  innerLayers(): tf.layers.Layer[] {
    return [this.forward, this.backward];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = this.forward.computeOutputShape(inputShape) as Shape;
    return [...shape.slice(0, -1), 2 * (shape.at(-1) as number)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    return tf.tidy(() => {
      const kwargs = options as Parameters<tf.layers.Layer['call']>[1];
      const outputs = this.innerLayers().map((layer) => only(layer.call(only(inputs), kwargs)));
      return tf.concat(outputs, -1);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const [layer, backwardLayer] = this.innerLayers().map(describeLayer);
    return { ...super.getConfig(), layer, backwardLayer };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const [layer, backwardLayer] = [config.layer, config.backwardLayer].map((description) =>
      makeLayer(description as unknown as LayerDescription),
    );
    return new cls({ ...config, layer, backwardLayer } as unknown as tf.serialization.ConfigDict);
  }
}

/** The same layer in the other direction, with first weights of its own. */
function reversed(layer: tf.layers.Layer): tf.layers.Layer {
  const { className, config } = describeLayer(layer) as unknown as LayerDescription;
  if (typeof config.backwards !== 'boolean' || config.backwards) {
    throw new RangeError(`bidirectional: layer must be a gru or an lstm that goes forward, got ${className}`);
  }
  const seed = new Random(config.seed as number, 'backward').integer(0, 2 ** 31 - 1);
  return makeLayer({ className, config: { ...config, name: `backward_${config.name}`, seed, backwards: true } });
}
