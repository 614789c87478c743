/** Plans for compressed formats: the checks that stand in front of audio-decode's decoders. */
import { type ByteSource, partOf, piecesOf } from '../source';
import { planAdpcm } from './adpcm';
import { badAudio, checkLayout, shortfall } from './bad-audio';
import { type Plan, Unsupported } from './decoders';
import { layOutMp4 } from './mp4-boxes';
import { type HeaderReader, readAdtsHeader, readMp3Header, walkFrames } from './mpeg-frames';
import { openOgg } from './ogg-pages';
import { type Format, sniff } from './sniff';
import { wavDamage } from './wav';
import { AIFF_OTHER, readWavHeader } from './wav-header';

/** WAV encodings: ADPCM, and the frames of MPEG and AAC. */
const [ADPCM, MPEG, AAC] = [
  [2, 17],
  [0x50, 0x55],
  [0xff, 0x1600],
];

/** Plans by format. */
export const PLANS: Record<Format, (sound: ByteSource) => Plan> = {
  wav: planWav,
  flac: (sound) => ({ decoder: 'flac', pieces: flacPieces(sound), ...flacFacts(sound.read(0, 42)) }),
  ogg: planOgg,
  mp3: planFramed('mp3', 'MP3', readMp3Header),
  m4a: planMp4,
  aac: planFramed('aac', 'AAC', readAdtsHeader),
  webm: (sound) => ({
    decoder: 'webm',
    pieces: piecesOf(sound),
    damage: () => shortfall(sound.size, webmSize(sound), 'bytes'),
  }),
  caf: planCaf,
  amr: planAmr,
  wma: planWma,
};

/** End of a WebM file's segment, in bytes; undefined if it is streamed. */
function webmSize(sound: ByteSource): number | undefined {
  const head = sound.read(0, 4096);
  const at = head.indexOf('18538067', 0, 'hex') + 4;
  // The zeros before a size's first one tell its bytes; all ones stand for an unknown size.
  const count = Math.clz32(head[at] ?? 0) - 23;
  if (at < 4 || count > 8 || at + count > head.length) return undefined;
  const rest = head.subarray(at + 1, at + count);
  const length = rest.reduce((sum, byte) => 256 * sum + byte, head[at] & (2 ** (8 - count) - 1));
  return length >= 2 ** (7 * count) - 1 ? undefined : at + count + length;
}

/** Samples per channel and the largest sample, from STREAMINFO behind "fLaC". */
function flacFacts(head: Buffer): Pick<Plan, 'promised' | 'fullScale'> {
  if (head.length < 42 || (head[4] & 127) !== 0) return {};
  const bits = (((head[20] & 1) << 4) | (head[21] >> 4)) + 1;
  const promised = (head[21] & 15) * 2 ** 32 + head.readUInt32BE(22);
  return { promised: promised || undefined, fullScale: 2 ** (bits - 1) - 1 };
}

/** Bytes of the longest FLAC frame header, and of a piece: few, since each byte may unfold to 5,000 samples. */
const [FLAC_HEADER, FLAC_PIECE] = [16, 2 ** 13];

/** Pieces that split no frame header, which the decoder would miss: no byte in front of a cut can begin one. */
function* flacPieces(sound: ByteSource): Generator<Buffer> {
  for (let at = 0; at < sound.size; ) {
    const piece = sound.read(at, FLAC_PIECE);
    let length = piece.length;
    const isLast = at + length >= sound.size;
    while (!isLast && length > FLAC_HEADER && piece.subarray(length - FLAC_HEADER, length).includes(0xff)) length--;
    if (length === FLAC_HEADER) length = piece.length;
    yield piece.subarray(0, length);
    at += length;
  }
}

function planOgg(sound: ByteSource): Plan {
  const stream = openOgg(sound, 0);
  const decoder = stream && ({ Opus: 'opus', Vorbis: 'oga', FLAC: 'flac' } as const)[stream.codec];
  if (!stream || !decoder) throw new Unsupported(`Ogg with ${stream?.codec ?? 'no stream of sound'}`);
  const pieces = function* (): Generator<Buffer> {
    yield* stream.pages;
    if (stream.problem() !== 'another recording') return;
    const rule = 'the file must hold one recording; split the chained ones first';
    throw badAudio('decodeOgg', rule, 'another after it', sound.name);
  };
  const facts = stream.codec === 'FLAC' ? flacFacts(sound.read(27 + sound.read(26, 1)[0] + 9, 42)) : {};
  const damage = (): string | undefined => (stream.problem() === 'damage' ? 'cut short at a damaged page' : undefined);
  return { decoder, pieces: pieces(), ...facts, damage };
}

