/** `npm run data`: downloads the official RAVDESS archive, unless it was downloaded before. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runScript, setUp } from './setup/index.mjs';
import { messageOf } from './setup/project.mjs';

const HELP = `npm run data [-- --out FOLDER] [--url URL]

Downloads the official RAVDESS speech archive (208 MB) into data/ravdess, where the notebooks look for it.
An interrupted download is resumed. The archive stays zipped; the notebooks unpack it.

  --out FOLDER   folder for the archive; default data/ravdess
  --url URL      another address of the same archive, such as a mirror
  --help         prints this text
`;

await runScript(() => main(process.argv.slice(2)));

/**
 * @param {string[]} args
 * @returns {Promise<number>} 0: the archive is complete; 1: the download failed; 2: wrong options; 130: interrupted
 */
async function main(args) {
  let options;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await setUp();
  const { downloadFile } = await import('../lib/dist/data/download.js');
  const { RAVDESS } = await import('../lib/dist/data/ravdess.js');
  const { dataPath } = await import('../lib/dist/project.js');

  process.stdout.write(`${RAVDESS.title}\n${RAVDESS.page}\n`);
  process.stdout.write(`Licence: ${RAVDESS.licence}\nPlease cite: ${RAVDESS.citation}\n\n`);
  const destination = path.resolve(options.out ?? dataPath('ravdess'), RAVDESS.file);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new Error('interrupted; run it again to go on'));
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const progress = showProgress(process.stdout);
  try {
    const result = await downloadFile(options.url ?? RAVDESS.url, destination, {
      size: RAVDESS.size,
      md5: RAVDESS.md5,
      signal: stop.signal,
      onProgress: progress.update,
      onRetry: (reason, seconds) => progress.note(`${reason}; trying again in ${Math.round(seconds)} s`),
    });
    progress.end();
    const how = result.reused === result.size ? 'was already complete' : 'is complete';
    process.stdout.write(`The archive ${how}, checksum correct: ${path.relative(process.cwd(), result.file)}\n`);
    return 0;
  } catch (error) {
    progress.end();
    process.stderr.write(`data: ${messageOf(error)}\n`);
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

/** @param {string[]} args */
function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: { url: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.url !== undefined && !/^https?:$/.test(URL.canParse(values.url) ? new URL(values.url).protocol : '')) {
    throw new Error(`data: --url must be an http or https address, got "${values.url}"`);
  }
  return values;
}

/**
 * Progress bar on a terminal, redrawn at most five times per second; elsewhere one line every 10 %.
 *
 * @param {NodeJS.WriteStream} stream
 */
function showProgress(stream) {
  const started = Date.now();
  let startedAt = -1;
  let drawn = 0;
  let tenth = -1;
  let isOpen = false;
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  return {
    /**
     * @param {number} received
     * @param {number | undefined} total
     */
    update(received, total) {
      if (startedAt < 0) startedAt = received;
      const share = total ? received / total : 0;
      if (!stream.isTTY) {
        if (Math.floor(share * 10) <= tenth) return;
        tenth = Math.floor(share * 10);
        stream.write(`${String(tenth * 10).padStart(3)} %  ${megabytes(received)} MB\n`);
        return;
      }
      if (Date.now() - drawn < 200 && received !== total) return;
      drawn = Date.now();
      isOpen = true;
      const seconds = Math.max(0.001, (Date.now() - started) / 1000);
      const speed = (received - startedAt) / seconds;
      const left = total && speed > 0 ? `${Math.ceil((total - received) / speed)} s left` : '';
      const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░');
      const text = `${bar} ${(share * 100).toFixed(0)} %  ${megabytes(received)} MB  ${megabytes(speed)} MB/s  ${left}`;
      stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    /** @param {string} text */
    note(text) {
      this.end();
      stream.write(`${text}\n`);
    },
    end() {
      if (isOpen) stream.write('\n');
      isOpen = false;
    },
  };
}
