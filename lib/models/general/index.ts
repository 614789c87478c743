/** The general model, for recordings of any speaker and text. */

import { encoderVectors } from '../encoder/statistics';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { GENERAL_FILE, loadGeneralModel, predictGeneral } from './model';

export const generalFamily: ModelFamily = {
  recipes: {},
  file: GENERAL_FILE,
  load: async (artefacts, { quick, profile }) => {
    const { model, encoder } = loadGeneralModel(artefacts);
    const { speeds } = model.settings.statistics;
    const chosen = quick ? speeds.slice(0, 1) : speeds;
    return wholeRecordingModel(
      async (sounds) => ({
        probabilities: predictGeneral(model, encoderVectors(encoder, sounds, chosen), profile),
      }),
      () => encoder.dispose(),
    );
  },
};
