/** Made-up predictions of all 1,440 clips under actor-5, for tests of figures. */
import { type Clip, parseClip } from '../../data/clip';
import { EMOTIONS } from '../../data/labels';
import { clipName, takesOf } from '../../data/ravdess';
import { foldsOf } from '../../evaluation/protocols';
import { Random } from '../../random';
import type { ClipPrediction } from '../../training/runs/predictions';

/** All clips of RAVDESS speech, by their names alone. */
export const allClips: readonly Clip[] = Array.from({ length: 24 }, (_, index) => index + 1).flatMap((actor) =>
  takesOf(actor).map((take) => parseClip(clipName(take))),
);

/**
 * Softmax of random logits in which the true emotion stands out.
 *
 * @param sharpness factor of the logits: above 1, the model is surer than it should be
 */
export function madePredictions(seed: number, sharpness = 1): { test: ClipPrediction[]; validation: ClipPrediction[] } {
  const random = new Random(seed, 'made predictions');
  const answer = (position: number, fold: number): ClipPrediction => {
    const { name, emotion, label } = allClips[position];
    const logits = EMOTIONS.map((_, index) => random.normal() + (index === label ? 1.5 : 0));
    // Calibrated at sharpness 1: the logits are the log odds of normal noise around 1.5.
    const powers = logits.map((logit) => Math.exp(1.5 * sharpness * logit));
    const sum = powers.reduce((total, power) => total + power, 0);
    return { clip: name, fold, truth: emotion, probabilities: powers.map((power) => power / sum) };
  };
  const folds = foldsOf('actor-5', allClips, { seed });
  return {
    test: folds.flatMap((fold) => fold.test.map((position) => answer(position, fold.number))),
    validation: folds.flatMap((fold) => fold.validation.map((position) => answer(position, fold.number))),
  };
}
