/** The table of contents, in the order of the road: clips → signals → features → model → run → figures. */

// Audio: signals
export { addNoise, addNoiseAt, pitch, shift, speed, stretch } from './audio/effects/augment';
export { type Augmentation, augment, augmentBatch } from './audio/effects/augment-batch';
export { preemphasis } from './audio/effects/preemphasis';
export { trim } from './audio/effects/trim';
export { encodeWav } from './audio/formats/write-wav';
export { loadAudio, loadClip, padTo } from './audio/load';
export { recordingDevices } from './audio/microphone/microphone';
export { voiceRecorder } from './audio/microphone/record';
export { resample } from './audio/resample/resample';
export { rms } from './audio/rms';
export type { Signal } from './audio/signal';
export { joinSignals } from './audio/sound-stream';
// Numbers, chance, errors, places
export { AUDIO, AUGMENTATION, GENDER, SPECTRUM, TRAINING } from './config';
// Data: what was recorded, and how it is divided
export { unzipFile } from './data/archive';
export { type Clip, parseClip } from './data/clip';
export { type Corpus, findCorpus, loadData } from './data/corpus';
export { describeCorpus } from './data/corpus-report';
export { EMOTIONS, type Emotion, type Sex } from './data/labels';
export { loadCorpus, openCorpus, saveCorpus } from './data/open-corpus';
export { makePracticeCorpus } from './data/practice/make';
export { countLeaks, type Fold, type Split, splitByActor, splitOriginal } from './data/split';
export { liveEmotions, recordingMeter } from './display/live/microphone-meters';
export { progress, reportProgress } from './display/live/progress';
export { trainingProgress } from './display/live/training-progress';
// Display
export { actorTiles } from './display/results/actor-tiles';
export { reliabilityDiagram, riskCoverageCurve } from './display/results/calibration-figures';
export { actorBalance, classBalance, tallyBy } from './display/results/corpus-figures';
export { emotionTimeline } from './display/results/emotion-timeline';
export { explanation } from './display/results/explanation';
export { protocolComparison } from './display/results/protocol-comparison';
export { confusionHeatmap, predictionCounts, probabilities } from './display/results/result-figures';
export { runCurves, trainingCurves } from './display/results/training-curves';
export { LiveDisplay, show } from './display/show';
export { descriptorTracks } from './display/signals/descriptor-tracks';
export { mfccAgreement, mfccHeatmap } from './display/signals/mfcc-figures';
export { player, players } from './display/signals/player';
export { signalComparison } from './display/signals/signal-comparison';
export { spectrogram, withMelAxes } from './display/signals/spectrogram';
export { waveform } from './display/signals/waveform';
export { table } from './display/table';
export { SerError, type SerErrorCode } from './errors';
export { aggregateSeeds, seedsOf } from './evaluation/aggregate-seeds';
export { bootstrapByActor } from './evaluation/bootstrap';
// Evaluation
export { abstentionPoint, areaUnderRiskCoverage, riskCoverage } from './evaluation/calibration/abstention';
export { chooseCalibration } from './evaluation/calibration/calibrate-folds';
export {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliability,
} from './evaluation/calibration/calibration';
export { compareRuns, comparisonTable } from './evaluation/compare-runs';
export { comparePaired } from './evaluation/comparison';
export { type EvaluationReport, evaluate, scoreByGroup } from './evaluation/evaluate';
export { type Evaluation, evaluateProtocol, protocolsOf, saveMetrics } from './evaluation/evaluate-run';
export { evaluatePredictions, type Metrics } from './evaluation/metrics';
export {
  foldsOf,
  HUMAN_RATERS,
  PROTOCOL_NAMES,
  PROTOCOLS_EXPLAINED,
  type ProtocolName,
  parseProtocols,
} from './evaluation/protocols';
export { actorRows, foldTable } from './evaluation/reports/fold-table';
export { saveModelCard } from './evaluation/reports/model-card';
export { describeMetrics, percent } from './evaluation/reports/report';
export { scoreFiles, scoreReport } from './evaluation/reports/score';
export {
  calibrationTable,
  classTable,
  foldScoreTable,
  groupTable,
  leakTable,
  scoreTable,
  seedTable,
} from './evaluation/reports/tables';
// Features: what the model reads
export { ACOUSTIC_FEATURES, acousticFeatures } from './features/acoustic-features';
export { describe } from './features/descriptors';
export { type LibrosaExample, librosaExamples } from './features/librosa-examples';
export { meanOverFrames } from './features/matrix';
export { type FeatureMatrix, melSpectrogram, mfcc, powerToDb } from './features/mel/mfcc';
export { specAugment } from './features/mel/spec-augment';
export { vocalTractBatch } from './features/mel/vocal-tract';
export { FEATURE_KINDS, type FeatureKind, modelFeatures } from './features/model-features';
export { pyin } from './features/pitch/pyin';
export { yin } from './features/pitch/yin';
export { applyScaler, type FeatureScaler, fitScaler, scaleUtterance } from './features/scaler';
export { chroma } from './features/spectral/chroma';
export { spectralBandwidth, spectralCentroid, spectralFlatness, spectralRolloff } from './features/spectral/spectral';
export { spectralContrast } from './features/spectral/spectral-contrast';
export { magnitudeSpectrogram, type Spectrogram } from './features/spectral/spectrogram';
export { zeroCrossingRate } from './features/spectral/zero-crossing-rate';
export { augmentedCopy, getFeatures, voiceFeatures } from './features/store/extract';
export { computeFeatures, type FeatureStore, loadFeatures } from './features/store/store';
export { delta } from './features/summary/delta';
export { FUNCTIONALS, functionals, functionalsTable } from './features/summary/functionals';
// Inference
export { type ChosenModel, chooseModel } from './inference/chosen-model';
export { detectGender, emotionDetector, GenderDetector } from './inference/emotion';
export {
  crossValidateGender,
  genderData,
  loadGenderClassifier,
  predictSex,
  saveGenderClassifier,
  trainGenderClassifier,
} from './inference/gender/gender';
export { describeGenderScore, keepGenderClassifier } from './inference/gender/gender-run';
export { type LiveAnswer, listen } from './inference/listen';
export type { Explanation } from './inference/occlusion';
export type { Prediction, TimelineEntry, Warning } from './inference/prediction';
export { EmotionPredictor } from './inference/predictor';
export { type RecordingFault, recordingFaults } from './inference/quality';
export { tryOut } from './inference/try-out';
export { loadKeras, loadKerasOptimizer, loadKerasWeights } from './layers/keras/load';
export { saveKeras } from './layers/keras/save';
export {
  attentivePooling,
  batchNormalization,
  bidirectional,
  conv1d,
  conv2d,
  deltaChannel,
  dropout,
  gru,
  layerNormalization,
  lstm,
  multiHeadAttention,
  relu,
  timeDistributed,
} from './layers/layers';
export { loadModel, saveModel } from './layers/model-file';
export { residualCrnn } from './models/convolutional/residual-crnn';
// Model
export { originalModel } from './models/network/original';
export { prepareTrainer, RECIPES } from './models/registry';
export { fitRidge, ridgeScores } from './models/ridge';
export { utteranceVersions } from './models/utterance/recordings';
export { UTTERANCE_FEATURES } from './models/utterance/utterance-vector';
export { dataPath } from './project';
export { Random } from './random';
export { tf } from './tensorflow';
// Training
export type { Callback, Epoch, Training } from './training/callbacks/callback';
export { historyColumns, historyCsv, tensorBoard } from './training/callbacks/logs';
export { earlyStopping, modelCheckpoint, reduceLearningRateOnPlateau } from './training/callbacks/validation-loss';
export { type Dataset, describeFold } from './training/dataset';
export { type BatchProgress, type FitOptions, fit, type History } from './training/fit';
export { classWeights } from './training/loss';
export { AdamW } from './training/optimizer';
export { evaluateModel, predictRows } from './training/predict-rows';
export type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from './training/recipe';
export { type TrainingRules, trainingRules } from './training/rules';
export { type ClipPrediction, readPredictions, writePredictions } from './training/runs/predictions';
export { listRuns, loadExamples, loadRun, openRun, type Run, runCorpus, saveExamples } from './training/runs/run';
export { cosineSchedule, oneCycleSchedule, type Schedule, scheduledLearningRate } from './training/schedule';
export { type FoldSummary, type ProtocolSummary, readTraining, trainProtocol } from './training/train';
export { trainFinal } from './training/train-final';
export { WeightAverage } from './training/weights';
