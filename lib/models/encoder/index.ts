/** The pretrained speech encoder, fine-tuned. */
import { EMOTIONS } from '../../data/labels';
import { loadModel } from '../../layers/model-file';
import { object, same } from '../../schema';
import { type ModelFamily, wholeRecordingModel } from '../family';
import { encoderInputs } from './input';
import { ENCODER_COLUMNS } from './network';
import { ENCODER_FILE, encoderRecipe, meanOverSpeeds } from './recipe';
import { ENCODER, ENCODER_INPUT } from './settings';

export const encoderFamily: ModelFamily = {
  recipes: { encoder: encoderRecipe },
  file: ENCODER_FILE,
  load: async (artefacts, { quick }) => {
    const settings = same({ ...ENCODER, ...ENCODER_INPUT }, `those of the encoder, version ${ENCODER.version}`);
    artefacts.readJson(ENCODER_FILE, object({ settings }));
    const { frames, speeds } = ENCODER_INPUT;
    const expected = { input: [frames, ENCODER_COLUMNS, 1], outputs: EMOTIONS.length };
    const network = await loadModel(artefacts.existingFile('model'), expected);
    const chosen = quick ? speeds.slice(0, 1) : speeds;
    return wholeRecordingModel(
      async (sounds) => {
        const size = frames * ENCODER_COLUMNS;
        const inputs = sounds.map((sound) => encoderInputs(sound, chosen));
        const none = new Int32Array(sounds.length);
        const bySpeed = chosen.map((_, speed) => {
          const features = new Float32Array(sounds.length * size);
          inputs.forEach((input, index) => {
            features.set(input.subarray(speed * size, (speed + 1) * size), index * size);
          });
          return { features, labels: none, clips: none, frames, coefficients: ENCODER_COLUMNS };
        });
        return { probabilities: meanOverSpeeds(network, bySpeed) };
      },
      () => network.dispose(),
    );
  },
};
