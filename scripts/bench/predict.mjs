/** Recordings predicted per second: in one process, and by the command including its start. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SPECTRUM } from '../../lib/dist/config.js';
import { EMOTIONS } from '../../lib/dist/data/labels.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { EmotionPredictor } from '../../lib/dist/inference/predictor.js';
import { saveModel } from '../../lib/dist/layers/model-file.js';
import { originalModel } from '../../lib/dist/models/network/original.js';
import { inProject } from '../setup/project.mjs';

const ROUNDS = 5;
/** Number of files that are predicted one by one. */
const ALONE = 30;

/** @typedef {{ perSecond: number, alone: number, command: number }} Pace files per second; ms for one; s for the command */

/** @param {{ data?: string, clips: number, json?: string }} options */
export async function bench({ data, clips, json }) {
  const corpus = await openCorpus({ data });
  const files = corpus.clips.slice(0, clips).map((clip) => clip.path);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-bench-'));
  try {
    await writeOriginal(folder);
    const shipped = inProject('data', 'models', 'recommended');
    /** @type {Record<string, Pace>} */
    const paces = {
      'original network': await paceOf(folder, false, files),
      'shipped model': await paceOf(shipped, false, files),
      'shipped model, quick': await paceOf(shipped, true, files),
    };
    console.log(
      `${files.length} recordings of ${corpus.label}, ${os.availableParallelism()} cores (${os.cpus()[0].model.trim()})`,
    );
    console.table(
      Object.entries(paces).map(([model, { perSecond, alone, command }]) => ({
        model,
        'files/s in one process': perSecond.toFixed(0),
        'one file, ms': alone.toFixed(0),
        'npm run predict with its start, s': command.toFixed(1),
      })),
    );
    if (json) fs.writeFileSync(json, `${JSON.stringify({ files: files.length, paces }, null, 2)}\n`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Medians. @param {string} folder @param {boolean} quick @param {string[]} files @returns {Promise<Pace>} */
async function paceOf(folder, quick, files) {
  const predictor = await EmotionPredictor.load({ folder, quick });
  /** @type {number[]} */
  const rates = [];
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    for await (const { error } of predictor.predictEach(files)) if (error) throw error;
    // The first one warms everything up.
    if (round > 0) rates.push(files.length / ((performance.now() - started) / 1000));
  }
  for (const file of files.slice(0, ALONE)) {
    const started = performance.now();
    await predictor.predict(file);
    times.push(performance.now() - started);
  }
  predictor.dispose();
  const started = performance.now();
  const args = [
    inProject('scripts', 'predict.mjs'),
    '--csv',
    '--model',
    folder,
    ...(quick ? ['--quick'] : []),
    ...files,
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return { perSecond: median(rates), alone: median(times), command: (performance.now() - started) / 1000 };
}

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** The original network as it is before training, which takes as long as after. @param {string} folder */
export async function writeOriginal(folder) {
  const { coefficients, frames } = SPECTRUM;
  const model = originalModel({ frames, coefficients });
  await saveModel(model, path.join(folder, 'model'));
  model.dispose();
  fs.writeFileSync(path.join(folder, 'labels.json'), JSON.stringify(EMOTIONS));
  fs.writeFileSync(path.join(folder, 'features.json'), JSON.stringify({ kind: 'mfcc' }));
  const scaler = { mean: new Array(coefficients).fill(0), deviation: new Array(coefficients).fill(1) };
  fs.writeFileSync(path.join(folder, 'scaler.json'), JSON.stringify(scaler));
}
