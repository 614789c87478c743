/** The plan of one utterance: every quantity of the synthesiser, drawn as a curve over time. */
import type { Random } from '../../random';
import type { Expression } from './expression';
import { type Phoneme, SENTENCES } from './phonemes';
import type { Voice } from './voice';

/** Seconds between two points of a curve. */
export const STEP = 0.0025;

/** Roughness above which the glottal periods alternate between long and short. */
export const CREAK = 2.4;

/** Control curves of the synthesiser, with one value per step. */
export interface Utterance {
  steps: number;
  /** Hertz. */
  fundamental: Float32Array;
  /** Strength of the voice, of breath noise through the tract, and of noise made in the mouth. */
  voicing: Float32Array;
  aspiration: Float32Array;
  friction: Float32Array;
  /** Band of the noise made in the mouth: centre in hertz, and quality factor. */
  frictionCentre: Float32Array;
  frictionQuality: Float32Array;
  /** First four formants and their bandwidths, hertz. */
  formants: readonly Float32Array[];
  bandwidths: readonly Float32Array[];
  /** Open part of a glottal period, and the loss at 3 kHz in decibels. */
  openQuotient: Float32Array;
  tilt: Float32Array;
  /** Irregularity of the glottal periods, factor; above `CREAK` they also alternate in length. */
  roughness: Float32Array;
}

/** One phoneme at its place. */
interface Segment {
  phoneme: Phoneme;
  syllable: number;
  stress: number;
  start: number;
  end: number;
}

const BANDWIDTHS = [75, 90, 130, 200] as const;
/** Resting position of the mouth, for breaths and before the first sound. */
const REST = [480, 1450, 2500, 3450] as const;

/** Plans how `voice` says a sentence in this manner. */
export function planUtterance(voice: Voice, statement: 1 | 2, manner: Expression, random: Random): Utterance {
  const lead = random.uniform(0.78, 1.08);
  const segments = placePhonemes(voice, statement, manner, lead, random);
  const speechEnd = segments[segments.length - 1].end;
  const steps = Math.ceil((speechEnd + random.uniform(0.75, 1.15)) / STEP);
  const curve = (value = 0) => new Float32Array(steps).fill(value);
  const utterance: Utterance = {
    steps,
    fundamental: curve(voice.fundamental),
    voicing: curve(),
    aspiration: curve(),
    friction: curve(),
    frictionCentre: curve(4000),
    frictionQuality: curve(1),
    formants: REST.map((rest) => curve(rest * voice.formantScale)),
    bandwidths: BANDWIDTHS.map((bandwidth) => curve(bandwidth)),
    openQuotient: curve(),
    tilt: curve(),
    roughness: curve(),
  };
  drawArticulation(utterance, segments, voice, manner);
  drawLoudness(utterance, segments, voice, manner, random);
  drawMelody(utterance, segments, voice, manner, random);
  drawBreath(utterance, lead, random);
  return utterance;
}

/** Gives every phoneme its time: slow speech stretches vowels most, stress and the sentence's end lengthen. */
function placePhonemes(voice: Voice, statement: 1 | 2, manner: Expression, lead: number, random: Random): Segment[] {
  const slowness = 0.95 / (voice.rate * Math.exp(manner.tempo));
  const sentence = SENTENCES[statement];
  const segments: Segment[] = [];
  let time = lead;
  sentence.forEach(({ stress, phonemes }, syllable) => {
    const isLast = syllable === sentence.length - 1;
    if (syllable === sentence.length - 3 && random.uniform() < manner.pause) time += random.uniform(0.09, 0.28);
    for (const phoneme of phonemes) {
      const stretch = phoneme.isVowel ? slowness ** 1.2 * (0.85 + 0.45 * stress) : slowness ** 0.75;
      const ending = isLast && phoneme.isVowel ? 1.3 : 1;
      const duration = phoneme.duration * stretch * ending * Math.exp(0.09 * random.normal());
      segments.push({ phoneme, syllable, stress, start: time, end: time + duration });
      time += duration;
    }
  });
  return segments;
}

