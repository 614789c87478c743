/** The scalars of TensorBoard's event files: records that each hold an Event message in protocol buffers' encoding. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { crc32c } from '../../training/callbacks/event-file';

/** One number of a log. */
export interface LoggedScalar {
  tag: string;
  step: number;
  value: number;
}

/** All scalars of a folder's files, whose checksums must be right. */
export function readScalars(folder: string): LoggedScalar[] {
  const files = fs.readdirSync(folder).filter((name) => name.includes('tfevents'));
  return files.sort().flatMap((name) => recordsOf(fs.readFileSync(path.join(folder, name))).flatMap(scalarsOf));
}

/** A record: length (8 bytes), its checksum (4), content, the content's checksum (4). */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(start));
    const content = bytes.subarray(start + 12, start + 12 + length);
    assert.equal(bytes.readUInt32LE(start + 8), masked(bytes.subarray(start, start + 8)), 'the checksum of a length');
    assert.equal(bytes.readUInt32LE(start + 12 + length), masked(content), 'the checksum of a record');
    records.push(content);
    start += length + 16;
  }
  return records;
}

function masked(bytes: Buffer): number {
  const crc = BigInt(crc32c(bytes));
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
}

/** Event: 2 step, 5 summary. Summary: 1 values. Value: 1 tag, 2 number or 8 tensor. Tensor: 4 content, 5 floats. */
function scalarsOf(event: Buffer): LoggedScalar[] {
  const fields = fieldsOf(event);
  const step = Number(fields.find(({ number }) => number === 2)?.value ?? 0);
  const values = all(fields, 5).flatMap((summary) => all(fieldsOf(summary), 1));
  return values.map((value) => {
    const parts = fieldsOf(value);
    const tensors = all(parts, 8).map(fieldsOf);
    const [number] = [...all(parts, 2), ...tensors.flatMap((tensor) => [...all(tensor, 4), ...all(tensor, 5)])];
    return { tag: all(parts, 1)[0].toString(), step, value: number.readFloatLE(0) };
  });
}

interface Field {
  number: number;
  value: bigint | Buffer;
}

const all = (fields: Field[], number: number): Buffer[] =>
  fields.flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));

/** The fields of a message: whole numbers as they are, everything else as bytes. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    if (key % 8 === 0) {
      fields.push({ number: key >> 3, value: varint() });
      continue;
    }
    const size = { 1: 8, 5: 4 }[key % 8] ?? Number(varint());
    fields.push({ number: key >> 3, value: bytes.subarray(at, at + size) });
    at += size;
  }
  return fields;
}
