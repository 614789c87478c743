/** Formats that only ffmpeg reads, if it is installed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ChannelBlock } from '../sound-stream';
import { memorySource } from '../source';
import { badAudio } from './bad-audio';
import { readWavHeader, type WavFormat } from './wav-header';

/** Bytes in which ffmpeg's WAV header ends. */
const HEADER = 256;

/**
 * Decodes the first stream of sound of a file by ffmpeg.
 *
 * @param part the file, and where its tags end and begin
 * @param refusal why no other decoder reads it, and the way out, for the error if ffmpeg is missing or fails
 * @throws SerError `bad-audio` if ffmpeg is missing, or finds no sound
 */
export async function* decodeByFfmpeg(
  part: { file: string; start: number; end: number },
  refusal: { rule: string; got: string },
  onDamage: (reason: string) => void,
): AsyncGenerator<ChannelBlock, void> {
  const { file, start, end } = part;
  const output = '-map 0:a:0 -c:a pcm_f32le -bitexact -f wav pipe:1'.split(' ');
  const options = '-v error -nostdin -protocol_whitelist file,pipe,subfile -i'.split(' ');
  const input = [...options, `subfile,,start,${start},end,${end},,:file:${file}`];
  const program = spawn('ffmpeg', [...input, ...output], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = once(program, 'close');
  ended.catch(() => {}); // awaited below, after what it wrote
  let rest: Buffer = Buffer.alloc(0);
  let format: WavFormat | undefined;
  try {
    for await (const piece of program.stdout) {
      rest = Buffer.concat([rest, piece as Buffer]);
      if (!format) {
        if (rest.length < HEADER) continue;
        format = readWavHeader(memorySource(rest, file));
        rest = rest.subarray(format.start);
      }
      const { channels, sampleRate } = format;
      const mean = new Float32Array(Math.floor(rest.length / (4 * channels)));
      for (let n = 0; n < channels * mean.length; n++) {
        mean[Math.floor(n / channels)] += rest.readFloatLE(4 * n) / channels;
      }
      if (mean.length > 0) yield { channelData: [mean], sampleRate };
      rest = rest.subarray(4 * channels * mean.length);
    }
    const [code] = await ended.catch(() => {
      throw badAudio('loadAudio', refusal.rule, refusal.got, file);
    });
    const lines = complaint.trim().split('\n');
    const reason = lines
      .filter((line) => !line.startsWith('To ignore'))
      .at(-1)
      ?.replace(/^subfile,.*,,:file:/, '');
    if (code !== 0 && !format) throw badAudio('loadAudio', refusal.rule, `${refusal.got} (ffmpeg: ${reason})`, file);
    if (reason) onDamage(`ffmpeg: ${reason}`);
  } finally {
    program.kill();
  }
}
