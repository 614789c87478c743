/** A Python program that answers one JSON line with another, in an environment of its own. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cache, inProject, SetupError } from '../setup/project.mjs';
import { pythonEnvironment } from '../setup/python.mjs';

const environment = path.join(cache, 'peers');
const python = path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const requirements = inProject('scripts', 'bench', 'requirements.txt');

/** Whether the peers are installed. */
export function havePeers() {
  return fs.existsSync(path.join(environment, 'complete.txt'));
}

/** Installs the peers into .cache/peers; minutes the first time. */
export function installPeers() {
  if (havePeers()) return;
  console.error('Installing librosa into .cache/peers …');
  run(pythonEnvironment().python, ['-m', 'venv', '--clear', environment]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  fs.writeFileSync(path.join(environment, 'complete.txt'), fs.readFileSync(requirements));
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new SetupError(`The peers could not be installed: ${program} ${args.join(' ')}`);
}

/**
 * Starts a peer.
 *
 * @param {string} script in scripts/bench
 * @returns {Promise<{ greeting: any, ask(request: object): Promise<any>, end(): void }>}
 */
export async function startPeer(script) {
  const child = spawn(python, [inProject('scripts', 'bench', script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended early`);
    return JSON.parse(value);
  };
  const greeting = await next();
  return {
    greeting,
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return next();
    },
    end: () => child.stdin.end(),
  };
}
