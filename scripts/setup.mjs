/** `npm run setup`: everything that the notebooks need; what is there already is left alone. --encoder: also the encoder. */
import { parseArgs } from 'node:util';
import { runScript, setUp } from './setup/index.mjs';

await runScript(async () => {
  const { values } = parseArgs({ options: { encoder: { type: 'boolean', default: false } } });
  await setUp({ verbose: true, withEncoder: values.encoder });
  return 0;
});
