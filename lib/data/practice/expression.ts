/**
 * The sound of the emotions, as the literature on vocal expression describes it.
 *
 * Directions and orders of size after the reviews of Juslin & Laukka (2003), "Communication of emotions in vocal
 * expression and music performance", Psychological Bulletin 129:770; Banse & Scherer (1996), "Acoustic
 * profiles in vocal emotion expression", JPSP 70:614; Scherer (2003), "Vocal communication of emotion", Speech
 * Communication 40:227. The numbers themselves are this corpus's own.
 */
import type { Random } from '../../random';
import { EMOTIONS, type Emotion } from '../labels';

/** A manner of speaking, as deviations from the same voice's neutral speech. */
export interface Expression {
  /** Mean of the fundamental frequency (F0), semitones. */
  pitch: number;
  /** Natural logarithm of the factor on the F0 movements. */
  range: number;
  /** F0 movement on the last syllable, semitones; a neutral statement falls. */
  ending: number;
  /** Natural logarithm of the factor on the speech rate. */
  tempo: number;
  /** Decibels. */
  level: number;
  /** Decibels by which stressed syllables stand out more. */
  emphasis: number;
  /** Loss at 3 kHz from a softer closing of the glottis, decibels; negative is sharper. */
  tilt: number;
  /** Fraction of each period that the glottis stays open longer. */
  openness: number;
  /** Breath noise, decibels. */
  breath: number;
  /** Irregularity from one glottal period to the next, natural logarithm of the factor. */
  roughness: number;
  /** Depth of a slow tremble of F0, semitones. */
  tremor: number;
  /** Chance that a syllable breaks into creak. */
  creak: number;
  /** Natural logarithm of the factor on the time in which the voice swells. */
  attack: number;
  /** Mouth opening: natural logarithm of the factor on the first formant. */
  opening: number;
  /** Smile or pout: natural logarithm of the factor on the higher formants. */
  spreading: number;
  /** Chance of a pause between the two halves of the sentence. */
  pause: number;
}

/**
 * Each property of each emotion at middle strength, and its spread from clip to clip (standard deviation).
 *
 * - calm, as tenderness in the reviews: slow, soft, low, little movement, regular
 * - happy: fast, medium to loud, high, much movement, bright
 * - sad: slow, soft, low, little movement, falling, breathy and unsteady
 * - angry, as hot anger: loud, high, sharp attacks, much high-frequency energy, rough
 * - fearful, as panic fear: fast, high, trembling, little F0 movement, breaks and pauses
 * - disgust, the least consistent of all: slow, low, creaky, with a narrowed throat
 * - surprised: high, the widest movement, rising at the end, quick
 */
// biome-ignore format: a table
const MANNERS: Record<keyof Expression, readonly number[]> = {
  //          neutral    calm   happy     sad   angry  fearful  disgust  surprised  spread
  pitch:     [      0,   -1.2,    4.2,   -0.4,      4,     5.5,    -0.8,         5,    0.9],
  range:     [      0,   -0.3,   0.45,  -0.35,    0.3,    -0.1,    0.15,       0.6,   0.16],
  ending:    [   -2.5,   -2.5,     -1,   -3.5,   -3.5,       0,      -4,         6,   1.23],
  tempo:     [      0,  -0.14,   0.02,  -0.18,  -0.08,     0.1,    -0.2,       0.1,   0.05],
  level:     [      0,     -6,      7,     -3,     15,       9,       2,         6,    1.8],
  emphasis:  [      0,   -1.5,    1.5,   -2.5,      4,       0,       3,         1,   0.82],
  tilt:      [      0,      5,     -3,    6.5,     -6,       0,      -1,        -1,   1.31],
  openness:  [      0,   0.06,  -0.03,   0.07,   -0.1,    0.03,   -0.04,      0.02,  0.016],
  breath:    [      0,      6,     -2,      7,     -4,       5,       2,         4,   1.64],
  roughness: [      0,   -0.2,      0,    0.3,    0.6,     0.5,     0.5,         0,   0.16],
  tremor:    [      0,      0,      0,   0.25,      0,    0.55,       0,         0,   0.07],
  creak:     [   0.05,   0.05,   0.05,   0.15,   0.05,    0.06,     0.4,      0.05,   0.04],
  attack:    [      0,    0.6,   -0.3,    0.7,   -0.7,    -0.1,     0.1,      -0.4,    0.2],
  opening:   [      0,      0,   0.02,  -0.09,   0.09,   -0.03,    0.05,       0.1,  0.016],
  spreading: [      0,  0.015,   0.06, -0.035,   0.01,       0,  -0.045,      0.01,   0.01],
  pause:     [   0.03,    0.1,   0.03,   0.25,   0.03,     0.2,     0.1,      0.03,      0],
};

const PROPERTIES = Object.keys(MANNERS) as (keyof Expression)[];
const SPREAD = EMOTIONS.length;

/** The emotions that people most often confuse each emotion with; a clip may lean towards one of them. */
const NEIGHBOURS: Record<Emotion, readonly Emotion[]> = {
  neutral: ['calm', 'disgust', 'sad'],
  calm: ['neutral', 'sad', 'neutral'],
  happy: ['surprised', 'angry', 'fearful', 'neutral'],
  sad: ['calm', 'fearful', 'disgust', 'neutral'],
  angry: ['happy', 'disgust', 'fearful'],
  fearful: ['sad', 'surprised', 'happy', 'angry'],
  disgust: ['angry', 'sad', 'neutral'],
  surprised: ['happy', 'fearful', 'happy'],
};

/** Share of the clips' spread that belongs to the voice's own way of acting an emotion, and stays in all its clips. */
const STYLE_SHARE = 0.7;

/** Probability that a clip leans towards another emotion, and the largest lean. */
const LEANING = { chance: 0.4, most: 0.5 };

/** A voice's own way of expressing one emotion: how strongly, and with what habits. */
export interface Style {
  strength: number;
  habits: Expression;
}

/** Draws a voice's style for one emotion. */
export function drawStyle(random: Random): Style {
  const habits = {} as Expression;
  for (const property of PROPERTIES) habits[property] = STYLE_SHARE * MANNERS[property][SPREAD] * random.normal();
  return { strength: Math.exp(0.18 * random.normal()), habits };
}

/**
 * The manner of one clip: the emotion's mark × strength, leaning towards a neighbour now and then,
 * plus the voice's habits and chance.
 */
export function drawExpression(
  emotion: Emotion,
  intensity: 'normal' | 'strong',
  style: Style,
  random: Random,
): Expression {
  const strength = (intensity === 'strong' ? 1.2 : 0.8) * style.strength * Math.exp(0.15 * random.normal());
  const neighbour = random.pick(NEIGHBOURS[emotion]);
  const leans = random.uniform() < LEANING.chance;
  const share = random.uniform(0, LEANING.most) * (leans ? 1 : 0);
  const expression = {} as Expression;
  for (const property of PROPERTIES) {
    const values = MANNERS[property];
    const mark = (of: Emotion): number => values[EMOTIONS.indexOf(of)] - values[0];
    const meant = (1 - share) * mark(emotion) + share * mark(neighbour);
    expression[property] = values[0] + (strength * meant + style.habits[property] + values[SPREAD] * random.normal());
  }
  return expression;
}
