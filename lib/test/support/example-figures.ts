/** One of every figure, for the tests that all of them must pass. */
import type { Signal } from '../../audio/signal';
import { EMOTIONS, type Emotion } from '../../data/labels';
import type { Figure, FigureOptions } from '../../display/bundle';
import { actorTiles } from '../../display/results/actor-tiles';
import { reliabilityDiagram, riskCoverageCurve } from '../../display/results/calibration-figures';
import { actorBalance, classBalance } from '../../display/results/corpus-figures';
import { emotionTimeline } from '../../display/results/emotion-timeline';
import { protocolComparison } from '../../display/results/protocol-comparison';
import { confusionHeatmap, predictionCounts, probabilities } from '../../display/results/result-figures';
import { trainingCurves } from '../../display/results/training-curves';
import { descriptorTracks } from '../../display/signals/descriptor-tracks';
import { mfccAgreement, mfccHeatmap } from '../../display/signals/mfcc-figures';
import { signalComparison } from '../../display/signals/signal-comparison';
import { spectrogram, withMelAxes } from '../../display/signals/spectrogram';
import { waveform } from '../../display/signals/waveform';
import type { EvaluationReport } from '../../evaluation/evaluate';
import type { TimelineEntry } from '../../inference/prediction';

/** A sine of half the full scale. */
export function sine(hertz: number, seconds: number, sampleRate = 22_050): Signal {
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    return 0.5 * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  });
  return { samples, sampleRate };
}

/** A matrix whose values wander smoothly. */
function matrix(frames: number, coefficients: number): { frames: number; coefficients: number; values: Float32Array } {
  const values = Float32Array.from({ length: frames * coefficients }, (_, i) => -40 + 40 * Math.sin(i / 7));
  return { frames, coefficients, values };
}

/** Predictions for four windows: happy twice, then sad, then sad but unsure. */
export const timelineEntries: readonly TimelineEntry[] = (['happy', 'happy', 'sad', 'sad'] as const).map(
  (emotion, i) => {
    const others = Object.fromEntries(EMOTIONS.map((name) => [name, 0.3 / 7])) as Record<Emotion, number>;
    const probabilities = { ...others, [emotion]: 0.7 };
    return { start: 0.6 * i, end: 0.6 * i + 2.4, emotion, probability: 0.7, sure: i < 3, probabilities };
  },
);

/** Clips of two actors: all of actor 1's are classified correctly, and one of actor 2's two sad ones. */
export const evaluatedClips: Pick<EvaluationReport, 'clips' | 'truth' | 'predicted'> = {
  clips: [1, 1, 2, 2].map((actor) => ({
    ...{ name: `clip of ${actor}`, fold: 1, actor, intensity: 'normal', statement: 1 },
    sex: actor === 1 ? 'male' : 'female',
  })),
  truth: [0, 3, 3, 3],
  predicted: [0, 3, 3, 4],
};

/** Every figure of the display room, by name. */
export function exampleFigures(options: FigureOptions = {}): [name: string, figure: Figure][] {
  const signal = sine(220, 1);
  const mel = withMelAxes(matrix(44, 128), 22_050);
  const even = EMOTIONS.map(() => 1 / EMOTIONS.length);
  const counts = EMOTIONS.map((_, i) => i + 3);
  const bySex = Object.fromEntries(['male', 'female'].map((sex) => [sex, { neutral: 4, calm: 8 }]));
  const losses = { loss: [2, 1], valLoss: [2, 1.5], learningRate: [0.01, 0.006] };
  const history = { ...losses, accuracy: [0.2, 0.4], valAccuracy: [0.2, 0.3] };
  const interval = { low: 0.3, high: 0.5 };
  const bins = [{ low: 0, high: 1, clips: 9, confidence: 0.6, accuracy: 0.5 }];
  const panels = ['standard', 'with noise'].map((title) => ({ title, signal, spectrogram: mel }));
  return [
    ['waveform', waveform(signal, { ...options, selection: { start: 0.2, end: 0.6 } })],
    ['spectrogram', spectrogram(mel, options)],
    ['mfccHeatmap', mfccHeatmap(matrix(104, 20), options)],
    ['mfccAgreement', mfccAgreement(matrix(104, 20), matrix(104, 20), options)],
    [
      'descriptorTracks',
      descriptorTracks([0, 1, 2], [{ name: 'RMS', unit: 'full scale', values: [0, 1, 2] }], options),
    ],
    ['classBalance', classBalance({ female: { neutral: 4, calm: 8 } }, options)],
    ['classBalance by sex', classBalance(bySex, options)],
    ['actorBalance', actorBalance([{ actor: 1, group: 'male', clips: 60 }], options)],
    ['signalComparison', signalComparison(panels, options)],
    ['trainingCurves', trainingCurves(history, { ...options, bestEpoch: 2 })],
    [
      'confusionHeatmap',
      confusionHeatmap(
        EMOTIONS,
        EMOTIONS.map((_, i) => EMOTIONS.map((_, j) => (i * j) % 5)),
        options,
      ),
    ],
    ['actorTiles', actorTiles(evaluatedClips, options)],
    [
      'emotionTimeline',
      emotionTimeline(timelineEntries, { ...options, acted: [{ start: 0, end: 2.4, emotion: 'happy' }] }),
    ],
    ['predictionCounts', predictionCounts(EMOTIONS, counts, counts, options)],
    [
      'reliabilityDiagram',
      reliabilityDiagram(
        ['before', 'after'].map((name) => ({ name, bins, ece: 0.1 })),
        options,
      ),
    ],
    [
      'riskCoverageCurve',
      riskCoverageCurve([{ threshold: 0.5, coverage: 1, risk: 0.3 }], {
        ...options,
        chosen: { coverage: 0.5, risk: 0.2, target: 0.25 },
      }),
    ],
    ['probabilities', probabilities(EMOTIONS, even, { ...options, trueLabel: 'sad' })],
    [
      'protocolComparison',
      protocolComparison(
        [{ protocol: 'by actor', accuracy: 0.4, uar: 0.41, accuracyInterval: interval, uarInterval: interval }],
        options,
      ),
    ],
  ];
}
