/**
 * PyTorch checkpoints of the format before version 1.6: tensors by name.
 *
 * A checkpoint is a pickle, which is a program. This reader runs only the steps that rebuild dictionaries and tensors of
 * 32-bit floats, and refuses every other step and every other class by name.
 */
import { SerError } from '../../errors';

/** A tensor of a checkpoint, row-major. */
export interface TorchTensor {
  shape: number[];
  values: Float32Array;
}

/** Marks the beginning of a tuple or of a dictionary's items on the stack. */
const MARK = Symbol('mark');
/** The first two pickles of a checkpoint: its magic number and its version. */
const MAGIC = Buffer.from('80028a0a6cfc9c46f9206aa850192e80024de9032e', 'hex');

/** Classes and functions that a checkpoint may name. */
const NAMES = {
  'collections OrderedDict': 'dictionary',
  'torch._utils _rebuild_tensor_v2': 'tensor',
  'torch FloatStorage': 'floats',
} as const;

type Name = (typeof NAMES)[keyof typeof NAMES];

/** The numbers of one or several tensors, which follow the pickles. */
interface Storage {
  key: string;
  length: number;
}

interface TensorPlace {
  storage: Storage;
  offset: number;
  shape: number[];
}

const isTensorPlace = (value: unknown): value is TensorPlace =>
  typeof value === 'object' && value !== null && 'storage' in value && 'shape' in value;

/**
 * Reads the tensors of one dictionary of a checkpoint.
 *
 * @param dictionary its key in the checkpoint, such as `model_state`
 * @returns tensors by name, in the order of the file
 * @throws SerError `bad-model` if the file is damaged, or holds anything but dictionaries, numbers and float tensors
 */
export function readTorchFile(bytes: Buffer, dictionary: string): Map<string, TorchTensor> {
  const reader = new Reader(bytes);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) reader.fail('be a PyTorch checkpoint of the old format');
  reader.position = MAGIC.length;
  readPickle(reader); // sizes of numbers on the machine that wrote it
  const checkpoint = readPickle(reader);
  const keys = readPickle(reader);
  const tensors = checkpoint instanceof Map ? checkpoint.get(dictionary) : undefined;
  if (!(tensors instanceof Map)) return reader.fail(`hold a dictionary "${dictionary}"`);
  if (!Array.isArray(keys)) return reader.fail('list its tensors');
  const storages = new Map<unknown, Float32Array>();
  for (const key of keys) storages.set(key, reader.floats());
  const found = new Map<string, TorchTensor>();
  for (const [name, place] of tensors) {
    if (typeof name !== 'string' || !isTensorPlace(place)) continue;
    const { storage, offset, shape } = place;
    const size = shape.reduce((product, length) => product * length, 1);
    const values = storages.get(storage.key);
    if (!values || values.length !== storage.length || offset + size > values.length) {
      return reader.fail(`hold all numbers of "${name}"`);
    }
    found.set(name, { shape, values: values.slice(offset, offset + size) });
  }
  return found;
}

/** A position in the file; every read is checked against its end. */
class Reader {
  position = 0;

  constructor(private readonly bytes: Buffer) {}

  fail(rule: string): never {
    throw new SerError('bad-model', `readTorchFile: the file must ${rule}, got other content at byte ${this.position}`);
  }

  take(length: number): Buffer {
    if (!(length >= 0 && this.position + length <= this.bytes.length)) this.fail('be complete');
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    const text = this.take(end - this.position).toString('latin1');
    this.position++;
    return text;
  }

  /** A count of 8 bytes, and as many floats. */
  floats(): Float32Array {
    const count = Number(this.take(8).readBigInt64LE());
    const bytes = this.take(4 * count);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }
}

