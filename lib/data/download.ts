/** Large files over connections that break: resumed, retried, checked, and there only when they are right. */
import fs from 'node:fs';
import path from 'node:path';
import { SerError } from '../errors';
import { checkFile, Part } from './download-part';

/** Options of `downloadFile`. */
export interface DownloadOptions {
  /** Bytes that the file must have. */
  size?: number;
  /** MD5 checksum that the file must have, in hexadecimal. */
  md5?: string;
  /** Called as bytes arrive, resumed ones included; `total` is undefined where neither `size` nor the server tells. */
  onProgress?: (received: number, total: number | undefined) => void;
  /** Called before each new attempt, with what went wrong and the seconds until then. */
  onRetry?: (reason: string, seconds: number) => void;
  /** Attempts after the first that may fail in a row without any new byte; default 5. */
  retries?: number;
  /** Seconds without a byte after which the connection is given up; default 30. */
  stallSeconds?: number;
  /** Seconds before the first new attempt; doubles each time, at most 30; default 1. */
  backoffSeconds?: number;
  /** Stops the transfer; what has arrived stays for the next call. */
  signal?: AbortSignal;
}

/** Outcome of `downloadFile`. */
export interface Download {
  /** The file, as an absolute path. */
  file: string;
  size: number;
  /** Bytes that were already there: all if the file was, some if an earlier transfer was resumed. */
  reused: number;
}

/** Why one attempt failed, where another may succeed. */
class Setback extends Error {
  readonly waitSeconds: number | undefined;

  constructor(message: string, options: { cause?: unknown; waitSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.waitSeconds = options.waitSeconds;
  }
}

/**
 * Downloads `url` to `destination`, unless a file with this size and checksum is there.
 *
 * bytes → `destination`.part → size and checksum → rename. After a cut the rest is asked for by HTTP Range; a server
 * that sends everything again is obeyed. What answers 404, or any other refusal, is not asked twice.
 *
 * @throws SerError `bad-download` if the server refuses, keeps failing, or sends other bytes than expected; the
 *   destination is then as it was, and a partial file stays only where it can be continued
 */
export async function downloadFile(url: string, destination: string, options: DownloadOptions = {}): Promise<Download> {
  const { retries = 5, backoffSeconds = 1, signal } = options;
  const file = path.resolve(destination);
  const problem = fs.existsSync(file) ? checkFile(file, options) : 'absent';
  if (problem === undefined) {
    const { size } = fs.statSync(file);
    return { file, size, reused: size };
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const part = new Part(file, url, options.md5 !== undefined);
  const resumed = part.size();
  checkSpace(path.dirname(file), (options.size ?? 0) - resumed);

  let furthest = resumed;
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    try {
      await transfer(url, part, options);
      const wrong = checkFile(part.file, options);
      if (wrong === undefined) break;
      const { inherited } = part; // bytes of an earlier call, which may not fit the rest
      part.discard();
      if (inherited === 0) throw new SerError('bad-download', `downloadFile: ${url} ${wrong}; nothing was kept`);
      furthest = 0;
      options.onRetry?.(`the continued file ${wrong}; starting over`, 0);
    } catch (cause) {
      if (!(cause instanceof Setback)) throw cause;
      failures = part.size() > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, part.size());
      if (failures > retries) {
        const message = `downloadFile: ${url} failed ${failures} times in a row (${cause.message}); run it again to go on`;
        throw new SerError('bad-download', message, { cause });
      }
      const seconds = cause.waitSeconds ?? Math.min(30, backoffSeconds * 2 ** (failures - 1));
      options.onRetry?.(cause.message, seconds);
      await pause(seconds, signal);
    }
  }
  part.finish();
  return { file, size: fs.statSync(file).size, reused: part.inherited };
}

/** One attempt: asks for what is lacking and writes what comes. */
async function transfer(url: string, part: Part, options: DownloadOptions): Promise<void> {
  const { stallSeconds = 30, signal, onProgress } = options;
  const had = part.size();
  if (options.size !== undefined && had === options.size) return; // complete, only unchecked
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallSeconds * 1000);
  try {
    const response = await fetch(url, {
      // Compressed on the way, a file could be neither resumed nor counted.
      headers: { 'accept-encoding': 'identity', ...part.rangeHeaders() },
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    if (response.status === 416 && had > 0) {
      // Nothing beyond what is there: complete, or of another file.
      if (response.headers.get('content-range') === `bytes */${had}`) return;
      part.discard();
      throw new Setback('the partial file does not fit any more', { waitSeconds: 0 });
    }
    refuseFailure(url, response);
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    const continues = response.status === 206;
    if (continues && Number(range?.[1]) !== had) {
      part.discard();
      throw new Setback(`the server continued at byte ${range?.[1]} instead of ${had}`, { waitSeconds: 0 });
    }
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const announced = Number.isNaN(length) ? undefined : length + (continues ? had : 0);
    const total = options.size ?? announced;
    if (options.size !== undefined && announced !== undefined && announced !== options.size) {
      part.discard();
      const message = `downloadFile: ${url} must have ${options.size} bytes, the server offers ${announced}`;
      throw new SerError('bad-download', message);
    }
    part.open(continues, response);
    let received = continues ? had : 0;
    onProgress?.(received, total);
    if (response.body) {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        timer.refresh();
        received += chunk.length;
        if (total !== undefined && received > total) break; // checked below, and not written without end
        part.write(chunk);
        onProgress?.(received, total);
      }
    }
    if (total !== undefined && received > total) {
      part.discard();
      throw new SerError('bad-download', `downloadFile: ${url} sends more than the ${total} bytes it should`);
    }
    if (total !== undefined && received < total) throw new Setback(`cut off at ${received} of ${total} bytes`);
  } catch (cause) {
    if (cause instanceof SerError || cause instanceof Setback) throw cause;
    signal?.throwIfAborted();
    if (isDiskError(cause)) {
      throw new SerError('bad-download', `downloadFile: cannot write ${part.file} (${describe(cause)})`, { cause });
    }
    const reason = stall.signal.aborted ? `no byte for ${stallSeconds} s` : describe(cause);
    throw new Setback(reason, { cause });
  } finally {
    clearTimeout(timer);
    part.close();
  }
}

/** Sorts what is no success: worth another attempt, or final. */
function refuseFailure(url: string, response: Response): void {
  if (response.ok) return;
  void response.body?.cancel().catch(() => undefined);
  const answer = `${response.status} ${response.statusText}`.trim();
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new Setback(`the server answered ${answer}`, {
      waitSeconds: Number.isNaN(wait) ? undefined : Math.min(wait, 60),
    });
  }
  throw new SerError(
    'bad-download',
    `downloadFile: ${url} must exist and be open to all, the server answered ${answer}`,
  );
}

function checkSpace(folder: string, needed: number): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  if (needed > bavail * bsize) {
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
    const message = `downloadFile: needs ${megabytes(needed)} in ${folder}, got ${megabytes(bavail * bsize)} free`;
    throw new SerError('bad-download', message);
  }
}

function isDiskError(cause: unknown): boolean {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO'].includes(code ?? '') && syscall !== 'connect';
}

/** fetch hides the reason, such as ECONNREFUSED, in its error's cause. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? cause.cause : undefined;
  return [cause.message, (inner as NodeJS.ErrnoException | undefined)?.code ?? inner?.message]
    .filter(Boolean)
    .join(': ');
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
