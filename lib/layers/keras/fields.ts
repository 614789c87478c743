/** The options of one Keras object in a config, each checked as it is read. */
import { ModelFault } from './fault';

/** A Keras object as JSON: what Keras's `serialize_keras_object` writes. */
export interface KerasObject {
  module?: string | null;
  class_name: string;
  config: Record<string, unknown>;
  registered_name?: string | null;
  build_config?: { input_shape?: unknown } | null;
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

  text(key: string, fallback?: string): string {
    return this.checked(key, fallback, 'a text', (value) => typeof value === 'string');
  }

  flag(key: string, fallback: boolean): boolean {
    return this.checked(key, fallback, 'true or false', (value) => typeof value === 'boolean');
  }

  /** Any finite number. */
  number(key: string, fallback?: number): number {
    return this.checked(key, fallback, 'a number', (value) => Number.isFinite(value));
  }

  /** A whole number above 0. */
  count(key: string, fallback?: number): number {
    return this.checked(key, fallback, 'a whole number above 0', isCount);
  }

  /** `length` whole numbers above 0; one alone stands for all. */
  counts(key: string, length: number, fallback?: number): number[] {
    const value = this.get(key) ?? fallback;
    const values = Array.isArray(value) ? value : Array.from({ length }, () => value);
    if (values.length !== length || !values.every(isCount)) throw this.fault(key, `${length} whole numbers above 0`);
    return values;
  }

  /** One of a few words. */
  choice<T extends string>(key: string, choices: readonly T[], fallback: T): T {
    const rule = `one of ${choices.join(', ')}`;
    return this.checked(key, fallback, rule, (value) => choices.includes(value as T)) as T;
  }

  /** Refuses every value of an option but one, for options that have no counterpart here. */
  demand(key: string, allowed: unknown): void {
    const value = this.get(key);
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(allowed)) {
      throw this.fault(key, `${shown(allowed)} (nothing else has a counterpart here)`);
    }
  }

  private checked<T>(key: string, fallback: T | undefined, rule: string, holds: (value: unknown) => boolean): T {
    const value = this.get(key) ?? fallback;
    if (!holds(value)) throw this.fault(key, rule);
    return value as T;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