/** The value that one pickle describes; dictionaries become maps. */
function readPickle(reader: Reader): unknown {
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  const pop = (): unknown => (stack.length > 0 ? stack.pop() : reader.fail('be a valid pickle'));
  const sinceMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) reader.fail('be a valid pickle');
    return stack.splice(mark).slice(1);
  };
  const fill = (items: unknown[]): void => {
    const target = stack.at(-1);
    if (!(target instanceof Map)) reader.fail('be a valid pickle');
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  };
  const append = (items: unknown[]): void => {
    const target = stack.at(-1);
    if (!Array.isArray(target)) reader.fail('be a valid pickle');
    for (const item of items) target.push(item);
  };
  const tuple = (length: number): void => {
    stack.push(Array.from({ length }, pop).reverse());
  };
  const remember = (place: number): void => {
    memo.set(place, stack.at(-1));
  };
  for (;;) {
    const [opcode] = reader.take(1);
    switch (String.fromCharCode(opcode)) {
      case '\x80': // PROTO
        if (reader.take(1)[0] !== 2) reader.fail('be a pickle of protocol 2');
        break;
      case '.': // STOP
        return pop();
      case '(':
        stack.push(MARK);
        break;
      case '}':
        stack.push(new Map());
        break;
      case ']':
      case ')':
        stack.push([]);
        break;
      case 't': // TUPLE
        stack.push(sinceMark());
        break;
      case '\x85':
        tuple(1);
        break;
      case '\x86':
        tuple(2);
        break;
      case '\x87':
        tuple(3);
        break;
      case 'q': // BINPUT
        remember(reader.take(1)[0]);
        break;
      case 'r': // LONG_BINPUT
        remember(reader.take(4).readUInt32LE());
        break;
      case 'h': // BINGET
        stack.push(memo.get(reader.take(1)[0]));
        break;
      case 'j': // LONG_BINGET
        stack.push(memo.get(reader.take(4).readUInt32LE()));
        break;
      case 'X': // BINUNICODE
        stack.push(reader.take(reader.take(4).readUInt32LE()).toString('utf8'));
        break;
      case 'J': // BININT
        stack.push(reader.take(4).readInt32LE());
        break;
      case 'K': // BININT1
        stack.push(reader.take(1)[0]);
        break;
      case 'M': // BININT2
        stack.push(reader.take(2).readUInt16LE());
        break;
      case '\x8a': // LONG1: only in the optimiser's state, which is not used
        reader.take(reader.take(1)[0]);
        stack.push(undefined);
        break;
      case 'G': // BINFLOAT
        stack.push(reader.take(8).readDoubleBE());
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 's': // SETITEM
        fill([pop(), pop()].reverse());
        break;
      case 'u': // SETITEMS
        fill(sinceMark());
        break;
      case 'a': // APPEND
        append([pop()]);
        break;
      case 'e': // APPENDS
        append(sinceMark());
        break;
      case 'b': // BUILD: attributes of a dictionary, such as the version of its layers
        pop();
        break;
      case 'c': // GLOBAL
        stack.push({ name: nameOf(reader) });
        break;
      case 'R': {
        const values = pop();
        stack.push(rebuild(reader, pop(), values));
        break;
      }
      case 'Q': // BINPERSID
        stack.push(storageOf(reader, pop()));
        break;
      default:
        reader.fail(`only rebuild tensors, without the step 0x${opcode.toString(16)}`);
    }
  }
}

function nameOf(reader: Reader): Name {
  const name = `${reader.line()} ${reader.line()}`;
  if (!Object.hasOwn(NAMES, name)) reader.fail(`only rebuild tensors, without "${name.slice(0, 100)}"`);
  return NAMES[name as keyof typeof NAMES];
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

/** Calls one of the two functions that a checkpoint may call. */
function rebuild(reader: Reader, callee: unknown, values: unknown): Map<unknown, unknown> | TensorPlace {
  const name = (callee as { name?: Name } | undefined)?.name;
  if (name === 'dictionary') return new Map();
  if (name !== 'tensor' || !Array.isArray(values)) return reader.fail('only rebuild tensors');
  const [storage, offset, shape, strides] = values as [Storage, unknown, unknown, unknown];
  if (typeof storage?.key !== 'string' || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) {
    return reader.fail('describe each tensor by storage, offset, shape and strides');
  }
  const dense = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const isDense = strides.length === shape.length && strides.every((stride, axis) => stride === dense[axis]);
  if (!isDense) reader.fail('hold tensors in row-major order');
  return { storage, offset, shape };
}

/** `('storage', FloatStorage, key, device, length, null)` */
function storageOf(reader: Reader, value: unknown): Storage {
  const [kind, type, key, , length, view] = Array.isArray(value) ? value : [];
  const isFloats = (type as { name?: Name } | undefined)?.name === 'floats';
  if (kind !== 'storage' || !isFloats || typeof key !== 'string' || !isCount(length) || view !== null) {
    return reader.fail('hold 32-bit floats only');
  }
  return { key, length };
}
