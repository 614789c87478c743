/** model-card.md: description, results and limits of a run's model. */
import { writeFile } from '../../files';
import { RECIPES } from '../../models/registry';
import type { Run } from '../../training/runs/run';
import { ABSTENTION_RISK } from '../calibration/calibrate-folds';
import type { Evaluation } from '../evaluate-run';
import { HUMAN_RATERS, PROTOCOLS_EXPLAINED } from '../protocols';
import { figureSections, markdownTable } from './markdown';
import { percent } from './report';
import { leakTable } from './tables';

const ACTED_LIMITS = `RAVDESS is acted: 24 professional actors from North America speak two sentences in a studio. The model
predicts which of eight emotions these actors portray, not what anyone feels. It has not been trained on other
languages, accents, ages, microphones, rooms or sentences. Do not use it to assess people.`;

const PRACTICE_LIMITS = `This run was trained on synthetic voices, made for trying out the notebooks. Its figures do not
apply to people or to RAVDESS.`;

/**
 * Writes model-card.md into a run's folder; the first evaluation is that of the run's own protocol.
 *
 * @returns the card's text
 * @example console.log(saveModelCard(run, evaluations))
 */
export function saveModelCard(run: Run, evaluations: readonly Evaluation[]): string {
  const text = modelCard(run.info, evaluations);
  writeFile(run.file('model-card.md'), text);
  return text;
}

function modelCard(info: Run['info'], evaluations: readonly Evaluation[]): string {
  const [own] = evaluations;
  const { corpus, configuration, seed, commit, node, packages, platform } = info;
  const model = String(configuration.model);
  const [{ members, actors }] = own.training.folds;
  const { title, leak } = PROTOCOLS_EXPLAINED[own.protocol];
  const practice = corpus.kind === 'practice';
  const parameters = members.reduce((sum, member) => sum + member.parameters, 0);
  const minutes = own.training.folds.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const settings = Object.entries(configuration).map(([name, value]) => ({
    parameter: name,
    value: `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``,
  }));
  const facts = [
    { fact: 'model', value: RECIPES[model] ? `${model}: ${RECIPES[model].title}` : model },
    { fact: 'parameters', value: parameters.toLocaleString('en-US') },
    { fact: 'networks', value: members.map(({ name }) => name).join(', ') },
    { fact: 'output', value: 'one of eight emotions with a probability each, or "not sure"' },
    { fact: 'corpus', value: `${corpus.description}, ${corpus.clips} clips` },
    { fact: 'protocol', value: `${own.protocol}: ${title}${leak ? `; **leaks**: ${leak}` : ''}` },
    { fact: 'test actors of the first fold', value: actors.test.join(', ') },
    { fact: 'validation actors of the first fold', value: actors.validation.join(', ') },
    { fact: 'seed', value: String(seed) },
    { fact: 'training time', value: `${minutes.toFixed(1)} minutes for all folds` },
  ];
  const { accuracy, source, raters } = HUMAN_RATERS;
  return `# Model card: ${info.name}

${practice ? `**${PRACTICE_LIMITS}**\n\n` : ''}Classifies speech into eight acted emotions. Trained by 3-train, evaluated by 4-evaluate.

${markdownTable(facts)}

## Figures

${leak ? `**These figures are inflated by a leak: ${leak}.** They do not estimate accuracy on unseen speakers.\n\n` : ''}${figureSections(own)}

The model abstains ("not sure") below a threshold chosen so that at most ${percent(ABSTENTION_RISK)} of the predictions for validation clips are wrong.

## The same model under other protocols

${markdownTable(leakTable(evaluations))}

Human accuracy: the validation study of RAVDESS had ${raters} untrained raters (${source}) and
is commonly quoted with an accuracy of about ${100 * accuracy.low} to ${100 * accuracy.high} % for audio alone. It is an accuracy over single ratings, for orientation only.

## Limits

${practice ? PRACTICE_LIMITS : ACTED_LIMITS}

## Data and licence

${
  practice
    ? 'Synthetic voices, made by this project; no licence applies.'
    : 'RAVDESS, CC BY-NC-SA 4.0: Livingstone SR, Russo FA (2018), *The Ryerson Audio-Visual Database of Emotional Speech and\nSong (RAVDESS)*, PLoS ONE 13(5): e0196391. Models trained on it are for non-commercial use under the same licence.'
}

## Training

Every choice (epoch, fusion, temperature, threshold) was made on validation ${leak ? 'clips of this protocol' : 'actors out of the training side'}; scalers and augmentation used
no clips of the test side. Commit ${commit ?? 'unknown'}, Node ${node} on ${platform}, ${Object.entries(packages)
    .filter(([name]) => name.includes('tensorflow'))
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.

${markdownTable(settings)}
`;
}
