/** Schemas of the project's JSON files, so that damaged files are refused on reading. */

/**
 * Returns a value if it satisfies the schema.
 *
 * @param place the value's path within its file, such as `known.weight`; empty for the whole content
 * @throws SchemaFault
 */
export type Schema<T> = (value: unknown, place: string) => T;

/** A value that breaks a schema. */
export class SchemaFault extends Error {
  constructor(place: string, rule: string, value: unknown) {
    super(`${place || 'the content'} must be ${rule}, got ${brief(value)}`);
  }
}

/** The value in a few characters. */
function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const guard =
  <T>(rule: string, holds: (value: unknown) => boolean): Schema<T> =>
  (value, place) => {
    if (!holds(value)) throw new SchemaFault(place, rule, value);
    return value as T;
  };

/** Bounds of a number. */
export interface NumberRange {
  /** Lowest value. */
  from?: number;
  /** Bound that the value must exceed. */
  above?: number;
  /** Highest value. */
  to?: number;
  /** Refuses fractions; default false. */
  whole?: boolean;
}

/** A finite number. */
export function number({
  from = -Infinity,
  above = -Infinity,
  to = Infinity,
  whole = false,
}: NumberRange = {}): Schema<number> {
  const bounds = Object.entries({ from, above, to }).flatMap(([word, bound]) =>
    Number.isFinite(bound) ? ` ${word} ${bound}` : [],
  );
  const isNumber = whole ? Number.isInteger : Number.isFinite;
  return guard(`a ${whole ? 'whole' : 'finite'} number${bounds.join('')}`, (value) => {
    return isNumber(value) && (value as number) >= from && (value as number) > above && (value as number) <= to;
  });
}

/** A text. */
export const text: Schema<string> = guard('a text', (value) => typeof value === 'string');

/** A text of a pattern. */
export const matching = (rule: string, pattern: RegExp): Schema<string> =>
  guard(rule, (value) => typeof value === 'string' && pattern.test(value));

/** True or false. */
export const flag: Schema<boolean> = guard('true or false', (value) => typeof value === 'boolean');

/** Anything; what reads it must check it. */
export const anything: Schema<never> = (value) => value as never;

/** One of a few values. */
export const oneOf = <T extends string | number | boolean>(values: readonly T[]): Schema<T> =>
  guard(values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.join(', ')}`, (value) =>
    values.includes(value as T),
  );

/** The version that this code reads. */
export const version = <T extends number>(expected: T): Schema<T> =>
  guard(`${expected}, the version that this code reads`, (value) => value === expected);

/** A value that equals another one as JSON, such as settings that cannot change. */
export const same = <T>(expected: T, rule: string): Schema<T> =>
  guard(rule, (value) => JSON.stringify(value) === JSON.stringify(expected));

/** A value that may be absent. */
export const optional =
  <T>(schema: Schema<T>): Schema<T | undefined> =>
  (value, place) =>
    value === undefined ? undefined : schema(value, place);

/** Options of `list`. */
export interface ListSize {
  /** Number of items; default any. */
  length?: number;
  /** Least number of items; default 0. */
  least?: number;
  /** Refuses duplicates; default false. */
  distinct?: boolean;
}

/** A list of items that all satisfy one schema. */
export function list<T>(item: Schema<T>, { length, least = 0, distinct = false }: ListSize = {}): Schema<T[]> {
  const size = length === undefined ? (least > 0 ? ` of at least ${least}` : '') : ` of ${length}`;
  const isList = guard<unknown[]>(`a list${size}`, (value) => {
    return Array.isArray(value) && value.length >= least && (length === undefined || value.length === length);
  });
  return (value, place) => {
    const items = isList(value, place);
    for (let index = 0; index < items.length; index++) item(items[index], `${place}[${index}]`);
    const twice = distinct ? items.find((one, index) => items.indexOf(one) !== index) : undefined;
    if (twice !== undefined) throw new SchemaFault(place, 'a list without repetitions', twice);
    return items as T[];
  };
}

/** An object, neither list nor null. */
export const record: Schema<Record<string, unknown>> = guard('an object', (value) => {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
});

/** An object whose fields satisfy their schemas, in this order; further fields are left as they are. */
export function object<T extends object>(fields: { [Key in keyof T]-?: Schema<T[Key]> }): Schema<T> {
  return (value, place) => {
    const found = record(value, place);
    for (const [name, schema] of Object.entries<Schema<unknown>>(fields)) {
      schema(Object.hasOwn(found, name) ? found[name] : undefined, place ? `${place}.${name}` : name);
    }
    return found as T;
  };
}
