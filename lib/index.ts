/** Names that the notebooks import, grouped by the notebook that uses them first. */

// All notebooks

export { AUDIO, SPECTRUM } from './config';
export { EMOTIONS, type Emotion } from './data/labels';
export { reportProgress } from './display/live/progress';
export { show } from './display/show';
export { table } from './display/table';
export { SerError, type SerErrorCode } from './errors';
export { dataPath } from './project';
export { Random } from './random';
export { tf } from './tensorflow';

// 1-data

export { loadAudio, loadClip } from './audio/load';
export type { Signal } from './audio/signal';
export { unzipFile } from './data/archive';
export { type Clip, parseClip } from './data/clip';
export { loadData } from './data/corpus';
export { describeCorpus } from './data/corpus-report';
export { loadCorpus, openCorpus, saveCorpus } from './data/open-corpus';
export { actorBalance, classBalance, tallyBy } from './display/results/corpus-figures';
export { player, players } from './display/signals/player';
export { waveform } from './display/signals/waveform';

// 2-features

export { addNoise, addNoiseAt, pitch, shift, speed, stretch } from './audio/effects/augment';
export { augmentBatch } from './audio/effects/augment-batch';
export { preemphasis } from './audio/effects/preemphasis';
export { trim } from './audio/effects/trim';
export { resample } from './audio/resample/resample';
export { descriptorTracks } from './display/signals/descriptor-tracks';
export { mfccAgreement, mfccHeatmap } from './display/signals/mfcc-figures';
export { signalComparison } from './display/signals/signal-comparison';
export { spectrogram, withMelAxes } from './display/signals/spectrogram';
export { ACOUSTIC_FEATURES, acousticFeatures } from './features/acoustic-features';
export { describe } from './features/descriptors';
export { librosaExamples } from './features/librosa-examples';
export { type FeatureMatrix, melSpectrogram, mfcc, powerToDb } from './features/mel/mfcc';
export { specAugment } from './features/mel/spec-augment';
export { vocalTractBatch } from './features/mel/vocal-tract';
export { pyin } from './features/pitch/pyin';
export { scaleUtterance } from './features/scaler';
export { getFeatures } from './features/store/extract';
export { computeFeatures } from './features/store/store';
export { delta } from './features/summary/delta';
export { FUNCTIONALS, functionalsTable } from './features/summary/functionals';

// 3-train

export { trainingProgress } from './display/live/training-progress';
export { trainingCurves } from './display/results/training-curves';
export { foldsOf, parseProtocols } from './evaluation/protocols';
export { actorRows, foldTable } from './evaluation/reports/fold-table';
export { loadFeatures } from './features/store/store';
export { genderData } from './inference/gender/gender';
export { describeGenderScore, keepGenderClassifier } from './inference/gender/gender-run';
export { loadKeras, loadKerasWeights } from './layers/keras/load';
export { saveKeras } from './layers/keras/save';
export { loadModel } from './layers/model-file';
export { prepareTrainer } from './models/registry';
export { historyColumns } from './training/callbacks/logs';
export type { TrainingRules } from './training/rules';
export { saveExamples } from './training/runs/examples';
export { openRun, type Run, runCorpus } from './training/runs/run';
export { trainProtocol } from './training/train';

// 4-evaluate

export { actorTiles } from './display/results/actor-tiles';
export { reliabilityDiagram, riskCoverageCurve } from './display/results/calibration-figures';
export { protocolComparison } from './display/results/protocol-comparison';
export { confusionHeatmap, predictionCounts } from './display/results/result-figures';
export { aggregateSeeds, seedsOf } from './evaluation/aggregate-seeds';
export { compareRuns, comparisonTable } from './evaluation/compare-runs';
export type { EvaluationReport } from './evaluation/evaluate';
export { evaluateProtocol, protocolsOf, saveMetrics } from './evaluation/evaluate-run';
export { HUMAN_RATERS } from './evaluation/protocols';
export { saveModelCard } from './evaluation/reports/model-card';
export { describeMetrics } from './evaluation/reports/report';
export {
  calibrationTable,
  classTable,
  foldScoreTable,
  groupTable,
  leakTable,
  scoreTable,
  seedTable,
} from './evaluation/reports/tables';
export { type ClipPrediction, readPredictions } from './training/runs/predictions';
export { loadRun } from './training/runs/run';

// 5-infer

export { describeMicrophones, recordingDevices } from './audio/microphone/microphone';
export { voiceRecorder } from './audio/microphone/record';
export { joinSignals } from './audio/sound-stream';
export { liveEmotions, recordingMeter } from './display/live/microphone-meters';
export { emotionTimeline } from './display/results/emotion-timeline';
export { explanation } from './display/results/explanation';
export { probabilities } from './display/results/result-figures';
export { chooseModel } from './inference/chosen-model';
export { detectGender, emotionDetector, GenderDetector } from './inference/emotion';
export { listen } from './inference/listen';
export { describeModel } from './inference/model-accuracy';
export type { Prediction, TimelineEntry } from './inference/prediction';
export { EmotionPredictor } from './inference/predictor';
export { tryOut } from './inference/try-out';
