/** `npm run bench -- NAME`: speed, memory and accuracy on this machine, compared with other libraries. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installPeers } from './bench/peer.mjs';
import { runCommand } from './command.mjs';

/**
 * Benchmarks, with the default number of clips and the environment of their peers if they have some.
 *
 * @type {Record<string, { clips?: number, peers?: import('./bench/peer.mjs').Environment }>}
 */
const BENCHES = {
  features: { clips: 240, peers: 'librosa' },
  memory: { clips: 1440 },
  training: { peers: 'training' },
  steadiness: {},
  original: { clips: 1440, peers: 'training' },
  predict: { clips: 100 },
  gender: { peers: 'librosa' },
  quick: {},
  fuzz: {},
};

const HELP = `npm run bench -- ${Object.keys(BENCHES).join('|')} [--peers] [--data PATH] [--clips N]

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
`;

await runCommand({
  name: 'bench',
  help: HELP,
  allowPositionals: true,
  options: {
    peers: { type: 'boolean', default: false },
    data: { type: 'string' },
    clips: { type: 'string' },
    run: { type: 'string' },
    epochs: { type: 'string', default: '60' },
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '11,12,13' },
  },
  read({ values, positionals }) {
    const name = positionals.join();
    if (!Object.hasOwn(BENCHES, name)) throw new Error(`name one of ${Object.keys(BENCHES).join(', ')}`);
    const numbers = {
      clips: Number(values.clips ?? BENCHES[name].clips ?? 1),
      epochs: Number(values.epochs),
      count: Number(values.count),
      seed: Number(values.seed),
      seeds: values.seeds.split(',').map(Number),
    };
    const { seeds, ...others } = numbers;
    const isWhole = [...Object.values(others), ...seeds].every((number) => Number.isInteger(number) && number > 0);
    if (!isWhole || new Set(seeds).size < seeds.length)
      throw new Error('numbers must be whole, above 0, and seeds distinct');
    /** @type {Record<string, any>} */
    const options = { ...values, ...numbers };
    return { name, options };
  },
  async work({ name, options }) {
    const { peers } = BENCHES[name];
    if (options.peers && peers) installPeers(peers);
    const { bench } = await import(`./bench/${name}.mjs`); // which needs what set-up has built
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), `ser-${name}-`));
    try {
      return await bench({ ...options, folder });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  },
});
