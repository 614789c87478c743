/** One recording in every format that ffmpeg and SoX can write: for tests, and for the fuzz bench. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { decodeWav } from '../../audio/formats/wav';
import { encodeWav } from '../../audio/formats/write-wav';
import type { Signal } from '../../audio/signal';
import { recordClip } from '../../data/practice/recording';
import { drawVoice } from '../../data/practice/voice';
import { takesOf } from '../../data/ravdess';

/** Command for a format, and agreement between our decoding and that of the program. */
export interface EncodedFormat {
  program: 'ffmpeg' | 'sox';
  args: string;
  /** Largest difference of a sample; default 1e-6. */
  tolerance?: number;
  /**
   * Treatment of the encoder's delay: `trimmed` at the end, where ffmpeg keeps the padding, so that the length is the
   * source's; `shifted` by up to 2,112 samples, so that the best alignment is compared by correlation.
   */
  delay?: 'trimmed' | 'shifted';
  /** Decoded by ffmpeg alone. */
  needsFfmpeg?: true;
  /** Result of a file cut short; default a `damage`. */
  cut?: 'refused' | 'unknowable';
}

const ffmpeg = (args: string, more: Omit<EncodedFormat, 'program' | 'args'> = {}): EncodedFormat => ({
  program: 'ffmpeg',
  args,
  ...more,
});
const sox = (args: string, more: Omit<EncodedFormat, 'program' | 'args'> = {}): EncodedFormat => ({
  ...ffmpeg(args, more),
  program: 'sox',
});

const STEREO = '-af pan=stereo|c0=c0|c1=0.5*c0';
const PICTURE = '-f lavfi -i testsrc=size=64x48:rate=10 -map 0:a -map 1:v -shortest';
/** Noise that replaces the spectrum's gaps is random: decoders differ in it. */
const AAC = '-c:a aac -aac_pns 0';
/** An index behind the sound, which a cut removes. */
const LATE = { delay: 'trimmed', cut: 'refused' } as const;
const FRAGMENTS = '-movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 500000 -f mp4';

