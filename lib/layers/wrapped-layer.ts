/** Layers inside layers, as a file holds them. */
import { tf } from '../tensorflow';

/** A layer's class and options. */
export interface LayerDescription {
  className: string;
  config: tf.serialization.ConfigDict;
}

/** Class and options of a layer. */
export function describeLayer(layer: tf.layers.Layer): tf.serialization.ConfigDict {
  return { className: layer.getClassName(), config: layer.getConfig() };
}

/** A fresh layer from its description. */
export function makeLayer({ className, config }: LayerDescription): tf.layers.Layer {
  const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className];
  return fromConfig(layerClass, config) as tf.layers.Layer;
}
