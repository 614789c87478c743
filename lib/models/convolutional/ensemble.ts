/** Ensemble of trained networks on spectrograms, for prediction and loading. */
import fs from 'node:fs';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { loadModel } from '../../layers/model-file';
import { shown } from '../../project';
import { number, object, same } from '../../schema';
import type { tf } from '../../tensorflow';
import { predictRows } from '../../training/predict-rows';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import { applyScaler, type FeatureScaler, scalerSchema } from '../../training/scaler';
import { SPECTROGRAM } from './clip-spectrogram';
import type { Spectrograms } from './spectrogram-store';

/** File that marks an artefact folder of this model. */
export const CONVOLUTIONAL_FILE = 'convolutional.json';

/** Artefact folder of one network, from 1. */
export const memberFolder = (artefacts: ArtefactFolder, number: number): ArtefactFolder =>
  artefacts.subfolder(`member-${number}`);

/** One network with the scaler of its inputs. */
export interface EnsembleNetwork {
  model: tf.LayersModel;
  scaler: FeatureScaler;
  /** Positions of its training clips; empty for a loaded network. */
  trainedOn: ReadonlySet<number>;
}

/** Averages the predictions of several networks. Owns them. */
export class NetworkEnsemble {
  constructor(private readonly members: readonly EnsembleNetwork[]) {}

  /**
   * Loads the networks of an artefact folder.
   *
   * @throws SerError `bad-artefact` if a file is missing, damaged or made by other code
   */
  static async load(artefacts: ArtefactFolder): Promise<NetworkEnsemble> {
    const { members: count } = artefacts.readJson(
      CONVOLUTIONAL_FILE,
      object({
        settings: same(SPECTROGRAM, `those of spectrograms of version ${SPECTROGRAM.version}`),
        members: number({ from: 1, whole: true }),
      }),
    );
    if (fs.existsSync(memberFolder(artefacts, count + 1).folder)) {
      throw new SerError(
        'bad-artefact',
        `NetworkEnsemble.load: ${shown(artefacts.file(CONVOLUTIONAL_FILE))} must count every network of its folder, got ` +
          `${count} beside member-${count + 1}; restore the folder, or run 3-train again`,
      );
    }
    const { frames, bands } = SPECTROGRAM;
    const members: EnsembleNetwork[] = [];
    try {
      for (let member = 1; member <= count; member++) {
        const own = memberFolder(artefacts, member);
        const scaler = own.readJson('scaler.json', scalerSchema(bands));
        const expected = { input: [frames, bands, 1], outputs: EMOTIONS.length };
        members.push({ model: await loadModel(own.existingFile('model'), expected), scaler, trainedOn: new Set() });
      }
    } catch (error) {
      for (const { model } of members) model.dispose();
      throw error;
    }
    return new NetworkEnsemble(members);
  }

  /** Probabilities of spectrograms, [spectrograms × emotions], averaged over all networks. */
  predict(spectrograms: Spectrograms): Float32Array {
    const clips = spectrograms.values.length / (spectrograms.frames * spectrograms.bands);
    return this.average(
      Array.from({ length: clips }, (_, clip) => clip),
      spectrograms,
      () => this.members,
    );
  }

  /** Out-of-fold probabilities: predicts each clip by the networks not trained on it, or by all if there are none. */
  predictOutOfFold(clips: readonly number[], spectrograms: Spectrograms): Float32Array {
    return this.average(clips, spectrograms, (clip) => {
      const outOfFold = this.members.filter(({ trainedOn }) => !trainedOn.has(clip));
      return outOfFold.length > 0 ? outOfFold : this.members;
    });
  }

  private average(
    clips: readonly number[],
    { values, frames, bands }: Spectrograms,
    membersFor: (clip: number) => readonly EnsembleNetwork[],
  ): Float32Array {
    const classes = EMOTIONS.length;
    const size = frames * bands;
    const chosen = clips.map(membersFor);
    const result = new Float32Array(clips.length * classes);
    for (const member of this.members) {
      const rows = [...clips.keys()].filter((row) => chosen[row].includes(member));
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
          result[row * classes + label] += probabilities[place * classes + label] / chosen[row].length;
        }
      });
    }
    return result;
  }

  dispose(): void {
    for (const { model } of this.members) model.dispose();
  }
}
