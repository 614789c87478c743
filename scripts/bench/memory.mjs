/** Peak memory: of the feature store, on a corpus and on the same corpus several times over; and of long recordings. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { argumentsOf, runApart } from './measure.mjs';

const TIMES = 10;
/** Seconds of a long recording. */
const LONG = 2 * 3600;
/** Arguments of ffmpeg for each format that a long recording is tried in, by the ending of its name. */
const FORMATS = {
  mp3: '-c:a libmp3lame -b:a 64k',
  m4a: '-c:a aac -b:a 64k',
  aac: '-c:a aac -b:a 64k',
  flac: '-c:a flac',
  ogg: '-c:a libvorbis -b:a 64k',
  opus: '-c:a libopus -b:a 64k',
  webm: '-c:a libopus -b:a 64k',
  wma: '-c:a wmav2 -b:a 64k',
  aiff: '-c:a pcm_s16be',
  caf: '-c:a pcm_s16be',
  au: '-c:a pcm_s16be',
  mov: '-f lavfi -i color=size=64x64:rate=1 -shortest -c:v mpeg4 -c:a aac -b:a 64k',
};

/** @param {{ data?: string, clips: number, folder: string }} options */
export async function bench({ data = '', clips, folder }) {
  const megabytes = [1, TIMES].map((times) => {
    const root = path.join(folder, `features-${times}`);
    const { count, peak } = runApart(import.meta.url, ['features', root, data, clips, times]);
    console.log(`${String(count).padStart(6)} clips: ${peak.toFixed(0)} MB at most`);
    return peak;
  });
  console.log(`ratio ${(megabytes[1] / megabytes[0]).toFixed(3)}`);
  await benchLong(folder, data);
}

/** Predictions for recordings of two hours, each in a separate process. @param {string} folder @param {string} data */
async function benchLong(folder, data) {
  const wav = path.join(folder, 'long.wav');
  await writeLong(wav, data);
  const original = path.join(folder, 'original');
  const { writeOriginal } = await import('./predict.mjs');
  await writeOriginal(original);
  const rows = [longRow(wav, ''), longRow(wav, original)];
  const isInstalled = spawnSync('ffmpeg', ['-version']).status === 0;
  if (!isInstalled) console.log('ffmpeg is not installed: long recordings are tried as WAV only');
  for (const [ending, options] of isInstalled ? Object.entries(FORMATS) : []) {
    const file = path.join(folder, `long.${ending}`);
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-i', wav, ...options.split(' '), file]);
    if (status !== 0) throw new Error(String(stderr));
    rows.push(longRow(file, original));
    fs.rmSync(file);
  }
  console.table(rows);
}

/** @param {string} file @param {string} model a folder; empty: the shipped model */
function longRow(file, model) {
  const { seconds, peak, windows } = runApart(import.meta.url, ['predict', file, model]);
  return {
    format: path.extname(file).slice(1),
    model: model ? 'original network' : 'shipped model',
    'file, MB': (fs.statSync(file).size / 2 ** 20).toFixed(0),
    windows,
    seconds: seconds.toFixed(0),
    'peak, MB': peak.toFixed(0),
  };
}

/** Clips of a corpus, again and again, as 44,100 Hz of 16 bits. @param {string} file @param {string} data */
async function writeLong(file, data) {
  const { encodeWav } = await import('../../lib/dist/audio/formats/write-wav.js');
  const { loadAudio } = await import('../../lib/dist/audio/load.js');
  const { openCorpus } = await import('../../lib/dist/data/open-corpus.js');
  const { clips } = await openCorpus({ data: data || undefined });
  const handle = fs.openSync(file, 'w');
  let seconds = 0;
  for (let n = 0; seconds < LONG; n++) {
    const signal = await loadAudio(clips[n % clips.length].path, { sampleRate: 44_100 });
    const bytes = encodeWav(signal);
    if (n === 0) {
      const head = Buffer.from(bytes.subarray(0, 44));
      head.writeUInt32LE(0xffff_ffff, 40); // as a writer to a pipe leaves it
      fs.writeSync(handle, head);
    }
    fs.writeSync(handle, bytes, 44);
    seconds += signal.samples.length / signal.sampleRate;
  }
  fs.closeSync(handle);
}

/** Measurements in a separate process, which loads no more than it needs. @type {Record<string, (...args: string[]) => Promise<object>>} */
const apart = {
  async predict(file, folder) {
    const { EmotionPredictor } = await import('../../lib/dist/inference/predictor.js');
    const predictor = await EmotionPredictor.load(folder ? { folder } : { run: 'shipped' });
    const started = performance.now();
    const { windows } = await predictor.predict(file);
    return { windows: windows?.count ?? 1, seconds: (performance.now() - started) / 1000 };
  },
  async features(root, data, most, times) {
    const { openCorpus } = await import('../../lib/dist/data/open-corpus.js');
    const { computeFeatures } = await import('../../lib/dist/features/store/store.js');
    const corpus = await openCorpus({ data: data || undefined });
    const once = corpus.clips.slice(0, Number(most));
    // The same recordings under other names, as links would be.
    const clips = Array.from({ length: Number(times) }, (_, n) =>
      once.map((clip) => ({ ...clip, name: `${n}-${clip.name}` })),
    ).flat();
    await computeFeatures({ ...corpus, clips }, { root });
    return { count: clips.length };
  },
};

const [measurement, ...args] = argumentsOf(import.meta.url) ?? [];
if (measurement) {
  const figures = await apart[measurement](...args);
  console.log(JSON.stringify({ ...figures, peak: process.resourceUsage().maxRSS / 1024 }));
}
