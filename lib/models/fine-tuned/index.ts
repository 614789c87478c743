/** The pretrained speech encoder, fine-tuned. */
import { EMOTIONS } from '../../data/labels';
import { concatenate } from '../../features/matrix';
import { loadModel } from '../../layers/model-file';
import { object, same } from '../../schema';
import { ENCODER } from '../encoder/settings';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { encoderInputs } from './input';
import { ENCODER_COLUMNS } from './network';
import { FINE_TUNED_FILE, fineTunedRecipe, gather, meanOverSpeeds } from './recipe';
import { ENCODER_INPUT } from './settings';

export const fineTunedFamily: ModelFamily = {
  recipes: { 'encoder-fine-tuned': fineTunedRecipe },
  file: FINE_TUNED_FILE,
  load: async (artefacts, { quick }) => {
    const settings = same({ ...ENCODER, ...ENCODER_INPUT }, `those of the encoder, version ${ENCODER.version}`);
    artefacts.readJson(FINE_TUNED_FILE, object({ settings }));
    const { frames, speeds } = ENCODER_INPUT;
    const expected = { input: [frames, ENCODER_COLUMNS, 1], outputs: EMOTIONS.length };
    const network = await loadModel(artefacts.existingFile('model'), expected);
    const chosen = quick ? speeds.slice(0, 1) : speeds;
    return wholeRecordingModel(
      async (sounds) => {
        const values = concatenate(sounds.map((sound) => encoderInputs(sound, chosen)));
        const inputs = { values, size: frames * ENCODER_COLUMNS, speeds: chosen.length };
        const bySpeed = chosen.map((_, speed) => gather(inputs, [...sounds.keys()], [speed]));
        return { probabilities: meanOverSpeeds(network, bySpeed) };
      },
      () => network.dispose(),
    );
  },
};