/** Formants glide between their targets; consonants pull the vowels beside them along. */
function drawArticulation(utterance: Utterance, segments: Segment[], voice: Voice, manner: Expression): void {
  for (let formant = 0; formant < 4; formant++) {
    const mouth = Math.exp(formant === 0 ? manner.opening : manner.spreading);
    const scale = voice.formantScale * voice.formantHabits[formant] * mouth;
    const target = utterance.formants[formant];
    const bandwidth = utterance.bandwidths[formant];
    for (const { phoneme, start, end } of segments) {
      fill(target, start, end, phoneme.formants[formant] * scale);
      fill(bandwidth, start, end, phoneme.bandwidths?.[formant] ?? BANDWIDTHS[formant]);
    }
    // The mouth is in place before the first sound and stays after the last.
    fill(target, 0, segments[0].start, segments[0].phoneme.formants[formant] * scale);
    const last = segments[segments.length - 1];
    fill(target, last.end, Number.POSITIVE_INFINITY, last.phoneme.formants[formant] * scale);
    smooth(target, 0.034);
    smooth(bandwidth, 0.02);
  }
  for (const { phoneme, start, end } of segments) {
    if (!phoneme.friction) continue;
    const [, centre, quality] = phoneme.friction;
    // The cavity before the tongue is short, so that a voice's size changes it less than its formants.
    fill(utterance.frictionCentre, start - 0.01, end + 0.01, centre * voice.formantScale ** 0.5);
    fill(utterance.frictionQuality, start - 0.01, end + 0.01, quality);
  }
}

/** Loudness, breathiness and sharpness of the voice; louder syllables are also brighter. */
function drawLoudness(
  utterance: Utterance,
  segments: Segment[],
  voice: Voice,
  manner: Expression,
  random: Random,
): void {
  const { steps, voicing, aspiration, friction, tilt, openQuotient, roughness } = utterance;
  const gains = new Float32Array(steps); // decibels
  const speech = segments[segments.length - 1].end - segments[0].start;
  const extra = segments.map(() => 0);
  for (let i = 0; i < segments.length; i++) {
    const { syllable, stress, start, end } = segments[i];
    extra[i] = segments[i - 1]?.syllable === syllable ? extra[i - 1] : 1.2 * random.normal();
    const decline = (5 * (start - segments[0].start)) / speech;
    fill(gains, start, end, (2.5 + 0.8 * manner.emphasis) * (stress - 0.4) - decline + extra[i]);
  }
  // The last sound dies away instead of breaking off.
  const { start: lastStart, end: lastEnd } = segments[segments.length - 1];
  forSteps(gains, lastStart, lastEnd, (step) => {
    gains[step] -= 9 * ((step * STEP - lastStart) / (lastEnd - lastStart)) ** 2;
  });
  smooth(gains, 0.06);
  for (const { phoneme, start, end } of segments) {
    fill(voicing, start, end, phoneme.voicing);
    fill(aspiration, start, end, phoneme.aspiration ?? 0);
    fill(friction, start, end, phoneme.friction?.[0] ?? 0);
  }
  smooth(voicing, Math.min(0.08, 0.013 * Math.exp(manner.attack)));
  smooth(aspiration, 0.008);
  smooth(friction, 0.007);
  // Louder voices gain more on their vowels than on their consonants' noise.
  const noiseShare = 10 ** ((-0.15 * manner.level) / 20);
  const breath = 10 ** (Math.min(-8, voice.breath + manner.breath) / 20);
  for (let step = 0; step < steps; step++) {
    const gain = 10 ** (gains[step] / 20);
    aspiration[step] = (aspiration[step] * noiseShare + voicing[step] * breath) * gain;
    friction[step] *= noiseShare * Math.sqrt(gain);
    tilt[step] = Math.min(26, Math.max(0, voice.tilt + manner.tilt - 0.5 * gains[step]));
    openQuotient[step] = Math.min(0.86, Math.max(0.36, voice.openQuotient + manner.openness - 0.005 * gains[step]));
    roughness[step] = Math.min(CREAK, Math.exp(manner.roughness));
    voicing[step] *= gain;
  }
}

