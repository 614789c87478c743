/** Links of Markdown documents: each leads to a file of the project and, with a mark, to a heading in it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inProject } from '../setup/project.mjs';

/** Files of the project that git does not ignore; none without git. @returns {string[]} */
export function trackedFiles() {
  const options = { cwd: inProject(), encoding: /** @type {const} */ ('utf8') };
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], options);
  return (stdout ?? '').split('\n').filter((name) => name && fs.existsSync(inProject(name)));
}

/** Documents of the project. */
export const documents = () => trackedFiles().filter((name) => name.endsWith('.md'));

/**
 * Broken links of a document, one line each.
 *
 * @param {string} file absolute path
 * @param {string} [text] its content
 */
export function brokenLinks(file, text = fs.readFileSync(file, 'utf8')) {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/i.test(target))
    .filter((target) => {
      const [place, heading] = target.split('#');
      const to = path.resolve(path.dirname(file), place);
      if (place !== '' && !fs.existsSync(to)) return true;
      return heading !== undefined && !headingsOf(place === '' ? text : fs.readFileSync(to, 'utf8')).includes(heading);
    })
    .map((target) => `${path.relative(inProject(), file)}: no such file or heading: ${target}`);
}

/** Marks of a document's headings, as GitHub makes them. @param {string} text */
function headingsOf(text) {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
