/** Ensemble of trained networks on spectrograms, for prediction and loading. */
import fs from 'node:fs';
import { EMOTIONS } from '../../data/labels';
import { SerError } from '../../errors';
import { concatenate } from '../../features/matrix';
import { applyScaler, type FeatureScaler, scalerSchema } from '../../features/scaler';
import { loadModel } from '../../layers/model-file';
import { shown } from '../../project';
import { number, object, same } from '../../schema';
import type { tf } from '../../tensorflow';
import { predictRows } from '../../training/predict-rows';
import type { ArtefactFolder } from '../../training/runs/artefact-folder';
import { type EnsembleMember, untrained } from '../leave-actors-out';
import { SPECTROGRAM, type Spectrograms } from './clip-spectrogram';

/** File that marks an artefact folder of this model. */
export const CONVOLUTIONAL_FILE = 'convolutional.json';

/** Artefact folder of one network, from 1. */
export const memberFolder = (artefacts: ArtefactFolder, number: number): ArtefactFolder =>
  artefacts.subfolder(`member-${number}`);

/** One network with the scaler of its inputs; `trainedOn` has its training clips, and is empty for a loaded network. */
export interface EnsembleNetwork extends EnsembleMember<tf.LayersModel, number> {
  scaler: FeatureScaler;
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

  /**
   * Out-of-fold probabilities, [clips × emotions]: the mean over the networks not trained on a clip, or over all if
   * there are none.
   */
  predict(clips: readonly number[], { values, frames, bands }: Spectrograms): Float32Array {
    const classes = EMOTIONS.length;
    const size = frames * bands;
    const chosen = clips.map((clip) => untrained(this.members, clip));
    const result = new Float32Array(clips.length * classes);
    for (const member of this.members) {
      const rows = [...clips.keys()].filter((row) => chosen[row].includes(member));
      const raw = concatenate(rows.map((row) => values.subarray(clips[row] * size, (clips[row] + 1) * size)));
      const none = new Int32Array(rows.length);
      const features = applyScaler(raw, member.scaler);
      const data = { features, labels: none, clips: none, frames, coefficients: bands };
      predictRows(member.model, data).forEach((probability, i) => {
        const row = rows[Math.floor(i / classes)];
        result[row * classes + (i % classes)] += probability / chosen[row].length;
      });
    }
    return result;
  }

  dispose(): void {
    for (const { model } of this.members) model.dispose();
  }
}
