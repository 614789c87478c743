/** The classifier of speaker sex in a run, which has none if its actors do not allow one. */
import { SerError } from '../../errors';
import { percent } from '../../evaluation/reports/report';
import { crossValidateGender, GENDER_FORMAT, saveGenderClassifier, trainGenderClassifier } from './gender';

/**
 * Trains a classifier and writes it to `file`; if the training actors are too few or of one sex, writes the reason.
 *
 * @returns the outcome in words
 * @throws RangeError as `trainGenderClassifier`
 * @example keepGenderClassifier(file, data) // 'classifier of speaker sex: trained on 15 actors'
 */
export function keepGenderClassifier(file: string, data: Parameters<typeof trainGenderClassifier>[0]): string {
  return unlessImpossible('classifier of speaker sex', () => {
    try {
      const classifier = trainGenderClassifier(data);
      saveGenderClassifier(file, classifier);
      return `trained on ${classifier.trainedOn.actors.length} actors`;
    } catch (error) {
      if (isImpossible(error)) saveGenderClassifier(file, { format: GENDER_FORMAT, absent: reasonOf(error) });
      throw error;
    }
  });
}

/**
 * The accuracy of `crossValidateGender` in words, or why it cannot be measured.
 *
 * @throws RangeError as `crossValidateGender`
 * @example describeGenderScore(data) // 'speaker sex on held-out actors: 95.1 % of 1440 clips, over 5 folds'
 */
export function describeGenderScore(data: Parameters<typeof crossValidateGender>[0]): string {
  return unlessImpossible('speaker sex on held-out actors', () => {
    const { accuracy, clips, folds } = crossValidateGender(data);
    return `${percent(accuracy)} of ${clips} clips, over ${folds.length} folds`;
  });
}

function unlessImpossible(what: string, act: () => string): string {
  try {
    return `${what}: ${act()}`;
  } catch (error) {
    if (!isImpossible(error)) throw error;
    return `${what}: none (${reasonOf(error)})`;
  }
}

/** True for an error about too few actors, or actors of one sex. */
const isImpossible = (error: unknown): error is SerError => error instanceof SerError && error.code === 'bad-training';

/** A message without the function that it comes from and the way out. */
const reasonOf = ({ message }: SerError): string => message.replace(/^\w+: /, '').replace(/;[^;]*$/, '');
