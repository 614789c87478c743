/** Cost of `--quick` in UAR: each fold's model of a run predicts its test clips with and without it. */

import { EMOTIONS } from '../../lib/dist/data/labels.js';
import { openCorpus } from '../../lib/dist/data/open-corpus.js';
import { bootstrapByActor } from '../../lib/dist/evaluation/bootstrap.js';
import { comparePaired } from '../../lib/dist/evaluation/comparison.js';
import { evaluatePredictions } from '../../lib/dist/evaluation/metrics.js';
import { percent } from '../../lib/dist/evaluation/reports/report.js';
import { EmotionPredictor } from '../../lib/dist/inference/predictor.js';
import { dataPath } from '../../lib/dist/project.js';
import { readPredictions } from '../../lib/dist/training/runs/predictions.js';
import { loadRun } from '../../lib/dist/training/runs/run.js';
import { folderOf, modelFolder, readTraining } from '../../lib/dist/training/train.js';
import { SetupError } from '../setup/project.mjs';

/** @param {{ data?: string, run?: string }} options run: name of a finished run of linear models or a fusion */
export async function bench({ data, run: name }) {
  if (name === undefined) throw new SetupError('quick needs --run NAME: a finished run whose model has linear parts');
  const run = loadRun(dataPath('runs'), name);
  const protocol = String(run.info.configuration.protocol);
  const rows = readPredictions(folderOf(run, protocol).existingFile('predictions.csv'));
  const corpus = await openCorpus({ data });
  const clips = new Map(corpus.clips.map((clip) => [clip.name, clip]));
  const training = readTraining(run, protocol);
  const asked = rows.map(({ clip, fold }) => {
    const own = clips.get(clip);
    if (!own)
      throw new SetupError(`quick: ${clip} of run ${name} is not in ${corpus.label}; name its recordings by --data`);
    return { ...own, folder: modelFolder(run, training, fold).folder };
  });
  const truth = asked.map(({ label }) => label);
  const actors = asked.map(({ actor }) => actor);
  /** @type {Record<string, number[]>} */
  const predicted = {};
  for (const quick of [false, true]) {
    /** @type {Map<string, number>} */
    const classOf = new Map();
    for (const folder of new Set(asked.map((clip) => clip.folder))) {
      const predictor = await EmotionPredictor.load({ folder, quick });
      const files = asked.filter((clip) => clip.folder === folder).map((clip) => clip.path);
      for await (const { recording, prediction, error } of predictor.predictEach(files)) {
        if (!prediction) throw error;
        classOf.set(String(recording), EMOTIONS.indexOf(prediction.emotion));
      }
      predictor.dispose();
    }
    predicted[quick ? 'quick' : 'as evaluated'] = asked.map((clip) => classOf.get(clip.path) ?? -1);
  }
  const results = Object.entries(predicted).map(([way, classes]) => {
    const { low, high } = bootstrapByActor({ truth, predicted: classes, actors }).uar;
    const probabilities = classes.map((answer) => EMOTIONS.map((_, label) => Number(label === answer)));
    return {
      mode: way,
      UAR: percent(evaluatePredictions({ truth, probabilities, labels: EMOTIONS }).uar),
      '95 % interval over actors': `${percent(low)} to ${percent(high)}`,
    };
  });
  const { difference, pValue } = comparePaired({
    truth,
    actors,
    first: predicted.quick,
    second: predicted['as evaluated'],
  });
  console.log(`run ${name}, ${protocol}: ${rows.length} clips of ${corpus.label}, out of fold`);
  console.table(results);
  console.log(`quick: ${difference < 0 ? '−' : '+'}${percent(Math.abs(difference))} UAR, p = ${pValue.toFixed(4)}`);
}
