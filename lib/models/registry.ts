/** The models that can be trained, by name. */
import type { FeatureStore } from '../features/store/store';
import type { FoldTrainer, Recipe, TrainingSettings } from '../training/recipe';
import { type TrainingRules, trainingRules } from '../training/rules';
import type { ArtefactFolder } from '../training/runs/artefact-folder';
import { convolutionalFamily } from './convolutional';
import { encoderFamily } from './encoder';
import type { LoadedModel, LoadOptions } from './family';
import { fineTunedFamily } from './fine-tuned';
import { generalFamily } from './general';
import { networkFamily } from './network';
import { recommendedFamily } from './recommended';
import { sentenceFamily } from './sentence';
import { utteranceFamily } from './utterance';

/** Every family; an artefact folder without the file of any other is a network's. */
const FAMILIES = [
  networkFamily,
  utteranceFamily,
  sentenceFamily,
  convolutionalFamily,
  encoderFamily,
  fineTunedFamily,
  generalFamily,
  recommendedFamily,
] as const;

/** Every recipe by the name that the parameter `model` takes. */
export const RECIPES: Readonly<Record<string, Recipe>> = Object.assign({}, ...FAMILIES.map(({ recipes }) => recipes));

/**
 * Loads the trained model of an artefact folder, whatever its family.
 *
 * @throws SerError `bad-artefact` if there is no model, or its files are damaged
 */
export function loadTrainedModel(artefacts: ArtefactFolder, options: LoadOptions = {}): Promise<LoadedModel> {
  const family = FAMILIES.find(({ file }) => artefacts.has(file)) ?? networkFamily;
  return family.load(artefacts, options);
}

/**
 * Prepares a trainer by recipe name, bound to precomputed features.
 *
 * @param settings overrides of the recipe's settings; 0, false and absent keep the recipe's value
 * @throws RangeError if there is no such recipe, or a setting is out of range or not used by the recipe
 * @example await prepareTrainer('original', loadFeatures(dataPath('features')), { epochs: 3 })
 */
export async function prepareTrainer(
  model: string,
  store: FeatureStore,
  settings: Partial<TrainingSettings> = {},
): Promise<FoldTrainer> {
  if (!Object.hasOwn(RECIPES, model)) {
    throw new RangeError(`prepareTrainer: model must be one of ${Object.keys(RECIPES).join(', ')}, got "${model}"`);
  }
  const recipe = RECIPES[model];
  const asked = Object.entries({ ...settings, ...settings.rules }).find(
    ([name, value]) => isAsked(value) && (recipe.ignores as readonly string[] | undefined)?.includes(name),
  );
  if (asked) {
    const [name, value] = asked;
    const got = JSON.stringify(value);
    throw new RangeError(
      `prepareTrainer: ${model} does not use ${name}, got ${got}; leave it out, or choose another model`,
    );
  }
  const chosen: TrainingSettings = {
    epochs: settings.epochs || recipe.settings.epochs,
    batchSize: settings.batchSize || recipe.settings.batchSize,
    learningRate: settings.learningRate || recipe.settings.learningRate,
    specAugment: settings.specAugment || recipe.settings.specAugment,
    classWeights: settings.classWeights || recipe.settings.classWeights,
    ...rulesOf({ ...recipe.settings.rules, ...settings.rules }),
  };
  for (const name of ['epochs', 'batchSize'] as const) {
    if (!(Number.isInteger(chosen[name]) && chosen[name] > 0)) {
      throw new RangeError(`prepareTrainer: ${name} must be 1 or more, got ${chosen[name]}`);
    }
  }
  if (!(chosen.learningRate > 0 && Number.isFinite(chosen.learningRate))) {
    throw new RangeError(`prepareTrainer: learningRate must be above 0, got ${chosen.learningRate}`);
  }
  return recipe.prepare(store, chosen);
}

/** Tests whether a setting overrides the recipe's. */
const isAsked = (value: unknown): boolean =>
  typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : Boolean(value);

/** Validates rules before training; empty without rules. */
function rulesOf(rules: TrainingRules): Pick<TrainingSettings, 'rules'> {
  if (Object.keys(rules).length === 0) return {};
  trainingRules(rules, { learningRate: 1, steps: 100 });
  return { rules };
}
