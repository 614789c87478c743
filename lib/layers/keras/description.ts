/** A model's layers and how they hang together, from Keras's config. */
import { text } from '../../schema';
import { asKerasObject, Fields, isRecord, type KerasObject, ModelFault, shown } from './fields';

/** One layer of a model. */
export interface LayerDescription {
  name: string;
  object: KerasObject;
  /** Names of the layers whose outputs it takes. */
  inputs: string[];
}

/** A model without weights. */
export interface ModelDescription {
  kind: 'sequential' | 'functional';
  name: string;
  /** Inputs included, in the file's order. */
  layers: LayerDescription[];
  inputs: string[];
  outputs: string[];
  /** True if Keras 2 wrote it. */
  legacy: boolean;
}

/** Reads the config of a whole model: config.json, or the attribute `model_config` of a legacy file. */
export function describeModel(config: unknown, legacy: boolean): ModelDescription {
  refuseForeignCode(config);
  const model = asKerasObject(withLayers(config), 'the model');
  const { class_name: className } = model;
  if (className === 'Sequential') return describeSequential(model, legacy);
  if (className === 'Functional' || className === 'Model') return describeFunctional(model, legacy);
  throw new ModelFault(
    `the model must be Sequential or functional, got ${shown(className)}; rebuild it as one of these`,
  );
}

/** Keras before 2.2.3 writes a Sequential model's layers as its config. */
function withLayers(model: unknown): unknown {
  const isList = isRecord(model) && model.class_name === 'Sequential' && Array.isArray(model.config);
  return isList ? { ...model, config: { layers: model.config } } : model;
}

const layersOf = (model: KerasObject): KerasObject[] => {
  const { layers } = model.config;
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ModelFault(`the model must list its layers, got ${shown(layers)}`);
  }
  return layers.map((layer, index) => asKerasObject(layer, `layer ${index + 1}`));
};

function describeSequential(model: KerasObject, legacy: boolean): ModelDescription {
  const objects = layersOf(model);
  if (objects[0].class_name !== 'InputLayer') objects.unshift(inputBefore(objects[0], model));
  const names = objects.map((object) => new Fields(object).read('name', text));
  checkUnique(names);
  const layers = objects.map((object, index) => ({
    name: names[index],
    object,
    inputs: index === 0 ? [] : [names[index - 1]],
  }));
  const late = objects.findIndex(({ class_name: name }, index) => index > 0 && name === 'InputLayer');
  if (late > 0) throw new ModelFault(`InputLayer ${shown(names[late])} must be the first layer of a Sequential model`);
  const name = new Fields(model).read('name', text, 'sequential');
  return { kind: 'sequential', name, layers, inputs: [names[0]], outputs: names.slice(-1), legacy };
}

/** Keras 2 leaves the input's shape to the first layer. */
function inputBefore(first: KerasObject, { config }: KerasObject): KerasObject {
  const shape = first.config.batch_input_shape ?? first.config.batch_shape ?? config.build_input_shape;
  if (!Array.isArray(shape)) {
    throw new ModelFault('the model was saved before its input shape was known; build it in Keras and save it again');
  }
  return { class_name: 'InputLayer', config: { name: `${first.config.name}_input`, batch_shape: shape } };
}

function describeFunctional(model: KerasObject, legacy: boolean): ModelDescription {
  const layers = layersOf(model).map((object): LayerDescription => {
    const name = new Fields(object).read('name', text, object.name);
    const calls = Array.isArray(object.inbound_nodes) ? object.inbound_nodes : [];
    if (calls.length > 1) {
      throw new ModelFault(
        `${object.class_name} ${shown(name)} is used ${calls.length} times; layers cannot be shared here`,
      );
    }
    if (calls.length === 0 && object.class_name !== 'InputLayer') {
      throw new ModelFault(`${object.class_name} ${shown(name)} has no input`);
    }
    return {
      name,
      object,
      inputs: calls.length === 0 ? [] : inputsOf(calls[0], `${object.class_name} ${shown(name)}`),
    };
  });
  checkUnique(layers.map(({ name }) => name));
  const inputs = references(model.config.input_layers, 'input_layers');
  const outputs = references(model.config.output_layers, 'output_layers');
  const name = new Fields(model).read('name', text, 'functional');
  return { kind: 'functional', name, layers, inputs, outputs, legacy };
}

