/** Linear models on functionals of whole utterances. */
import type { Signal } from '../../audio/signal';
import { mapInThreads } from '../../threads';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { predictUtterances, UTTERANCE_FILE, utteranceSchema } from './model';
import { utteranceRecipe } from './recipe';
import { QUICK_SPEEDS } from './settings';
import { utteranceVersions } from './versions';

export const utteranceFamily: ModelFamily = {
  recipes: { utterance: utteranceRecipe },
  file: UTTERANCE_FILE,
  load: async (artefacts, { quick }) => {
    const model = artefacts.readJson(UTTERANCE_FILE, utteranceSchema);
    const speeds = quick ? QUICK_SPEEDS : model.settings.speeds;
    return wholeRecordingModel(async (sounds) => ({
      probabilities: predictUtterances(model, await versionsOf(sounds, speeds)),
    }));
  },
};

const VERSIONS = { file: require.resolve('./versions'), name: 'utteranceVersions' };

/** Utterance vectors of each sound; several sounds use all cores, since one takes about 50 ms at five speeds. */
async function versionsOf(sounds: readonly Signal[], speeds: readonly number[]): Promise<Float32Array[]> {
  if (sounds.length === 1) return [utteranceVersions(sounds[0], { speeds })];
  return mapInThreads(VERSIONS, sounds, { speeds });
}
