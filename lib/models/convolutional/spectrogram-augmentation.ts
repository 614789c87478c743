/** Spectrogram augmentation: warping, shifts, level, tilt and masks, for more variety in speakers and microphones. */
import { maskColumns, maskFrames, meanOf } from '../../features/mel/spec-augment';
import type { Random } from '../../random';
import { tf } from '../../tensorflow';
import type { BatchAugmentation } from '../../training/step';

/** Augmentation strengths; all zeros change nothing. */
export interface SpectrogramAugmentationOptions {
  /** Largest relative change of playback speed, from 0 to below 1; default 0.18. */
  timeWarp?: number;
  /** Largest relative warping of the bands, from 0 to below 1; default 0.12. */
  bandWarp?: number;
  /** Largest shift in frames, in either direction; int ≥ 0; default 10. */
  shift?: number;
  /** Deviation of a random level added to a row, in standard deviations of the training side; default 0.15. */
  level?: number;
  /** Deviation of a random level added to each band of a row, in the same unit; default 0.05. */
  tilt?: number;
  /** Masks along the bands, and as many along the frames; int ≥ 0; default 2. */
  masks?: number;
  /** Largest number of bands in a mask, int ≥ 0; default 11. */
  maskedBands?: number;
  /** Largest number of frames in a mask, int ≥ 0; default 19. */
  maskedFrames?: number;
}

type Strengths = Required<SpectrogramAugmentationOptions>;

/** From experiments with the same network in PyTorch; not tuned here. */
const DEFAULTS: Strengths = {
  ...{ timeWarp: 0.18, bandWarp: 0.12, shift: 10, level: 0.15, tilt: 0.05 },
  ...{ masks: 2, maskedBands: 11, maskedFrames: 19 },
};

/** Shape of each spectrogram. */
interface Size {
  frames: number;
  bands: number;
}

/**
 * Warps time and bands by bilinear interpolation, shifts the sound, changes level and tilt, and masks; random in each
 * step.
 *
 * Frames before and after the recording are filled with each band's minimum over the recording, bands above the highest
 * with its values, and masks with the row's mean.
 */
export function spectrogramAugmentation(options: SpectrogramAugmentationOptions = {}): BatchAugmentation {
  const strengths = { ...DEFAULTS, ...options };
  return {
    name: `spectrogramAugmentation ${JSON.stringify(strengths)}`,
    apply(batch, random) {
      const [rows, frames, bands] = batch.shape;
      const size = frames * bands;
      const values = batch.dataSync<'float32'>();
      const changed = new Float32Array(values.length);
      for (let row = 0; row < rows; row++) {
        const target = changed.subarray(row * size, (row + 1) * size);
        warp(values.subarray(row * size, (row + 1) * size), target, { frames, bands }, strengths, random);
        colour(target, bands, strengths, random);
        mask(target, { frames, bands }, strengths, random);
      }
      return tf.tensor4d(changed, batch.shape);
    },
  };
}

function warp(
  values: Float32Array,
  target: Float32Array,
  { frames, bands }: Size,
  { timeWarp, bandWarp, shift }: Strengths,
  random: Random,
): void {
  const pace = 1 + timeWarp * random.uniform(-1, 1);
  const factor = 1 + bandWarp * random.uniform(-1, 1);
  // Two neighbouring source bands of each band, and the weight of the second.
  const places = Array.from({ length: bands }, (_, band) => Math.min(bands - 1, band * factor));
  const below = Int32Array.from(places, Math.floor);
  const above = below.map((band) => Math.min(bands - 1, band + 1));
  const share = Float32Array.from(places, (place, band) => place - below[band]);
  const offset = random.integer(-shift, shift);
  const lowest = values.slice(0, bands);
  for (let i = bands; i < values.length; i++) {
    const band = i % bands;
    if (values[i] < lowest[band]) lowest[band] = values[i];
  }
  for (let frame = 0; frame < frames; frame++) {
    const place = (frame + offset) * pace;
    const outside = place < 0 || place > frames - 1;
    const source = outside ? lowest : values;
    const first = outside ? 0 : Math.floor(place);
    const later = outside ? 0 : place - first;
    const early = first * bands;
    const late = later > 0 ? early + bands : early;
    for (let band = 0; band < bands; band++) {
      const [low, high, part] = [below[band], above[band], share[band]];
      const before = source[early + low] + part * (source[early + high] - source[early + low]);
      const after = source[late + low] + part * (source[late + high] - source[late + low]);
      target[frame * bands + band] = before + later * (after - before);
    }
  }
}

/** Changes the overall level and that of each band. */
function colour(values: Float32Array, bands: number, { level, tilt }: Strengths, random: Random): void {
  const louder = level * random.normal();
  const added = Float32Array.from({ length: bands }, () => louder + tilt * random.normal());
  for (let i = 0; i < values.length; i++) values[i] += added[i % bands];
}

function mask(
  values: Float32Array,
  { frames, bands }: Size,
  { masks, maskedBands, maskedFrames }: Strengths,
  random: Random,
): void {
  const mean = meanOf(values);
  // A mask that begins near the end is cut there; `specAugment` draws the width first instead.
  const span = (length: number, most: number): [number, number] => {
    const from = random.integer(0, length - 1);
    return [from, Math.min(length, from + random.integer(0, most))];
  };
  for (let count = 0; count < masks; count++) {
    const [columns, stretch] = [span(bands, maskedBands), span(frames, maskedFrames)];
    maskColumns(values, bands, columns, mean);
    maskFrames(values, bands, stretch, mean);
  }
}
