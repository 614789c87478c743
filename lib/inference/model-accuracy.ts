/** Accuracy of a trained model on speakers that it was not trained on, from its own metrics.json. */
import { metricsHeadSchema } from '../evaluation/evaluate-run';
import { PROTOCOLS_EXPLAINED } from '../evaluation/protocols';
import { percent } from '../evaluation/reports/report';
import { GENERAL_FILE } from '../models/general/model';
import type { ChosenModel } from './chosen-model';

/**
 * Names a model, with the accuracy that metrics.json in its folder has, or why that says nothing about unseen speakers.
 *
 * @param options.quick adds that the figure is that of the model without this option of `EmotionPredictor.load`
 * @throws SerError `bad-artefact` if metrics.json is damaged
 * @example describeModel(chooseModel()) // 'the shipped model, 71.1 % correct on unseen speakers (actor-5, RAVDESS recordings)'
 */
export function describeModel({ name, artefacts, corpus }: ChosenModel, { quick = false } = {}): string {
  if (artefacts.has(GENERAL_FILE)) return `${name}; its accuracy on other corpora is in data/models/general`;
  const metrics = artefacts.has('metrics.json') ? artefacts.readJson('metrics.json', metricsHeadSchema) : undefined;
  if ((metrics?.corpus ?? corpus?.kind) === 'practice') {
    return `${name}, trained on synthetic voices, so its predictions about people are meaningless`;
  }
  if (!metrics) return `${name}, accuracy on unseen speakers unknown (no metrics.json; run 4-evaluate)`;
  const { accuracy, protocol, corpusLabel } = metrics;
  if (PROTOCOLS_EXPLAINED[protocol].leak) {
    return `${name}, accuracy on unseen speakers unknown (${protocol} tests on training speakers)`;
  }
  const measured = quick ? '; measured without quick' : '';
  return `${name}, ${percent(accuracy)} correct on unseen speakers (${protocol}, ${corpusLabel}${measured})`;
}
