/** Builds a model from its description, and gives it the weights that a file holds. */
import { tf } from '../../tensorflow';
import type { Shape } from '../layer';
import type { LayerDescription, ModelDescription } from './description';
import { inLayer, ModelFault } from './fault';
import { asKerasObject, Fields, type KerasObject, shown } from './fields';
import type { Hdf5Reader } from './hdf5';
import { plainName } from './layers/codec';
import { readLayer } from './layers/layer-table';

/** Finds the paths of a layer's weights in a file, in the order in which tfjs lists them. */
export type WeightFinder = (layer: LayerDescription, file: Hdf5Reader) => string[];

/**
 * Builds the model with its weights. On failure, all its tensors are disposed.
 *
 * @throws ModelFault naming the layer that cannot be read, or whose weights are missing or of another shape
 */
export function buildModel(description: ModelDescription, file: Hdf5Reader, find: WeightFinder): tf.LayersModel {
  const stored = new Map(description.layers.map((layer) => [layer, storedShapes(layer, file, find)]));
  const before = new Set(Object.keys(tf.engine().state.registeredVariables));
  const parts: Part[] = [];
  try {
    const model = withinBudget(valuesIn(stored), () => connect(description, stored, parts));
    for (const { layer, made } of parts) assign(layer, made, stored.get(layer) ?? [], file);
    return model;
  } catch (fault) {
    for (const [name, variable] of Object.entries(tf.engine().state.registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
    throw fault;
  }
}

interface Part {
  layer: LayerDescription;
  made: tf.layers.Layer;
}
interface StoredShape {
  path: string;
  shape: number[];
}
type Stored = Map<LayerDescription, StoredShape[]>;

function storedShapes(layer: LayerDescription, file: Hdf5Reader, find: WeightFinder): StoredShape[] {
  return find(layer, file).map((path) => {
    const shape = file.shape(path);
    if (!shape) throw new ModelFault(`${label(layer)}: its weights "${path}" are missing`);
    return { path, shape };
  });
}

const label = ({ object, name }: LayerDescription): string => `${object.class_name} ${shown(name)}`;
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
const valuesIn = (stored: Stored): number => {
  let sum = 0;
  for (const shapes of stored.values()) for (const { shape } of shapes) sum += sizeOf(shape);
  return sum;
};

/** Makes every layer and applies it. */
function connect(description: ModelDescription, stored: Stored, parts: Part[]): tf.LayersModel {
  const { kind, name, layers, legacy } = description;
  const outputs = new Map<string, tf.SymbolicTensor>();
  let seeds = 0;
  const sequential = kind === 'sequential' ? tf.sequential({ name: plainName(name) }) : undefined;
  for (const layer of inOrder(layers)) {
    inLayer(label(layer), () => {
      if (layer.object.class_name === 'InputLayer') {
        const options = { name: plainName(layer.name), batchInputShape: inputShape(layer), dtype: 'float32' as const };
        const input = tf.layers.inputLayer(options);
        sequential?.add(input);
        outputs.set(layer.name, input.inboundNodes[0].outputTensors[0]);
        return;
      }
      const inputs = layer.inputs.map((input) => outputs.get(input) as tf.SymbolicTensor);
      const made = readLayer(layer.object, { inputShape: inputs[0].shape, legacy, nextSeed: () => ++seeds });
      checkKernels(layer.object, inputs[0].shape, stored.get(layer) ?? []);
      parts.push({ layer, made });
      sequential?.add(made);
      const output = sequential ? sequential.outputs[0] : made.apply(inputs.length === 1 ? inputs[0] : inputs);
      outputs.set(layer.name, output as tf.SymbolicTensor);
    });
  }
  if (sequential) return sequential;
  const named = (names: string[]): tf.SymbolicTensor[] =>
    names.map((output) => {
      const tensor = outputs.get(output);
      if (!tensor) throw new ModelFault(`the model refers to a layer ${shown(output)} that it does not have`);
      return tensor;
    });
  return tf.model({ name: plainName(name), inputs: named(description.inputs), outputs: named(description.outputs) });
}

/** The layers with each after its inputs. */
function inOrder(layers: LayerDescription[]): LayerDescription[] {
  const done = new Set<string>();
  const ordered: LayerDescription[] = [];
  for (let open = layers; open.length > 0; ) {
    const ready = open.filter(({ inputs }) => inputs.every((input) => done.has(input)));
    if (ready.length === 0)
      throw new ModelFault(`${label(open[0])} must take outputs of other layers, got ${shown(open[0].inputs)}`);
    for (const layer of ready) {
      done.add(layer.name);
      ordered.push(layer);
    }
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
  if ((fields.get('dtype') ?? 'float32') !== 'float32') throw fields.fault('dtype', '"float32"');
  return shape as Shape;
}

/** Checks sizes before building, since this project's layers draw initial weights before tensors are allocated. */
function checkKernels(object: KerasObject, input: Shape, stored: StoredShape[]): void {
  const { class_name: className, config } = object;
  if (className === 'TimeDistributed') {
    const [batch, , ...frame] = input;
    checkKernels(asKerasObject(config.layer, className), [batch, ...frame], stored);
  }
  if (className === 'Bidirectional') checkKernels(asKerasObject(config.layer, className), input, stored);
  const expected = kernelShapes(object, input.at(-1));
  const found = stored.slice(0, expected.length).map(({ shape }) => shape);
  if (JSON.stringify(expected) !== JSON.stringify(found)) {
    const name = shown(config.name);
    throw new ModelFault(`${className} ${name}: its weights must be of shapes ${shown(expected)}, got ${shown(found)}`);
  }
}

/** Shapes of the first weights of layers whose first values are drawn. */
function kernelShapes(object: KerasObject, features: number | null | undefined): unknown[] {
  const fields = new Fields(object);
  const recurrent = (gates: number): unknown[] => [
    [features, gates * fields.count('units')],
    [fields.count('units'), gates * fields.count('units')],
  ];
  if (object.class_name === 'LSTM') return recurrent(4);
  if (object.class_name === 'GRU') return recurrent(3);
  const axes = { Conv1D: 1, Conv2D: 2 }[object.class_name];
  return axes ? [[...fields.counts('kernel_size', axes), features, fields.count('filters')]] : [];
}

/** Refuses layers with more weights than the file has, before memory is allocated. */
function withinBudget<T>(budget: number, build: () => T): T {
  const prototype = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const { addWeight } = prototype;
  let left = budget;
  prototype.addWeight = function (name, shape, ...others) {
    left -= sizeOf(shape as number[]);
    if (!(left >= 0)) throw new ModelFault(`${shown(this.name)} needs ${name} of [${shape}], more than the file has`);
    return addWeight.call(this, name, shape, ...others);
  };
  try {
    return build();
  } finally {
    prototype.addWeight = addWeight;
  }
}
type AddWeight = (this: tf.layers.Layer, name: string, shape: Shape, ...others: unknown[]) => unknown;

function assign(layer: LayerDescription, made: tf.layers.Layer, stored: StoredShape[], file: Hdf5Reader): void {
  const { weights } = made;
  if (weights.length !== stored.length) {
    const rule = `${label(layer)} must have ${weights.length} arrays of weights`;
    throw new ModelFault(`${rule}, got ${stored.length} (${shown(stored.map(({ path }) => path))})`);
  }
  weights.forEach((weight, index) => {
    const { path, shape } = stored[index];
    if (weight.shape.join() !== shape.join()) {
      throw new ModelFault(`${label(layer)}: "${path}" must have the shape [${weight.shape}], got [${shape}]`);
    }
    const { values } = file.read(path);
    tf.tidy(() => {
      weight.write(tf.tensor(values, shape));
    });
  });
}
