/** Profiles of speakers: how a voice differs from others, from recordings without labels. */
import { loadAudio } from '../audio/load';
import { encoderVectors } from '../models/encoder/statistics';
import { loadGeneralModel, type SpeakerProfile } from '../models/general/model';
import { speakerProfile } from '../models/general/train';
import { chooseModel } from './chosen-model';

/**
 * Makes the profile of a speaker, with which the general model predicts better.
 *
 * @param files recordings of one speaker, 20 or more, in any moods; of each the first 3 s after the silence count
 * @param onProgress called after each recording with how many are done
 * @throws SerError `bad-audio` for an unusable file
 * @throws RangeError if there are fewer than 20 files
 * @example const predictor = await EmotionPredictor.load({ profile: await profileOf(files) });
 */
export async function profileOf(
  files: readonly string[],
  onProgress: (done: number) => void = () => {},
): Promise<SpeakerProfile> {
  const { encoder, model } = loadGeneralModel(chooseModel({ run: 'general' }).artefacts);
  try {
    const recordings: Float32Array[] = [];
    for (const file of files) {
      const sound = await loadAudio(file, { sampleRate: 'native' });
      recordings.push(...encoderVectors(encoder, [sound], model.settings.statistics.speeds));
      onProgress(recordings.length);
    }
    return speakerProfile(recordings);
  } finally {
    encoder.dispose();
  }
}
