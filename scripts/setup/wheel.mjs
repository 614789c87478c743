/** Files out of packages on PyPI, without installing the packages. */
import fs from 'node:fs';
import path from 'node:path';
import { inProject, runLoudly, SetupError } from './project.mjs';
import { pythonEnvironment } from './python.mjs';

/**
 * Downloads a package of exact version and checksum, and takes some of its files out, all or nothing.
 *
 * @param {object} what
 * @param {string} what.name on PyPI
 * @param {string} what.version
 * @param {string} what.sha256 of the package's file
 * @param {string[]} [what.platform] arguments of pip that choose the file; default one for any platform
 * @param {string[]} what.files paths in the package, or beginnings of paths; their first folder is left out
 * @param {string} folder where they go
 * @param {string} wayOut advice for the user if the download fails
 */
export function takeFromWheel({ name, version, sha256, platform = [], files }, folder, wayOut) {
  const { python } = pythonEnvironment();
  const downloads = `${folder}.download`;
  fs.mkdirSync(downloads, { recursive: true });
  const requirement = path.join(downloads, 'requirement.txt');
  fs.writeFileSync(requirement, `${name}==${version} --hash=sha256:${sha256}\n`);
  const exactly = ['--no-deps', '--only-binary=:all:', '--require-hashes', '-r', requirement, '--dest', downloads];
  runLoudly(python, ['-m', 'pip', 'download', '--disable-pip-version-check', ...platform, ...exactly], wayOut);
  const wheel = fs.readdirSync(downloads).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new SetupError(`pip left no wheel in ${downloads}; delete that folder and run it again.`);
  const program = inProject('scripts', 'setup', 'extract.py');
  const advice = 'Check the free disk space, then run it again.';
  runLoudly(python, [program, path.join(downloads, wheel), folder, ...files], advice);
  fs.rmSync(downloads, { recursive: true });
}
