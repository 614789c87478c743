/** The window of a frame, and how many frames there are. */
import { SPECTRUM } from '../config';

/** The periodic Hann window: 0.5 − 0.5 cos(2πn / length). */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

/** Frames of a centred transform: 1 + floor(samples / hopLength). */
export function frameCount(samples: number, hopLength: number = SPECTRUM.hopLength): number {
  return 1 + Math.floor(samples / hopLength);
}
