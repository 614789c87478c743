/** Sentence features of a corpus: cepstra that the aligner is trained on, and sentence vectors. */
import type { Clip } from '../../data/clip';
import type { FeatureMatrix } from '../../features/mel/mfcc';
import { type ClipArrayOptions, computeClipArrays } from '../../features/store/clip-arrays';
import type { FeatureStore } from '../../features/store/store';
import { mapInThreads } from '../../threads';
import type { SentenceAligner } from './aligner';
import { alignmentFrames } from './alignment-frames';
import { SENTENCE } from './settings';
import type { SentenceVersions } from './versions';

/** Sentence features of a corpus's recordings. */
export interface Sentences {
  /** Alignment features of a clip. */
  frames(clip: number): FeatureMatrix;
  /** Sentence vectors of clips at several playback speeds. */
  versions(clips: readonly number[], aligner: SentenceAligner): Promise<SentenceVersions[]>;
}

const VERSIONS = { file: require.resolve('./versions'), name: 'recordingSentences' };
const CEPSTRA = { file: require.resolve('./versions'), name: 'recordingCepstra' };

/**
 * The sentences of a store's clips; the cepstra are kept beside its features as `computeClipArrays` does.
 *
 * @throws SerError `bad-audio` naming the first recording that cannot be read
 */
export async function computeSentences(
  store: Pick<FeatureStore, 'manifest' | 'folder'>,
  options: ClipArrayOptions = {},
): Promise<Sentences> {
  const { taughtFrames, cepstra } = SENTENCE;
  const size = taughtFrames * cepstra;
  const all = await computeClipArrays(store, { name: 'cepstra', settings: SENTENCE, size, compute: CEPSTRA }, options);
  const { clips } = store.manifest;
  return {
    frames: (clip) => {
      const padded = all.subarray(clip * size, (clip + 1) * size);
      const end = padded.findIndex(Number.isNaN);
      const values = end < 0 ? padded : padded.subarray(0, end);
      return alignmentFrames({ frames: values.length / cepstra, coefficients: cepstra, values });
    },
    versions: (asked, aligner) => {
      const recordings = asked.map((clip): Pick<Clip, 'path'> => ({ path: clips[clip].path }));
      return mapInThreads(VERSIONS, recordings, { aligner });
    },
  };
}
