/** Linear models on the sounds of a trained sentence. */
import { type ModelFamily, wholeRecordingModel } from '../family';
import { QUICK_SPEEDS } from '../utterance/settings';
import { isKnown, loadSentences, predictSentences, SENTENCE_FILE } from './model';
import { sentenceRecipe } from './recipe';
import { recordingVectors } from './recordings';

export const sentenceFamily: ModelFamily = {
  recipes: { sentence: sentenceRecipe },
  file: SENTENCE_FILE,
  load: async (artefacts, { quick }) => {
    const model = loadSentences(artefacts);
    const speeds = quick ? QUICK_SPEEDS : model.settings.utterance.speeds;
    return wholeRecordingModel(async (sounds) => {
      const versions = await recordingVectors(sounds, { aligner: model.aligner, speeds });
      return { probabilities: predictSentences(model, versions), known: versions.map(isKnown) };
    });
  },
};
