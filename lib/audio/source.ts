/** Bytes that are read piece by piece: of a file, or of memory. */
import fs from 'node:fs';
import { SerError } from '../errors';

/** A recording's bytes, read where they are needed. */
export interface ByteSource {
  /** Name in errors. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** The bytes from `position` on: `length` of them, or fewer at the end. The caller may not change them. */
  read(position: number, length: number): Buffer;
  /** Copies the bytes from `position` on; returns how many there were. */
  readInto(position: number, target: Uint8Array): number;
}

/** Bytes already in memory; nothing is copied. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    name,
    size: buffer.length,
    read: (position, length) => buffer.subarray(position, position + length),
    readInto: (position, target) => buffer.copy(target, 0, position, position + target.length),
  };
}

/** The bytes of a source from one place to another, as a source of their own. */
export function partOf(source: ByteSource, start: number, end = source.size): ByteSource {
  const size = Math.max(0, Math.min(end, source.size) - start);
  const within = (position: number, length: number): number => Math.max(0, Math.min(length, size - position));
  return {
    name: source.name,
    size,
    read: (position, length) => source.read(start + position, within(position, length)),
    readInto: (position, target) =>
      source.readInto(start + position, target.subarray(0, within(position, target.length))),
  };
}

/** Bytes read at a time from one end to the other. */
const PIECE = 2 ** 16;

/** All bytes of a source, piece by piece. */
export function* piecesOf(source: ByteSource): Generator<Buffer> {
  for (let at = 0; at < source.size; at += PIECE) yield source.read(at, PIECE);
}

/** Small reads, as of headers, are served from a window of this many bytes. */
const WINDOW = 4096;

/**
 * A file, open until `close`.
 *
 * Reads are synchronous: a clip's bytes come from the system's cache in less time than a task switch takes.
 *
 * @throws SerError `bad-audio` if it cannot be opened, or is a folder, a device or a pipe
 */
export class FileSource implements ByteSource {
  readonly size: number;
  private readonly handle: number;
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(readonly name: string) {
    this.handle = this.attempt(() => {
      // Without O_NONBLOCK (which Windows lacks) opening a pipe would wait for its writer.
      return fs.openSync(name, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    });
    const stats = fs.fstatSync(this.handle);
    this.size = stats.size;
    if (stats.isFile()) return;
    this.close();
    const got = stats.isDirectory() ? 'EISDIR (a folder)' : 'a device or a pipe';
    throw new SerError('bad-audio', `loadAudio: the file must be readable, got ${got} for "${name}"`);
  }

  read(position: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - position));
    if (wanted > WINDOW) return this.readBytes(position, wanted);
    if (position < this.windowStart || position + wanted > this.windowStart + this.window.length) {
      this.window = this.readBytes(position, Math.min(WINDOW, this.size - position));
      this.windowStart = position;
    }
    return this.window.subarray(position - this.windowStart, position - this.windowStart + wanted);
  }

  close(): void {
    fs.closeSync(this.handle);
  }

  readInto(position: number, target: Uint8Array): number {
    const length = Math.max(0, Math.min(target.length, this.size - position));
    let filled = 0;
    while (filled < length) {
      const read = this.attempt(() =>
        fs.readSync(this.handle, target, filled, Math.min(length - filled, 0x4000_0000), position + filled),
      );
      if (read === 0) break; // the file became shorter
      filled += read;
    }
    return filled;
  }

  private readBytes(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, length)); // at the start of its own memory, so typed arrays fit
    return bytes.subarray(0, this.readInto(position, bytes));
  }

  private attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new SerError('bad-audio', `loadAudio: the file must be readable, got ${reason} for "${this.name}"`, {
        cause,
      });
    }
  }
}
