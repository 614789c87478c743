/** `npm run lab` as a test runs it: on copies of the notebooks, in a work folder of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { inProject } from '../setup/project.mjs';

/** Milliseconds until JupyterLab must answer. */
const PATIENCE = 60_000;

/** A port that nobody listens at. @returns {Promise<number>} */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  return address.port;
}

/**
 * Copies the notebooks, so that JupyterLab never saves into the project's own, and starts it on them.
 *
 * @param {string} folder an empty one; `work` in it takes the place of data/
 */
export async function startLab(folder) {
  const notebooks = path.join(folder, 'notebooks');
  fs.cpSync(inProject('notebooks'), notebooks, { recursive: true });
  fs.symlinkSync(inProject('lib'), path.join(folder, 'lib'), 'dir'); // the notebooks import ../lib
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { SER_DATA, ...environment } = process.env;
  const lab = spawn(
    process.execPath,
    [
      inProject('scripts', 'lab.mjs'),
      ...['--notebooks', notebooks, '--no-browser', `--port=${port}`, '--IdentityProvider.token='],
      '--expose-app-in-browser',
    ],
    {
      env: { ...environment, SER_WORK: path.join(folder, 'work'), JUPYTER_CONFIG_DIR: path.join(folder, 'config') },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  let said = '';
  for (const stream of [lab.stdout, lab.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
    });
  }
  const stop = async () => {
    if (lab.exitCode !== null || lab.pid === undefined) return;
    const closed = once(lab, 'close');
    lab.kill('SIGTERM');
    const hung = setTimeout(() => process.kill(-(lab.pid ?? 0), 'SIGKILL'), 10_000);
    await closed;
    clearTimeout(hung);
  };
  for (const end = Date.now() + PATIENCE; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const answer = await fetch(`${url}/api/status`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    if (lab.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`startLab: JupyterLab must answer within ${PATIENCE / 1000} s, got:\n${said}`);
    }
  }
}
