/** Standardisation within groups, such as by speaker sex, which removes differences between groups. */
import { list, object, type Schema } from '../schema';
import { fitStandardiser, type Standardiser, standardise, standardiserSchema } from './standardiser';

/** A standardiser for each group. */
export interface GroupStandardiser {
  groups: Standardiser[];
}

/** Standardisers of this number of groups, each of this number of features. */
export const groupsSchema = (groups: number, features: number): Schema<GroupStandardiser> =>
  object({ groups: list(standardiserSchema(features), { length: groups }) });

/** Rows of several groups. */
export interface GroupedRows {
  /** [rows × features] */
  values: Float32Array;
  /** Of each row, from 0. */
  groups: readonly number[];
}

/** Deviations beyond which a value is an outlier. */
const LIMIT = 3;

/**
 * Fits mean and deviation of each feature in each group; a group of fewer than two rows gets those of all rows.
 *
 * @param count groups, int > 0
 * @throws RangeError if there are no rows
 */
export function fitGroups({ values, groups }: GroupedRows, count: number): GroupStandardiser {
  if (groups.length === 0) throw new RangeError('fitGroups: there must be rows, got none');
  const features = values.length / groups.length;
  const all = [...groups.keys()];
  return {
    groups: Array.from({ length: count }, (_, group) => {
      const own = all.filter((row) => groups[row] === group);
      return { ...fitStandardiser(values, features, own.length > 1 ? own : all), limit: LIMIT };
    }),
  };
}

/** Each row standardised as its group is. */
export function standardiseGroups({ values, groups }: GroupedRows, standardiser: GroupStandardiser): Float32Array {
  const features = standardiser.groups[0].mean.length;
  const result = new Float32Array(values.length);
  groups.forEach((group, row) => {
    const own = values.subarray(row * features, (row + 1) * features);
    result.set(standardise(own, standardiser.groups[group]), row * features);
  });
  return result;
}
