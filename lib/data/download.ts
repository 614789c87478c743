/** Large files over connections that break: resumed, retried, checked, and there only when they are right. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SerError } from '../errors';

/** Options of `downloadFile`. */
export interface DownloadOptions {
  /** Bytes that the file must have. */
  size: number;
  /** MD5 checksum that the file must have, in hexadecimal. */
  md5: string;
  /** Called as bytes arrive, resumed ones included. */
  onProgress?: (received: number, total: number) => void;
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

/** The unfinished file. */
interface Part {
  file: string;
  /** Bytes of an earlier call, which may not fit the rest. */
  inherited: number;
}

/** Why one attempt failed, where another may succeed. */
class Setback extends Error {
  constructor(
    message: string,
    readonly waitSeconds?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
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
export async function downloadFile(url: string, destination: string, options: DownloadOptions): Promise<Download> {
  const { size, retries = 5, backoffSeconds = 1, signal } = options;
  const file = path.resolve(destination);
  if (fs.existsSync(file) && faultOf(file, options) === undefined) return { file, size, reused: size };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const part: Part = { file: `${file}.part`, inherited: sizeOf(`${file}.part`) };
  checkSpace(path.dirname(file), size - part.inherited);

  let furthest = part.inherited;
  for (let failures = 0; ; ) {
    signal?.throwIfAborted();
    try {
      await transfer(url, part, options);
      const wrong = faultOf(part.file, options);
      if (wrong === undefined) break;
      const { inherited } = part;
      discard(part);
      if (inherited === 0) throw new SerError('bad-download', `downloadFile: ${url} ${wrong}; nothing was kept`);
      furthest = 0;
      options.onRetry?.(`the continued file ${wrong}; starting over`, 0);
    } catch (cause) {
      if (!(cause instanceof Setback)) throw cause;
      failures = sizeOf(part.file) > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, sizeOf(part.file));
      if (failures > retries) {
        const message = `downloadFile: ${url} failed ${failures} times in a row (${cause.message}); run it again to go on`;
        throw new SerError('bad-download', message, { cause });
      }
      const seconds = cause.waitSeconds ?? Math.min(30, backoffSeconds * 2 ** (failures - 1));
      options.onRetry?.(cause.message, seconds);
      await sleep(seconds * 1000, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
  const descriptor = fs.openSync(part.file, 'r+');
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
  fs.renameSync(part.file, file);
  return { file, size, reused: part.inherited };
}

/** One attempt: asks for what is lacking and writes what comes. */
async function transfer(url: string, part: Part, options: DownloadOptions): Promise<void> {
  const { size, stallSeconds = 30, signal, onProgress } = options;
  const had = sizeOf(part.file);
  if (had === size) return; // complete, only unchecked
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallSeconds * 1000);
  let descriptor: number | undefined;
  try {
    const response = await fetch(url, {
      // Compressed on the way, a file could be neither resumed nor counted.
      headers: { 'accept-encoding': 'identity', ...(had > 0 ? { range: `bytes=${had}-` } : {}) },
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    if (response.status === 416 && had > 0) {
      discard(part);
      throw new Setback('the partial file does not fit any more', 0);
    }
    refuseFailure(url, response);
    const continues = response.status === 206;
    const [, from] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (continues && Number(from) !== had) {
      discard(part);
      throw new Setback(`the server continued at byte ${from} instead of ${had}`, 0);
    }
    let received = continues ? had : 0;
    const length = response.headers.get('content-length');
    if (length !== null && Number(length) + received !== size) {
      discard(part);
      const message = `downloadFile: ${url} must have ${size} bytes, the server offers ${Number(length) + received}`;
      throw new SerError('bad-download', message);
    }
    if (!continues) part.inherited = 0;
    descriptor = fs.openSync(part.file, continues ? 'a' : 'w');
    onProgress?.(received, size);
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      received += chunk.length;
      if (received > size) {
        discard(part);
        throw new SerError('bad-download', `downloadFile: ${url} sends more than the ${size} bytes it should`);
      }
      fs.writeFileSync(descriptor, chunk);
      onProgress?.(received, size);
    }
    if (received < size) throw new Setback(`cut off at ${received} of ${size} bytes`);
  } catch (cause) {
    if (cause instanceof SerError || cause instanceof Setback) throw cause;
    signal?.throwIfAborted();
    if (isDiskError(cause)) {
      throw new SerError('bad-download', `downloadFile: cannot write ${part.file} (${describe(cause)})`, { cause });
    }
    const reason = stall.signal.aborted ? `no byte for ${stallSeconds} s` : describe(cause);
    throw new Setback(reason, undefined, cause);
  } finally {
    clearTimeout(timer);
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function discard(part: Part): void {
  part.inherited = 0;
  fs.rmSync(part.file, { force: true });
}

/** The fault of a file, or undefined. */
function faultOf(file: string, { size, md5 }: DownloadOptions): string | undefined {
  if (sizeOf(file) !== size) return `must have ${size} bytes, got ${sizeOf(file)}`;
  const hash = createHash('md5');
  const block = Buffer.alloc(1024 ** 2);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let read = fs.readSync(descriptor, block); read > 0; read = fs.readSync(descriptor, block)) {
      hash.update(block.subarray(0, read));
    }
  } finally {
    fs.closeSync(descriptor);
  }
  const actual = hash.digest('hex');
  return actual === md5 ? undefined : `must have the MD5 checksum ${md5}, got ${actual}`;
}

/** Sorts what is no success: worth another attempt, or final. */
function refuseFailure(url: string, response: Response): void {
  if (response.ok) return;
  void response.body?.cancel().catch(() => undefined);
  const answer = `${response.status} ${response.statusText}`.trim();
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new Setback(`the server answered ${answer}`, Number.isNaN(wait) ? undefined : Math.min(wait, 60));
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
