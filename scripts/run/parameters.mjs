/** Parameters of notebooks: the types that they declare, and what a command line's text becomes under each. */
import fs from 'node:fs';
import path from 'node:path';
import { fromCaller, inProject } from '../setup/project.mjs';

/**
 * A declared type. Parameters of a type that is not known here take JSON, or else text.
 *
 * @typedef {object} Type
 * @property {'string' | 'number' | 'boolean' | 'object' | 'unknown'} kind of the value, or of each item of a list
 * @property {boolean} list
 * @property {string[]} [choices] the only values that a string may have
 */

/** Parameters that name a file or folder, which a command line means as seen from the folder that it is typed in. */
const PATHS = ['data', 'file'];

const DECLARATION = /^let\s+([A-Za-z_$][\w$]*)\s*(?::([^=]+))?=\s*(.*?);?\s*$/gm;
const LITERAL = /'([^']*)'/g;

/**
 * The parameters that a notebook declares in the cell tagged `parameters`, one `let` a line, with their types.
 *
 * @param {import('./notebooks.mjs').Notebook} notebook
 * @returns {Map<string, Type>}
 */
export function declaredTypes({ cells }) {
  const source = cells.find(({ tags }) => tags.includes('parameters'))?.source ?? '';
  return new Map(
    [...source.matchAll(DECLARATION)].map(([, name, type = '', value]) => [name, typeOf(type.trim(), value)]),
  );
}

/** @param {string} annotation @param {string} value @returns {Type} */
function typeOf(annotation, value) {
  const [, item, brackets] = /^(string|number|boolean)(\[\])?$/.exec(annotation) ?? [];
  if (item) return { kind: /** @type {Type['kind']} */ (item), list: brackets !== undefined };
  if (/^'[^']*'(\s*\|\s*'[^']*')*$/.test(annotation)) {
    return { kind: 'string', list: false, choices: [...annotation.matchAll(LITERAL)].map((match) => match[1]) };
  }
  const list = /^\[\s*(.*)/.exec(value);
  return { kind: kindOf(list ? list[1] : value), list: list !== null };
}

/** @param {string} value as written in the cell @returns {Type['kind']} */
function kindOf(value) {
  if (/^['"`]/.test(value)) return 'string';
  if (/^-?[\d.]/.test(value)) return 'number';
  if (/^(true|false)\b/.test(value)) return 'boolean';
  return value.startsWith('{') ? 'object' : 'unknown';
}

/**
 * Parses the value of a parameter: text for strings, JSON for everything else.
 *
 * @param {string} name of the parameter
 * @param {string} text as typed
 * @param {Type} type
 * @throws Error if the text is none of that type, or names a file that is not there
 */
export function toValue(name, text, type) {
  const json = parseJson(text);
  const value = type.list ? toList(json, type) : toSingle(text, json, type);
  if (value === undefined) throw new Error(`-p ${name}=${text}: ${name} is ${describe(type)}`);
  return PATHS.includes(name) && typeof value === 'string' && value !== '' ? toPath(name, value) : value;
}

/** @param {string} text @param {unknown} json @param {Type} type */
function toSingle(text, json, { kind, choices }) {
  if (kind === 'unknown') return json === undefined ? text : json;
  if (kind !== 'string') return kindOfValue(json) === kind ? json : undefined;
  const string = typeof json === 'string' ? json : text;
  return choices && !choices.includes(string) ? undefined : string;
}

/** @param {unknown} json @param {Type} type @returns {unknown[] | undefined} */
function toList(json, { kind }) {
  if (!Array.isArray(json)) return undefined;
  // Names of runs may be digits.
  const items = kind === 'string' ? json.map((item) => (typeof item === 'number' ? String(item) : item)) : json;
  return kind === 'unknown' || items.every((item) => kindOfValue(item) === kind) ? items : undefined;
}

/** @param {unknown} value @returns {Type['kind']} */
function kindOfValue(value) {
  if (typeof value === 'string' || typeof value === 'boolean') return /** @type {Type['kind']} */ (typeof value);
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : 'unknown';
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? 'object' : 'unknown';
}

/** The value of a JSON text; undefined if it is none. @param {string} text @returns {unknown} */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A type in words, with an example of what is not obvious. @param {Type} type */
function describe({ kind, list, choices }) {
  if (choices) return `one of ${choices.join(', ')}`;
  if (list) return kind === 'number' ? 'a list of numbers, such as [1,2]' : `a list of ${kind}s, such as ["a","b"]`;
  return { number: 'a number', boolean: 'true or false', object: 'an object, such as {"a": 1}' }[String(kind)];
}

/** The absolute path of what a parameter names: in the caller's folder, or else in the project's. @param {string} name @param {string} value */
function toPath(name, value) {
  const places = [fromCaller(value), inProject(value)];
  const found = path.isAbsolute(value) ? places.slice(0, 1) : places;
  const place = found.find((file) => fs.existsSync(file));
  if (place === undefined) throw new Error(`-p ${name}=${value}: there is no ${found.join(', and no ')}`);
  return place;
}
