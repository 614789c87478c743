/** The recommended model, with its pretrained encoder or with networks trained from scratch: all parts fused. */
import { convolutionalFamily } from '../convolutional';
import { encoderFamily } from '../encoder';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { isKnown, loadSentences, predictSentences } from '../sentence/model';
import { recordingVectors } from '../sentence/recordings';
import { predictUtterances, UTTERANCE_FILE, utteranceSchema } from '../utterance/model';
import { QUICK_SPEEDS } from '../utterance/settings';
import { fromScratchRecipe, fuseParts, fusionsSchema, RECOMMENDED_FILE, recommendedRecipe } from './recipe';

export const recommendedFamily: ModelFamily = {
  recipes: { recommended: recommendedRecipe, 'from-scratch': fromScratchRecipe },
  file: RECOMMENDED_FILE,
  load: async (artefacts, options) => {
    const fusions = artefacts.readJson(RECOMMENDED_FILE, fusionsSchema);
    const sentence = loadSentences(artefacts.subfolder('sentence'));
    const utterance = artefacts.subfolder('utterance').readJson(UTTERANCE_FILE, utteranceSchema);
    const [kind, family] = artefacts.has('convolutional')
      ? (['convolutional', convolutionalFamily] as const)
      : (['encoder', encoderFamily] as const);
    const network = await family.load(artefacts.subfolder(kind), options);
    const speeds = options.quick ? QUICK_SPEEDS : utterance.settings.speeds;
    return wholeRecordingModel(
      async (sounds, asked = {}) => {
        // Other threads extract the linear models' features while this one runs the network.
        const extraction = recordingVectors(sounds, { aligner: sentence.aligner, speeds });
        const [versions, { probabilities }] = await Promise.all([extraction, network.predict(sounds)]);
        const known = versions.map((own) => asked.known ?? isKnown(own));
        const utterances = versions.map((own) => own.utterances);
        const predictions = {
          sentence: predictSentences(sentence, versions),
          utterance: predictUtterances(utterance, utterances),
          network: probabilities,
          known,
        };
        return { probabilities: fuseParts(predictions, fusions), known };
      },
      () => network.dispose(),
    );
  },
};
