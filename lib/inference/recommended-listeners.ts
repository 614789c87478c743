/** The recommended model and its neural part as a predictor asks them. */
import type { Signal } from '../audio/signal';
import { EMOTIONS } from '../data/labels';
import { clipSpectrogram, SPECTROGRAM } from '../features/utterance/clip-spectrogram';
import type { Recogniser } from '../training/convolutional-model';
import { type Fusion, fuse } from '../training/fusion';
import type { LoadedModel } from './loaded-model';

/** Convolutional networks on spectrograms. */
export class SpectrogramListener implements LoadedModel {
  constructor(private readonly model: Recogniser) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[]): Promise<Float32Array> {
    const { frames, bands } = SPECTROGRAM;
    const values = new Float32Array(sounds.length * frames * bands);
    sounds.forEach((sound, index) => {
      values.set(clipSpectrogram(sound), index * frames * bands);
    });
    return this.model.ask({ values, frames, bands });
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Two models as one; both listen to whole recordings. */
export class FusedListener implements LoadedModel {
  constructor(
    private readonly parts: readonly [LoadedModel, LoadedModel],
    private readonly fusion: Fusion,
  ) {}

  hear(whole: Signal): Signal {
    return whole;
  }

  async ask(sounds: readonly Signal[]): Promise<Float32Array> {
    const [first, second] = await Promise.all(this.parts.map((part) => part.ask(sounds)));
    return fuse(first, second, this.fusion, EMOTIONS.length);
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }
}
