/** `npm run bench -- NAME`: how fast, beside its peers, how large and how steady, on this machine, now. */
import { parseArgs } from 'node:util';
import { benchFeatures } from './bench/features.mjs';
import { benchMemory } from './bench/memory.mjs';
import { installPeers } from './bench/peer.mjs';
import { benchPredict } from './bench/predict.mjs';
import { benchSteadiness } from './bench/steadiness.mjs';
import { benchTraining } from './bench/training.mjs';
import { runScript, setUp } from './setup/index.mjs';

const HELP = `npm run bench -- features|memory|training|steadiness|predict [--peers] [--data PATH] [--clips N] [--json FILE]

features: the front end's speed, beside librosa where it is installed. Everything is measured in one run, in turns, and
the medians of five are printed; then how far the numbers lie from librosa's on real recordings. memory: peak memory
of the feature store on N clips and on ten times as many. steadiness: memory over 200 training steps, and the price of
a fixed number of threads. training: a step of the original network beside tfjs's own layers, and beside Keras and
PyTorch where they are installed. predict: recordings recognised per second.

  --peers       installs librosa, or Keras and PyTorch, below .cache first
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
  const clips = Number(
    values.clips ?? { features: 240, memory: 1440, training: 1, steadiness: 1, predict: 100 }[bench],
  );
  if (
    values.help ||
    !['features', 'memory', 'training', 'steadiness', 'predict'].includes(positionals.join()) ||
    !(Number.isInteger(clips) && clips > 0)
  ) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  await setUp();
  if (values.peers) installPeers(bench === 'training' ? 'training' : 'librosa');
  const benches = {
    features: benchFeatures,
    memory: benchMemory,
    training: benchTraining,
    steadiness: benchSteadiness,
    predict: benchPredict,
  };
  const measure = Object.entries(benches).find(([name]) => name === bench)?.[1];
  await measure?.({ data: values.data, clips, json: values.json });
  return 0;
});
