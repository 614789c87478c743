/** `npm run ship -- --data PATH`: trains the model that comes with the project, from recordings alone. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { callerFolder, fromCaller, inProject, workFolder } from './setup/project.mjs';
import { shipGeneral } from './ship/general.mjs';

const HELP = `npm run ship -- --data PATH… [--model NAME] [--seed N]

Trains the shipped model on all actors of RAVDESS, by the same recipe as the folds of actor-5 on its card, and stores it
in data/models/NAME with the classifier of speaker sex. Temperature and threshold are fitted on the out-of-fold
predictions in that folder, predictions-seed….csv; create those first, with the commands of the model card. An
interrupted training is resumed by the same command; a finished one is only recalibrated.

--model general is trained on labelled recordings of several corpora instead, each named by --data, whose licences allow
to pass on what is trained on them; it prints its accuracy on each corpus by models of the others.

  --data PATH    RAVDESS, as for npm start
  --model NAME   recipe; default recommended, the one that predictions use by default
  --seed N       default 11
`;

/** Files of a run's folder that predictions do not need. */
const LEFT_OUT = /(checkpoint\.json|history\.csv)$/;

await runCommand({
  name: 'ship',
  help: HELP,
  options: {
    data: { type: 'string', multiple: true },
    model: { type: 'string', default: 'recommended' },
    seed: { type: 'string', default: '11' },
  },
  isEndedByReader: false,
  read({ values: { data, model, seed } }) {
    if (data === undefined) throw new Error('name the recordings with --data');
    if (!/^\d+$/.test(seed)) throw new Error(`--seed must be a whole number, got "${seed}"`);
    if (data.length > 1 && model !== 'general') throw new Error('name one corpus with --data');
    return { data: data.map(fromCaller), model, seed: Number(seed) };
  },
  work: ship,
});

/** @param {{ data: string[], model: string, seed: number }} what */
async function ship({ data, model, seed }) {
  if (model === 'general') return shipGeneral(data);
  const { openCorpus } = await import('../lib/dist/data/open-corpus.js');
  const { chooseCalibration } = await import('../lib/dist/evaluation/calibration/calibrate-folds.js');
  const { shippedMetrics } = await import('../lib/dist/evaluation/reports/score.js');
  const { writeJson } = await import('../lib/dist/files.js');
  const { computeFeatures } = await import('../lib/dist/features/store/store.js');
  const { genderData, saveGenderClassifier, trainGenderClassifier } = await import(
    '../lib/dist/inference/gender/gender.js'
  );
  const { prepareTrainer } = await import('../lib/dist/models/registry.js');
  const { readPredictions } = await import('../lib/dist/training/runs/predictions.js');
  const { openRun, runCorpus } = await import('../lib/dist/training/runs/run.js');
  const { trainFinal } = await import('../lib/dist/training/train-final.js');
  const target = inProject('data', 'models', model);
  const predictions = predictionsIn(target);
  const corpus = await openCorpus({ data: data[0] });
  if (corpus.kind !== 'ravdess' || corpus.report.absentActors.length > 0) {
    const got = `${corpus.clips.length} clips of ${corpus.label}`;
    throw new Error(`the shipped model learns from all actors of RAVDESS, got ${got}`);
  }
  const store = await computeFeatures(corpus, { root: path.join(workFolder, 'features'), copies: 0 });
  const trainer = await prepareTrainer(model, store);
  const run = openRun({
    ...{ root: path.join(workFolder, 'shipping'), name: `${model}-${seed}`, seed },
    corpus: runCorpus(store.manifest),
    configuration: { protocol: 'everyone', ...trainer.configuration },
  });
  const started = performance.now();
  if (run.info.status !== 'finished') {
    await trainFinal({
      ...{ store, trainer, artefacts: run, seed },
      onBatch: ({ epoch, epochs, batch, batches, loss }, member) => {
        if (batch < batches) return;
        process.stderr.write(`${member}: epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}\n`);
      },
    });
  }
  run.writeJson('calibration.json', chooseCalibration(predictions.flatMap(readPredictions)));
  const voices = genderData(store);
  const sex = trainGenderClassifier({ ...voices, trainActors: [...new Set(voices.actors)], seed });
  saveGenderClassifier(run.file('gender.json'), sex);
  run.finish();
  const bytes = await replace(run.folder, target);
  writeJson(path.join(target, 'metrics.json'), shippedMetrics(target));
  const minutes = (performance.now() - started) / 60_000;
  console.log(
    `${path.relative(callerFolder, target)}: ${(bytes / 1e6).toFixed(1)} MB, in ${minutes.toFixed(1)} minutes`,
  );
}

/** Files of out-of-fold predictions. @param {string} folder */
function predictionsIn(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const files = names.filter((name) => /^predictions-seed\d+\.csv$/.test(name));
  if (files.length === 0) throw new Error(`predictions-seed….csv must be in ${folder}, got none; see --help`);
  return files.map((name) => path.join(folder, name));
}

/**
 * Puts a run's files in place of those of an earlier model, entry by entry; card and predictions stay.
 *
 * @param {string} source @param {string} target @returns {Promise<number>} bytes
 */
async function replace(source, target) {
  const { removeLeftovers, temporaryBeside } = await import('../lib/dist/files.js');
  const needed = (/** @type {string} */ file) => !LEFT_OUT.test(file);
  for (const name of fs.readdirSync(source).filter(needed)) {
    const place = path.join(target, name);
    removeLeftovers(place);
    const [made, old] = [temporaryBeside(place), temporaryBeside(place)];
    fs.cpSync(path.join(source, name), made, { recursive: true, filter: needed });
    if (fs.existsSync(place)) fs.renameSync(place, old);
    fs.renameSync(made, place);
    fs.rmSync(old, { recursive: true, force: true });
  }
  return fs
    .readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(needed)
    .map((name) => fs.statSync(path.join(source, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
