/** Compiles lib/ to lib/dist, which notebooks import and tests run. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, readIfThere, SetupError } from './project.mjs';

/** The TypeScript compiler's program. */
export const compiler = inProject('node_modules', 'typescript', 'bin', 'tsc');

/** SIMD kernels, built by a separate compiler, and their output files. */
const kernels = inProject('lib', 'audio', 'simd');
const wasm = inProject('lib', 'dist', 'audio', 'simd', 'kernels.wasm');

/** Sources of the last build: paths, sizes and times of change. Written last, so an interrupted build has none. */
const stamp = inProject('lib', 'dist', 'sources.txt');

/** Brings lib/dist up to date; some milliseconds when nothing changed. */
export function buildLibrary() {
  const sources = describeSources();
  if (readIfThere(stamp) === sources) return;
  fs.rmSync(stamp, { force: true });
  removeOrphans();
  buildKernels();
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', inProject()], { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`lib/ does not compile:\n${stdout.trimEnd()}`);
  fs.writeFileSync(stamp, sources);
}

function describeSources() {
  const dist = path.join('dist', '');
  const sources = fs
    .readdirSync(inProject('lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith(dist))
    .map((file) => path.join('lib', file));
  const settings = ['tsconfig.json', path.join('node_modules', '.package-lock.json')];
  return [...sources.sort(), ...settings]
    .map((file) => {
      const { size, mtimeMs } = fs.statSync(inProject(file));
      return `${file} ${size} ${mtimeMs}\n`;
    })
    .join('');
}

/** Compiles changed kernels to WebAssembly; takes two seconds. */
function buildKernels() {
  const copy = `${wasm}.source`;
  const files = fs.readdirSync(kernels).sort();
  const source = files.map((file) => fs.readFileSync(path.join(kernels, file), 'utf8')).join('');
  if (fs.existsSync(wasm) && readIfThere(copy) === source) return;
  const asc = inProject('node_modules', 'assemblyscript', 'bin', 'asc.js');
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
  const memory = ['--importMemory', '--initialMemory', '64', '--maximumMemory', '16384'];
  fs.mkdirSync(path.dirname(wasm), { recursive: true });
  const { status, stderr } = spawnSync(
    process.execPath,
    [asc, path.join(kernels, 'index.ts'), '--outFile', wasm, ...flags, ...memory],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new SetupError(`lib/audio/simd does not compile:\n${stderr.trimEnd()}`);
  fs.writeFileSync(copy, source);
}

/** Removes compiled files without a source: a deleted test would still run. */
function removeOrphans() {
  const output = inProject('lib', 'dist');
  if (!fs.existsSync(output)) return;
  for (const file of fs.readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    const [, source] = /^(.*)\.(?:d\.ts|js|js\.map)$/.exec(file) ?? [];
    if (source && !fs.existsSync(inProject('lib', `${source}.ts`))) fs.rmSync(path.join(output, file));
  }
}
