/** `npm run lab`: JupyterLab on the notebooks, and lib/ compiled again whenever it changes. */
import { spawn } from 'node:child_process';
import { compiler } from './setup/build.mjs';
import { runScript, setUp } from './setup/index.mjs';
import { jupyterSettings } from './setup/kernelspec.mjs';
import { inProject } from './setup/project.mjs';
import { pythonEnvironment } from './setup/python.mjs';

await runScript(async () => {
  await setUp();
  console.log('JupyterLab starts; Ctrl-C ends it. After editing lib/, restart the kernel.');
  const watch = spawn(process.execPath, [compiler, '-p', inProject(), '--watch', '--preserveWatchOutput'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const lab = spawn(
    pythonEnvironment().python,
    // No question at Ctrl-C: the answer could only come after the compiler has gone.
    ['-m', 'jupyterlab', '--ServerApp.answer_yes=True', ...process.argv.slice(2), inProject('notebooks')],
    { stdio: 'inherit', env: { ...process.env, ...jupyterSettings() } },
  );
  // The terminal sends Ctrl-C to all three; this one stays to see the others out.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => lab.kill(signal === 'SIGINT' ? 'SIGTERM' : signal));
  }
  const code = await new Promise((resolve) => lab.on('close', resolve).on('error', () => resolve(1)));
  watch.kill();
  return code ?? 1;
});
