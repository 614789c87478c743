/** Convolutional networks on spectrograms. */
import { concatenate } from '../../features/matrix';
import { type LoadedModel, type ModelFamily, wholeRecordingModel } from '../family';
import { clipSpectrogram, SPECTROGRAM } from './clip-spectrogram';
import { CONVOLUTIONAL_FILE, NetworkEnsemble } from './ensemble';
import { convolutionalRecipe } from './recipe';

export const convolutionalFamily: ModelFamily = {
  recipes: { convolutional: convolutionalRecipe },
  file: CONVOLUTIONAL_FILE,
  load: async (artefacts) => predictorOf(await NetworkEnsemble.load(artefacts)),
};

function predictorOf(ensemble: NetworkEnsemble): LoadedModel {
  const { frames, bands } = SPECTROGRAM;
  return wholeRecordingModel(
    async (sounds) => {
      const spectrograms = { values: concatenate(sounds.map(clipSpectrogram)), frames, bands };
      return { probabilities: ensemble.predict([...sounds.keys()], spectrograms) };
    },
    () => ensemble.dispose(),
  );
}
