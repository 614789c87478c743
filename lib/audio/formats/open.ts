/** From bytes to a stream of sound, whatever the format. */
import { type ChannelBlock, monoStream, type SoundStream, streamSamples } from '../sound-stream';
import { type ByteSource, partOf } from '../source';
import { badAudio, shortfall } from './bad-audio';
import { decodePieces, type Plan, Unsupported } from './decoders';
import { decodeByFfmpeg } from './ffmpeg';
import { PLANS } from './plans';
import { sniff } from './sniff';
import { openWav, type PlainWav } from './wav';
import { readWavHeader } from './wav-header';

/** WAV encodings whose samples stand side by side. */
const PLAIN = [1, 3, 6, 7];

/**
 * Opens a recording.
 *
 * @param file its path, for ffmpeg; absent for bytes in memory
 * @throws SerError `bad-audio` if it is no recording, is damaged from the start, or needs ffmpeg and there is none
 */
export async function openSound(source: ByteSource, file?: string, found = sniff(source)): Promise<SoundStream> {
  const { name } = source;
  try {
    if (!found.format) throw new Unsupported(found.name);
    const plain = plainWav(source, found);
    if (plain) return streamSamples(openWav(plain), name);
    return await decode(PLANS[found.format](partOf(source, found.start, found.end)), name, source.size);
  } catch (error) {
    const isUnsupported =
      error instanceof Unsupported || /unsupported|no audio track|not a webm file/i.test(messageOf(error));
    if (!isUnsupported) throw error;
    const refusal = {
      rule: found.isSound ? `${RULE}${WAY_OUT}` : RULE,
      got: error instanceof Unsupported ? error.message : found.name,
    };
    if (!found.isSound || file === undefined) throw badAudio('loadAudio', refusal.rule, refusal.got, name);
    let damage: string | undefined;
    const blocks = decodeByFfmpeg({ file, ...found }, refusal, (reason) => {
      damage = reason;
    });
    // What ffmpeg gives is as long as its input is; no file claims more.
    return await monoStream({ name, size: Number.POSITIVE_INFINITY, blocks, damage: () => damage });
  }
}

/** A WAV file whose samples can be read anywhere; undefined for every other file. */
export function plainWav(source: ByteSource, found = sniff(source)): PlainWav | undefined {
  if (found.format !== 'wav') return undefined;
  const sound = partOf(source, found.start, found.end);
  const format = readWavHeader(sound);
  return PLAIN.includes(format.encoding) ? { sound, format } : undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Rule that a refused file breaks, and the way out. */
const RULE =
  'the file must be WAV, MP3, M4A, AAC, FLAC, Ogg, Opus, WebM, AIFF, CAF, AMR, WMA or the sound of an MP4 or MOV video';
const WAY_OUT = '; for others install ffmpeg, or convert the file: ffmpeg -i IN OUT.wav';

/** The stream of a plan. */
function decode(plan: Plan, name: string, size: number): Promise<SoundStream> {
  let [failure, decoded]: [string | undefined, number] = [undefined, 0];
  const blocks = async function* (): AsyncGenerator<ChannelBlock, void> {
    const { decoder, pieces, last = Number.POSITIVE_INFINITY, fullScale } = plan;
    const onDamage = (reason: string): void => {
      failure = reason;
    };
    for await (const block of decodePieces(decoder, pieces, { name, onDamage })) {
      const channelData = block.channelData.map((channel) => {
        const kept = channel.subarray(0, Math.max(0, last - decoded));
        return fullScale === undefined ? kept : kept.map((x) => Math.round(x * fullScale) / (fullScale + 1));
      });
      decoded += channelData[0].length;
      if (channelData[0].length > 0) yield { ...block, channelData };
    }
  };
  const damage = (): string | undefined =>
    failure === undefined ? (shortfall(decoded, plan.promised, 'samples') ?? plan.damage?.()) : `damaged: ${failure}`;
  return monoStream({ name, size, blocks: blocks(), damage });
}
