/** `npm run bench -- features`: how fast, beside its peers, on this machine, now. */
import { parseArgs } from 'node:util';
import { benchFeatures } from './bench/features.mjs';
import { installPeers } from './bench/peer.mjs';
import { runScript, setUp } from './setup/index.mjs';

const HELP = `npm run bench -- features [--peers] [--data PATH] [--clips N] [--json FILE]

Measures the front end; beside librosa where it is installed. Everything is measured in one run, in turns, and the
medians of five are printed.

  --peers       installs librosa into .cache/peers first
  --data PATH   RAVDESS; otherwise SER_DATA, data/ravdess, or the practice corpus
  --clips N     clips in each measurement (96)
  --json FILE   also writes the figures, with the ratios under "ratios"
`;

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: 'boolean', default: false },
      data: { type: 'string' },
      clips: { type: 'string', default: '96' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const clips = Number(values.clips);
  if (values.help || positionals.join() !== 'features' || !(Number.isInteger(clips) && clips > 0)) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  await setUp();
  if (values.peers) installPeers();
  await benchFeatures({ data: values.data, clips, json: values.json });
  return 0;
});
