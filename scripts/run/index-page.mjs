/** data/rendered/index.html: the one page that leads to all others. Plain HTML, so that it opens anywhere, offline. */

import fs from 'node:fs';
import path from 'node:path';
import { escapeHtml } from '../../lib/dist/display/bundle.js';
import { writeFile } from '../../lib/dist/files.js';
import { loadRun } from '../../lib/dist/training/runs/run.js';
import { inProject, workFolder } from '../setup/project.mjs';
import { readNotebooks } from './notebooks.mjs';

/** Titles of the links to files of a run; missing files are not linked. */
const LINKED = {
  'model-card.md': 'Model card',
  'results.csv': 'All predictions (results.csv)',
  'metrics.json': 'All figures (metrics.json)',
};

/**
 * Writes the page beside the rendered notebooks, from those notebooks and the latest run.
 *
 * @param {string} out the folder of the rendered notebooks
 * @param {import('./progress.mjs').Result[]} results of the notebooks that were executed now
 * @param {string} [runs] folder of the runs
 * @returns {string} the page's path
 */
export function writeIndexPage(out, results, runs = path.join(workFolder, 'runs')) {
  const file = path.join(out, 'index.html');
  writeFile(file, page(chapters(out), latestRun(runs), out, results));
  return file;
}

/** The rendered notebooks, with the title and question at their head. @param {string} out */
function chapters(out) {
  return readNotebooks(inProject('notebooks'))
    .filter(({ name }) => fs.existsSync(path.join(out, `${name}.html`)))
    .map(({ name, cells }) => {
      const head = cells.find(({ cell_type: type }) => type === 'markdown')?.source ?? '';
      return {
        file: `${name}.html`,
        title: /^# (.+)$/m.exec(head)?.[1] ?? name,
        question: /\*\*Question\.\*\* (.+)$/m.exec(head)?.[1] ?? '',
      };
    });
}

/** The latest run with its metrics, or undefined before the first one. @param {string} runs */
function latestRun(runs) {
  try {
    const run = loadRun(runs);
    /** @type {import('../../lib/dist/evaluation/evaluate-run.js').RunMetrics | undefined} */
    const metrics = run.has('metrics.json') ? run.readJson('metrics.json') : undefined;
    return { run, metrics };
  } catch {
    return undefined; // notebooks 1 and 2 alone leave no run
  }
}

/**
 * @param {ReturnType<typeof chapters>} notebooks
 * @param {ReturnType<typeof latestRun>} latest
 * @param {string} out
 * @param {import('./progress.mjs').Result[]} results
 */
function page(notebooks, latest, out, results) {
  const parts = [
    '<h1>Speech emotion recognition on RAVDESS</h1>',
    latest ? `<p>${escapeHtml(latest.run.info.corpus.description)}, ${latest.run.info.corpus.clips} clips.</p>` : '',
    ...(latest ? [origin(latest.run, results), figures(latest.metrics), '<h2>The notebooks</h2>'] : []),
    '<ol class="notebooks">',
    ...notebooks.map(({ file, title, question }) => {
      // The list numbers them itself.
      const name = title.replace(/^\d+ · /, '');
      const more = question === '' ? '' : `<br>${escapeHtml(question)}`;
      return `<li><a href="${escapeHtml(file)}">${escapeHtml(name)}</a>${more}</li>`;
    }),
    '</ol>',
    ...(latest ? [parameters(latest.run, out)] : []),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Speech emotion recognition on RAVDESS</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

/**
 * Origin of the figures if the notebooks that produce them did not all finish in this execution; else an empty text.
 *
 * @param {import('../../lib/dist/training/runs/run.js').Run} run
 * @param {import('./progress.mjs').Result[]} results
 */
function origin({ info }, results) {
  const lacking = ['3-train', '4-evaluate'].flatMap((name) => {
    const { outcome = 'not run' } = results.find((result) => result.name === name) ?? {};
    if (outcome === 'ok') return [];
    return `${name} ${{ 'not run': 'did not run', stopped: 'was stopped' }[outcome] ?? outcome}`;
  });
  if (lacking.length === 0) return '';
  const finished = `${(info.finished ?? info.created).slice(0, 16).replace('T', ' ')} UTC`;
  const text = `Run ${info.name}, finished ${finished}: in the execution that wrote this page, ${lacking.join(' and ')}.`;
  return `<p class="origin">${escapeHtml(text)}</p>`;
}

/** @param {import('../../lib/dist/evaluation/evaluate-run.js').RunMetrics | undefined} metrics */
function figures(metrics) {
  if (!metrics) return '<p>The latest run was not evaluated yet: run 4-evaluate.</p>';
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  const range = (/** @type {[number, number]} */ [low, high]) => `${percent(low)} to ${percent(high)}`;
  const rows = Object.values(metrics.protocols).map(
    ({ protocol, accuracy, uar, intervals, clips, leaks }) => `<tr><th scope="row">${escapeHtml(protocol)}</th>
<td>${percent(accuracy)}</td><td>${range(intervals.accuracy)}</td>
<td>${percent(uar)}</td><td>${range(intervals.uar)}</td>
<td>${clips}</td><td>${leaks.sameActor}</td></tr>`,
  );
  return `<table>
<caption>Test figures by protocol; intervals are 95 %, by bootstrap over the test actors. Chance is 12.5 % UAR.</caption>
<thead><tr><th scope="col">protocol</th><th scope="col">accuracy</th><th scope="col">interval</th>
<th scope="col">UAR</th><th scope="col">interval</th><th scope="col">test rows</th><th scope="col">of a training actor</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** @param {import('../../lib/dist/training/runs/run.js').Run} run @param {string} out */
function parameters(run, out) {
  const { name, created, seed, configuration, packages, commit, node, folds = [] } = run.info;
  const links = Object.entries(LINKED)
    .filter(([file]) => run.has(file))
    .map(([file, title]) => {
      const address = path.relative(out, run.file(file)).split(path.sep).join('/');
      return `<a href="${escapeHtml(address)}">${title}</a>`;
    });
  const tested = folds
    .filter(({ protocol }) => protocol === configuration.protocol)
    .map(({ fold, actors }) => `fold ${fold}: ${actors.test.join(', ')}`);
  const testActors = tested.length > 0 ? { 'test actors': tested.join('; ') } : {};
  const facts = { run: name, created, seed, ...configuration, ...testActors, node, commit, packages };
  const rows = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `<tr><th scope="row">${escapeHtml(key)}</th><td>${escapeHtml(text)}</td></tr>`;
    });
  return `<h2>The run</h2>
${links.length > 0 ? `<p>${links.join(' · ')}</p>` : ''}
<table class="facts"><tbody>
${rows.join('\n')}
</tbody></table>`;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0; }
main { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
a { color: #0b57a4; }
ol.notebooks li { margin: 0.6rem 0; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { text-align: left; color: #555; font-size: 0.9rem; padding-bottom: 0.4rem; }
th, td { text-align: left; padding: 0.35rem 0.7rem; border-bottom: 1px solid #ddd; vertical-align: top; }
table:not(.facts) td, th { white-space: nowrap; }
table.facts th { width: 9rem; font-weight: 600; }
table.facts td { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: 0.85rem; }
`;
