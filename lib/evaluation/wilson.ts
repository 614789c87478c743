/** Confidence interval of a proportion. */
import type { Interval } from './bootstrap';

/** The standard normal distribution's quantile at 97.5 %, for 95 % inside. */
const Z = 1.959963984540054;

/**
 * 95 % Wilson score interval of a proportion of independent trials.
 *
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with p = successes / n, and z = 1.96
 *
 * @param successes whole number from 0 to `trials`
 * @param trials n, whole number from 1
 * @returns fractions from 0 to 1
 * @throws RangeError if a number is out of its range
 * @see Wilson (1927), Probable inference, the law of succession, and statistical inference
 * @example wilsonInterval(8, 10) // { estimate: 0.8, low: 0.490…, high: 0.943… }
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!(Number.isInteger(trials) && trials >= 1)) {
    throw new RangeError(`wilsonInterval: trials must be a whole number from 1, got ${trials}`);
  }
  if (!(Number.isInteger(successes) && successes >= 0 && successes <= trials)) {
    throw new RangeError(`wilsonInterval: successes must be 0 to ${trials} (trials), got ${successes}`);
  }
  const estimate = successes / trials;
  const weight = Z ** 2 / trials;
  const middle = (estimate + weight / 2) / (1 + weight);
  const half = (Z * Math.sqrt((estimate * (1 - estimate)) / trials + (weight / (2 * Z)) ** 2)) / (1 + weight);
  // Rounding must not move an end beyond the estimate, where the interval ends exactly there.
  return {
    estimate,
    low: Math.max(0, Math.min(estimate, middle - half)),
    high: Math.min(1, Math.max(estimate, middle + half)),
  };
}
