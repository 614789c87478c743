/**
 * Event files, which TensorBoard reads.
 *
 * TensorFlow.js also writes such files, but keeps one writer per folder name for the life of the process: if a run
 * replaces one of the same name, its logs go into the deleted file.
 */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Log of scalars by step, in a separate folder, which TensorBoard shows as one line.
 *
 * Each record is appended immediately, so that a killed training keeps its log.
 *
 * @see tensorflow/core/util/event.proto, summary.proto and the format of TFRecord files
 */
export class EventFile {
  private file: string | undefined;

  /** Writes nothing yet. */
  constructor(private readonly folder: string) {}

  /** Appends scalars by name. */
  write(step: number, scalars: Record<string, number>): void {
    const values = Object.entries(scalars).map(([tag, value]) =>
      bytesField(1, [bytesField(1, [Buffer.from(tag)]), floatField(2, value)]),
    );
    const event = [secondsField(1), varintField(2, step), bytesField(5, values)];
    fs.appendFileSync(this.begin(), record(Buffer.concat(event)));
  }

  /** The file, which begins with its format version. */
  private begin(): string {
    if (this.file) return this.file;
    fs.mkdirSync(this.folder, { recursive: true });
    // TensorBoard reads a folder's files in order of name: those of a resumed training follow the earlier ones.
    const name = `events.out.tfevents.${String(Date.now()).padStart(13, '0')}.${process.pid}.${++files}`;
    const file = path.join(this.folder, name);
    const version = [secondsField(1), bytesField(3, [Buffer.from('brain.Event:2')])];
    fs.writeFileSync(file, record(Buffer.concat(version)));
    this.file = file;
    return file;
  }
}
let files = 0;

/** Length, its checksum, content, the content's checksum. */
function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, checksum(length), content, checksum(content)]);
}

function checksum(bytes: Buffer): Buffer {
  const crc = crc32c(bytes);
  const rotated = (crc >>> 15) | (crc << 17);
  const result = Buffer.alloc(4);
  result.writeUInt32LE((rotated + 0xa282ead8) >>> 0);
  return result;
}

/** The Castagnoli checksum, from 0 to 2³² − 1. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** A field of protocol buffers, by its number, with bytes or a message inside. */
function bytesField(number: number, parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function floatField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(number * 8 + 5), bytes]);
}

/** The time, in seconds since 1970. */
function secondsField(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Date.now() / 1000);
  return Buffer.concat([varint(number * 8 + 1), bytes]);
}

/** Seven bits a byte, the lowest first; all bytes but the last have the eighth. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
