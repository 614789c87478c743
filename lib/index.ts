/** The table of contents, in the order of the road: clips → signals → features → model → run → figures. */

// Audio: signals
export { addNoise, addNoiseAt, pitch, shift, speed, stretch } from './audio/augment';
export { type Augmentation, augment, augmentBatch } from './audio/augment-batch';
export { encodeWav } from './audio/formats/write-wav';
export { joinSignals } from './audio/join';
export { loadAudio, loadClip, padTo } from './audio/load';
export { recordingDevices } from './audio/microphone';
export { preemphasis } from './audio/preemphasis';
export { voiceRecorder } from './audio/record';
export { resample } from './audio/resample';
export { rms } from './audio/rms';
export type { Signal } from './audio/signal';
export { inverseStft, type Stft, stft } from './audio/stft';
export { trim } from './audio/trim';
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
// Display
export { actorTiles } from './display/actor-tiles';
export { reliabilityDiagram, riskCoverageCurve } from './display/calibration-figures';
export { actorBalance, classBalance, tally, tallyBy } from './display/corpus-figures';
export { descriptorTracks } from './display/descriptor-tracks';
export { emotionTimeline } from './display/emotion-timeline';
export { explanation } from './display/explanation';
export { mfccAgreement } from './display/mfcc-agreement';
export { mfccHeatmap } from './display/mfcc-heatmap';
export { liveEmotions, recordingMeter } from './display/microphone-meters';
export { player, players } from './display/player';
export { progress, reportProgress } from './display/progress';
export { protocolComparison } from './display/protocol-comparison';
export { confusionHeatmap, predictionCounts, probabilities } from './display/result-figures';
export { runCurves } from './display/run-curves';
export { LiveDisplay, show } from './display/show';
export { signalComparison } from './display/signal-comparison';
export { spectrogram, withMelAxes } from './display/spectrogram';
export { table } from './display/table';
export { trainingCurves } from './display/training-curves';
export { trainingProgress } from './display/training-progress';
export { waveform } from './display/waveform';
export { SerError, type SerErrorCode } from './errors';
// Evaluation
export { abstentionPoint, areaUnderRiskCoverage, riskCoverage } from './evaluation/abstention';
export { poolSeeds, seedsOf, seedTable } from './evaluation/aggregate-seeds';
export { bootstrapByActor } from './evaluation/bootstrap';
export { chooseCalibration } from './evaluation/calibrate-folds';
export {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliability,
} from './evaluation/calibration';
export { compareRuns, comparisonTable } from './evaluation/compare-runs';
export { comparePaired, summariseSeeds } from './evaluation/comparison';
export { type EvaluationReport, evaluate } from './evaluation/evaluate';
export { type Evaluation, evaluateProtocol, protocolsOf, saveMetrics } from './evaluation/evaluate-run';
export { actorRows, foldTable } from './evaluation/fold-table';
export { HUMAN_RATERS } from './evaluation/human';
export { evaluatePredictions, type Metrics, predictClasses } from './evaluation/metrics';
export { saveModelCard } from './evaluation/model-card';
export {
  foldsOf,
  PROTOCOL_NAMES,
  PROTOCOLS_EXPLAINED,
  type ProtocolName,
  parseProtocols,
} from './evaluation/protocols';
export { classTable, describeMetrics, groupTable, percent, scoreByGroup } from './evaluation/report';
export { readResults, writeResults } from './evaluation/results';
export { scoreFiles, scoreReport } from './evaluation/score';
export { calibrationTable, foldScoreTable, leakTable, scoreTable } from './evaluation/tables';
// Features: what the model reads
export { ACOUSTIC_FEATURES, acousticFeatures } from './features/acoustic-features';
export { chroma } from './features/chroma';
export { delta } from './features/delta';
export { describe } from './features/descriptors';
export { augmentedCopy, getFeatures, voiceFeatures } from './features/extract';
export { FUNCTIONALS, flattenFunctionals, functionals, functionalsTable } from './features/functionals';
export { type LibrosaExample, librosaExamples } from './features/librosa-examples';
export { specAugment, specAugmentBatch } from './features/masks';
export { type FeatureMatrix, meanOverFrames, melSpectrogram, mfcc, powerToDb } from './features/mfcc';
export { FEATURE_KINDS, type FeatureKind, modelFeatures } from './features/model-features';
export { pyin } from './features/pyin';
export { spectralBandwidth, spectralCentroid, spectralFlatness, spectralRolloff } from './features/spectral';
export { spectralContrast } from './features/spectral-contrast';
export { magnitudeSpectrogram, type Spectrogram } from './features/spectrogram';
export { computeFeatures, type FeatureStore, loadFeatures } from './features/store';
export { estimateTuning } from './features/tuning';
export { UTTERANCE_FEATURES } from './features/utterance/utterance-vector';
export { utteranceVersions } from './features/utterance/versions';
export { scaleUtterance } from './features/utterance-scaler';
export { randomVocalTractFactor, warpFrequency } from './features/vocal-tract';
export { vocalTractBatch } from './features/vocal-tract-batch';
export { yin } from './features/yin';
export { zeroCrossingRate } from './features/zero-crossing-rate';
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
} from './inference/gender';
export { describeGenderScore, keepGenderClassifier } from './inference/gender-run';
export { type LiveAnswer, listen } from './inference/listen';
export type { Explanation } from './inference/occlusion';
export type { Prediction, TimelineEntry, Warning } from './inference/prediction';
export { EmotionPredictor } from './inference/predictor';
export { type RecordingFault, recordingFaults } from './inference/quality';
export { tryOut } from './inference/try-out';
// Model
export { originalModel } from './model/architectures';
export { loadKeras, loadKerasOptimizer } from './model/keras/load';
export { saveKeras } from './model/keras/save';
export { loadKerasWeights } from './model/keras/weights-only';
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
  rectifier,
  specAugmentation,
  timeDistributed,
} from './model/layers';
export { loadModel, saveModel } from './model/model-file';
export { recogniser } from './model/recogniser';
export { fitRidge, ridgeScores } from './model/ridge';
export { dataPath } from './project';
export { Random } from './random';
export { tf } from './tensorflow';
// Training
export type { Callback, Epoch, Training } from './training/callbacks';
export { type Dataset, describeFold } from './training/dataset';
export { earlyStopping } from './training/early-stopping';
export { loadExamples, saveExamples } from './training/examples';
export { type BatchProgress, type FitOptions, fit } from './training/fit';
export { type History, historyColumns } from './training/history';
export { historyCsv } from './training/history-csv';
export { classWeights } from './training/loss';
export { modelCheckpoint } from './training/model-checkpoint';
export { AdamW } from './training/optimizer';
export { reduceLearningRateOnPlateau } from './training/plateau';
export { evaluateModel, predictRows } from './training/predict-rows';
export { type ClipPrediction, readPredictions, writePredictions } from './training/predictions';
export type { FoldModel, FoldTask, FoldTrainer, Recipe, TrainingSettings } from './training/recipe';
export { prepareTrainer, RECIPES } from './training/recipes';
export { type TrainingRules, trainingRules } from './training/rules';
export { listRuns, loadRun, openRun, type Run, runCorpus } from './training/run';
export { applyScaler, type FeatureScaler, fitScaler } from './training/scaler';
export { type Schedule, type ScheduleDescription, schedule } from './training/schedule';
export { scheduledLearningRate } from './training/scheduled-rate';
export { tensorBoard } from './training/tensorboard';
export { terminateOnNaN } from './training/terminate-on-nan';
export { type FoldSummary, type ProtocolSummary, readTraining, trainProtocol } from './training/train';
export { trainOnEveryone } from './training/train-final';
export { WeightAverage } from './training/weight-average';
