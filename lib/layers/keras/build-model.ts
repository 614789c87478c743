/** Builds a model from its description, and gives it the weights that a file holds. */
import { SchemaFault } from '../../schema';
import { tf } from '../../tensorflow';
import type { Shape } from '../layer';
import type { LayerDescription, ModelDescription } from './description';
import { Fields, ModelFault, reasonOf, shown } from './fields';
import type { Hdf5File } from './hdf5';
import { plainName } from './layers/codec';
import { readLayer } from './layers/layer-table';
import { assignWeights, type PlacedWeights, type WeightFinder } from './weight-paths';

/**
 * Builds the model with its weights. On failure, all its tensors are disposed.
 *
 * @throws ModelFault naming the layer that cannot be read, or whose weights are missing or of another shape
 */
export function buildModel(description: ModelDescription, file: Hdf5File, find: WeightFinder): tf.LayersModel {
  const before = new Set(Object.keys(tf.engine().state.registeredVariables));
  try {
    const placed: PlacedWeights[] = [];
    const model = connect(description, (layer, build) => {
      const label = labelOf(layer);
      const paths = find(layer);
      const { weights } = withinShapes(label, shapesOf(label, paths, file), build);
      placed.push({ label, weights, paths });
    });
    assignWeights(placed, file);
    return model;
  } catch (fault) {
    for (const [name, variable] of Object.entries(tf.engine().state.registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
    throw fault;
  }
}

const labelOf = ({ object, name }: LayerDescription): string => `${object.class_name} ${shown(name)}`;

function shapesOf(label: string, paths: string[], file: Hdf5File): number[][] {
  return paths.map((path) => {
    const shape = file.shape(path);
    if (!shape) throw new ModelFault(`${label}: its weights "${path}" are missing`);
    return shape;
  });
}

/** Makes every layer and applies it; `build` runs that, and is told of the layer. */
function connect(
  { kind, name, layers, legacy, inputs, outputs }: ModelDescription,
  build: (layer: LayerDescription, make: () => tf.layers.Layer) => void,
): tf.LayersModel {
  const made = new Map<string, tf.SymbolicTensor>();
  let seeds = 0;
  const sequential = kind === 'sequential' ? tf.sequential({ name: plainName(name) }) : undefined;
  for (const layer of inOrder(layers)) {
    build(layer, () => {
      if (layer.object.class_name === 'InputLayer') {
        const options = { name: plainName(layer.name), batchInputShape: inputShape(layer), dtype: 'float32' as const };
        const input = tf.layers.inputLayer(options);
        sequential?.add(input);
        made.set(layer.name, input.inboundNodes[0].outputTensors[0]);
        return input;
      }
      const inputs = layer.inputs.map((input) => made.get(input) as tf.SymbolicTensor);
      const built = readLayer(layer.object, { inputShape: inputs[0].shape, legacy, nextSeed: () => ++seeds });
      sequential?.add(built);
      const output = sequential ? sequential.outputs[0] : built.apply(inputs.length === 1 ? inputs[0] : inputs);
      made.set(layer.name, output as tf.SymbolicTensor);
      return built;
    });
  }
  if (sequential) return sequential;
  const named = (names: string[]): tf.SymbolicTensor[] =>
    names.map((layer) => {
      const tensor = made.get(layer);
      if (!tensor) throw new ModelFault(`the model refers to a layer ${shown(layer)} that it does not have`);
      return tensor;
    });
  return tf.model({ name: plainName(name), inputs: named(inputs), outputs: named(outputs) });
}

/** The layers with each after its inputs. */
function inOrder(layers: LayerDescription[]): LayerDescription[] {
  const done = new Set<string>();
  const ordered: LayerDescription[] = [];
  for (let open = layers; open.length > 0; ) {
    const ready = open.filter(({ inputs }) => inputs.every((input) => done.has(input)));
    if (ready.length === 0)
      throw new ModelFault(`${labelOf(open[0])} must take outputs of other layers, got ${shown(open[0].inputs)}`);
    for (const layer of ready) done.add(layer.name);
    ordered.push(...ready);
    open = open.filter(({ name }) => !done.has(name));
  }
  return ordered;
}

function inputShape({ object }: LayerDescription): Shape {
  const fields = new Fields(object);
  const shape = fields.get('batch_shape') ?? fields.get('batch_input_shape');
  const valid = (length: unknown): boolean =>
    length === null || (Number.isSafeInteger(length) && (length as number) > 0);
  if (!Array.isArray(shape) || shape.length < 2 || !shape.every(valid)) {
    throw fields.fault('batch_shape', 'the sizes of the batch and of at least one axis, null where free');
  }
  fields.demand({ dtype: 'float32' });
  return shape as Shape;
}

/**
 * Builds a layer, whose weights must be of the shapes that the file has for it: whatever a description asks for, no
 * memory is allocated for more. Errors of TensorFlow's get the layer's name.
 */
function withinShapes<T>(label: string, shapes: number[][], build: () => T): T {
  const prototype = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = prototype;
  const left = shapes.map(String);
  prototype.addWeight = function (name, shape, ...others) {
    const index = left.indexOf(String(shape));
    if (index < 0) throw new ModelFault(`${label} needs ${name} of [${shape}], got ${shown(shapes)} in the file`);
    left.splice(index, 1);
    return addWeight.call(this, name, shape, ...others);
  };
  try {
    return build();
  } catch (cause) {
    if (cause instanceof ModelFault || cause instanceof SchemaFault) throw cause;
    throw new ModelFault(`${label} cannot be built as the file describes it (${reasonOf(cause)})`, { cause });
  } finally {
    prototype.addWeight = addWeight;
  }
}
type AddWeight = (this: tf.layers.Layer, name: string, shape: Shape, ...others: unknown[]) => unknown;
