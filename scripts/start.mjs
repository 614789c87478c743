/** `npm start`: runs the notebooks in order, without a browser, and renders them. */
import path from 'node:path';
import { whyNoBrowser } from './browser/index.mjs';
import { runCommand } from './command.mjs';
import { HELP, OPTIONS, readOptions } from './run/options.mjs';
import { execute } from './run/runner.mjs';
import { messageOf } from './setup/project.mjs';

await runCommand({
  name: 'start',
  help: HELP,
  options: OPTIONS,
  isEndedByReader: false,
  read: readOptions,
  work: start,
});

/** @param {ReturnType<typeof readOptions>} chosen @returns {Promise<number>} the exit code */
async function start({ job, data }) {
  console.log(`Corpus: ${await corpus(data)}`);
  const { results, failure, stopped } = await execute(job, data);

  const { table } = await import('../lib/dist/display/table.js');
  const rows = results.map(({ name, cells, of, seconds, outcome }) => ({
    notebook: name,
    cells: of > 0 ? `${cells}/${of}` : '',
    seconds: of > 0 ? seconds.toFixed(1) : '',
    result: outcome,
  }));
  console.log(`\n${table(rows)['text/plain']}\n`);
  const rendered = results.filter(({ of }) => of > 0).map(({ name }) => name);
  if (rendered.length > 0) {
    const relative = path.relative(process.cwd(), job.out);
    const out = relative.startsWith('..') ? job.out : relative;
    console.log(
      `Rendered copies in ${out}: ${rendered.flatMap((name) => [`${name}.html`, `${name}.ipynb`]).join(', ')}`,
    );
    await picture(rendered.map((name) => path.join(job.out, `${name}.ipynb`)));
    const { writeIndexPage } = await import('./run/index-page.mjs'); // which needs what set-up has built
    writeIndexPage(job.out, results);
    console.log(`Open ${path.join(out, 'index.html')}`);
  }
  if (stopped) {
    console.error('Stopped.');
    return 130;
  }
  if (failure) console.error(describe(failure));
  return failure ? 1 : 0;
}

/** Corpus that the notebooks will find, by the same rule. @param {string | undefined} data */
async function corpus(data) {
  const { findCorpus } = await import('../lib/dist/data/corpus.js'); // which set-up has built
  const { kind, path } = findCorpus({ path: data });
  return kind === 'ravdess' ? path : 'practice corpus: synthetic voices ("npm run data" fetches RAVDESS)';
}

/**
 * Adds still pictures if possible; otherwise only prints the reason, since everything else works without them.
 *
 * @param {string[]} files executed notebooks
 */
async function picture(files) {
  const { addPictures } = await import('./run/pictures.mjs'); // which needs what set-up has built
  try {
    if ((await addPictures(files)) !== undefined) return;
    console.log(`The .ipynb files have no still pictures for GitHub and nbviewer: ${whyNoBrowser()}`);
  } catch (error) {
    const [reason] = messageOf(error).split('\n', 1);
    console.log(`Still pictures for GitHub and nbviewer could not be added to the .ipynb files: ${reason}`);
  }
}

/** @param {import('./run/runner.mjs').Failure} failure */
function describe({ name, number, source, error, traceback }) {
  const stack = traceback.filter((line) => line.startsWith('    at '));
  const code = source.split('\n').map((line) => `  | ${line}`);
  return [`${name}: cell ${number} failed`, error, ...stack, ...code].join('\n');
}
