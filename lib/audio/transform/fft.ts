/** The fast Fourier transform of real frames, the inner loop of every feature. */

/** Plans a transform once and runs it on many frames; holds its own work space, so use one per worker. */
export class RealFft {
  /** Samples per frame, a power of two. */
  readonly length: number;
  /** Frequencies of a spectrum: length / 2 + 1. */
  readonly bins: number;
  private readonly half: number;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly order: Uint32Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;

  /** @throws RangeError unless `length` is a power of two from 4 up */
  constructor(length: number) {
    if (length < 4 || (length & (length - 1)) !== 0) {
      throw new RangeError(`RealFft: length must be a power of two from 4 up, got ${length}`);
    }
    this.length = length;
    this.bins = length / 2 + 1;
    this.half = length / 2;
    this.cosines = Float64Array.from({ length: this.half }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.sines = Float64Array.from({ length: this.half }, (_, k) => -Math.sin((2 * Math.PI * k) / length));
    this.order = new Uint32Array(this.half);
    for (let i = 0, j = 0; i < this.half; i++) {
      this.order[i] = j;
      let bit = this.half >> 1;
      while (bit > 0 && (j & bit) !== 0) {
        j ^= bit;
        bit >>= 1;
      }
      j |= bit;
    }
    this.real = new Float64Array(this.half);
    this.imaginary = new Float64Array(this.half);
  }

  /** Tables of the transform: cos and −sin of 2πk / length for k below length / 2, and the bit-reversed order. */
  get tables(): { cosines: Float64Array; sines: Float64Array; order: Uint32Array } {
    return { cosines: this.cosines, sines: this.sines, order: this.order };
  }

  /**
   * X[k] = Σ x[n] exp(−2πi k n / length) for k from 0 to length / 2.
   *
   * The even samples become the real and the odd ones the imaginary part of a complex transform of half
   * the length, which is then untangled (Press et al., Numerical Recipes, section 12.3).
   */
  forward(frame: ArrayLike<number>, spectrumReal: Float64Array, spectrumImaginary: Float64Array): void {
    const { half, order, real, imaginary, cosines, sines } = this;
    for (let i = 0; i < half; i++) {
      const j = order[i] * 2;
      real[i] = frame[j];
      imaginary[i] = frame[j + 1];
    }
    this.butterflies();
    spectrumReal[0] = real[0] + imaginary[0];
    spectrumImaginary[0] = 0;
    spectrumReal[half] = real[0] - imaginary[0];
    spectrumImaginary[half] = 0;
    for (let k = 1; k < half; k++) {
      const m = half - k;
      const evenReal = 0.5 * (real[k] + real[m]);
      const evenImaginary = 0.5 * (imaginary[k] - imaginary[m]);
      const oddReal = 0.5 * (imaginary[k] + imaginary[m]);
      const oddImaginary = 0.5 * (real[m] - real[k]);
      spectrumReal[k] = evenReal + cosines[k] * oddReal - sines[k] * oddImaginary;
      spectrumImaginary[k] = evenImaginary + cosines[k] * oddImaginary + sines[k] * oddReal;
    }
  }

  /** The frame whose spectrum this is: `inverse` undoes `forward`. Imaginary parts at 0 and length / 2 are ignored. */
  inverse(spectrumReal: Float64Array, spectrumImaginary: Float64Array, frame: Float64Array): void {
    const { half, order, real, imaginary, cosines, sines } = this;
    // The conjugate goes through the same butterflies; conjugating the result inverts the transform.
    for (let i = 0; i < half; i++) {
      const k = order[i];
      const m = half - k;
      const aReal = spectrumReal[k];
      const aImaginary = k === 0 ? 0 : spectrumImaginary[k];
      const bReal = spectrumReal[m];
      const bImaginary = k === 0 ? 0 : spectrumImaginary[m];
      const evenReal = aReal + bReal;
      const evenImaginary = aImaginary - bImaginary;
      const differenceReal = aReal - bReal;
      const differenceImaginary = aImaginary + bImaginary;
      const oddReal = differenceReal * cosines[k] + differenceImaginary * sines[k];
      const oddImaginary = differenceImaginary * cosines[k] - differenceReal * sines[k];
      real[i] = evenReal - oddImaginary;
      imaginary[i] = -(evenImaginary + oddReal);
    }
    this.butterflies();
    const scale = 1 / this.length;
    for (let i = 0; i < half; i++) {
      frame[2 * i] = real[i] * scale;
      frame[2 * i + 1] = -imaginary[i] * scale;
    }
  }

  /** A complex transform of half the length, in place, decimation in time; the input is in bit-reversed order. */
  private butterflies(): void {
    const { half, real, imaginary, cosines, sines } = this;
    let size = 1;
    if (Math.log2(half) % 2 === 1) {
      for (let i = 0; i < half; i += 2) {
        const differenceReal = real[i] - real[i + 1];
        const differenceImaginary = imaginary[i] - imaginary[i + 1];
        real[i] += real[i + 1];
        imaginary[i] += imaginary[i + 1];
        real[i + 1] = differenceReal;
        imaginary[i + 1] = differenceImaginary;
      }
      size = 2;
    }
    // Two radix-2 stages at a time: a quarter fewer multiplications and half the memory traffic.
    for (; size < half; size *= 4) {
      const step = this.length / (4 * size);
      for (let k = 0; k < size; k++) {
        const c1 = cosines[k * step];
        const s1 = sines[k * step];
        const c2 = cosines[2 * k * step];
        const s2 = sines[2 * k * step];
        const c3 = c1 * c2 - s1 * s2;
        const s3 = c1 * s2 + s1 * c2;
        for (let i = k; i < half; i += 4 * size) {
          const a = i + size;
          const b = a + size;
          const c = b + size;
          // Bit reversal leaves the second quarter at twice the twiddle of the third.
          const r1 = real[a] * c2 - imaginary[a] * s2;
          const i1 = real[a] * s2 + imaginary[a] * c2;
          const r2 = real[b] * c1 - imaginary[b] * s1;
          const i2 = real[b] * s1 + imaginary[b] * c1;
          const r3 = real[c] * c3 - imaginary[c] * s3;
          const i3 = real[c] * s3 + imaginary[c] * c3;
          const p0 = real[i] + r1;
          const q0 = imaginary[i] + i1;
          const p1 = real[i] - r1;
          const q1 = imaginary[i] - i1;
          const p2 = r2 + r3;
          const q2 = i2 + i3;
          const p3 = i2 - i3;
          const q3 = r3 - r2;
          real[i] = p0 + p2;
          imaginary[i] = q0 + q2;
          real[a] = p1 + p3;
          imaginary[a] = q1 + q3;
          real[b] = p0 - p2;
          imaginary[b] = q0 - q2;
          real[c] = p1 - p3;
          imaginary[c] = q1 - q3;
        }
      }
    }
  }
}
