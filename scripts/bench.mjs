/** `npm run bench -- NAME`: how fast, beside its peers, how large and how steady, on this machine, now. */
import { parseArgs } from 'node:util';
import { benchFeatures } from './bench/features.mjs';
import { benchMemory } from './bench/memory.mjs';
import { installPeers } from './bench/peer.mjs';
import { benchPredict } from './bench/predict.mjs';
import { benchSteadiness } from './bench/steadiness.mjs';
import { runScript, setUp } from './setup/index.mjs';

const HELP = `npm run bench -- features|memory|steadiness|predict [--peers] [--data PATH] [--clips N] [--json FILE]

features: the front end's speed, beside librosa where it is installed. Everything is measured in one run, in turns, and
the medians of five are printed; then how far the numbers lie from librosa's on real recordings. memory: peak memory
of the feature store on N clips and on ten times as many. steadiness: memory over 200 training steps, and the price of
a fixed number of threads. predict: recordings recognised per second.

  --peers       installs librosa into .cache/peers first
  --data PATH   RAVDESS; otherwise SER_DATA, data/ravdess, or the practice corpus
  --clips N     clips in each measurement (features: 240, memory: 1440, predict: 100)
  --json FILE   also writes the figures, with the ratios under "ratios"
`;

await runScript(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: 'boolean', default: false },
      data: { type: 'string' },
      clips: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [bench] = positionals;
  const clips = Number(values.clips ?? { features: 240, memory: 1440, steadiness: 1, predict: 100 }[bench]);
  if (
    values.help ||
    !['features', 'memory', 'steadiness', 'predict'].includes(positionals.join()) ||
    !(Number.isInteger(clips) && clips > 0)
  ) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  await setUp();
  if (values.peers) installPeers();
  const measure = { features: benchFeatures, memory: benchMemory, steadiness: benchSteadiness, predict: benchPredict }[
    bench
  ];
  await measure?.({ data: values.data, clips, json: values.json });
  return 0;
});
