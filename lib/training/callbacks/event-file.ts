/**
 * Event files, which TensorBoard reads.
 *
 * TensorFlow.js also writes such files, but keeps one writer per folder name for the life of the process: if a run
 * replaces one of the same name, its logs go into the deleted file. Each of its writers also leaves five tensors.
 */
import fs from 'node:fs';
import path from 'node:path';

/** Appends scalars of a step by name. */
export type WriteScalars = (step: number, scalars: Record<string, number>) => void;

/**
 * Opens a log of scalars by step, in a separate folder, which TensorBoard shows as one line.
 *
 * The file is created by the first write. Each record is appended immediately, so that a killed training keeps its log.
 *
 * @see tensorflow/core/util/event.proto, summary.proto and the format of TFRecord files
 */
export function openEventFile(folder: string): WriteScalars {
  let file: string | undefined;
  const append = (name: string, ...fields: Buffer[]): void => {
    const seconds = field(1, 1, bytesOf(Float64Array.of(Date.now() / 1000)));
    fs.appendFileSync(name, record(Buffer.concat([seconds, ...fields])));
  };
  return (step, scalars) => {
    if (file === undefined) {
      fs.mkdirSync(folder, { recursive: true });
      // TensorBoard reads a folder's files in order of name: those of a resumed training follow the earlier ones.
      file = path.join(folder, `events.out.tfevents.${String(Date.now()).padStart(13, '0')}.${process.pid}.${++files}`);
      append(file, message(3, Buffer.from('brain.Event:2')));
    }
    const values = Object.entries(scalars).map(([tag, value]) =>
      message(1, message(1, Buffer.from(tag)), field(2, 5, bytesOf(Float32Array.of(value)))),
    );
    append(file, field(2, 0, varint(step)), message(5, ...values));
  };
}
let files = 0;

/** Length, its checksum, content, the content's checksum. */
function record(content: Buffer): Buffer {
  const length = bytesOf(BigUint64Array.of(BigInt(content.length)));
  return Buffer.concat([length, checksum(length), content, checksum(content)]);
}

function checksum(bytes: Buffer): Buffer {
  const crc = crc32c(bytes);
  return bytesOf(Uint32Array.of(((crc >>> 15) | (crc << 17)) + 0xa282ead8));
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

/** A field of protocol buffers: its number and wire type (0 varint, 1 eight bytes, 2 message, 5 four bytes), its content. */
const field = (number: number, type: 0 | 1 | 2 | 5, content: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + type), content]);

/** A field that contains text or other fields. */
function message(number: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return field(number, 2, Buffer.concat([varint(content.length), content]));
}

/** Little-endian bytes of numbers. */
const bytesOf = ({ buffer }: Float32Array | Float64Array | Uint32Array | BigUint64Array): Buffer => Buffer.from(buffer);

/** Seven bits a byte, the lowest first; all bytes but the last have the eighth. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