/** CAF of integers or floats: A-law and µ-law come out at the wrong level, and other encodings not at all. */
function planCaf(sound: ByteSource): Plan {
  const [format, channels] = [sound.read(28, 4).toString('latin1'), sound.read(44, 4)];
  if (format !== 'lpcm') throw new Unsupported(`CAF of encoding ${format}`);
  if (channels.length === 4) checkLayout('decodeCaf', channels.readUInt32BE(), 8000, sound.name);
  for (let at = 8; at + 12 <= Math.min(sound.size, LARGEST_HEADER); ) {
    const head = sound.read(at, 12);
    const length = Number(head.readBigInt64BE(4));
    at += 12 + Math.max(0, length);
    if (head.toString('latin1', 0, 4) !== 'data') continue;
    return { decoder: 'caf', pieces: piecesOf(sound), damage: () => shortfall(sound.size, at, 'bytes') };
  }
  throw badAudio('decodeCaf', 'a CAF file must have a data chunk', `${sound.size} bytes without one`, sound.name);
}

/** Bytes of the largest header that is read. */
const LARGEST_HEADER = 2 ** 22;
/** Bytes of the head of a WMA file's data object, and the identifier of an object that describes a stream. */
const [WMA_HEAD, WMA_STREAM] = [50, '9107dcb7b7a9cf118ee600c00c205365'];

/** The header first and alone: the decoder passes over packets beside it if the file, being streamed, counts none. */
function planWma(sound: ByteSource): Plan {
  const start = sound.size < WMA_HEAD ? sound.size : Number(sound.read(16, 8).readBigUInt64LE());
  const head = sound.read(0, Math.min(start, LARGEST_HEADER) + WMA_HEAD);
  if (head.length < start + WMA_HEAD) {
    throw badAudio('decodeWma', 'the header must be whole', `${sound.size} bytes`, sound.name);
  }
  // The decoder takes the packets of every stream for sound.
  if (head.indexOf(WMA_STREAM, 0, 'hex') !== head.lastIndexOf(WMA_STREAM, undefined, 'hex')) {
    throw new Unsupported('Windows Media with several streams');
  }
  const length = Number(head.readBigUInt64LE(start + 16));
  const end = length > WMA_HEAD ? start + length : undefined;
  const pieces = function* (): Generator<Buffer> {
    yield head;
    yield* piecesOf(partOf(sound, head.length, end));
  };
  return { decoder: 'wma', pieces: pieces(), damage: () => shortfall(sound.size, end, 'bytes') };
}

/** Bytes of AMR's frames by mode, narrow-band and wide-band; other modes are damage. */
const AMR_FRAMES = [
  [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1],
  [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1],
];

/** AMR up to its last whole frame: what follows would be decoded as noise. */
function planAmr(sound: ByteSource): Plan {
  const isWide = sound.read(5, 1).toString() === '-';
  let at = isWide ? 9 : 6;
  const frameBytes = ([head]: Buffer): number => ((head & 0x83) === 0 ? AMR_FRAMES[Number(isWide)][head >> 3] : 0);
  for (let length = 1; at < sound.size && length > 0; at += length) {
    length = frameBytes(sound.read(at, 1));
    if (at + length > sound.size) break;
  }
  const rest = sound.size - at;
  const damage = (): string | undefined => (rest > 0 ? `cut short or damaged: ${rest} bytes are no frame` : undefined);
  return { decoder: 'amr', pieces: piecesOf(partOf(sound, 0, at)), damage };
}

/** Formats that are nothing but frames. */
function planFramed(decoder: 'mp3' | 'aac', name: string, readHeader: HeaderReader): (sound: ByteSource) => Plan {
  return (sound) => {
    const { frames, promised, streams, isCut } = walkFrames(sound, 0, sound.size, readHeader);
    if (streams.length > 1) throw new Unsupported(`${name} that changes: ${streams.join(', then ')}`);
    const damage = shortfall(frames, promised, 'frames') ?? (isCut ? 'cut short within a frame' : undefined);
    return { decoder, pieces: piecesOf(sound), damage: () => damage };
  };
}

function planMp4(sound: ByteSource): Plan {
  const { parts, end } = layOutMp4(sound, 0);
  const pieces = function* (): Generator<Buffer> {
    for (const part of parts) yield* Buffer.isBuffer(part) ? [part] : piecesOf(partOf(sound, part.start, part.end));
  };
  return { decoder: 'm4a', pieces: pieces(), damage: () => shortfall(sound.size, end, 'bytes') };
}

/** WAV files whose samples are compressed. */
function planWav(sound: ByteSource): Plan {
  const format = readWavHeader(sound);
  const { encoding, start, end } = format;
  const data = partOf(sound, start, end);
  const damage = (): string | undefined => wavDamage(format);
  if (ADPCM.includes(encoding)) return { ...planAdpcm(data, format), damage };
  if (!MPEG.includes(encoding) && !AAC.includes(encoding)) {
    throw new Unsupported(encoding === AIFF_OTHER ? 'AIFF of an unusual encoding' : `WAV of encoding ${encoding}`);
  }
  const inner = sniff(data);
  const frames = partOf(data, inner.start, inner.end);
  if (inner.format === 'mp3' || inner.format === 'aac') {
    const plan = PLANS[inner.format](frames);
    return { ...plan, damage: () => damage() ?? plan.damage?.() };
  }
  throw new Unsupported(`WAV of encoding ${encoding}, without its frames`);
}
