/** Trained networks on spectrograms, as one model that can be asked and loaded again. */
import fs from 'node:fs';
import { EMOTIONS } from '../data/labels';
import { SerError } from '../errors';
import { SPECTROGRAM } from '../features/utterance/clip-spectrogram';
import type { Spectrograms } from '../features/utterance/spectrogram-store';
import { loadModel } from '../model/model-file';
import { shown } from '../project';
import { number, object, same } from '../schema';
import type { tf } from '../tensorflow';
import { predictRows } from './predict-rows';
import { applyScaler, type FeatureScaler, scalerSchema } from './scaler';
import type { RunSection } from './section';

/** Where a section says that it holds such a model. */
export const CONVOLUTIONAL_FILE = 'convolutional.json';

/** The section of one network, from 1. */
export const memberSection = (section: RunSection, number: number): RunSection => section.section(`member-${number}`);

/** One network with the scaler of its inputs. */
export interface RecogniserMember {
  model: tf.LayersModel;
  scaler: FeatureScaler;
  /** Positions of the clips that taught it; none of a loaded one, which is asked about other recordings. */
  taught: ReadonlySet<number>;
}

/** The mean of several networks. Owns them. */
export class Recogniser {
  constructor(private readonly members: readonly RecogniserMember[]) {}

  /**
   * The networks of a section.
   *
   * @throws SerError `bad-artefact` if a file is missing, damaged or made by other code
   */
  static async load(section: RunSection): Promise<Recogniser> {
    const { members: count } = section.readJson(
      CONVOLUTIONAL_FILE,
      object({
        settings: same(SPECTROGRAM, `those of spectrograms of version ${SPECTROGRAM.version}`),
        members: number({ from: 1, whole: true }),
      }),
    );
    if (fs.existsSync(memberSection(section, count + 1).folder)) {
      throw new SerError(
        'bad-artefact',
        `Recogniser.load: ${shown(section.file(CONVOLUTIONAL_FILE))} must count every network of its folder, got ` +
          `${count} beside member-${count + 1}; restore the folder, or run 3-train again`,
      );
    }
    const { frames, bands } = SPECTROGRAM;
    const members: RecogniserMember[] = [];
    try {
      for (let member = 1; member <= count; member++) {
        const own = memberSection(section, member);
        const scaler = own.readJson('scaler.json', scalerSchema(bands));
        const expected = { input: [frames, bands, 1], outputs: EMOTIONS.length };
        members.push({ model: await loadModel(own.existingFile('model'), expected), scaler, taught: new Set() });
      }
    } catch (error) {
      for (const { model } of members) model.dispose();
      throw error;
    }
    return new Recogniser(members);
  }

  /** Probabilities of spectrograms, [spectrograms × emotions]; all networks are asked. */
  ask(spectrograms: Spectrograms): Float32Array {
    const clips = spectrograms.values.length / (spectrograms.frames * spectrograms.bands);
    return this.answer(
      Array.from({ length: clips }, (_, clip) => clip),
      spectrograms,
      () => this.members,
    );
  }

  /** The same of clips of the corpus that taught; each is asked of the networks that it did not teach, if there are any. */
  askAbout(clips: readonly number[], spectrograms: Spectrograms): Float32Array {
    return this.answer(clips, spectrograms, (clip) => {
      const honest = this.members.filter(({ taught }) => !taught.has(clip));
      return honest.length > 0 ? honest : this.members;
    });
  }

  private answer(
    clips: readonly number[],
    { values, frames, bands }: Spectrograms,
    askedFor: (clip: number) => readonly RecogniserMember[],
  ): Float32Array {
    const classes = EMOTIONS.length;
    const size = frames * bands;
    const asked = clips.map(askedFor);
    const result = new Float32Array(clips.length * classes);
    for (const member of this.members) {
      const rows = [...clips.keys()].filter((row) => asked[row].includes(member));
      const features = new Float32Array(rows.length * size);
      rows.forEach((row, place) => {
        features.set(values.subarray(clips[row] * size, (clips[row] + 1) * size), place * size);
      });
      const none = new Int32Array(rows.length);
      const inputs = applyScaler(features, member.scaler);
      const data = { features: inputs, labels: none, clips: none, frames, coefficients: bands };
      const probabilities = predictRows(member.model, data);
      rows.forEach((row, place) => {
        for (let label = 0; label < classes; label++) {
          result[row * classes + label] += probabilities[place * classes + label] / asked[row].length;
        }
      });
    }
    return result;
  }

  dispose(): void {
    for (const { model } of this.members) model.dispose();
  }
}
