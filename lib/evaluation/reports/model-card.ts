/** model-card.md: description, results and limits of a run's model. */
import { writeFile } from '../../files';
import { RECIPES } from '../../models/registry';
import type { Run } from '../../training/runs/run';
import { ABSTENTION_RISK } from '../calibration/calibrate-folds';
import type { Evaluation } from '../evaluate-run';
import { PROTOCOLS_EXPLAINED } from '../protocols';
import { HUMAN_RATERS } from './human';
import { figureSections, markdownTable } from './markdown';
import { percent } from './report';
import { leakTable } from './tables';

const ACTED_LIMITS = `RAVDESS is acted: 24 professional actors from North America say two sentences in a studio. A model of it knows how
these people act eight emotions, not how anyone feels. It has not been trained on other languages, accents, ages,
microphones, rooms or sentences. Do not use it to judge anyone.`;

const PRACTICE_LIMITS = `This run was trained on synthetic voices, made for trying out the notebooks. Its figures do not
apply to people or to RAVDESS.`;

/**
 * Writes model-card.md into a run's folder; the first evaluation is that of the run's own protocol.
 *
 * @returns the card's text
 */
export function saveModelCard(run: Run, evaluations: readonly Evaluation[]): string {
  const text = modelCard(run, evaluations);
  writeFile(run.file('model-card.md'), text);
  return text;
}

function modelCard({ info }: Run, evaluations: readonly Evaluation[]): string {
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
    { fact: 'answers', value: 'one of eight emotions with a probability each, or "not sure"' },
    { fact: 'corpus', value: `${corpus.description}, ${corpus.clips} clips` },
    { fact: 'protocol', value: `${own.protocol}: ${title}${leak ? `; **leaks**: ${leak}` : ''}` },
    { fact: 'first fold tests on actors', value: actors.test.join(', ') },
    { fact: 'first fold chooses on actors', value: actors.validation.join(', ') },
    { fact: 'seed', value: String(seed) },
    { fact: 'training took', value: `${minutes.toFixed(1)} minutes for all folds` },
  ];
  const { accuracy, source, raters } = HUMAN_RATERS;
  return `# Model card: ${info.name}

${practice ? `**${PRACTICE_LIMITS}**\n\n` : ''}Which of eight acted emotions does a voice show? Made by 3-train, judged by 4-evaluate.

${markdownTable(facts)}

## Figures

${leak ? `**These figures leak: ${leak}.** They say little about new voices.\n\n` : ''}${figureSections(own)}

"Not sure" is the answer below a threshold at which, on validation clips, at most ${percent(ABSTENTION_RISK)} of the answers were wrong.

## The same model under other divisions

${markdownTable(leakTable(evaluations))}

People: the validation study of RAVDESS asked ${raters} untrained people (${source}) and
is commonly quoted with about ${100 * accuracy.low} to ${100 * accuracy.high} % right for sound alone. That is an accuracy over single ratings, for orientation only.

## Limits

${practice ? PRACTICE_LIMITS : ACTED_LIMITS}

## Data and licence

${
  practice
    ? 'Synthetic voices, made by this project; no licence to heed.'
    : 'RAVDESS, CC BY-NC-SA 4.0: Livingstone SR, Russo FA (2018), *The Ryerson Audio-Visual Database of Emotional Speech and\nSong (RAVDESS)*, PLoS ONE 13(5): e0196391. What is learned from it is for non-commercial use under the same licence.'
}

## How it was made

Every choice (epoch, fusion, temperature, threshold) was made on validation ${leak ? 'clips of this protocol' : 'actors out of the training side'}; scalers and augmentation saw
nothing of the test side. Commit ${commit ?? 'unknown'}, Node ${node} on ${platform}, ${Object.entries(packages)
    .filter(([name]) => name.includes('tensorflow'))
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.

${markdownTable(settings)}
`;
}
