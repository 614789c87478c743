/** The recommended model: all parts fused. */

import { convolutionalFamily } from '../convolutional';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { isKnown, loadSentences, predictSentences } from '../sentence/model';
import { recordingVectors } from '../sentence/recordings';
import { predictUtterances, UTTERANCE_FILE, utteranceSchema } from '../utterance/model';
import { QUICK_SPEEDS } from '../utterance/settings';
import { fuseParts, fusionsSchema, RECOMMENDED_FILE, recommendedRecipe } from './recipe';

export const recommendedFamily: ModelFamily = {
  recipes: { recommended: recommendedRecipe },
  file: RECOMMENDED_FILE,
  load: async (artefacts, options) => {
    const fusions = artefacts.readJson(RECOMMENDED_FILE, fusionsSchema);
    const sentence = loadSentences(artefacts.subfolder('sentence'));
    const utterance = artefacts.subfolder('utterance').readJson(UTTERANCE_FILE, utteranceSchema);
    const convolutional = await convolutionalFamily.load(artefacts.subfolder('convolutional'), options);
    const speeds = options.quick ? QUICK_SPEEDS : utterance.settings.speeds;
    return wholeRecordingModel(
      async (sounds, asked = {}) => {
        // Other threads extract the linear models' features while this one runs the networks.
        const extraction = recordingVectors(sounds, { aligner: sentence.aligner, speeds });
        const [versions, networks] = await Promise.all([extraction, convolutional.predict(sounds)]);
        const known = versions.map((own) => asked.known ?? isKnown(own));
        const utterances = versions.map((own) => own.utterances);
        const predictions = {
          sentence: predictSentences(sentence, versions),
          utterance: predictUtterances(utterance, utterances),
          convolutional: networks.probabilities,
          known,
        };
        return { probabilities: fuseParts(predictions, fusions), known };
      },
      () => convolutional.dispose(),
    );
  },
};
