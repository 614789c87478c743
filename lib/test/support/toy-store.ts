/** Made-up features of made-up clips, small enough to train on in a second. */
import { type Clip, parseClip } from '../../data/clip';
import { clipName, takesOf } from '../../data/ravdess';
import type { FeatureStore } from '../../features/store/store';
import { Random } from '../../random';

const FRAMES = 6;
const COEFFICIENTS = 5;
export const TOY_SIZE = FRAMES * COEFFICIENTS;

/** One clip of each emotion by each actor, whose emotion shows a little in its features. */
export function toyStore(actors: readonly number[], copies = 2): FeatureStore {
  const clips = actors.flatMap((actor) =>
    takesOf(actor, 1)
      .filter(({ statement, intensity }) => statement === 1 && intensity === 'normal')
      .map((take) => parseClip(clipName(take))),
  );
  const features = (name: string, rows: number, clipOf: (row: number) => Clip): Float32Array => {
    const random = new Random(7, name);
    return Float32Array.from({ length: rows * TOY_SIZE }, (_, i) => {
      const { label } = clipOf(Math.floor(i / TOY_SIZE));
      return 2 * Math.sin(label + (i % COEFFICIENTS)) + random.normal();
    });
  };
  const parameters = {
    corpus: { kind: 'practice', label: 'toy', fingerprint: 'toy' },
    parameters: { features: 'mfcc' },
  };
  return {
    // Nothing else of the manifest is looked at.
    manifest: { ...parameters, clips } as unknown as FeatureStore['manifest'],
    folder: '',
    frames: FRAMES,
    coefficients: COEFFICIENTS,
    copies,
    standard: features('standard', clips.length, (row) => clips[row]),
    augmented: features('augmented', clips.length * copies, (row) => clips[Math.floor(row / copies)]),
    voice: new Float32Array(0),
  };
}

/** The same store with other features, and for some clips other labels, where a test wants to see who looks at them. */
export function spoil(
  store: FeatureStore,
  clips: readonly number[],
  parts: ('standard' | 'augmented' | 'labels')[],
): FeatureStore {
  const random = new Random(13, 'spoilt');
  const spoilt = (values: Float32Array, rowsPerClip: number): Float32Array => {
    const changed = values.slice();
    for (const clip of clips) {
      const start = clip * rowsPerClip * TOY_SIZE;
      for (let i = start; i < start + rowsPerClip * TOY_SIZE; i++) changed[i] = 40 + 9 * random.normal();
    }
    return changed;
  };
  const labels = store.manifest.clips.map((clip, index): Clip => {
    if (!parts.includes('labels') || !clips.includes(index)) return clip;
    const label = (clip.label + 1) % 8;
    return { ...clip, label, emotion: store.manifest.clips[label].emotion };
  });
  return {
    ...store,
    manifest: { ...store.manifest, clips: labels },
    ...(parts.includes('standard') ? { standard: spoilt(store.standard, 1) } : {}),
    ...(parts.includes('augmented') ? { augmented: spoilt(store.augmented, store.copies) } : {}),
  };
}
