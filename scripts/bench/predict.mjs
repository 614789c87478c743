/** How many recordings a second are recognised: in one process, and by the command with its start. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { inProject } from '../setup/project.mjs';

const ROUNDS = 5;
const require = createRequire(import.meta.url);

/** @param {{ data?: string, clips: number, json?: string }} options */
export async function benchPredict({ data, clips, json }) {
  /** @type {typeof import('../../lib/dist/index.js')} */
  const { EmotionPredictor, openCorpus } = require('../../lib/dist/index.js');
  const corpus = await openCorpus({ data });
  const files = corpus.clips.slice(0, clips).map((clip) => clip.path);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ser-bench-'));
  try {
    await writeModel(folder);
    const predictor = await EmotionPredictor.load({ folder });
    const rates = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const started = performance.now();
      for await (const { error } of predictor.predictEach(files)) if (error) throw error;
      // The first one warms everything up.
      if (round > 0) rates.push(files.length / ((performance.now() - started) / 1000));
    }
    predictor.dispose();
    const perSecond = rates.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
    const started = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      [inProject('scripts', 'predict.mjs'), '--csv', '--model', folder, ...files],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    const command = (performance.now() - started) / 1000;
    console.log(
      `${files.length} recordings of ${corpus.label}, ${os.availableParallelism()} cores (${os.cpus()[0].model.trim()})`,
    );
    console.log(`in one process: ${perSecond.toFixed(0)} files/s, median of ${ROUNDS}`);
    console.log(`npm run predict: ${command.toFixed(1)} s with its start`);
    if (json) fs.writeFileSync(json, `${JSON.stringify({ files: files.length, perSecond, command }, null, 2)}\n`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The original network as it is before training, which takes as long as after. @param {string} folder */
async function writeModel(folder) {
  /** @type {typeof import('../../lib/dist/index.js')} */
  const { EMOTIONS, SPECTRUM, originalModel, saveModel } = require('../../lib/dist/index.js');
  const { coefficients, frames } = SPECTRUM;
  const model = originalModel({ frames, coefficients });
  await saveModel(model, path.join(folder, 'model'));
  model.dispose();
  fs.writeFileSync(path.join(folder, 'labels.json'), JSON.stringify(EMOTIONS));
  fs.writeFileSync(path.join(folder, 'features.json'), JSON.stringify({ kind: 'mfcc' }));
  const scaler = { mean: new Array(coefficients).fill(0), deviation: new Array(coefficients).fill(1) };
  fs.writeFileSync(path.join(folder, 'scaler.json'), JSON.stringify(scaler));
}
