/** Convolutional networks on spectrograms. */
import type { Signal } from '../../audio/signal';
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
  const predict = async (sounds: readonly Signal[]): ReturnType<LoadedModel['predict']> => {
    const values = new Float32Array(sounds.length * frames * bands);
    sounds.forEach((sound, index) => {
      values.set(clipSpectrogram(sound), index * frames * bands);
    });
    return { probabilities: ensemble.predict({ values, frames, bands }) };
  };
  return wholeRecordingModel(predict, () => ensemble.dispose());
}
