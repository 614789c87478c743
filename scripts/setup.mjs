/** `npm run setup`: everything that the notebooks need; what is there already is left alone. */
import { runScript, setUp } from './setup/index.mjs';

await runScript(async () => {
  await setUp({ verbose: true });
  return 0;
});
