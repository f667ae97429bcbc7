/** Set by `npm run test:long`. */
const isLong = process.env["TEST_LONG"] !== undefined;

/**
 * How many random cases a property is tried with: in `npm test` always the same ones, in `npm run test:long` ten times as many and other
 * ones each time. A failure names the seed, with which it can be repeated.
 */
export function randomCases(numRuns: number, seed: number): { readonly numRuns: number; readonly seed?: number } {
  return isLong ? { numRuns: numRuns * 10 } : { numRuns, seed };
}
