/** From synthesised speech to the file that a studio would have delivered: 48 kHz, 16 bits, one channel. */
import { Random } from '../../random';
import { EMOTIONS } from '../labels';
import type { Take } from '../ravdess';
import { drawExpression } from './expression';
import { SAMPLE_RATE, synthesise } from './synthesiser';
import { planUtterance } from './utterance';
import type { Voice } from './voice';

/** Loudest sample: a little below full scale. */
const CEILING = 0.97;

/** One clip of the practice corpus as a WAV file; the same seed, voice and take give the same bytes. */
export function recordClip(seed: number, voice: Voice, take: Take): Buffer {
  const random = new Random(seed, 'clip', take.actor, take.label, take.intensity, take.statement, take.repetition);
  const manner = drawExpression(EMOTIONS[take.label], take.intensity, voice.styles[take.label], random);
  const utterance = planUtterance(voice, take.statement, manner, random);
  const speech = synthesise(utterance, voice, random);
  setLevel(speech, voice.level + manner.level);
  return encodeWave(quantise(speech, random));
}

/** Scales in place so that the root mean square of the spoken part is `level` dB below full scale. */
function setLevel(samples: Float32Array, level: number): void {
  let sum = 0;
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    sum += samples[i] * samples[i];
    peak = Math.max(peak, Math.abs(samples[i]));
  }
  let spoken = 0;
  const threshold = peak * 0.02;
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i]) > threshold) spoken++;
  const gain = Math.min(10 ** (level / 20) / Math.sqrt(sum / Math.max(1, spoken)), CEILING / peak);
  for (let i = 0; i < samples.length; i++) samples[i] *= gain;
}

/** Rounds to 16 bits over the noise of a quiet room: about −90 dB, stronger towards low frequencies. */
function quantise(samples: Float32Array, random: Random): Int16Array {
  const quantised = new Int16Array(samples.length);
  let state = random.integer(1, 0x7fffffff) | 1;
  let room = 0;
  for (let i = 0; i < samples.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const noise = state / 2_147_483_648;
    room += 0.03 * (noise - room);
    quantised[i] = Math.round(Math.max(-1, Math.min(CEILING, samples[i])) * 32767 + 5 * room + 0.7 * noise);
  }
  return quantised;
}

/** A canonical WAV file: 44 bytes of header, then the samples. */
function encodeWave(samples: Int16Array): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // integer samples
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  // Sample by sample, so that big-endian machines write the same bytes.
  for (let i = 0; i < samples.length; i++) file.writeInt16LE(samples[i], 44 + 2 * i);
  return file;
}
