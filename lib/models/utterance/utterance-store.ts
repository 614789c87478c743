/** The utterance vectors of a corpus, computed once. */

import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { UTTERANCE } from './settings';
import { UTTERANCE_FEATURES } from './utterance-vector';

/** The vectors of every clip, version by version. */
export interface Utterances {
  /** [clips × versions × features], row-major. */
  readonly values: Float32Array;
  /** Speeds that each clip is there at; the first is the recording itself. */
  readonly versions: number;
  /** Numbers per vector. */
  readonly features: number;
}

/**
 * The vectors of a store's clips, kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeUtterances(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Utterances> {
  const [versions, features] = [UTTERANCE.speeds.length, UTTERANCE_FEATURES.length];
  const kind = {
    name: 'utterances',
    settings: UTTERANCE,
    size: versions * features,
    compute: { file: require.resolve('./versions'), name: 'recordingVersions' },
  };
  return { values: await computeClipArrays(store, kind, options), versions, features };
}
