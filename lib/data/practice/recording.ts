/** From synthesised speech to the file that a studio would have delivered: 48 kHz, 16 bits, one channel. */
import { encodeWav } from '../../audio/formats/write-wav';
import { Random } from '../../random';
import { EMOTIONS } from '../labels';
import type { Take } from '../ravdess';
import { drawExpression } from './expression';
import { Noise, SAMPLE_RATE, synthesise } from './synthesiser';
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
  return Buffer.from(encodeWav({ samples: quantise(speech, random), sampleRate: SAMPLE_RATE }));
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
function quantise(samples: Float32Array, random: Random): Float32Array {
  const quantised = new Float32Array(samples.length);
  const noise = new Noise(random.integer(1, 0x7fffffff));
  let room = 0;
  for (let i = 0; i < samples.length; i++) {
    const white = noise.next();
    room += 0.03 * (white - room);
    const value = Math.max(-1, Math.min(CEILING, samples[i])) * 32_767;
    quantised[i] = Math.round(value + 5 * room + 0.7 * white) / 32_768;
  }
  return quantised;
}
