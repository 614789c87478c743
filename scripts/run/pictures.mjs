/** Still pictures of figures, for notebook viewers that run no scripts, such as GitHub and nbviewer. */

import fs from 'node:fs';
import { writeFile } from '../../lib/dist/files.js';
import { findBrowser, openBrowser } from '../browser/index.mjs';
import { inProject } from '../setup/project.mjs';

/** Pixels; a typical width of a notebook. */
const WIDTH = 900;
/** The figure inside its HTML, as lib/display/figure.ts writes it. */
const FIGURE = /<script type="application\/json">(.*?)<\/script>/s;
/** Element that the still picture is inserted after: the place of the drawn figure. */
const PLACE = '<div class="ser-figure-plot"></div>';

/**
 * Adds a PNG to each figure of executed notebooks: as a MIME type of its own, and inside the HTML, where it stands until
 * Plotly draws, since many readers prefer HTML and drop its scripts.
 *
 * Without a browser the notebooks stay as they are.
 *
 * @param {string[]} files executed notebooks, changed in place
 * @returns {Promise<number | undefined>} number of figures; undefined if there is no browser
 */
export async function addPictures(files) {
  if (findBrowser() === undefined) return undefined;
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await page.addScriptTag({ path: inProject('node_modules', 'plotly.js-dist-min', 'plotly.min.js') });
    let count = 0;
    for (const file of files) count += await addToNotebook(page, file);
    return count;
  } finally {
    await browser.close();
  }
}

/** @param {import('playwright-core').Page} page @param {string} file */
async function addToNotebook(page, file) {
  const notebook = JSON.parse(fs.readFileSync(file, 'utf8'));
  let count = 0;
  for (const output of notebook.cells.flatMap((/** @type {any} */ cell) => cell.outputs ?? [])) {
    const html = [output.data?.['text/html'] ?? ''].flat().join('');
    const json = FIGURE.exec(html)?.[1];
    if (json === undefined || !html.includes(PLACE)) continue;
    const png = await draw(page, json);
    const text = escapeAttribute([output.data['text/plain'] ?? 'figure'].flat().join(''));
    const picture = `<img class="ser-figure-picture" alt="${text}" style="max-width:100%" src="data:image/png;base64,${png}">`;
    output.data['image/png'] = png;
    output.data['text/html'] = html.replace(PLACE, () => `${PLACE}${picture}`);
    count++;
  }
  if (count > 0) writeFile(file, `${JSON.stringify(notebook, null, 1)}\n`);
  return count;
}

/** @param {import('playwright-core').Page} page @param {string} json @returns {Promise<string>} a PNG in base64 */
async function draw(page, json) {
  const url = await page.evaluate(`(async () => {
    const { data, layout } = ${json};
    return Plotly.toImage({ data, layout }, { format: 'png', width: ${WIDTH}, height: layout.height ?? 450 });
  })()`);
  return String(url).split(',')[1];
}

/** @param {string} text */
function escapeAttribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
