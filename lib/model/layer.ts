/** What all layers of ours share. */
import type { tf } from '../tensorflow';

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
/** What tfjs hands to `call`. */
export interface CallOptions {
  training?: boolean;
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
