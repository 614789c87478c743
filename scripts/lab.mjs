/** `npm run lab`: JupyterLab on the notebooks; lib/ is recompiled at every change. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { compiler } from './setup/build.mjs';
import { runScript, setUp } from './setup/index.mjs';
import { jupyterSettings } from './setup/kernelspec.mjs';
import { callerFolder, inProject } from './setup/project.mjs';
import { pythonEnvironment } from './setup/python.mjs';

const windows = process.platform === 'win32';

/** Compiles at every change; returns a function that stops it. */
function watchLibrary() {
  const watch = spawn(process.execPath, [compiler, '-p', inProject(), '--watch', '--preserveWatchOutput'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: !windows, // a group of its own: the compiler starts another process, and both must end
  });
  return () => {
    if (watch.pid === undefined || watch.exitCode !== null) return;
    if (windows) watch.kill();
    else process.kill(-watch.pid);
  };
}

/** Splits off the folder to open, which only the tests set, from the arguments of JupyterLab. @param {string[]} args */
function readOptions(args) {
  const at = args.indexOf('--notebooks');
  if (at < 0) return { folder: inProject('notebooks'), rest: args };
  return { folder: path.resolve(callerFolder, args[at + 1]), rest: args.toSpliced(at, 2) };
}

/** Environment that turns off JupyterLab's question about news, which covers part of a notebook, for this server only. */
function withoutNews() {
  const others = process.env.JUPYTER_CONFIG_PATH ? [process.env.JUPYTER_CONFIG_PATH] : [];
  return { JUPYTER_CONFIG_PATH: [inProject('scripts', 'lab'), ...others].join(path.delimiter) };
}

await runScript(async () => {
  const { folder, rest } = readOptions(process.argv.slice(2));
  await setUp();
  console.log('Starting JupyterLab; Ctrl-C stops it. After editing lib/, restart the kernel.');
  const endWatch = watchLibrary();
  const lab = spawn(
    pythonEnvironment().python,
    // Ctrl-C ends it without a question, as `npm start` does. Root, as in a container, is asked nothing either.
    ['-m', 'jupyterlab', '--ServerApp.answer_yes=True', '--ServerApp.allow_root=True', ...rest, folder],
    { stdio: 'inherit', env: { ...process.env, ...jupyterSettings(), ...withoutNews() } },
  );
  // The terminal sends Ctrl-C to JupyterLab too; this process stays to see everything out.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => lab.kill('SIGTERM'));
  const code = await new Promise((resolve) => lab.on('close', resolve).on('error', () => resolve(1)));
  endWatch();
  return code ?? 1;
});
