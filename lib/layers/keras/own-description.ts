/** A tfjs model described as Keras would describe it. */
import { tf } from '../../tensorflow';
import type { LayerVariable, Shape } from '../layer';
import type { LayerDescription, ModelDescription } from './description';
import { type KerasObject, ModelFault, shown } from './fields';
import { MERGING_CLASSES } from './layers/core-layers';
import { writeLayer } from './layers/layer-table';

/**
 * Describes a model. tfjs orders the layers of a functional model as Keras does, which the paths of weights rest on.
 *
 * @throws ModelFault if a layer has no equal in Keras, is shared, or is itself a model
 */
export function describeOwn(model: tf.LayersModel): ModelDescription {
  const kind = model instanceof tf.Sequential ? 'sequential' : 'functional';
  const layers = model.layers.map((layer): LayerDescription => {
    const object = isInput(layer)
      ? inputObject(layer.name, layer.batchInputShape)
      : writeLayer({ className: layer.getClassName(), config: layer.getConfig() }, { inputShape: inputShapeOf(layer) });
    return { name: layer.name, object, inputs: inputsOf(layer) };
  });
  if (kind === 'sequential' && layers[0].object.class_name !== 'InputLayer') {
    const name = layers[0].inputs[0];
    layers.unshift({ name, object: inputObject(name, model.inputs[0].shape), inputs: [] });
  }
  const { name, inputNames: inputs, outputNames: outputs } = model;
  return { kind, name, layers, inputs, outputs, legacy: false };
}

/** The weights of the layer that a description means. */
export const weightsOf = (model: tf.LayersModel, { name, object }: LayerDescription): LayerVariable[] =>
  object.class_name === 'InputLayer' ? [] : model.getLayer(name).weights;

const isInput = (layer: tf.layers.Layer): boolean => layer.getClassName() === 'InputLayer';

function inputObject(name: string, shape: Shape): KerasObject {
  const config = { batch_shape: shape, dtype: 'float32', sparse: false, name };
  return { module: 'keras.layers', class_name: 'InputLayer', config, registered_name: null };
}

/** Names of the layers that a layer gets its inputs from. */
function inputsOf(layer: tf.layers.Layer): string[] {
  if (layer.inboundNodes.length !== 1) {
    throw new ModelFault(
      `layer ${shown(layer.name)} must be used once to be written for Keras, got ${layer.inboundNodes.length} times`,
    );
  }
  return layer.inboundNodes[0].inboundLayers.map(({ name }) => name);
}

function inputShapeOf(layer: tf.layers.Layer): Shape {
  const [first] = layer.inboundNodes[0].inputShapes;
  return (Array.isArray(first) ? first : layer.inboundNodes[0].inputShapes) as Shape;
}

/** The whole model as Keras's config.json holds it, without how it is trained. */
export function modelObject(model: tf.LayersModel, description: ModelDescription): KerasObject {
  const { kind, name, layers, inputs, outputs } = description;
  if (kind === 'sequential') {
    const config = { name, trainable: true, dtype: 'float32', layers: layers.map(({ object }) => object) };
    const build = layers[0].object.config.batch_shape;
    return {
      module: 'keras',
      class_name: 'Sequential',
      config: { ...config, build_input_shape: build },
      registered_name: null,
    };
  }
  const tensor = (layer: string): object => ({
    class_name: '__keras_tensor__',
    config: { shape: model.getLayer(layer).outputShape, dtype: 'float32', keras_history: [layer, 0, 0] },
  });
  const called = layers.map((layer) => {
    const tensors = layer.inputs.map(tensor);
    const call = { args: MERGING_CLASSES.includes(layer.object.class_name) ? [tensors] : tensors, kwargs: {} };
    return { ...layer.object, name: layer.name, inbound_nodes: tensors.length === 0 ? [] : [call] };
  });
  const references = (names: string[]): unknown[] => {
    const list = names.map((layer) => [layer, 0, 0]);
    return list.length === 1 ? list[0] : list;
  };
  const ends = { input_layers: references(inputs), output_layers: references(outputs) };
  const config = { name, trainable: true, layers: called, ...ends };
  return { module: 'keras.src.models.functional', class_name: 'Functional', config, registered_name: 'Functional' };
}
