/**
 * From curves to sound: a glottal source and noise, filtered by the resonances of the vocal tract.
 *
 * Source: the flow derivative of Klatt & Klatt (1990), "Analysis, synthesis and perception of voice quality variations",
 * JASA 87:820 (KLGLOTT88), with aspiration that follows the glottis. Filter: formant resonators in cascade, noise made in
 * the mouth beside them, as in Klatt (1980), JASA 67:971.
 */
import type { Random } from '../../random';
import { CREAK, STEP, type Utterance } from './utterance';

/** Hertz; what the RAVDESS recordings have. */
export const SAMPLE_RATE = 48_000;

const STEP_SAMPLES = Math.round(STEP * SAMPLE_RATE);
/** Above the four formants that move, a tube resonates about every 1,000 Hz. */
const FIXED_FORMANTS = [4400, 5400, 6400, 7400, 8400, 9400, 10400];

/** Of the first-order filter in place of the resonances above 11 kHz: +8 dB at 4 kHz, +13 dB at 8 kHz. */
const LIFT = 0.8;

/** Variation of a voice from one period to the next, and its size. */
export interface SourceOptions {
  /** Standard deviation of a period's length, and of its strength. */
  jitter: number;
  shimmer: number;
  formantScale: number;
}

/** Sounds an utterance at `SAMPLE_RATE`; the level is arbitrary. */
export function synthesise(utterance: Utterance, options: SourceOptions, random: Random): Float32Array {
  const { steps, voicing, aspiration, friction } = utterance;
  const output = new Float32Array(steps * STEP_SAMPLES);
  const tract = new Tract(options.formantScale);
  const glottis = new Glottis(options, random);
  const noise = new Noise(random.integer(1, 0x7fffffff));
  const mouth = new Band();
  const source = new Float64Array(STEP_SAMPLES);

  for (let step = 1; step < steps; step++) {
    const isSilent =
      voicing[step] + voicing[step - 1] + aspiration[step] + aspiration[step - 1] + friction[step] < 1e-5;
    if (isSilent) {
      tract.rest();
      continue;
    }
    const first = step * STEP_SAMPLES;
    glottis.speak(source, utterance, step);
    // Aspiration comes through the open glottis; a whisper flows all the time.
    for (let i = 0; i < STEP_SAMPLES; i++) {
      const share = i / STEP_SAMPLES;
      const strength = aspiration[step - 1] + (aspiration[step] - aspiration[step - 1]) * share;
      source[i] += strength * (0.4 + 0.6 * glottis.opening[i]) * noise.next();
    }
    tract.shape(utterance, step);
    tract.resonate(source, output, first);
    if (friction[step] + friction[step - 1] > 1e-5) {
      mouth.tune(utterance.frictionCentre[step], utterance.frictionQuality[step]);
      for (let i = 0; i < STEP_SAMPLES; i++) {
        const share = i / STEP_SAMPLES;
        const strength = friction[step - 1] + (friction[step] - friction[step - 1]) * share;
        output[first + i] += mouth.filter(strength * noise.next());
      }
    }
  }
  return output;
}

/** Glottal pulses with jitter and shimmer. */
class Glottis {
  /** For each sample of the last step, 1 while the glottis is open. */
  readonly opening = new Float64Array(STEP_SAMPLES);
  private position = 0;
  private period = 0;
  private strength = 1;
  private isLong = false;
  private softened = 0;

  constructor(
    private readonly options: SourceOptions,
    private readonly random: Random,
  ) {}

  /**
   * One step of the flow's derivative, u (2 − 3u) while open with u = time / open time, tilted by a one-pole low-pass.
   * The jump at the closing is rounded over two samples (polyBLEP), else it would alias.
   */
  speak(source: Float64Array, utterance: Utterance, step: number): void {
    const { voicing, tilt, openQuotient } = utterance;
    const corner = 3000 / Math.sqrt(Math.max(1e-2, 10 ** (tilt[step] / 10) - 1));
    const smoothing = 1 - Math.exp((-2 * Math.PI * Math.min(corner, 20_000)) / SAMPLE_RATE);
    const before = voicing[step - 1];
    const slope = (voicing[step] - before) / STEP_SAMPLES;
    const { opening } = this;
    let { position, softened } = this;
    let open = openQuotient[step] * this.period;
    for (let i = 0; i < STEP_SAMPLES; i++) {
      if (position >= this.period) {
        position = this.startPeriod(position - this.period, utterance, step);
        open = openQuotient[step] * this.period;
      }
      const u = position / open;
      const late = position - open;
      let flow = u < 1 ? u * (2 - 3 * u) : 0;
      if (late > -1 && late < 1) flow += late <= 0 ? ((late + 1) * (late + 1)) / 2 : -((1 - late) * (1 - late)) / 2;
      const loudness = before + slope * i;
      softened += smoothing * (flow * this.strength * loudness - softened);
      source[i] = softened;
      opening[i] = u < 1 || loudness < 0.02 ? 1 : 0;
      position++;
    }
    this.position = position;
    this.softened = softened;
  }

