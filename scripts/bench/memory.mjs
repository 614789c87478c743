/** Peak memory: of the feature store, on a corpus and on the same corpus several times over; and of long recordings. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** @param {{ data?: string, clips: number, json?: string }} options */
export async function bench({ data, clips, json }) {
  const megabytes = [1, TIMES].map((times) => {
    const args = [fileURLToPath(import.meta.url), String(clips), String(times), data ?? ''];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { count, peak } = JSON.parse(stdout);
    console.log(`${String(count).padStart(6)} clips: ${peak.toFixed(0)} MB at most`);
    return peak;
  });
  const ratio = megabytes[1] / megabytes[0];
  console.log(`ratio ${ratio.toFixed(3)}`);
  const long = await benchLong(data);
  if (json)
    fs.writeFileSync(json, `${JSON.stringify({ megabytes, long, ratios: { memoryTenfold: ratio } }, null, 2)}\n`);
}

/** Predictions for recordings of two hours, each in a separate process. @param {string} [data] */
async function benchLong(data) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-long-'));
  try {
    const wav = path.join(folder, 'long.wav');
    await writeLong(wav, data);
    const original = path.join(folder, 'original');
    fs.mkdirSync(original);
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
    return rows;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** @param {string} file @param {string} model a folder; empty: the shipped model */
function longRow(file, model) {
  const args = [fileURLToPath(import.meta.url), 'predict', file, model];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { seconds, peak, windows } = JSON.parse(stdout);
  return {
    format: path.extname(file).slice(1),
    model: model ? 'original network' : 'shipped model',
    'file, MB': (fs.statSync(file).size / 2 ** 20).toFixed(0),
    windows,
    seconds: seconds.toFixed(0),
    'peak, MB': peak.toFixed(0),
  };
}

/** Clips of a corpus, again and again, as 44,100 Hz of 16 bits. @param {string} file @param {string} [data] */
async function writeLong(file, data) {
  const { encodeWav } = await import('../../lib/dist/audio/formats/write-wav.js');
  const { loadAudio } = await import('../../lib/dist/audio/load.js');
  const { openCorpus } = await import('../../lib/dist/data/open-corpus.js');
  const { clips } = await openCorpus({ data });
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

/** One prediction in a separate process. @param {string} file @param {string} folder */
async function predictLong(file, folder) {
  const { EmotionPredictor } = await import('../../lib/dist/inference/predictor.js');
  const predictor = await EmotionPredictor.load(folder ? { folder } : { run: 'shipped' });
  const started = performance.now();
  const { windows } = await predictor.predict(file);
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ windows: windows?.count ?? 1, seconds, peak: process.resourceUsage().maxRSS / 1024 }));
}

/** One measurement in a separate process. @param {number} most @param {number} times @param {string} data */
async function measure(most, times, data) {
  const { openCorpus } = await import('../../lib/dist/data/open-corpus.js');
  const { computeFeatures } = await import('../../lib/dist/features/store/store.js');
  const corpus = await openCorpus({ data: data || undefined });
  const once = corpus.clips.slice(0, most);
  // The same recordings under other names, as links would be.
  const clips = Array.from({ length: times }, (_, n) =>
    once.map((/** @type {any} */ clip) => ({ ...clip, name: `${n}-${clip.name}` })),
  ).flat();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-memory-'));
  try {
    await computeFeatures({ ...corpus, clips }, { root });
  } finally {
    fs.rmSync(root, { recursive: true });
  }
  console.log(JSON.stringify({ count: clips.length, peak: process.resourceUsage().maxRSS / 1024 }));
}

const [script, most, times, data] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url)) {
  if (most === 'predict') await predictLong(times, data);
  else await measure(Number(most), Number(times), data);
}
