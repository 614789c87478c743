/** Sound that is decoded as it is read, so that its length costs no memory. */
import { badAudio, checkLayout } from './formats/bad-audio';
import { checkFinite, frameRange, meanOf, type Range, rangeBounds } from './range';
import { chunksOf, type SampleSource } from './sample-source';
import { type Signal, withDamage } from './signal';

/** One channel of sound in blocks. */
export interface SoundStream {
  /** Name in errors. */
  readonly name: string;
  /** Samples per second. */
  readonly sampleRate: number;
  /** The samples, once; ending early frees the decoder. */
  readonly blocks: AsyncGenerator<Float32Array, void>;
  /** The missing part of the recording; final after the last block. */
  damage(): string | undefined;
}

/** Several channels of sound, as decoders give them. */
export interface ChannelBlock {
  channelData: readonly Float32Array[];
  sampleRate: number;
}

/** Samples that any compressed file may give: six minutes at 48 kHz. */
const FREE_SAMPLES = 2 ** 24;
/** Samples per byte beyond that. Digital silence as FLAC has some 340, speech at most 20. */
const SAMPLES_PER_BYTE = 512;

/** Blocks of a decoder, and what they come from. */
export interface DecodedSound {
  name: string;
  /** Bytes of the file: a small one may not claim endless sound. */
  size: number;
  /** None of them empty. */
  blocks: AsyncGenerator<ChannelBlock, void>;
  damage(): string | undefined;
}

/**
 * The mean of a decoder's channels.
 *
 * @throws SerError `bad-audio` if there is no sound, or while reading: if the sample rate changes, a sample is not a
 * finite number, or the file unfolds to more samples than its bytes can hold
 */
export async function monoStream({ name, size, blocks, damage }: DecodedSound): Promise<SoundStream> {
  const first = (await blocks.next()).value;
  if (!first) {
    throw badAudio('loadAudio', 'the file must hold sound', damage() ?? 'none that can be decoded', name);
  }
  const { sampleRate } = first;
  const channels = first.channelData.length;
  checkLayout('loadAudio', channels, sampleRate, name);
  const mono = async function* (): AsyncGenerator<Float32Array, void> {
    let samples = 0;
    try {
      for (let block: typeof first | undefined = first; block; block = (await blocks.next()).value || undefined) {
        if (block.sampleRate !== sampleRate) {
          throw badAudio('loadAudio', `the sample rate must stay ${sampleRate} Hz`, block.sampleRate, name);
        }
        const mean = meanOf(block.channelData);
        checkFinite(mean, name, samples);
        samples += mean.length;
        const most = FREE_SAMPLES + SAMPLES_PER_BYTE * size;
        if (samples > most) throw badAudio('loadAudio', `${size} bytes may hold at most ${most} samples`, 'more', name);
        yield mean;
      }
    } finally {
      await blocks.return();
    }
  };
  return { name, sampleRate, blocks: mono(), damage };
}

/** Samples at hand, or in a file, as a stream. */
export function streamSamples(source: SampleSource, name: string): SoundStream {
  const read = async function* (): AsyncGenerator<Float32Array, void> {
    yield* chunksOf(source);
  };
  return { name, sampleRate: source.sampleRate, blocks: read(), damage: () => source.damage };
}

/**
 * The range of a stream as one signal; what comes after it is not decoded.
 *
 * @throws SerError `bad-audio` if the recording ends before the range begins
 */
export async function collect(stream: SoundStream, range: Range = {}): Promise<Signal> {
  const { name, sampleRate, blocks, damage } = stream;
  const [first, last] = rangeBounds(sampleRate, range);
  const parts: Float32Array[] = [];
  let position = 0;
  for await (const block of blocks) {
    const part = block.subarray(Math.max(0, first - position), Math.max(0, last - position));
    if (part.length > 0) parts.push(part);
    position += block.length;
    if (position >= last) break;
  }
  const [begin, end] = frameRange(position, sampleRate, name, range);
  const samples = joined(parts, end - begin);
  return withDamage({ samples, sampleRate }, damage());
}

/** Blocks one after the other as one list. */
export function joined(parts: readonly Float32Array[], length: number): Float32Array {
  if (parts.length === 1) return parts[0];
  const samples = new Float32Array(length);
  let filled = 0;
  for (const part of parts) {
    samples.set(part, filled);
    filled += part.length;
  }
  return samples;
}

/** Signals one after the other. */
export interface JoinedSignals {
  signal: Signal;
  /** Seconds at which each begins, and at which the last ends: one more than there are signals. */
  edges: number[];
}

/**
 * Puts signals one after the other.
 *
 * @throws RangeError if there is none, or their sample rates differ
 * @example const both = joinSignals([first, second])
 */
export function joinSignals(signals: readonly Signal[]): JoinedSignals {
  const rates = [...new Set(signals.map(({ sampleRate }) => sampleRate))];
  if (rates.length !== 1) {
    throw new RangeError(
      `joinSignals: signals must have one sample rate, got ${rates.length === 0 ? 'no signal' : `${rates.join(' and ')} Hz`}`,
    );
  }
  const [sampleRate] = rates;
  const edges = [0];
  for (const { samples } of signals) edges.push(edges[edges.length - 1] + samples.length);
  const samples = joined(
    signals.map((signal) => signal.samples),
    edges[signals.length],
  );
  return { signal: { samples, sampleRate }, edges: edges.map((edge) => edge / sampleRate) };
}
