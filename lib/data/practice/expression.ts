/**
 * The sound of the emotions, as the literature on vocal expression describes it.
 *
 * Directions and orders of size after the reviews of Juslin & Laukka (2003), "Communication of emotions in vocal
 * expression and music performance", Psychological Bulletin 129:770; Banse & Scherer (1996), "Acoustic
 * profiles in vocal emotion expression", JPSP 70:614; Scherer (2003), "Vocal communication of emotion", Speech
 * Communication 40:227. The numbers themselves are this corpus's own.
 */
import type { Random } from '../../random';
import type { Emotion } from '../labels';

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

const NEUTRAL: Expression = {
  pitch: 0,
  range: 0,
  ending: -2.5,
  tempo: 0,
  level: 0,
  emphasis: 0,
  tilt: 0,
  openness: 0,
  breath: 0,
  roughness: 0,
  tremor: 0,
  creak: 0.05,
  attack: 0,
  opening: 0,
  spreading: 0,
  pause: 0.03,
};

/** Each emotion's mark at middle strength. */
const EXPRESSIONS: Record<Emotion, Partial<Expression>> = {
  neutral: {},
  // Tenderness in the reviews: slow, soft, low, little movement, regular.
  calm: {
    pitch: -1.2,
    range: -0.3,
    tempo: -0.14,
    level: -6,
    emphasis: -1.5,
    tilt: 5,
    openness: 0.06,
    breath: 6,
    roughness: -0.2,
    attack: 0.6,
    spreading: 0.015,
    pause: 0.1,
  },
  // Fast, medium to loud, high, much movement, bright.
  happy: {
    pitch: 4.2,
    range: 0.45,
    ending: -1,
    tempo: 0.02,
    level: 7,
    emphasis: 1.5,
    tilt: -3,
    openness: -0.03,
    breath: -2,
    attack: -0.3,
    opening: 0.02,
    spreading: 0.06,
  },
  // Slow, soft, low, little movement, falling, breathy and unsteady.
  sad: {
    pitch: -0.4,
    range: -0.35,
    ending: -3.5,
    tempo: -0.18,
    level: -3,
    emphasis: -2.5,
    tilt: 6.5,
    openness: 0.07,
    breath: 7,
    roughness: 0.3,
    tremor: 0.25,
    creak: 0.15,
    attack: 0.7,
    opening: -0.09,
    spreading: -0.035,
    pause: 0.25,
  },
  // Hot anger: loud, high, sharp attacks, much high-frequency energy, rough.
  angry: {
    pitch: 4,
    range: 0.3,
    ending: -3.5,
    tempo: -0.08,
    level: 15,
    emphasis: 4,
    tilt: -6,
    openness: -0.1,
    breath: -4,
    roughness: 0.6,
    attack: -0.7,
    opening: 0.09,
    spreading: 0.01,
  },
  // Panic fear: fast, high, trembling, little F0 movement, breaks and pauses.
  fearful: {
    pitch: 5.5,
    range: -0.1,
    ending: 0,
    tempo: 0.1,
    level: 9,
    emphasis: 0,
    tilt: 0,
    openness: 0.03,
    breath: 5,
    roughness: 0.5,
    tremor: 0.55,
    creak: 0.06,
    attack: -0.1,
    opening: -0.03,
    pause: 0.2,
  },
  // The least consistent of all: slow, low, creaky, with a narrowed throat.
  disgust: {
    pitch: -0.8,
    range: 0.15,
    ending: -4,
    tempo: -0.2,
    level: 2,
    emphasis: 3,
    tilt: -1,
    openness: -0.04,
    breath: 2,
    roughness: 0.5,
    creak: 0.4,
    attack: 0.1,
    opening: 0.05,
    spreading: -0.045,
    pause: 0.1,
  },
  // High, the widest movement, rising at the end, quick.
  surprised: {
    pitch: 5,
    range: 0.6,
    ending: 6,
    tempo: 0.1,
    level: 6,
    emphasis: 1,
    tilt: -1,
    openness: 0.02,
    breath: 4,
    attack: -0.4,
    opening: 0.1,
    spreading: 0.01,
  },
};

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

/** Spread of each property from clip to clip, standard deviations. */
const CLIP_SPREAD: Expression = {
  pitch: 0.9,
  range: 0.16,
  ending: 1.23,
  tempo: 0.05,
  level: 1.8,
  emphasis: 0.82,
  tilt: 1.31,
  openness: 0.016,
  breath: 1.64,
  roughness: 0.16,
  tremor: 0.07,
  creak: 0.04,
  attack: 0.2,
  opening: 0.016,
  spreading: 0.01,
  pause: 0,
};

/** Share of the clips' spread that belongs to the voice's own way of acting an emotion, and stays in all its clips. */
const STYLE_SHARE = 0.7;

/** Probability that a clip leans towards another emotion, and the largest lean. */
const LEANING = { chance: 0.4, most: 0.5 };

const PROPERTIES = Object.keys(NEUTRAL) as (keyof Expression)[];

/** A voice's own way of expressing one emotion: how strongly, and with what habits. */
export interface Style {
  strength: number;
  habits: Expression;
}

/** Draws a voice's style for one emotion. */
export function drawStyle(random: Random): Style {
  const habits = { ...NEUTRAL };
  for (const property of PROPERTIES) habits[property] = STYLE_SHARE * CLIP_SPREAD[property] * random.normal();
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
  const expression = { ...NEUTRAL };
  for (const property of PROPERTIES) {
    const mark = (of: Emotion): number => (EXPRESSIONS[of][property] ?? NEUTRAL[property]) - NEUTRAL[property];
    const meant = (1 - share) * mark(emotion) + share * mark(neighbour);
    expression[property] += strength * meant + style.habits[property] + CLIP_SPREAD[property] * random.normal();
  }
  return expression;
}
