/** The most probable path through a grid of pitches, each of which may be voiced or not (Viterbi's algorithm). */

/** Parameters of a `PitchPath`. */
export interface PitchPathOptions {
  frames: number;
  /** Pitches of the grid. */
  bins: number;
  /** Pitches that can be reached from one frame to the next, up to `bins`; nearer ones are likelier, as a triangle. */
  width: number;
  /** Probability of a change between voiced and unvoiced. */
  switchProbability: number;
}

/** librosa adds the smallest normal number to every probability, so that even impossible steps have a logarithm. */
const TINY = 2.2250738585072014e-308;
const LOG_TINY = Math.log(TINY);

/**
 * Viterbi's algorithm on states 0 … bins − 1 (voiced) and bins … 2 bins − 1 (unvoiced).
 *
 * librosa.sequence.viterbi searches every pair of states. The cost of a step depends only on its distance, its start and
 * a change of voicing, so this search first takes the better of a pitch's voiced and unvoiced states, then the best
 * within reach. All pairs out of reach cost the same, so the best of them starts at the best state of all.
 */
export class PitchPath {
  private readonly options: PitchPathOptions;
  /** Logarithm of the triangle by window index, and the window's place relative to the pitch it starts from. */
  private readonly window: Float64Array;
  private readonly windowStart: number;
  /** The steps either way that a triangle allows. */
  private readonly reach: number;
  /** Logarithm of the sum of the triangle around each pitch, cut off at the grid's ends. */
  private readonly rowSum: Float64Array;
  private readonly logStay: number;
  private readonly logSwitch: number;
  /** Predecessor of each state of each frame on the best path. */
  private readonly origins: Uint16Array;
  private score: Float64Array;
  private nextScore: Float64Array;
  private readonly source: Float64Array;
  private readonly sourceState: Uint16Array;
  private frame = 0;

  /** @throws RangeError if `width` exceeds `bins`, or there are more states than 65,536 */
  constructor(options: PitchPathOptions) {
    const { frames, bins, width, switchProbability } = options;
    if (width > bins) {
      throw new RangeError(
        `pyin: a step of ${width} pitches must fit the grid of ${bins}, got fmin and fmax too near; widen them or lower hopLength`,
      );
    }
    if (2 * bins > 65_536) {
      throw new RangeError(`pyin: the grid must have at most 32768 pitches, got ${bins}; raise resolution`);
    }
    this.options = options;
    const middle = (width + 1) / 2;
    // SciPy's symmetric triangle never reaches zero: 2 / (width + 1) at its ends if the width is odd.
    this.window = Float64Array.from({ length: width }, (_, i) => {
      const n = Math.min(i + 1, width - i);
      return Math.log(width % 2 === 1 ? n / middle : (2 * n - 1) / width);
    });
    this.windowStart = Math.floor((bins - width) / 2) + Math.floor(bins / 2) + 1 - bins;
    this.reach = Math.floor(width / 2);
    this.rowSum = Float64Array.from({ length: bins }, (_, from) => {
      let sum = 0;
      for (let to = Math.max(0, from - this.reach); to <= Math.min(bins - 1, from + this.reach); to++) {
        const index = to - from - this.windowStart;
        if (index >= 0 && index < width) sum += Math.exp(this.window[index]);
      }
      return Math.log(sum);
    });
    this.logStay = Math.log(1 - switchProbability);
    this.logSwitch = Math.log(switchProbability);
    this.origins = new Uint16Array(frames * 2 * bins);
    this.score = new Float64Array(2 * bins);
    this.nextScore = new Float64Array(2 * bins);
    this.source = new Float64Array(bins);
    this.sourceState = new Uint16Array(bins);
  }

  /** Adds a frame: the probability of each voiced pitch, and of each unvoiced one. */
  add(voiced: Float64Array, unvoiced: number): void {
    const { bins } = this.options;
    const logUnvoiced = Math.log(unvoiced + TINY);
    const logOf = (probability: number): number => (probability === 0 ? LOG_TINY : Math.log(probability + TINY));
    if (this.frame === 0) {
      const start = Math.log(1 / (2 * bins) + TINY);
      for (let bin = 0; bin < bins; bin++) {
        this.score[bin] = logOf(voiced[bin]) + start;
        this.score[bins + bin] = logUnvoiced + start;
      }
    } else {
      const best = this.bestState();
      this.step(0, best);
      for (let bin = 0; bin < bins; bin++) this.nextScore[bin] += logOf(voiced[bin]);
      this.step(bins, best);
      for (let bin = bins; bin < 2 * bins; bin++) this.nextScore[bin] += logUnvoiced;
      [this.score, this.nextScore] = [this.nextScore, this.score];
    }
    this.frame++;
  }

  /** The state of every frame on the most probable path. */
  best(): Uint16Array {
    const { frames, bins } = this.options;
    const states = new Uint16Array(frames);
    states[frames - 1] = this.bestState();
    for (let frame = frames - 1; frame > 0; frame--) {
      states[frame - 1] = this.origins[frame * 2 * bins + states[frame]];
    }
    return states;
  }

  /** The likeliest state of the latest frame, the first of equals. */
  private bestState(): number {
    let best = 0;
    for (let state = 1; state < this.score.length; state++) if (this.score[state] > this.score[best]) best = state;
    return best;
  }

  /** The best way to each state from `target` on (0: voiced, bins: unvoiced) from all states of the frame before. */
  private step(target: number, best: number): void {
    const { bins, width } = this.options;
    const { source, sourceState, score, nextScore, window, windowStart, rowSum } = this;
    const fromVoiced = target === 0 ? this.logStay : this.logSwitch;
    const fromUnvoiced = target === 0 ? this.logSwitch : this.logStay;
    for (let bin = 0; bin < bins; bin++) {
      const voiced = score[bin] + fromVoiced;
      const unvoiced = score[bins + bin] + fromUnvoiced;
      source[bin] = Math.max(voiced, unvoiced) - rowSum[bin];
      sourceState[bin] = voiced >= unvoiced ? bin : bins + bin;
    }
    const row = this.frame * 2 * bins + target;
    const leap = score[best] + LOG_TINY;
    for (let to = 0; to < bins; to++) {
      // From pitch `from` the window covers from + windowStart … from + windowStart + width − 1, cut to the reach.
      const first = Math.max(0, to - this.reach, to - windowStart - width + 1);
      const last = Math.min(bins - 1, to + this.reach, to - windowStart);
      let most = Number.NEGATIVE_INFINITY;
      let origin = first;
      for (let from = first; from <= last; from++) {
        const value = source[from] + window[to - from - windowStart];
        if (value > most) {
          most = value;
          origin = from;
        }
      }
      const inReach = most >= leap;
      nextScore[target + to] = inReach ? most : leap;
      this.origins[row + to] = inReach ? sourceState[origin] : best;
    }
  }
}