/** F0: a falling line, a rise on every stressed syllable, the sentence's ending, tremble and drift. */
function drawMelody(utterance: Utterance, segments: Segment[], voice: Voice, manner: Expression, random: Random): void {
  const { steps, fundamental, roughness } = utterance;
  const movement = voice.liveliness * Math.exp(manner.range);
  const onset = segments[0].start;
  const offset = segments[segments.length - 1].end;
  const semitones = new Float32Array(steps);
  for (let step = 0; step < steps; step++) {
    const progress = Math.min(1, Math.max(0, (step * STEP - onset) / (offset - onset)));
    semitones[step] = manner.pitch + movement * (1 - 2.6 * progress);
  }
  for (let syllable = 0; syllable <= segments[segments.length - 1].syllable; syllable++) {
    const own = segments.filter((segment) => segment.syllable === syllable);
    const start = own[0].start;
    const end = own[own.length - 1].end;
    const isLast = end === offset;
    const height = movement * own[0].stress * (3 + 0.7 * random.normal()) * (isLast ? 0.5 : 1);
    const middle = start + 0.55 * (end - start);
    const reach = 0.75 * (end - start) + 0.05;
    forSteps(semitones, middle - reach, middle + reach, (step) => {
      semitones[step] += height * (0.5 + 0.5 * Math.cos((Math.PI * (step * STEP - middle)) / reach));
    });
    if (isLast) {
      forSteps(semitones, start, Number.POSITIVE_INFINITY, (step) => {
        const share = Math.min(1, (step * STEP - start) / (end - start));
        semitones[step] += manner.ending * share * share * (3 - 2 * share);
      });
    }
    if (random.uniform() < manner.creak * (isLast ? 2 : 1)) {
      // The voice drops towards creak in the later part of the syllable.
      forSteps(semitones, start + 0.45 * (end - start), end, (step) => {
        semitones[step] -= 7;
        roughness[step] = Math.max(CREAK + 0.1, roughness[step] * 2.5);
      });
    }
  }
  const trembling = random.uniform(5, 7.5);
  const phase = random.uniform(0, 2 * Math.PI);
  const depth = Math.max(0, manner.tremor);
  const drift = Float32Array.from({ length: steps }, () => 4 * random.normal());
  smooth(drift, 0.08);
  smooth(semitones, 0.02);
  for (let step = 0; step < steps; step++) {
    const tremble = depth * Math.sin(2 * Math.PI * trembling * step * STEP + phase);
    const hertz = voice.fundamental * 2 ** ((semitones[step] + tremble + drift[step] * 0.5) / 12);
    fundamental[step] = Math.min(650, Math.max(45, hertz));
  }
}

/** Half of the clips have an audible breath before the sentence. */
function drawBreath(utterance: Utterance, lead: number, random: Random): void {
  if (random.uniform() < 0.5) return;
  const end = lead - random.uniform(0.04, 0.12);
  const start = end - random.uniform(0.2, 0.4);
  const strength = 0.012 * Math.exp(0.6 * random.normal());
  forSteps(utterance.aspiration, start, end, (step) => {
    const share = (step * STEP - start) / (end - start);
    utterance.aspiration[step] += strength * Math.sin(Math.PI * share) ** 2;
  });
}

function forSteps(curve: Float32Array, start: number, end: number, action: (step: number) => void): void {
  const last = Math.min(curve.length, Math.round(end / STEP));
  for (let step = Math.max(0, Math.round(start / STEP)); step < last; step++) action(step);
}

function fill(curve: Float32Array, start: number, end: number, value: number): void {
  curve.fill(value, Math.max(0, Math.round(start / STEP)), Math.min(curve.length, Math.round(end / STEP)));
}

/** Two passes of a moving average: a soft glide instead of each jump, about `width` seconds long. */
function smooth(curve: Float32Array, width: number): void {
  const reach = Math.round(width / STEP / 2);
  if (reach < 1) return;
  const sums = new Float64Array(curve.length + 1);
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < curve.length; i++) sums[i + 1] = sums[i] + curve[i];
    for (let i = 0; i < curve.length; i++) {
      const low = Math.max(0, i - reach);
      const high = Math.min(curve.length, i + reach + 1);
      curve[i] = (sums[high] - sums[low]) / (high - low);
    }
  }
}
