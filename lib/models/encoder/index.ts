/** Linear models on the states of a pretrained speech encoder. */
import { type ModelFamily, wholeRecordingModel } from '../family';
import { ENCODER_FILE, loadEncoderModel, predictEncoded } from './model';
import { encoderRecipe } from './recipe';
import { encoderVectors } from './statistics';

export const encoderFamily: ModelFamily = {
  recipes: { encoder: encoderRecipe },
  file: ENCODER_FILE,
  load: async (artefacts, { quick }) => {
    const { model, encoder } = loadEncoderModel(artefacts);
    const { speeds } = model.settings.statistics;
    const chosen = quick ? speeds.slice(0, 1) : speeds;
    return wholeRecordingModel(
      async (sounds) => ({
        probabilities: predictEncoded(model, encoderVectors(encoder, sounds, chosen)),
      }),
      () => encoder.dispose(),
    );
  },
};
