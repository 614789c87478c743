import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const lib = path.resolve(__dirname, '..', '..');

/** The rooms of lib/ in the order in which they build on each other; '' is the files beside them. */
const ROOMS = ['', 'audio', 'data', 'features', 'layers', 'training', 'models', 'evaluation', 'inference', 'display'];

/** Packages that only one module may know. */
const ONE_DOOR = [
  '@tensorflow/',
  'adm-zip',
  'audio-decode',
  'h5wasm',
  'mathjs',
  'meyda',
  'ml-svm',
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
  /** Those of them that it needs when it runs, not for their types alone. */
  runs: string[];
  packages: string[];
}

const modules = fs
  .readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^(?:dist|test)\b/.test(file))
  .map(readModule);

function readModule(file: string): Module {
  const source = fs.readFileSync(path.join(lib, file), 'utf8').replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const imports = [...source.matchAll(/(?:\b(?:import|export)\b([^;']*?)\bfrom|\brequire\(|\bimport\(?)\s*'([^']+)'/g)];
  const local = imports.filter(([, , specifier]) => specifier.startsWith('.'));
  const named = local.map(([, what = '', specifier]) => ({
    name: path.relative(lib, path.resolve(lib, path.dirname(file), specifier)),
    typesOnly: what.trim().startsWith('type '),
  }));
  const name = file.replace(/\.ts$/, '');
  return {
    name,
    room: roomOf(name),
    uses: named.map((module) => module.name),
    runs: named.filter(({ typesOnly }) => !typesOnly).map((module) => module.name),
    packages: imports.map(([, , specifier]) => specifier).filter((specifier) => !specifier.startsWith('.')),
  };
}

/** The first folder of a path below lib/; '' for the files beside the rooms. */
function roomOf(name: string): string {
  return name.includes('/') ? name.split('/')[0] : '';
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
        .filter((used) => used === 'tensorflow' || ['layers', 'training', 'models'].includes(roomOf(used)))
        .map((used) => `${name} → ${used}`),
    );
  assert.deepEqual(wrong, []);
});

test('no two modules need each other, however long the way round', () => {
  const runs = new Map(modules.map((module) => [module.name, module.runs]));
  const circles = modules.filter(({ name }) => reachable(name, runs).has(name));
  assert.deepEqual(
    circles.map(({ name }) => name),
    [],
  );
});

function reachable(start: string, runs: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(runs.get(start) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(runs.get(name) ?? []));
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
