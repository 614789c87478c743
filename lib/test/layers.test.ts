import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const lib = path.resolve(__dirname, '..', '..');

/** The rooms of lib/ in the order in which they build on each other; '' is the files beside them. */
const ROOMS = ['', 'data', 'audio', 'features', 'model', 'training', 'evaluation', 'inference', 'display'];

/** Packages that only one module may know. */
const ONE_DOOR = [
  '@tensorflow/',
  'adm-zip',
  'mathjs',
  'meyda',
  'ml-svm',
  'mpg123-decoder',
  'node-record-lpcm16',
  'plotly.js-dist-min',
  'wavefile',
];

interface Module {
  /** Path below lib/, without its ending, such as `data/clip`. */
  name: string;
  room: string;
  /** Modules of lib/ that it imports, named as above. */
  uses: string[];
  packages: string[];
}

const modules = ['', ...ROOMS.slice(1)].flatMap((room) => {
  const folder = path.join(lib, room);
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.ts')) : [];
  return files.map((file) => readModule(room, path.join(folder, file)));
});

function readModule(room: string, file: string): Module {
  const source = fs.readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const specifiers = [...source.matchAll(/(?:\bfrom|\brequire\(|\bimport\(?)\s*'([^']+)'/g)].map((match) => match[1]);
  const local = specifiers.filter((specifier) => specifier.startsWith('.'));
  const name = path.relative(lib, file).replace(/\.ts$/, '');
  return {
    name,
    room,
    uses: local.map((specifier) => path.relative(lib, path.resolve(path.dirname(file), specifier))),
    packages: specifiers.filter((specifier) => !specifier.startsWith('.')),
  };
}

function roomOf(name: string): string {
  return path.dirname(name) === '.' ? '' : path.dirname(name);
}

test('every folder of lib is a room with a place in the order', () => {
  const folders = fs.readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rooms = folders.map(({ name }) => name).filter((name) => !['dist', 'test'].includes(name));
  assert.deepEqual(
    rooms.filter((room) => !ROOMS.includes(room)),
    [],
  );
});

test('a module imports only from its own room and the rooms before it', () => {
  const wrong = modules
    .filter(({ name }) => name !== 'index')
    .flatMap(({ name, room, uses }) =>
      uses.filter((used) => ROOMS.indexOf(roomOf(used)) > ROOMS.indexOf(room)).map((used) => `${name} → ${used}`),
    );
  assert.deepEqual(wrong, []);
});

test('no module imports the barrel', () => {
  const wrong = modules.filter(({ uses }) => uses.some((used) => ['', 'index'].includes(used)));
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});

test('display knows neither tensors nor models', () => {
  const wrong = modules
    .filter(({ room }) => room === 'display')
    .flatMap(({ name, uses }) =>
      uses
        .filter((used) => used === 'tensorflow' || ['model', 'training'].includes(roomOf(used)))
        .map((used) => `${name} → ${used}`),
    );
  assert.deepEqual(wrong, []);
});

test('no two modules import each other, however long the way round', () => {
  const uses = new Map(modules.map((module) => [module.name, module.uses]));
  const circles = modules.filter(({ name }) => reachable(name, uses).has(name));
  assert.deepEqual(
    circles.map(({ name }) => name),
    [],
  );
});

function reachable(start: string, uses: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(uses.get(start) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(uses.get(name) ?? []));
  }
  return found;
}

for (const door of ONE_DOOR) {
  test(`at most one module imports ${door}`, () => {
    const importers = modules.filter(({ packages }) =>
      packages.some((name) => `${name}/`.startsWith(`${door.replace(/\/$/, '')}/`)),
    );
    assert.ok(importers.length <= 1, importers.map(({ name }) => name).join(', '));
    if (door === '@tensorflow/')
      assert.deepEqual(
        importers.map(({ name }) => name),
        ['tensorflow'],
      );
  });
}
