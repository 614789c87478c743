/** Nested parameters as flat text, so that two runs can be told apart by name. */

/**
 * Nested values by their path, as text.
 *
 * @example flatten({ epochs: 60, features: { hopLength: 512 } }) // { epochs: '60', 'features.hopLength': '512' }
 */
export function flatten(value: object, path = ''): Record<string, string> {
  const entries = Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    const name = path + key;
    const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (nested) return Object.entries(flatten(inner, `${name}.`));
    return [[name, typeof inner === 'string' ? inner : (JSON.stringify(inner) ?? 'undefined')]];
  });
  return Object.fromEntries(entries);
}

/**
 * Lists the differences between two configurations as text for a message; empty if they are equal.
 *
 * @example differences({ epochs: 60 }, { epochs: 30 }) // ['epochs 60 → 30']
 */
export function differences(before: object, after: object): string[] {
  // As JSON has them: undefined is nothing.
  const [old, now] = [before, after].map((value) => flatten(JSON.parse(JSON.stringify(value)) as object));
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names
    .filter((name) => old[name] !== now[name])
    .map((name) => `${name} ${old[name] ?? 'absent'} → ${now[name] ?? 'absent'}`);
}
