/** `npm run data`: downloads the official RAVDESS archive, unless it was downloaded before. */
import path from 'node:path';
import { runCommand } from './command.mjs';
import { describeFailure } from './errors.mjs';

const HELP = `npm run data [-- --out FOLDER] [--url URL]

Downloads the official RAVDESS speech archive (208 MB) into data/ravdess, where the notebooks look for it.
An interrupted download is resumed. The archive stays zipped; the notebooks unpack it.

  --out FOLDER   folder for the archive; default data/ravdess
  --url URL      another address of the same archive, such as a mirror
`;

await runCommand({
  name: 'data',
  help: HELP,
  options: { url: { type: 'string' }, out: { type: 'string' } },
  read({ values: { url, out } }) {
    if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      throw new Error(`--url must be an http or https address, got "${url}"`);
    }
    return { url, out };
  },
  work: download,
});

/**
 * @param {{ url?: string, out?: string }} chosen
 * @returns {Promise<number>} 0: the archive is complete; 1: the download failed; 130: interrupted
 */
async function download({ url, out }) {
  const { downloadFile } = await import('../lib/dist/data/download.js');
  const { RAVDESS } = await import('../lib/dist/data/ravdess.js');
  const { progress } = await import('../lib/dist/display/live/progress.js');
  const { dataPath } = await import('../lib/dist/project.js');

  process.stdout.write(`${RAVDESS.title}\n${RAVDESS.page}\n`);
  process.stdout.write(`Licence: ${RAVDESS.licence}\nPlease cite: ${RAVDESS.citation}\n\n`);
  const destination = path.resolve(out ?? dataPath('ravdess'), RAVDESS.file);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new Error('interrupted; run it again to go on'));
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  /** @type {ReturnType<typeof progress> | undefined} */
  let shown;
  let resumedAt = 0;
  try {
    const result = await downloadFile(url ?? RAVDESS.url, destination, {
      size: RAVDESS.size,
      md5: RAVDESS.md5,
      signal: stop.signal,
      onProgress(received) {
        if (!shown) resumedAt = received;
        const megabytes = (/** @type {number} */ bytes) => Math.round((bytes - resumedAt) / 1e5) / 10;
        shown ??= progress('Downloading', megabytes(RAVDESS.size), { unit: 'MB' });
        shown.update(megabytes(received));
      },
      onRetry: (reason, seconds) => process.stderr.write(`\n${reason}; trying again in ${Math.round(seconds)} s\n`),
    });
    shown?.done();
    const how = result.reused === result.size ? 'was already complete' : 'is complete';
    process.stdout.write(`The archive ${how}, checksum correct: ${path.relative(process.cwd(), result.file)}\n`);
    return 0;
  } catch (error) {
    shown?.done();
    process.stderr.write(`data: ${describeFailure(error)}\n`);
    if (stop.signal.aborted) return 130;
    process.stderr.write(
      `Or download ${RAVDESS.file} from ${RAVDESS.page} in a browser, into ${path.dirname(destination)}\n`,
    );
    return 1;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}
