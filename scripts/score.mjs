/** `npm run score -- FILE…`: recomputes every figure from out-of-fold prediction files, in seconds. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runScript, setUp } from './setup/index.mjs';
import { callerFolder, inProject, messageOf } from './setup/project.mjs';

const HELP = `npm run score -- FILE… [--against FILE]…
npm run score -- --update

Computes every figure of a model from its out-of-fold predictions: files predictions….csv of a run or of data/models, one
per seed. A validation….csv beside each file provides temperatures and thresholds.

  FILE…      scores, intervals, seeds, emotions, confusion, groups and calibration, as Markdown
  --against  files of another model, one per seed: difference in UAR, with the p-value of a permutation test by actor
  --update   rewrites the figures in README.md and in the model cards of data/models
  --check    reports figures that differ from the files; exit code 1 if there are any
`;

await runScript(() => main(process.argv.slice(2)));

/** @param {string[]} args @returns {Promise<number>} 0: done; 1: figures or files are wrong; 2: wrong options */
async function main(args) {
  let options;
  try {
    options = parseArgs({
      args,
      allowPositionals: true,
      options: {
        against: { type: 'string', multiple: true },
        update: { type: 'boolean' },
        check: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { against, update, check, help } = options.values;
    if (against && options.positionals.length === 0) throw new Error('--against needs files to compare');
    const ways = [update, check, options.positionals.length > 0].filter(Boolean).length;
    if (!help && ways !== 1) throw new Error('name files, or one of --update and --check');
  } catch (error) {
    process.stderr.write(`score: ${messageOf(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await setUp();
  const { compareFiles, describeDifference, scoreReport, updateFigures } = await import(
    '../lib/dist/evaluation/reports/score.js'
  );
  const { writeFile } = await import('../lib/dist/files.js');
  try {
    const files = options.positionals.map((file) => path.resolve(callerFolder, file));
    if (files.length > 0) {
      const others = options.values.against?.map((file) => path.resolve(callerFolder, file));
      const compared = others ? compareFiles(files, others) : undefined;
      process.stdout.write(`${scoreReport(files)}\n`);
      if (compared) {
        const whose = others?.map((file) => path.relative(callerFolder, file)).join(', ');
        process.stdout.write(
          `\n### Against ${whose}\n\nUAR ${describeDifference(compared)}, exchanged by ${compared.actors} actors.\n`,
        );
      }
      return 0;
    }
    let stale = 0;
    for (const file of documents()) {
      const text = fs.readFileSync(file, 'utf8');
      const updated = updateFigures(text, path.dirname(file));
      const name = path.relative(inProject(), file);
      if (updated === text) process.stdout.write(`${name}: up to date\n`);
      else if (options.values.update) {
        writeFile(file, updated);
        process.stdout.write(`${name}: updated\n`);
      } else {
        stale++;
        process.stdout.write(`${name}: out of date; run "npm run score -- --update"\n`);
      }
    }
    return stale > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`score: ${messageOf(error)}\n`);
    return 1;
  }
}

/** README and the model cards of shipped models. */
function documents() {
  const models = inProject('data', 'models');
  const cards = fs.existsSync(models)
    ? fs.readdirSync(models, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
    : [];
  return [inProject('README.md'), ...cards.sort().map((file) => path.join(models, file))];
}
