/** Time stretching by a phase vocoder, on the SIMD kernels. */
import { SPECTRUM } from '../../config';
import {
  doublesAt,
  floatsAt,
  integersAt,
  kernels,
  LANES,
  LANES_64,
  type Pointer,
  type Scratch,
  withScratch,
} from '../simd';
import { FrameTransform, hannWindow } from '../transform/frame-transform';
import { frameCount } from '../transform/stft';

const { fftLength, hopLength } = SPECTRUM;

/**
 * The same sound, `rate` times as fast, at the same pitch.
 *
 * Magnitudes are interpolated between the two nearest frames; phases are carried as unit complex numbers and turned
 * by the angle between those frames, which equals adding up unwrapped angles, without trigonometry. The spectra are
 * made in double precision, because a bin's phase is carried through frames in which it is all but silent.
 *
 * @param rate > 0
 * @returns round(samples / rate) samples
 * @see Flanagan & Golden (1966); agrees with librosa.effects.time_stretch (augment.test.ts)
 */
export function timeStretch(samples: Float32Array, rate: number): Float32Array {
  if (samples.length === 0) throw new RangeError('stretch: the signal must not be empty, got 0 samples');
  const length = Math.round(samples.length / rate);
  const outputs = Math.ceil(frameCount(samples.length) / rate);
  const transform = FrameTransform.of(fftLength, 'single');
  FrameTransform.of(fftLength, 'double'); // kept before scratch memory is taken
  const groups = Math.ceil(outputs / LANES);
  return withScratch((scratch) => {
    // All memory is taken before the first view of it.
    const result = scratch.floats(fftLength + (groups * LANES - 1) * hopLength);
    const spectra = new PolarFrames(samples, Math.ceil((LANES - 1) * rate) + 2, scratch);
    const [phaseRe, phaseIm] = [scratch.floats(transform.columns), scratch.floats(transform.columns)];
    const [steps, block] = [scratch.room(16 * LANES), scratch.room(32 * LANES)];
    const [places, shares] = [integersAt(steps, 4 * LANES), floatsAt(steps, 4 * LANES)];
    const { columns, re, im } = transform;
    const { magnitude, phasorRe, phasorIm } = spectra;
    for (let group = 0; group < groups; group++) {
      const first = group * LANES;
      spectra.transformTo(Math.floor((first + LANES - 1) * rate) + 1);
      if (group === 0) {
        floatsAt(phaseRe, columns).set(floatsAt(phasorRe, columns));
        floatsAt(phaseIm, columns).set(floatsAt(phasorIm, columns));
      }
      for (let lane = 0; lane < LANES; lane++) {
        const position = (first + lane) * rate;
        const frame = Math.floor(position);
        const sounds = first + lane < outputs ? 1 : 0; // what fills up the last group is silent
        places[4 * lane] = spectra.place(frame);
        places[4 * lane + 1] = spectra.place(frame + 1);
        shares[4 * lane + 2] = sounds * (1 - (position - frame));
        shares[4 * lane + 3] = sounds * (position - frame);
      }
      kernels.vocode(columns, steps, magnitude, phasorRe, phasorIm, phaseRe, phaseIm, block, re, im);
      transform.addFrames(result + 4 * first * hopLength, hopLength);
    }
    const padded = floatsAt(result, fftLength + (outputs - 1) * hopLength);
    return normalise(padded, outputs, length);
  });
}

/** The latest frames of a signal as magnitudes and unit phasors, in rows that are used again and again. */
class PolarFrames {
  readonly magnitude: Pointer;
  readonly phasorRe: Pointer;
  readonly phasorIm: Pointer;
  private readonly transform = FrameTransform.of(fftLength, 'double');
  private readonly source: Pointer;
  private readonly frames: number;
  private readonly rows: number;
  private done = 0;

  /** @param kept frames that are looked at together, at most */
  constructor(samples: Float32Array, kept: number, scratch: Scratch) {
    this.frames = frameCount(samples.length);
    this.rows = (Math.ceil(kept / LANES_64) + 1) * LANES_64;
    const [before, length] = [fftLength / 2, fftLength + this.frames * hopLength];
    this.source = scratch.room(8 * length);
    const table = (): Pointer => scratch.room(4 * this.rows * this.transform.columns);
    [this.magnitude, this.phasorRe, this.phasorIm] = [table(), table(), table()];
    // Zeros before and after, so that no frame reads beyond.
    const padded = doublesAt(this.source, length);
    padded.fill(0, 0, before).fill(0, before + samples.length);
    padded.set(samples, before);
  }

  /** A frame's place in each table, in bytes. */
  place(frame: number): number {
    return 4 * this.transform.columns * (frame % this.rows);
  }

  /** Sees to it that the tables hold the frame, and those before it. */
  transformTo(frame: number): void {
    const { transform, frames } = this;
    const { columns, re, im } = transform;
    for (; this.done <= frame; this.done += LANES_64) {
      const at = this.place(this.done);
      const [magnitude, phasorRe, phasorIm] = [this.magnitude + at, this.phasorRe + at, this.phasorIm + at];
      if (this.done < frames) {
        transform.spectra(this.source + 8 * this.done * hopLength, hopLength);
        kernels.polar(columns, re, im, magnitude, phasorRe, phasorIm, 4 * columns);
      }
      // Frames beyond the last are silent: magnitude 0, angle 0.
      const own = Math.max(0, frames - this.done);
      if (own >= LANES_64) continue;
      const [from, count] = [4 * own * columns, (LANES_64 - own) * columns];
      floatsAt(magnitude + from, count).fill(0);
      floatsAt(phasorRe + from, count).fill(1);
      floatsAt(phasorIm + from, count).fill(0);
    }
  }
}

/** Divides an overlap-added signal by the sum of the squared windows, and cuts the centred part out. */
function normalise(padded: Float32Array, frames: number, length: number): Float32Array {
  const samples = new Float32Array(length);
  const offset = fftLength / 2;
  const end = Math.min(length, padded.length - offset);
  const full = (frames - 1) * hopLength; // up to there no window is missing after a sample
  for (let n = 0; n < end; ) {
    const at = n + offset;
    if (at < fftLength || at + hopLength > full || at % hopLength !== 0) {
      samples[n++] = padded[at] / (weightAt(at, frames) || 1);
    } else {
      for (const to = Math.min(end, n + hopLength); n < to; n++) {
        samples[n] = padded[n + offset] * inverseWeights[(n + offset) & (hopLength - 1)];
      }
    }
  }
  return samples;
}

/** The sum of the squared windows of so many frames at a sample; 0 where no window reaches. */
function weightAt(at: number, frames: number): number {
  const last = Math.min(frames - 1, Math.floor(at / hopLength));
  let sum = 0;
  for (let frame = last; frame >= 0 && at - frame * hopLength < fftLength; frame--) {
    sum += squaredWindow[at - frame * hopLength];
  }
  return sum;
}
const squaredWindow = hannWindow(fftLength).map((w) => w * w);
/** One divided by the sum where no frame is missing, which repeats with every hop. */
const inverseWeights = Float64Array.from(
  { length: hopLength },
  (_, n) => 1 / weightAt(fftLength + n, 2 * Math.ceil(fftLength / hopLength)),
);
