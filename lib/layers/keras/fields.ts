/** The options of one Keras object in a config, each checked as it is read, and the errors of model files. */
import { SerError } from '../../errors';
import { type Schema, SchemaFault } from '../../schema';

/** A rule that a model or its file breaks, in words, with the way out. `named` makes a SerError of it. */
export class ModelFault extends Error {}

/**
 * Runs a step of reading or writing; whatever goes wrong in it ends in one typed error that names the file.
 *
 * @param caller the function that the error names
 * @param file as the user gave it
 * @throws SerError `bad-model`
 */
export async function named<T>(caller: string, file: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const isRule = [ModelFault, SchemaFault, SerError].some((type) => cause instanceof type);
    const rule = isRule ? reasonOf(cause) : `${UNFORESEEN} (${reasonOf(cause)})`;
    throw new SerError('bad-model', `${caller}: ${rule}; the file is "${file}"`, { cause });
  }
}

const UNFORESEEN = 'the file does not make a whole model; save it again with Keras, or check how it was copied';

/** The message of whatever was thrown. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** A Keras object as JSON: what Keras's `serialize_keras_object` writes. */
export interface KerasObject {
  module?: string | null;
  class_name: string;
  config: Record<string, unknown>;
  registered_name?: string | null;
  /** Only in functional models. */
  name?: string;
  inbound_nodes?: unknown;
}

/** Tests whether a JSON value is an object, neither array nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a Keras object. */
export function asKerasObject(value: unknown, where: string): KerasObject {
  if (!isRecord(value) || typeof value.class_name !== 'string' || !isRecord(value.config)) {
    throw new ModelFault(`${where} must be a Keras object with class_name and config, got ${shown(value)}`);
  }
  return value as unknown as KerasObject;
}

/** A short form of any value, for messages. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Reads the options of one object; every complaint names the object and the option. */
export class Fields {
  /** Such as `Dense "dense_1"`. */
  readonly owner: string;
  private readonly values: Record<string, unknown>;

  constructor(readonly object: KerasObject) {
    this.values = object.config;
    this.owner = `${object.class_name} ${shown(this.values.name ?? object.name ?? '')}`;
  }

  /** The complaint about an option. */
  fault(key: string, rule: string): ModelFault {
    return new ModelFault(`${this.owner}: ${key} must be ${rule}, got ${shown(this.values[key])}`);
  }

  /** The raw value, undefined if it is absent or null. */
  get(key: string): unknown {
    const value = this.values[key] ?? undefined;
    // Keras 2.2 writes numbers that it holds as arrays, such as the slope of a ReLU, as such.
    return isRecord(value) && value.type === 'ndarray' ? value.value : value;
  }

  /** The value, or the default if it is absent or null, by a rule. */
  read<T>(key: string, schema: Schema<T>, fallback?: unknown): T {
    return schema(this.get(key) ?? fallback, `${this.owner}: ${key}`);
  }

  /** The Keras object in an option. */
  inner(key: string): KerasObject {
    return asKerasObject(this.get(key), `${this.owner}: ${key}`);
  }

  /** Refuses other values of options that have no counterpart here. */
  demand(allowed: Record<string, unknown>): void {
    for (const [key, only] of Object.entries(allowed)) {
      const value = this.get(key);
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(only)) {
        throw this.fault(key, `${shown(only)} (nothing else has a counterpart here)`);
      }
    }
  }
}