/** The formats by name. */
export const ENCODED_FORMATS: Record<string, EncodedFormat> = {
  'WAV of 16 bits': ffmpeg(`${STEREO} -c:a pcm_s16le -f wav`),
  'WAV of 24 bits': ffmpeg('-c:a pcm_s24le -f wav'),
  'WAV of 32 bits': ffmpeg('-c:a pcm_s32le -f wav'),
  'WAV of floats': ffmpeg('-c:a pcm_f32le -f wav'),
  'WAV as RF64': ffmpeg('-rf64 always -f wav'),
  'WAV as RIFX': sox('-B -t wav'),
  'WAV in A-law': ffmpeg('-c:a pcm_alaw -f wav'),
  'WAV in µ-law': ffmpeg('-c:a pcm_mulaw -f wav'),
  'WAV in MS ADPCM': ffmpeg('-c:a adpcm_ms -f wav'),
  'WAV in IMA ADPCM': ffmpeg(`${STEREO} -c:a adpcm_ima_wav -f wav`),
  'WAV with MP3': ffmpeg('-c:a libmp3lame -f wav'),
  MP3: ffmpeg(`${STEREO} -ar 44100 -f mp3`),
  'MP3 of variable rate at 22,050 Hz': ffmpeg('-ar 22050 -q:a 4 -f mp3'),
  'MPEG layer II': ffmpeg('-f mp2', { tolerance: 1e-4 }),
  'M4A with AAC': ffmpeg(`${AAC} -f ipod`, LATE),
  'M4A with AAC, index first': ffmpeg(`${AAC} -movflags +faststart -f ipod`, { delay: 'trimmed' }),
  'M4A with AAC in fragments': ffmpeg(`${AAC} ${FRAGMENTS}`, { delay: 'shifted' }),
  'M4A with ALAC': ffmpeg('-c:a alac -f ipod', LATE),
  'AAC in ADTS': ffmpeg(`${AAC} -f adts`, { delay: 'shifted' }),
  'AAC in ADTS at 16 kHz': ffmpeg(`-ar 16000 ${AAC} -f adts`, { delay: 'shifted' }),
  FLAC: ffmpeg(`${STEREO} -f flac`),
  'Ogg Vorbis': ffmpeg('-c:a libvorbis -f ogg'),
  'Ogg Opus': ffmpeg('-c:a libopus -f ogg'),
  'Ogg FLAC': ffmpeg('-c:a flac -f ogg'),
  'WebM with Opus': ffmpeg('-c:a libopus -f webm'),
  'WebM with Vorbis': ffmpeg('-c:a libvorbis -f webm'),
  'Matroska with AAC': ffmpeg(`${AAC} -f matroska`, { delay: 'shifted' }),
  'Matroska with FLAC': ffmpeg('-c:a flac -f matroska'),
  AIFF: ffmpeg(`${STEREO} -f aiff`),
  'AIFF-C of floats': ffmpeg('-c:a pcm_f32be -f aiff'),
  'AIFF-C, little-endian': ffmpeg('-c:a pcm_s16le -f aiff'),
  'AIFF-C in µ-law': ffmpeg('-c:a pcm_mulaw -f aiff'),
  CAF: ffmpeg(`${STEREO} -f caf`),
  'CAF in µ-law': ffmpeg('-c:a pcm_mulaw -f caf', { needsFfmpeg: true, cut: 'unknowable' }),
  'AIFF of 8 bits': ffmpeg('-c:a pcm_s8 -f aiff', { needsFfmpeg: true, cut: 'unknowable' }),
  'CAF with ALAC': ffmpeg('-c:a alac -f caf', { needsFfmpeg: true, cut: 'refused' }),
  WMA: ffmpeg('-c:a wmav2 -f asf'),
  'AMR (narrow-band)': sox('-r 8000 -t amr-nb', { tolerance: 1e-3 }),
  '3GP with AAC': ffmpeg(`-ar 16000 ${AAC} -f 3gp`, LATE),
  'MP4 video': ffmpeg(`${PICTURE} -c:v mpeg4 ${AAC} -f mp4`, LATE),
  'MOV video': ffmpeg(`${PICTURE} -c:v mpeg4 -c:a pcm_s16le -f mov`, { cut: 'refused' }),
  'WebM video': ffmpeg(`${PICTURE} -c:v libvpx -c:a libopus -f webm`),
  'Windows Media video': ffmpeg(`${PICTURE} -c:v wmv2 -c:a wmav2 -f asf`, { needsFfmpeg: true, cut: 'unknowable' }),
  AU: ffmpeg('-f au', { needsFfmpeg: true, cut: 'unknowable' }),
  Wave64: ffmpeg('-f w64', { needsFfmpeg: true }),
  WavPack: ffmpeg('-f wv', { needsFfmpeg: true }),
  AVI: ffmpeg('-c:a pcm_s16le -f avi', { needsFfmpeg: true, cut: 'unknowable' }),
};

/** Two seconds of a synthetic voice at 48 kHz. */
export function speech(): Signal {
  const [take] = takesOf(3, 2).slice(5);
  return decodeWav(recordClip(7, drawVoice(7, 3), take), 'speech.wav', { offset: 0.7, duration: 2 });
}

/** Programs of the table that are not installed. */
export function missingPrograms(): string[] {
  const isMissing = (program: string, version: string): boolean => spawnSync(program, [version]).status !== 0;
  return [isMissing('ffmpeg', '-version') ? 'ffmpeg' : '', isMissing('sox', '--version') ? 'SoX' : ''].filter(Boolean);
}

/** A signal in one of the formats; written to a pipe, some hold no sizes. */
export function encode(name: string, signal: Signal, folder: string, isPiped = false): Buffer {
  const { program, args } = ENCODED_FORMATS[name];
  const [source, target] = ['source.wav', 'encoded'].map((file) => path.join(folder, file));
  fs.writeFileSync(source, encodeWav(signal));
  const words = [...args.split(' '), isPiped ? '-' : target];
  const written = run(
    program,
    program === 'ffmpeg' ? ['-v', 'error', '-y', '-i', source, ...words] : ['-D', source, ...words],
  );
  return isPiped ? written : fs.readFileSync(target);
}

/** The decoding of a file by the program that made it. */
export function decodeByPeer(program: EncodedFormat['program'], file: string): Signal {
  const ending = path.extname(file).slice(1);
  const wav =
    program === 'ffmpeg'
      ? run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a:0', '-c:a', 'pcm_f32le', '-f', 'wav', '-'])
      : run('sox', ['-t', ending, file, '-t', 'wav', '-e', 'floating-point', '-b', '32', '-']);
  return decodeWav(wav, file);
}

function run(program: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
