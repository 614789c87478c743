/** Random numbers: the same seed gives the same numbers on every machine. */

/**
 * A seeded generator of uniform and normal numbers.
 *
 * @example new Random(11, 'noise').normal() // the same number in every run
 */
export class Random {
  private readonly state = new Uint32Array(4);

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

  /** State of the stream: four whole numbers, for `restore`. */
  snapshot(): number[] {
    return [...this.state];
  }

  /**
   * Restores the state of a `snapshot`.
   *
   * @throws RangeError if that is not four whole numbers from 0 to 2³² − 1
   */
  restore(snapshot: readonly number[]): void {
    if (snapshot.length !== 4 || snapshot.some((word) => !(Number.isInteger(word) && word >= 0 && word < 2 ** 32))) {
      throw new RangeError(`Random: a snapshot must be four whole numbers below 2³², got ${JSON.stringify(snapshot)}`);
    }
    this.state.set(snapshot);
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

  /**
   * A normal number with mean 0 and standard deviation 1, by the ziggurat: the bell is covered by 128 layers of equal
   * area, so that nearly always one drawing and one comparison suffice.
   *
   * @see Marsaglia & Tsang (2000), in Doornik's form (2005)
   */
  normal(): number {
    for (;;) {
      const bits = this.nextUint32();
      const layer = bits & (LAYERS - 1);
      const share = (bits >>> 7) / 2 ** 24 - 1; // from −1 to 1
      const x = share * EDGES[layer];
      if (Math.abs(share) < RATIOS[layer]) return x;
      if (layer === 0) return this.tail(share < 0);
      const [outer, inner] = [bell(EDGES[layer]), bell(EDGES[layer + 1])];
      if (outer + this.uniform() * (inner - outer) < bell(x)) return x;
    }
  }

  /** Fills an array with the numbers that as many calls of `normal` give, several times as fast; returns it. */
  fillNormal<Numbers extends Float32Array | Float64Array>(values: Numbers): Numbers {
    const { state } = this;
    let a = state[0] | 0;
    let b = state[1] | 0;
    let c = state[2] | 0;
    let d = state[3] | 0;
    for (let i = 0; i < values.length; i++) {
      // `nextUint32`, its state in the processor's registers.
      const scrambled = Math.imul(b, 5);
      const bits = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = b << 9;
      const e = c ^ a;
      const f = d ^ b;
      const layer = bits & (LAYERS - 1);
      const share = (bits >>> 7) / 2 ** 24 - 1;
      if (Math.abs(share) < RATIOS[layer]) {
        values[i] = share * EDGES[layer];
        a ^= f;
        b ^= e;
        c = e ^ shifted;
        d = (f << 11) | (f >>> 21);
        continue;
      }
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = d;
      values[i] = this.normal();
      a = state[0] | 0;
      b = state[1] | 0;
      c = state[2] | 0;
      d = state[3] | 0;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
    return values;
  }

  /** A normal number beyond the lowest layer (Marsaglia 1964). */
  private tail(negative: boolean): number {
    for (;;) {
      const x = Math.log(1 - this.uniform()) / TAIL;
      const y = Math.log(1 - this.uniform());
      if (-2 * y >= x * x) return negative ? x - TAIL : TAIL - x;
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

const bell = (x: number): number => Math.exp(-0.5 * x * x);
const LAYERS = 128;
/** Lower bound of the tail, for 128 layers. */
const TAIL = 3.442619855899;
/** Area of every layer, the tail included in the lowest. */
const AREA = 9.91256303526217e-3;
/** Outer edge of each layer, from the lowest up; the first is that of a box as large as the lowest layer with its tail. */
const EDGES = new Float64Array(LAYERS + 1);
EDGES[0] = AREA / bell(TAIL);
EDGES[1] = TAIL;
for (let layer = 2; layer < LAYERS; layer++) {
  const inner = EDGES[layer - 1];
  EDGES[layer] = Math.sqrt(-2 * Math.log(AREA / inner + bell(inner)));
}
/** Share of each layer that lies entirely under the bell curve. */
const RATIOS = Float64Array.from({ length: LAYERS }, (_, layer) => EDGES[layer + 1] / EDGES[layer]);
