/** `npm run score -- FILE…`: recomputes every figure from out-of-fold prediction files, in seconds. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { callerFolder, fromCaller, inProject } from './setup/project.mjs';

const HELP = `npm run score -- FILE… [--against FILE]…
npm run score -- --update

Computes every figure of a model from its out-of-fold predictions: files predictions….csv of a run or of data/models, one
per seed. A validation….csv beside each file provides temperatures and thresholds.

  FILE…      scores, intervals, seeds, emotions, confusion, groups and calibration, as Markdown; FIRST+SECOND fuses two
             models fold by fold, with weights from their validation predictions
  --against  files of another model, one per seed: difference in UAR, with the p-value of a permutation test by actor
  --update   rewrites the figures in README.md, and in the model cards and metrics.json files of data/models
  --check    reports figures that differ from the files; exit code 1 if there are any
`;

await runCommand({
  name: 'score',
  help: HELP,
  allowPositionals: true,
  options: {
    against: { type: 'string', multiple: true },
    update: { type: 'boolean' },
    check: { type: 'boolean' },
  },
  read({ values: { against, update, check }, positionals }) {
    if (against && positionals.length === 0) throw new Error('--against needs files to compare');
    const ways = [update, check, positionals.length > 0].filter(Boolean).length;
    if (ways !== 1) throw new Error('name files, or one of --update and --check');
    const [files, others = []] = [positionals, against].map((names) =>
      names?.map((/** @type {string} */ name) =>
        (fs.existsSync(fromCaller(name)) ? [name] : name.split('+')).map(fromCaller).join('+'),
      ),
    );
    return { files, others, update };
  },
  work: ({ files = [], others, update }) => (files.length > 0 ? report(files, others) : refresh(update)),
});

/** Prints the figures of files of predictions. @param {string[]} files @param {string[]} others */
async function report(files, others) {
  const { compareFiles, describeDifference, scoreReport } = await import('../lib/dist/evaluation/reports/score.js');
  const compared = others.length > 0 ? compareFiles(files, others) : undefined;
  process.stdout.write(`${scoreReport(files)}\n`);
  if (!compared) return;
  const whose = others.map((file) => path.relative(callerFolder, file)).join(', ');
  process.stdout.write(
    `\n### Against ${whose}\n\nUAR ${describeDifference(compared)}, exchanged by ${compared.actors} actors.\n`,
  );
}

/** Compares the figures in documents with the files, or updates them. @param {boolean} update */
async function refresh(update) {
  const { shippedMetrics, updateFigures } = await import('../lib/dist/evaluation/reports/score.js');
  const { jsonText, writeFile } = await import('../lib/dist/files.js');
  const cards = documents().map((file) => {
    const text = fs.readFileSync(file, 'utf8');
    return { file, text, updated: updateFigures(text, path.dirname(file)) };
  });
  const metrics = shippedModels().map((folder) => {
    const file = path.join(folder, 'metrics.json');
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    return { file, text, updated: jsonText(shippedMetrics(folder)) };
  });
  let code = 0;
  for (const { file, text, updated } of [...cards, ...metrics]) {
    const isStale = updated !== text;
    if (isStale && update) writeFile(file, updated);
    if (isStale && !update) code = 1;
    const state = update ? 'updated' : 'out of date; run "npm run score -- --update"';
    process.stdout.write(`${path.relative(inProject(), file)}: ${isStale ? state : 'up to date'}\n`);
  }
  return code;
}

/** Folders of models that can be loaded. */
function shippedModels() {
  const models = inProject('data', 'models');
  const names = fs.existsSync(models) ? fs.readdirSync(models).sort() : [];
  return names.map((name) => path.join(models, name)).filter((folder) => fs.existsSync(path.join(folder, 'run.json')));
}

/** README and the model cards of shipped models. */
function documents() {
  const models = inProject('data', 'models');
  const cards = fs.existsSync(models)
    ? fs.readdirSync(models, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
    : [];
  return [inProject('README.md'), ...cards.sort().map((file) => path.join(models, file))];
}
