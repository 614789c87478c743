/** `npm run ship -- --data PATH`: makes the model that comes with the project, from recordings alone. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runScript, setUp } from './setup/index.mjs';
import { callerFolder, inProject, messageOf, workFolder } from './setup/project.mjs';

const HELP = `npm run ship -- --data PATH [--model NAME] [--seed N]

Trains the shipped model on all actors of RAVDESS, as the folds of actor-5 on its card were, and puts it into
data/models/NAME with the classifier of the voice's sex. Temperature and threshold come from the answers about
unheard voices that lie there, predictions-seed….csv: those are made first, by the commands of the model card.
Interrupted, the same command goes on; after a training that was finished, it only calibrates anew.

  --data PATH    RAVDESS, as for npm start
  --model NAME   the recipe; default recommended, the only one that answers by itself
  --seed N       default 11
`;

const CLIPS = 1440;
/** What of a run's folder a model does not need to answer. */
const LEFT_OUT = /(checkpoint\.json|history\.csv)$/;

await runScript(() => main(process.argv.slice(2)));

/** @param {string[]} args @returns {Promise<number>} 0: made; 1: it cannot be made; 2: wrong options */
async function main(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        data: { type: 'string' },
        model: { type: 'string', default: 'recommended' },
        seed: { type: 'string', default: '11' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
    if (!values.help && values.data === undefined) throw new Error('name the recordings with --data');
    if (!/^\d+$/.test(values.seed)) throw new Error(`--seed must be a whole number, got "${values.seed}"`);
  } catch (error) {
    process.stderr.write(`ship: ${messageOf(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await setUp();
  try {
    const data = path.resolve(callerFolder, values.data ?? '');
    await ship({ data, model: values.model, seed: Number(values.seed) });
    return 0;
  } catch (error) {
    process.stderr.write(`ship: ${messageOf(error)}\n`);
    return 1;
  }
}

/** @param {{ data: string, model: string, seed: number }} what */
async function ship({ data, model, seed }) {
  const require = createRequire(import.meta.url);
  /** @type {typeof import('../lib/dist/index.js')} */
  const lib = require('../lib/dist/index.js');
  const target = inProject('data', 'models', model);
  const answers = answersIn(target);
  const corpus = await lib.openCorpus({ data });
  const { length } = corpus.clips;
  if (corpus.kind !== 'ravdess' || length !== CLIPS) {
    throw new Error(`the shipped model learns from the ${CLIPS} clips of RAVDESS, got ${length} of ${corpus.label}`);
  }
  const store = await lib.computeFeatures(corpus, { root: path.join(workFolder, 'features'), copies: 0 });
  const trainer = await lib.prepareTrainer(model, store);
  const run = lib.openRun({
    ...{ root: path.join(workFolder, 'shipping'), name: `${model}-${seed}`, seed },
    corpus: {
      ...{ kind: corpus.kind, description: corpus.label },
      ...{ clips: corpus.clips.length, fingerprint: corpus.fingerprint },
    },
    configuration: { protocol: 'everyone', ...trainer.configuration },
  });
  const started = performance.now();
  if (run.info.status !== 'finished') {
    await lib.trainOnEveryone({
      ...{ store, trainer, section: run, seed },
      onBatch: ({ epoch, epochs, batch, batches, loss }, member) => {
        if (batch < batches) return;
        process.stderr.write(`${member}: epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}\n`);
      },
    });
  }
  run.writeJson('calibration.json', lib.chooseCalibration(answers.flatMap(lib.readPredictions)));
  const sex = lib.trainGenderClassifier({
    features: corpus.clips.map((_, i) => store.voice.subarray(i * 40, (i + 1) * 40)),
    sexes: corpus.clips.map((clip) => clip.sex),
    actors: corpus.clips.map(({ actor }) => actor),
    trainActors: [...new Set(corpus.clips.map(({ actor }) => actor))],
    seed,
  });
  lib.saveGenderClassifier(run.file('gender.json'), sex);
  run.finish();
  const bytes = replace(run.folder, target);
  const minutes = (performance.now() - started) / 60_000;
  console.log(
    `${path.relative(callerFolder, target)}: ${(bytes / 1e6).toFixed(1)} MB, in ${minutes.toFixed(1)} minutes`,
  );
}

/** The answers about unheard voices. @param {string} folder */
function answersIn(folder) {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const answers = names.filter((name) => /^predictions-seed\d+\.csv$/.test(name));
  if (answers.length === 0) throw new Error(`predictions-seed….csv must lie in ${folder}, got none; see --help`);
  return answers.map((name) => path.join(folder, name));
}

/**
 * Puts a run's files in place of those of an earlier model, entry by entry; card and answers stay.
 *
 * @param {string} source @param {string} target @returns {number} bytes
 */
function replace(source, target) {
  let bytes = 0;
  for (const name of fs.readdirSync(source)) {
    if (LEFT_OUT.test(name)) continue;
    const [place, temporary, old] = ['', '.part', '.old'].map((ending) => path.join(target, `${name}${ending}`));
    for (const rest of [temporary, old]) fs.rmSync(rest, { recursive: true, force: true });
    fs.cpSync(path.join(source, name), temporary, { recursive: true, filter: (file) => !LEFT_OUT.test(file) });
    if (fs.existsSync(place)) fs.renameSync(place, old);
    fs.renameSync(temporary, place);
    fs.rmSync(old, { recursive: true, force: true });
    bytes += sizeOf(place);
  }
  return bytes;
}

/** @param {string} file @returns {number} */
function sizeOf(file) {
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.size;
  return fs.readdirSync(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0);
}