function checkUnique(names: string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ModelFault(`each layer must have a name of its own, got ${shown(twice)} twice`);
}

/** `["name", 0, 0]`, or a list of such. */
function references(value: unknown, key: string): string[] {
  const list = Array.isArray(value) && typeof value[0] === 'string' ? [value] : value;
  if (!Array.isArray(list) || list.length === 0) throw new ModelFault(`${key} must list layers, got ${shown(value)}`);
  return list.map((reference) => referred(reference, key));
}

/** The layer that `["name", 0, 0]` refers to; other numbers are of shared layers or further outputs. */
function referred(reference: unknown, where: string): string {
  if (!Array.isArray(reference) || typeof reference[0] !== 'string') {
    throw new ModelFault(`${where} must refer to layers as ["name", 0, 0], got ${shown(reference)}`);
  }
  if (reference[1] !== 0 || reference[2] !== 0) {
    throw new ModelFault(`${where} refers to ${shown(reference)}; shared layers and further outputs are not read here`);
  }
  return reference[0];
}

/** The inputs of one call of a layer, as Keras 3 or Keras 2 writes it. */
function inputsOf(call: unknown, owner: string): string[] {
  if (Array.isArray(call)) {
    const list = call.every(Array.isArray) ? (call as unknown[][]) : [call];
    return list.map((reference) => {
      refuseOptions(reference[3], owner);
      return referred(reference, owner);
    });
  }
  if (!isRecord(call) || !Array.isArray(call.args))
    throw new ModelFault(`${owner}: its call cannot be read: ${shown(call)}`);
  refuseOptions(call.kwargs, owner);
  const [first, ...others] = call.args;
  if (others.some((value) => value !== null))
    throw new ModelFault(`${owner} takes more than its input: ${shown(others)}`);
  return (Array.isArray(first) ? first : [first]).map((tensor) => {
    if (!isRecord(tensor) || tensor.class_name !== '__keras_tensor__' || !isRecord(tensor.config)) {
      throw new ModelFault(`${owner}: its input must be another layer's output, got ${shown(tensor)}`);
    }
    return referred(tensor.config.keras_history, owner);
  });
}

/** Keras itself writes `training=False` for some layers; anything else changes what the layer does. */
function refuseOptions(options: unknown, owner: string): void {
  const changes = ([key, value]: [string, unknown]): boolean =>
    value !== null && !(key === 'training' && value === false);
  const given = isRecord(options) ? Object.entries(options).find(changes) : undefined;
  if (given)
    throw new ModelFault(`${owner} is called with ${given[0]}=${shown(given[1])}, which has no counterpart here`);
}

/**
 * Refuses descriptions that need code from elsewhere. Nothing from a file is ever executed here; this names the culprit
 * before anything is built.
 */
function refuseForeignCode(config: unknown): void {
  const open: unknown[] = [config];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isRecord(value) && typeof value.class_name === 'string') refuse(value);
    // One by one: a list from a file may be longer than a call may have arguments.
    for (const item of Object.values(value ?? {})) if (typeof item === 'object' && item !== null) open.push(item);
  }
}

function refuse(object: Record<string, unknown>): void {
  const { class_name: className, module, registered_name: registered } = object;
  const name = isRecord(object.config) ? object.config.name : undefined;
  const what = `${className}${name === undefined ? '' : ` ${shown(name)}`}`;
  if (className === 'Lambda' || className === '__lambda__') {
    throw new ModelFault(`${what} holds Python code, which is never executed; use a layer that Keras names instead`);
  }
  const foreign = typeof module === 'string' && module !== 'builtins' && !/^keras(?:\.|$)/.test(module);
  if (foreign || (typeof registered === 'string' && registered.includes('>') && !registered.startsWith('keras'))) {
    throw new ModelFault(
      `${what} is a custom object (module ${shown(module ?? null)}, registered as ${shown(registered ?? null)}), whose` +
        ' code is not in the file; only layers of Keras itself can be read',
    );
  }
}
