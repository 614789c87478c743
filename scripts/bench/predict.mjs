/** Recordings predicted per second: in one process, and by the command including its start. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SPECTRUM } from '../../lib/dist/config.js';
import { EMOTIONS } from '../../lib/dist/data/labels.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { EmotionPredictor } from '../../lib/dist/inference/predictor.js';
import { saveModel } from '../../lib/dist/layers/model-file.js';
import { originalModel } from '../../lib/dist/models/network/original.js';
import { inProject } from '../setup/project.mjs';
import { machineLine, median, seconds } from './measure.mjs';

const ROUNDS = 5;
/** Number of files that are predicted one by one. */
const ALONE = 30;

/** @typedef {{ perSecond: number, alone: number, command: number }} Pace files per second; ms for one; s for the command */

/** @param {{ data?: string, clips: number, folder: string }} options */
export async function bench({ data, clips, folder }) {
  const corpus = await openCorpus({ data });
  const files = corpus.clips.slice(0, clips).map((clip) => clip.path);
  await writeOriginal(folder);
  const shipped = inProject('data', 'models', 'recommended');
  /** @type {Record<string, Pace>} */
  const paces = {
    'original network': await paceOf(folder, false, files),
    'shipped model': await paceOf(shipped, false, files),
    'shipped model, quick': await paceOf(shipped, true, files),
  };
  console.log(`${files.length} recordings of ${corpus.label}, ${machineLine}`);
  console.table(
    Object.entries(paces).map(([model, { perSecond, alone, command }]) => ({
      model,
      'files/s in one process': perSecond.toFixed(0),
      'one file, ms': alone.toFixed(0),
      'npm run predict with its start, s': command.toFixed(1),
    })),
  );
}

/** Medians. @param {string} folder @param {boolean} quick @param {string[]} files @returns {Promise<Pace>} */
async function paceOf(folder, quick, files) {
  const predictor = await EmotionPredictor.load({ folder, quick });
  /** @type {number[]} */
  const rates = [];
  /** @type {number[]} */
  const times = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const time = await seconds(async () => {
      for await (const { error } of predictor.predictEach(files)) if (error) throw error;
    });
    if (round > 0) rates.push(files.length / time); // the first one warms everything up
  }
  for (const file of files.slice(0, ALONE)) times.push(1000 * (await seconds(() => predictor.predict(file))));
  predictor.dispose();
  const options = ['--csv', '--model', folder, ...(quick ? ['--quick'] : [])];
  const command = await seconds(() => {
    const args = [inProject('scripts', 'predict.mjs'), ...options, ...files];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  });
  return { perSecond: median(rates), alone: median(times), command };
}

/** The original network as it is before training, which takes as long as after. @param {string} folder */
export async function writeOriginal(folder) {
  const { coefficients, frames } = SPECTRUM;
  const model = originalModel({ frames, coefficients });
  await saveModel(model, path.join(folder, 'model'));
  model.dispose();
  const scaler = { mean: new Array(coefficients).fill(0), deviation: new Array(coefficients).fill(1) };
  for (const [name, content] of Object.entries({ labels: EMOTIONS, features: { kind: 'mfcc' }, scaler })) {
    fs.writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(content));
  }
}
