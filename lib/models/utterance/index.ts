/** Linear models on functionals of whole utterances. */
import { type ModelFamily, wholeRecordingModel } from '../family';
import { predictUtterances, UTTERANCE_FILE, utteranceSchema } from './model';
import { utteranceRecipe } from './recipe';
import { versionsOfSounds } from './recordings';
import { QUICK_SPEEDS } from './settings';

export const utteranceFamily: ModelFamily = {
  recipes: { utterance: utteranceRecipe },
  file: UTTERANCE_FILE,
  load: async (artefacts, { quick }) => {
    const model = artefacts.readJson(UTTERANCE_FILE, utteranceSchema);
    const speeds = quick ? QUICK_SPEEDS : model.settings.speeds;
    return wholeRecordingModel(async (sounds) => ({
      probabilities: predictUtterances(model, await versionsOfSounds(sounds, { speeds })),
    }));
  },
};
