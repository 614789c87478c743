/** The one source of chance: the same seed gives the same numbers on every machine. */

/** A seeded generator of uniform and normal numbers. */
export class Random {
  private readonly state = new Uint32Array(4);
  private spareNormal: number | undefined;

  /**
   * xoshiro128** (Blackman & Vigna 2018), its state filled by hashing the seed.
   *
   * @param seed a number or any text; `new Random(11, 'addNoise', clip.name)` gives each use its own stream
   */
  constructor(...seed: (number | string)[]) {
    let hash = 0x811c9dc5; // FNV-1a over the seed's text
    for (const character of seed.join('\u0000')) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
    for (let i = 0; i < 4; i++) {
      hash = (hash + 0x9e3779b9) | 0; // splitmix32
      let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.state[i] = mixed ^ (mixed >>> 15);
    }
    this.state[0] ||= 1; // all zeros would be a fixed point
  }

  /** A whole number from 0 to 2³² − 1. */
  private nextUint32(): number {
    const s = this.state;
    const scrambled = Math.imul(s[1], 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A number from `low` (included, default 0) to `high` (excluded, default 1). */
  uniform(low = 0, high = 1): number {
    return low + ((high - low) * this.nextUint32()) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** A normal number with mean 0 and standard deviation 1 (Marsaglia's polar method). */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const radius = x * x + y * y;
      if (radius > 0 && radius < 1) {
        const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
        this.spareNormal = y * scale;
        return x * scale;
      }
    }
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)];
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
    }
    return shuffled;
  }
}
