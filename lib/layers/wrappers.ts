/** Layers around other layers. */
import { Random } from '../random';
import { tf } from '../tensorflow';
import { type LayerOptions, OwnLayer, only, onlyShape, registered, type Shape } from './layer';

/** A layer's class and options, as a file holds them. */
interface LayerDescription {
  className: string;
  config: tf.serialization.ConfigDict;
}

const describeLayer = (layer: tf.layers.Layer): LayerDescription => ({
  className: layer.getClassName(),
  config: layer.getConfig(),
});

/** A fresh layer from its description. */
function makeLayer({ className, config }: LayerDescription): tf.layers.Layer {
  const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
  return fromConfig(layerClass, config) as tf.layers.Layer;
}

/** A layer whose weights are those of inner layers, each under its option's name. */
abstract class Wrapper extends OwnLayer<object> {
  constructor(
    options: LayerOptions,
    title: string,
    protected readonly inner: Record<string, tf.layers.Layer>,
  ) {
    super(options, title, {}, {});
  }

  /** Inner layers, for access to their weights and random streams. */
  innerLayers(): tf.layers.Layer[] {
    return Object.values(this.inner);
  }

  override build(inputShape: Shape | Shape[]): void {
    for (const layer of this.innerLayers()) {
      if (layer.built) continue;
      layer.build(this.innerShape(onlyShape(inputShape)));
      layer.built = true;
    }
    this.trainableWeights = this.innerLayers().flatMap((layer) => layer.trainableWeights);
    this.nonTrainableWeights = this.innerLayers().flatMap((layer) => layer.nonTrainableWeights);
    super.build(inputShape);
  }

  /** Shape of the inner layers' input. */
  protected innerShape(shape: Shape): Shape {
    return shape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const inner = Object.entries(this.inner).map(([name, layer]) => [name, describeLayer(layer)]);
    return { ...super.getConfig(), ...Object.fromEntries(inner) };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    layerClass: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const described = ['layer', 'backwardLayer'].filter((name) => name in config);
    const inner = described.map((name) => [name, makeLayer(config[name] as unknown as LayerDescription)]);
    return new layerClass({ ...config, ...Object.fromEntries(inner) });
  }
}

/** Calls an inner layer. */
const outputOf = (layer: tf.layers.Layer, input: tf.Tensor, training: boolean): tf.Tensor =>
  only(layer.call(input, { training }));

/** Options of `timeDistributed`. */
export interface TimeDistributedOptions extends LayerOptions {
  /** The layer applied to every frame. */
  layer: tf.layers.Layer;
}

class FoldedTimeDistributed extends Wrapper {
  static readonly className = 'FoldedTimeDistributed';

  constructor(options: TimeDistributedOptions) {
    super(options, 'timeDistributed', { layer: options.layer });
  }

  protected override innerShape([batch, , ...frame]: Shape): Shape {
    return [batch, ...frame];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time, ...frame] = onlyShape(inputShape);
    const [, ...output] = this.inner.layer.computeOutputShape([batch, ...frame]) as Shape;
    return [batch, time, ...output];
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    const [batch, time, ...frame] = input.shape;
    const output = outputOf(this.inner.layer, tf.reshape(input, [batch * time, ...frame]), training);
    return tf.reshape(output, [batch, time, ...output.shape.slice(1)]);
  }
}

/** Applies one layer to every frame by folding time into the batch: one call instead of one per frame. */
export const timeDistributed = registered(FoldedTimeDistributed);

/** Options of `bidirectional`. */
export interface BidirectionalOptions extends LayerOptions {
  /** Forward layer: a `gru` or an `lstm`. */
  layer: tf.layers.Layer;
  /** Backward layer; default a copy with initial weights of its own. */
  backwardLayer?: tf.layers.Layer;
}

class Bidirectional extends Wrapper {
  static readonly className = 'SpeechBidirectional';

  /** @throws RangeError if the layer has no direction */
  constructor(options: BidirectionalOptions) {
    const { layer, backwardLayer = reversed(layer) } = options;
    super(options, 'bidirectional', { layer, backwardLayer });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = this.inner.layer.computeOutputShape(inputShape) as Shape;
    return [...shape.slice(0, -1), 2 * (shape.at(-1) as number)];
  }

  protected override compute(input: tf.Tensor, training: boolean): tf.Tensor {
    return tf.concat(
      this.innerLayers().map((layer) => outputOf(layer, input, training)),
      -1,
    );
  }
}

/** The same layer in the other direction, with first weights of its own. */
function reversed(layer: tf.layers.Layer): tf.layers.Layer {
  const { className, config } = describeLayer(layer);
  if (typeof config.backwards !== 'boolean' || config.backwards) {
    throw new RangeError(`bidirectional: layer must be a gru or an lstm that goes forward, got ${className}`);
  }
  const seed = new Random(config.seed as number, 'backward').integer(0, 2 ** 31 - 1);
  return makeLayer({ className, config: { ...config, name: `backward_${config.name}`, seed, backwards: true } });
}

/**
 * Runs a recurrent layer over the frames in both directions and concatenates the outputs, forward first.
 *
 * [clips, frames, features] → [clips, 2 × units], or [clips, frames, 2 × units]
 */
export const bidirectional = registered(Bidirectional);

/**
 * Random streams of all layers, wrapped ones included, in the order of the layers, so that training can be resumed
 * exactly.
 */
export function randomStreams(layers: readonly tf.layers.Layer[]): Random[] {
  return layers.flatMap((layer) => {
    const { random, innerLayers } = layer as { random?: unknown; innerLayers?: () => tf.layers.Layer[] };
    const own = random instanceof Random ? [random] : [];
    return [...own, ...(innerLayers ? randomStreams(innerLayers.call(layer)) : [])];
  });
}