  /** Draws the next period's length and strength; returns the time since it began. */
  private startPeriod(position: number, utterance: Utterance, step: number): number {
    const roughness = utterance.roughness[step];
    this.isLong = !this.isLong;
    // A creaking voice alternates long and short, strong and weak periods.
    const creak = roughness > CREAK ? (this.isLong ? 0.18 : -0.18) : 0;
    const length = 1 + creak + this.options.jitter * roughness * this.random.normal();
    this.period = (SAMPLE_RATE / utterance.fundamental[step]) * Math.max(0.4, length);
    this.strength = Math.max(0.1, 1 + creak + this.options.shimmer * roughness * this.random.normal());
    return position;
  }
}

/** The vocal tract: second-order resonators in cascade, each with a gain of 1 at 0 Hz. */
class Tract {
  private readonly gain = new Float64Array(4 + FIXED_FORMANTS.length);
  private readonly near = new Float64Array(this.gain.length);
  private readonly far = new Float64Array(this.gain.length);
  private readonly last = new Float64Array(this.gain.length);
  private readonly beforeLast = new Float64Array(this.gain.length);
  private readonly count: number;
  private before = 0;

  constructor(scale: number) {
    const fixed = FIXED_FORMANTS.map((formant) => formant * scale).filter((formant) => formant < 12_000);
    this.count = 4 + fixed.length;
    for (let i = 0; i < fixed.length; i++) this.place(4 + i, fixed[i], 220 + 70 * i);
  }

  shape(utterance: Utterance, step: number): void {
    for (let i = 0; i < 4; i++) this.place(i, utterance.formants[i][step], utterance.bandwidths[i][step]);
  }

  private place(index: number, formant: number, bandwidth: number): void {
    const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE);
    this.near[index] = 2 * radius * Math.cos((2 * Math.PI * formant) / SAMPLE_RATE);
    this.far[index] = -radius * radius;
    this.gain[index] = 1 - this.near[index] - this.far[index];
  }

  /** One resonator after the other over the whole step: `source` holds what has passed so far. */
  resonate(source: Float64Array, output: Float32Array, first: number): void {
    for (let index = 0; index < this.count; index++) {
      const gain = this.gain[index];
      const near = this.near[index];
      const far = this.far[index];
      let last = this.last[index];
      let beforeLast = this.beforeLast[index];
      for (let i = 0; i < STEP_SAMPLES; i++) {
        const value = gain * source[i] + near * last + far * beforeLast;
        beforeLast = last;
        last = value;
        source[i] = value;
      }
      this.last[index] = last;
      this.beforeLast[index] = beforeLast;
    }
    // Poles above these resonances, which are left out, would lift what lies below them.
    let before = this.before;
    for (let i = 0; i < STEP_SAMPLES; i++) {
      output[first + i] = (source[i] - LIFT * before) / (1 - LIFT);
      before = source[i];
    }
    this.before = before;
  }

  rest(): void {
    this.last.fill(0);
    this.beforeLast.fill(0);
    this.before = 0;
  }
}

/** A band of noise: two equal band-passes in cascade, gain 1 at the centre. */
class Band {
  private gain = 0;
  private near = 0;
  private far = 0;
  private readonly state = new Float64Array(8);

  tune(centre: number, quality: number): void {
    const angle = (2 * Math.PI * Math.min(centre, 14_000)) / SAMPLE_RATE;
    const width = Math.sin(angle) / (2 * quality);
    this.gain = width / (1 + width);
    this.near = (2 * Math.cos(angle)) / (1 + width);
    this.far = -(1 - width) / (1 + width);
  }

  filter(input: number): number {
    const s = this.state;
    const middle = this.gain * (input - s[1]) + this.near * s[2] + this.far * s[3];
    const output = this.gain * (middle - s[5]) + this.near * s[6] + this.far * s[7];
    s[1] = s[0];
    s[0] = input;
    s[3] = s[2];
    s[2] = middle;
    s[5] = s[4];
    s[4] = middle;
    s[7] = s[6];
    s[6] = output;
    return output;
  }
}

/** White noise from −1 to 1 (xorshift32, Marsaglia 2003): a million samples cost as much as a thousand of `Random`. */
export class Noise {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state / 2_147_483_648;
  }
}
