/** Damages recordings at random: what a property test throws at the decoders. */
import { pageChecksum } from '../audio/formats/ogg-pages';
import type { Random } from '../random';
import { seal, takeApart } from './flac-frames';

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** A damaged copy: flipped bits, extreme numbers in the header, a cut, a repeated or lost piece, or several of these. */
export function mutate(bytes: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let round = random.integer(1, 3); round > 0 && mutated.length > 8; round--) {
    const at = random.integer(0, mutated.length - 5);
    const early = random.integer(0, Math.min(120, mutated.length - 5));
    const length = random.integer(1, Math.min(400, mutated.length - at));
    switch (random.integer(0, 7)) {
      case 0:
        for (let flips = random.integer(1, 16); flips > 0; flips--) {
          mutated[random.integer(0, mutated.length - 1)] ^= 1 << random.integer(0, 7);
        }
        break;
      case 1:
        mutated[early] ^= 1 << random.integer(0, 7);
        break;
      case 2:
        mutated.writeUInt32LE(random.pick(EXTREMES), early);
        break;
      case 3:
        mutated.writeUInt16LE(random.pick(EXTREMES) & 0xffff, early);
        break;
      case 4:
        mutated = mutated.subarray(0, at);
        break;
      case 5:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + length)]);
        break;
      case 6: {
        const piece = random.pick([mutated, ...others]);
        const from = random.integer(0, piece.length - 1);
        mutated = Buffer.concat([mutated.subarray(0, at), piece.subarray(from, from + length), mutated.subarray(at)]);
        break;
      }
      default:
        for (let i = at; i < at + length; i++) mutated[i] = random.integer(0, 255);
    }
  }
  return mutated;
}

/** Makes the checksums of a damaged Ogg file right again, so that the damage reaches the codec. */
export function repairOgg(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf('OggS'); at >= 0 && at + 27 <= bytes.length; at = bytes.indexOf('OggS', at + 4)) {
    const start = at + 27 + bytes[at + 26];
    const end = bytes.subarray(at + 27, start).reduce((sum, length) => sum + length, start);
    if (end <= bytes.length) bytes.writeUInt32LE(pageChecksum(bytes.subarray(at, end)), at + 22);
  }
  return bytes;
}

/** Flips bits inside the frames of a FLAC file and makes their checksums right again. */
export function mutateFlacFrames(bytes: Buffer, random: Random): Buffer {
  const { head, frames } = takeApart(bytes);
  const mutated = frames.map((frame) => {
    const copy = Buffer.from(frame);
    for (let flips = random.uniform() < 0.1 ? random.integer(1, 4) : 0; flips > 0; flips--) {
      copy[random.integer(8, copy.length - 3)] ^= 1 << random.integer(0, 7);
    }
    seal(copy);
    return copy;
  });
  return Buffer.concat([head, ...mutated]);
}
