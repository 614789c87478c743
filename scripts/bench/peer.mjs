/** Peer programs that reply to JSON lines: Python in separate environments, or Node. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inProject } from '../setup/project.mjs';
import { separateEnvironment } from '../setup/python.mjs';

/** Environments of peers, with their requirements. */
const ENVIRONMENTS = {
  librosa: { environment: separateEnvironment('peers'), requirements: 'requirements.txt' },
  training: { environment: separateEnvironment('peers-training'), requirements: 'requirements-training.txt' },
};

/** @typedef {keyof typeof ENVIRONMENTS} Environment */
/** @typedef {{ greeting: any, ask(request: object): Promise<any>, end(): void }} Peer */

/** True if the peers are installed. @param {Environment} name */
export const havePeers = (name) => ENVIRONMENTS[name].environment.isComplete();

/** Installs the peers below .cache; minutes the first time. @param {Environment} name */
export function installPeers(name) {
  const { environment, requirements } = ENVIRONMENTS[name];
  if (!environment.isComplete()) environment.install(['-r', inProject('scripts', 'bench', requirements)]);
}

/**
 * Starts a Python peer.
 *
 * @param {string} script in scripts/bench
 * @param {Environment} name
 * @param {string[]} args
 */
export function startPeer(script, name, args = []) {
  return converse(ENVIRONMENTS[name].environment.python, script, args);
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
