/** Base class and helpers of this project's layers. */
import { type Schema, SchemaFault } from '../schema';
import { tf } from '../tensorflow';

/** Sizes of a tensor's axes; null where any size will do. */
export type Shape = (number | null)[];
/** A weight of a layer. */
export type LayerVariable = tf.layers.Layer['weights'][number];
/** Options of every layer. */
export interface LayerOptions {
  /** Name within the model; made up where absent. */
  name?: string;
  /** Shape of one example, for the first layer of `tf.sequential`. */
  inputShape?: number[];
}
/** Input of `call` in tfjs. */
export interface CallOptions {
  training?: boolean;
}

/** A layer whose first weights are computed by us. */
export abstract class FilledLayer extends tf.layers.Layer {
  /** Adds a trainable weight with these values, row-major. */
  protected fill(name: string, shape: number[], values: Float32Array): LayerVariable {
    const variable = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    tf.tidy(() => {
      variable.write(tf.tensor(values, shape));
    });
    return variable;
  }

  /** Adds a trainable weight with one value everywhere. */
  protected constant(name: string, shape: number[], value: number): LayerVariable {
    return this.addWeight(name, shape, 'float32', tf.initializers.constant({ value }));
  }
}

/** Layers of one input get it alone or in an array of one. */
export function only<T>(value: T | T[]): T {
  return Array.isArray(value) ? value[0] : value;
}
/** The one shape among one, or in an array of one. */
export function onlyShape(shape: Shape | Shape[]): Shape {
  return Array.isArray(shape[0]) ? (shape[0] as Shape) : (shape as Shape);
}

/** The size of an axis, negative from the end; it must be fixed. */
export function size(shape: Shape, axis: number): number {
  const length = shape.at(axis);
  if (typeof length !== 'number') throw new RangeError(`layer: axis ${axis} must have a fixed size, got [${shape}]`);
  return length;
}

/** Returns a weight made by `build`, or throws if `build` did not run. */
export function builtOf<T>(made: T | undefined, layer: string): T {
  if (made === undefined) throw new RangeError(`${layer}: call build() before call(), got a layer without weights`);
  return made;
}
/** A weight's value; it stays the layer's. */
export function read<T extends tf.Tensor>(variable: LayerVariable): T {
  return variable.read() as T;
}
/** `value` · weights over the last axis: […, features] → […, outputs]. */
export function project(value: tf.Tensor, weights: tf.Tensor2D): tf.Tensor {
  const rows = tf.reshape(value, [-1, value.shape[value.rank - 1]]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, weights), [...value.shape.slice(0, -1), weights.shape[1]]);
}
/**
 * Checks options, as a model's file may hold anything.
 *
 * @throws RangeError
 */
export function checkOptions<T extends object>(
  layer: string,
  options: T,
  schemas: { [Key in keyof T]-?: Schema<T[Key]> },
): void {
  try {
    for (const name of Object.keys(schemas) as (keyof T & string)[]) schemas[name](options[name], `${layer}: ${name}`);
  } catch (fault) {
    throw fault instanceof SchemaFault ? new RangeError(fault.message) : fault;
  }
}
/** Checks that an option is a whole number above 0. */
export function countOf(layer: string, name: string, value: number): number {
  if (!(Number.isInteger(value) && value > 0)) {
    throw new RangeError(`${layer}: ${name} must be a whole number above 0, got ${value}`);
  }
  return value;
}
