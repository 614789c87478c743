/** `npm run bench -- NAME`: speed, memory and accuracy on this machine, compared with other libraries. */
import { parseArgs } from 'node:util';
import { installPeers } from './bench/peer.mjs';
import { runScript, setUp } from './setup/index.mjs';

/**
 * Benchmarks with their default number of clips and the environment of their peers.
 *
 * @type {Record<string, { clips: number, peers: import('./bench/peer.mjs').Environment }>}
 */
const BENCHES = {
  features: { clips: 240, peers: 'librosa' },
  memory: { clips: 1440, peers: 'librosa' },
  training: { clips: 1, peers: 'training' },
  steadiness: { clips: 1, peers: 'librosa' },
  original: { clips: 1440, peers: 'training' },
  predict: { clips: 100, peers: 'librosa' },
  gender: { clips: 1, peers: 'librosa' },
  quick: { clips: 1, peers: 'librosa' },
  fuzz: { clips: 1, peers: 'librosa' },
};

const HELP = `npm run bench -- ${Object.keys(BENCHES).join('|')} [--peers] [--data PATH] [--clips N] [--json FILE]

features    speed of the front end, compared with librosa if it is installed, alternating in one run, medians of five;
            then the numerical difference from librosa on real recordings
memory      peak memory of the feature store on N clips and on ten times as many; then of two hours in every format
steadiness  memory over 200 training steps, and the cost of a fixed number of threads
training    one step of the original network, compared with the layers of tfjs, and with Keras and PyTorch if installed
original    the original's leaky protocol with three seeds, from recordings to test accuracy and UAR, compared with
            Keras with the first seed
predict     recordings predicted per second, by the original network and by the shipped model
gender      accuracy of speaker sex on held-out actors, compared with scikit-learn's SVC
quick       UAR of a run's models on held-out actors with predict --quick
fuzz        predictions for damaged files of 52 formats: no crash, no hang, no untyped error, no samples that are not
            finite, at most 1 GB of memory; needs ffmpeg and SoX

  --peers       first installs librosa, or Keras and PyTorch, below .cache
  --data PATH   RAVDESS; default SER_DATA, data/ravdess, or the practice corpus
  --clips N     clips per measurement (features: 240, memory: 1440, predict: 100)
  --epochs N    maximum number of epochs of original; default 60
  --seeds A,B   seeds of original; default 11,12,13
  --run NAME    run of quick; must be finished
  --count N     number of damaged files of fuzz; default 10000
  --seed N      seed of fuzz; default 1
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
      run: { type: 'string' },
      epochs: { type: 'string', default: '60' },
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '11,12,13' },
      help: { type: 'boolean', default: false },
    },
  });
  const known = Object.entries(BENCHES).find(([name]) => name === positionals.join());
  const clips = Number(values.clips ?? known?.[1].clips);
  const epochs = Number(values.epochs);
  const seeds = values.seeds.split(',').map(Number);
  const [count, seed] = [values.count, values.seed].map(Number);
  const distinct = new Set(seeds).size === seeds.length;
  const counts = [clips, epochs, count, seed, ...seeds];
  if (values.help || !known || !distinct || !counts.every((count) => Number.isInteger(count) && count > 0)) {
    console.error(HELP);
    return values.help ? 0 : 2;
  }
  await setUp();
  const [name, { peers }] = known;
  if (values.peers) installPeers(peers);
  const { bench } = await import(`./bench/${name}.mjs`); // which needs what set-up has built
  await bench({ data: values.data, clips, epochs, seeds, count, seed, json: values.json, run: values.run });
  return 0;
});
