/** The spectrograms of a corpus, computed once. */

import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { SPECTROGRAM } from './clip-spectrogram';

/** The spectrogram of every clip. */
export interface Spectrograms {
  /** Decibels, row-major [clips × frames × bands]. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/**
 * The spectrograms of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeSpectrograms(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Spectrograms> {
  const { frames, bands } = SPECTROGRAM;
  const kind = {
    name: 'spectrograms',
    settings: SPECTROGRAM,
    size: frames * bands,
    compute: { file: require.resolve('./clip-spectrogram'), name: 'recordingSpectrogram' },
  };
  return { values: await computeClipArrays(store, kind, options), frames, bands };
}
