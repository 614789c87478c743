/**
 * Limits on the address space, which clusters and shared hosts set (`ulimit -v`).
 *
 * Node reserves 10 GB of addresses for each WebAssembly memory, none of them in use, so that it need not check bounds.
 * Under a limit it runs out of addresses although memory is free; with one option it checks bounds instead.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/** Node's option; in NODE_OPTIONS, so that kernels and compilers have it too. */
const OPTION = '--disable-wasm-trap-handler';

/** Errors of a process that has no addresses left: of WebAssembly, of the loader of libraries, of C++. */
const EXHAUSTED = /allocate (wasm )?memory|failed to map segment|cannot allocate memory|std::bad_alloc/i;

/** Bytes that this process may address; undefined without a limit, or if the system does not say. */
export function addressLimit() {
  try {
    const [, limit] = /^Max address space\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined; // not Linux
  }
}

/** True if this process must be restarted with Node's option. */
export function needsOption() {
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return addressLimit() !== undefined && !given.includes(OPTION);
}

/**
 * Runs this script once more with Node's option, in the same terminal.
 *
 * @returns {Promise<number>} its exit code
 */
export async function startAgain() {
  const NODE_OPTIONS = [process.env.NODE_OPTIONS, OPTION].filter(Boolean).join(' ');
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS },
  });
  // Ctrl-C reaches both; this process stays to give the other's exit code.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('close', (...ending) => resolve(ending)).on('error', reject);
  });
  if (signal !== null) console.error(`\nThe process was terminated by ${signal}. ${advice()}`);
  return code ?? 1;
}

/** Message with advice for an error caused by a small address space; undefined for other errors. @param {unknown} error */
export function describeExhaustion(error) {
  const message = error instanceof Error ? error.message : String(error);
  return addressLimit() !== undefined && EXHAUSTED.test(message) ? `${message}. ${advice()}` : undefined;
}

function advice() {
  const gigabytes = ((addressLimit() ?? 0) / 1e9).toFixed(1);
  return `The address space is limited to ${gigabytes} GB, which may be too little: raise the limit (ulimit -v unlimited).`;
}
