/** Single networks on the features of notebook 2. */
import { padTo } from '../../audio/load';
import { resample } from '../../audio/resample/resample';
import type { Signal } from '../../audio/signal';
import { AUDIO, SPECTRUM } from '../../config';
import { concatenate } from '../../features/matrix';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { coefficientsOf, FEATURE_KINDS, modelFeatures } from '../../features/model-features';
import { applyScaler, scalerSchema } from '../../features/scaler';
import { loadModel, outputsOf } from '../../layers/model-file';
import { object, oneOf } from '../../schema';
import { predictRows } from '../../training/predict-rows';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import type { LoadedModel, ModelFamily } from '../family';
import { bidirectionalLstm, convolutionalGru, convolutionalLstm, gruNetwork, transformerEncoder } from './extensions';
import { originalModel } from './original';
import { networkRecipe } from './recipe';

/** The original's rate of 0.01 is too high for convolutions and attention; smaller batches give more steps. */
const EXTENSION = { learningRate: 0.002, batchSize: 64 } as const;

/** File with the kind of features that a network reads. */
const FEATURES_FILE = 'features.json';

export const networkFamily: ModelFamily = {
  recipes: {
    original: networkRecipe('original', "the original notebook's network", originalModel),
    'conv2d+lstm': networkRecipe('conv2d+lstm', '2-D convolutions, then LSTM', convolutionalLstm, EXTENSION),
    'conv2d+gru': networkRecipe('conv2d+gru', '2-D convolutions, then GRU', convolutionalGru, EXTENSION),
    'bidirectional-lstm': networkRecipe('bidirectional-lstm', 'LSTM from both ends', bidirectionalLstm, EXTENSION),
    gru: networkRecipe('gru', 'GRU', gruNetwork, EXTENSION),
    transformer: networkRecipe(
      'transformer',
      '2-D convolutions, then a Transformer encoder',
      transformerEncoder,
      EXTENSION,
    ),
  },
  file: FEATURES_FILE,
  load: loadNetwork,
};

async function loadNetwork(artefacts: ArtefactFolder): Promise<LoadedModel> {
  const { kind } = artefacts.readJson(FEATURES_FILE, object({ kind: oneOf(FEATURE_KINDS) }));
  const coefficients = coefficientsOf(kind);
  const scaler = artefacts.readJson('scaler.json', scalerSchema(coefficients));
  const model = await loadModel(artefacts.existingFile('model'), { input: [SPECTRUM.frames, coefficients, 1] });
  const predict = (matrices: readonly FeatureMatrix[]): Float32Array => {
    const [{ frames }] = matrices;
    const features = applyScaler(concatenate(matrices.map(({ values }) => values)), scaler);
    const none = new Int32Array(matrices.length);
    return predictRows(model, { features, labels: none, clips: none, frames, coefficients });
  };
  return {
    outputs: outputsOf(model),
    inputOf: trainedPart,
    predict: async (sounds) => ({ probabilities: predict(sounds.map((sound) => modelFeatures(sound, kind))) }),
    network: { kind, predict },
    dispose: () => model.dispose(),
  };
}

/** 2.4 s from 0.6 s, as in training; from the start if the recording ends before 1.8 s. */
function trainedPart(whole: Signal): Signal {
  // Cut before resampling, as in training, so that the edges come out the same.
  const seconds = whole.samples.length / whole.sampleRate;
  const offset = seconds < AUDIO.offset + AUDIO.duration / 2 ? 0 : AUDIO.offset;
  const first = Math.floor(offset * whole.sampleRate);
  const samples = whole.samples.subarray(first, first + Math.floor(AUDIO.duration * whole.sampleRate));
  return padTo(resample({ ...whole, samples }, AUDIO.sampleRate), AUDIO.samples);
}
