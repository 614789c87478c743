/** `npm run compare -- RUN RUN…`: compares runs, as tables and as a page. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { callerFolder, fromCaller, inProject, workFolder } from './setup/project.mjs';

const HELP = `npm run compare -- RUN RUN… [--out FILE]

Compares finished runs: parameters that differ, test figures with 95 % intervals, validation curves if any, and for each
run whether its difference from the first is significant (a permutation test by actor, over the clips that both were
tested on). Prints tables, and writes a page that can be opened offline.

  RUN          run name under data/runs, or "latest"
  --out FILE   path of the page; default data/rendered/compare.html
`;

await runCommand({
  name: 'compare',
  help: HELP,
  allowPositionals: true,
  options: { out: { type: 'string' } },
  read({ values, positionals }) {
    if (positionals.length < 2) throw new Error('name two runs or more');
    const file = values.out ? fromCaller(values.out) : path.join(workFolder, 'rendered', 'compare.html');
    return { names: positionals, file };
  },
  work: compare,
});

/** @param {{ names: string[], file: string }} chosen */
async function compare({ names, file }) {
  const { compareRuns, comparisonTable } = await import('../lib/dist/evaluation/compare-runs.js');
  const { loadRun } = await import('../lib/dist/training/runs/run.js');
  const { runCurves } = await import('../lib/dist/display/results/training-curves.js');
  const { table } = await import('../lib/dist/display/table.js');
  const { writeFile } = await import('../lib/dist/files.js');
  const comparison = compareRuns(names.map((name) => loadRun(path.join(workFolder, 'runs'), name)));
  const { figures, parameters } = rows(comparison);
  const tables = [
    { rows: figures, title: 'Test figures of each run under its own protocol' },
    { rows: parameters, title: 'Parameters that differ' },
    { rows: comparisonTable(comparison), title: `Compared with ${comparison.runs[0].name}, paired by clip` },
  ].filter(({ rows }) => rows.length > 0);
  const lines = comparison.runs.flatMap(curves);
  const bundles = [
    ...tables.map(({ rows, title }) => table(rows, { title })),
    ...(lines.length > 0 ? [runCurves(lines)] : []),
  ];
  for (const bundle of bundles) process.stdout.write(`${bundle['text/plain']}\n\n`);
  writeFile(file, page(bundles.map((bundle) => bundle['text/html'])));
  process.stdout.write(`Page: ${path.relative(callerFolder, file)}\n`);
}

/**
 * Validation losses of a run's first fold, one list per network; models without epochs have none.
 *
 * @param {import('../lib/dist/evaluation/compare-runs.js').ComparedRun} run
 */
function curves({ name, training }) {
  const [{ members }] = training.folds;
  return members.flatMap(({ name: member, history }) =>
    history
      ? [{ name: members.length > 1 ? `${name}, ${member}` : name, valLoss: history.epochs.map((e) => e.valLoss) }]
      : [],
  );
}

/** The comparison as tables' rows. @param {import('../lib/dist/evaluation/compare-runs.js').RunComparison} comparison */
function rows({ runs, differing }) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const range = (/** @type {[number, number]} */ [low, high]) => `${percent(low)} to ${percent(high)}`;
  const figures = runs.map(({ name, metrics, training }) => {
    const own = metrics?.protocols[metrics.protocol];
    const folds = training.folds.length;
    if (!metrics || !own) return { run: name, protocol: training.protocol, accuracy: 'not evaluated', folds };
    return {
      run: name,
      protocol: metrics.protocol,
      accuracy: percent(own.accuracy),
      'its interval': range(own.intervals.accuracy),
      UAR: percent(own.uar),
      'interval of UAR': range(own.intervals.uar),
      loss: own.loss.toFixed(3),
      folds,
    };
  });
  const parameters = differing.map((parameter) => ({
    parameter,
    ...Object.fromEntries(runs.map((run) => [run.name, run.parameters[parameter] ?? '–'])),
  }));
  return { figures, parameters };
}

/** @param {string[]} parts */
function page(parts) {
  const plotly = fs.readFileSync(inProject('node_modules', 'plotly.js-dist-min', 'plotly.min.js'), 'utf8');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs compared</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
body > div { margin: 1.5rem 0; }</style>
<script>${plotly}</script>
</head>
<body>
<h1>Runs compared</h1>
${parts.map((part) => `<div>${part}</div>`).join('\n')}
</body>
</html>
`;
}
