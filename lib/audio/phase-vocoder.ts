/** Time stretching by a phase vocoder, on the SIMD kernels. */
import { SPECTRUM } from '../config';
import { doublesAt, FrameTransform, kernels, LANES_64 as LANES, type Pointer, withScratch } from './simd';
import { frameCount, hannWindow } from './stft';

const { fftLength, hopLength } = SPECTRUM;

/**
 * The same sound, `rate` times as fast, at the same pitch.
 *
 * Magnitudes are interpolated between the two nearest frames; phases are carried as unit complex numbers and turned
 * by the angle between those frames, which equals adding up unwrapped angles, without trigonometry. Double precision,
 * because a bin's phase is carried through frames in which it is all but silent.
 *
 * @param rate > 0
 * @returns round(samples / rate) samples
 * @see Flanagan & Golden (1966); agrees with librosa.effects.time_stretch (augment.test.ts)
 */
export function timeStretch(samples: Float32Array, rate: number): Float32Array {
  if (samples.length === 0) throw new RangeError('stretch: the signal must not be empty, got 0 samples');
  const length = Math.round(samples.length / rate);
  const transform = FrameTransform.of(fftLength, 'double');
  const { bins } = transform;
  const frames = frameCount(samples.length);
  const outputs = Math.ceil(frames / rate);
  const columns = Math.ceil(bins / LANES) * LANES;
  const row = columns * 8;
  return withScratch(({ doubles }) => {
    const rounded = (count: number): number => Math.ceil(count / LANES) * LANES;
    const source = doubles(fftLength + (rounded(frames) - 1) * hopLength + samples.length);
    // Two more frames, silent, so that every step has a successor.
    const table = (): Pointer => doubles((rounded(frames) + LANES) * columns);
    const [magnitude, phasorRe, phasorIm] = [table(), table(), table()];
    const [phaseRe, phaseIm] = [doubles(columns), doubles(columns)];
    const [outRe, outIm] = [doubles(LANES * columns), doubles(LANES * columns)];
    const result = doubles(fftLength + (rounded(outputs) - 1) * hopLength);

    doublesAt(source + 8 * (fftLength / 2), samples.length).set(samples);
    for (let frame = 0; frame < frames; frame += LANES) {
      transform.spectra(source + 8 * frame * hopLength, hopLength);
      const place = frame * row;
      const { re, im } = transform;
      kernels.polar(bins, re, im, magnitude + place, phasorRe + place, phasorIm + place, row);
    }
    // Frames beyond the last are silent: magnitude 0, angle 0. The last group of lanes may have gone beyond.
    const beyond = (rounded(frames) + LANES - frames) * columns;
    doublesAt(magnitude + frames * row, beyond).fill(0);
    doublesAt(phasorRe + frames * row, beyond).fill(1);
    doublesAt(phasorIm + frames * row, beyond).fill(0);
    doublesAt(phaseRe, columns).set(doublesAt(phasorRe, columns));
    doublesAt(phaseIm, columns).set(doublesAt(phasorIm, columns));

    for (let frame = 0; frame < outputs; frame += LANES) {
      for (let lane = 0; lane < LANES; lane++) {
        const [re, im] = [outRe + lane * row, outIm + lane * row];
        const position = (frame + lane) * rate;
        const whole = Math.floor(position);
        if (frame + lane >= outputs) {
          doublesAt(re, columns).fill(0);
          doublesAt(im, columns).fill(0);
        } else {
          const mix = position - whole;
          kernels.vocode(bins, mix, whole * row, row, magnitude, phasorRe, phasorIm, phaseRe, phaseIm, re, im);
        }
      }
      transform.addFrames(outRe, outIm, row, result + 8 * frame * hopLength, hopLength);
    }
    return normalise(doublesAt(result, fftLength + (outputs - 1) * hopLength), outputs, length);
  });
}

/** Divides an overlap-added signal by the sum of the squared windows, and cuts the centred part out. */
function normalise(padded: Float64Array, frames: number, length: number): Float32Array {
  const weight = new Float64Array(padded.length);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hopLength;
    for (let n = 0; n < fftLength; n++) weight[start + n] += squaredWindow[n];
  }
  const samples = new Float32Array(length);
  const offset = fftLength / 2;
  const end = Math.min(length, padded.length - offset);
  // Where no window reaches, the sum is zero and there is nothing to divide.
  for (let n = 0; n < end; n++) samples[n] = padded[n + offset] / (weight[n + offset] || 1);
  return samples;
}
const squaredWindow = hannWindow(fftLength).map((w) => w * w);
