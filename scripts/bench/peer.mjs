/** Peer programs that reply to JSON lines: Python in separate environments, or Node. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cache, inProject, SetupError } from '../setup/project.mjs';
import { pythonEnvironment } from '../setup/python.mjs';

/** Environments of peers: folders and requirements. */
const ENVIRONMENTS = {
  librosa: { folder: 'peers', requirements: 'requirements.txt' },
  training: { folder: 'peers-training', requirements: 'requirements-training.txt' },
};

/** @typedef {keyof typeof ENVIRONMENTS} Environment */
/** @typedef {{ greeting: any, ask(request: object): Promise<any>, end(): void }} Peer */

/** @param {Environment} name */
function placesOf(name) {
  const { folder, requirements } = ENVIRONMENTS[name];
  const environment = path.join(cache, folder);
  return {
    environment,
    python: path.join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'),
    requirements: inProject('scripts', 'bench', requirements),
    complete: path.join(environment, 'complete.txt'),
  };
}

/** True if the peers are installed. @param {Environment} name */
export function havePeers(name = 'librosa') {
  return fs.existsSync(placesOf(name).complete);
}

/** The interpreter that has the peers. @param {Environment} name */
export const pythonOf = (name) => placesOf(name).python;

/** Installs the peers below .cache; minutes the first time. @param {Environment} name */
export function installPeers(name = 'librosa') {
  if (havePeers(name)) return;
  const { environment, python, requirements, complete } = placesOf(name);
  console.error(`Installing what ${path.basename(requirements)} lists into ${path.relative('', environment)} …`);
  run(pythonEnvironment().python, ['-m', 'venv', '--clear', environment]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  fs.writeFileSync(complete, fs.readFileSync(requirements));
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new SetupError(`The peers could not be installed: ${program} ${args.join(' ')}`);
}

/**
 * Starts a Python peer.
 *
 * @param {string} script in scripts/bench
 * @param {Environment} name
 * @param {string[]} args
 */
export function startPeer(script, name = 'librosa', args = []) {
  return converse(placesOf(name).python, script, args);
}

/** Starts a peer in Node. @param {string} script in scripts/bench @param {string[]} args */
export function startNode(script, args) {
  return converse(process.execPath, script, args);
}

/** @param {string} program @param {string} script @param {string[]} args @returns {Promise<Peer>} */
async function converse(program, script, args) {
  const child = spawn(program, [inProject('scripts', 'bench', script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
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
