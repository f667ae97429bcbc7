/** Whether `npm run test:long` is running. */
export const isLong = process.env["TEST_LONG"] !== undefined;

/** The seed and path of a failure that is to be repeated. */
const { TEST_SEED: givenSeed, TEST_PATH: givenPath } = process.env;

interface RandomCases {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
}

/**
 * How many random cases a property is tried with: in `npm test` always the same `numRuns`, in `npm run test:long` `many`, different ones each
 * time. A failure names its seed and path; given as `TEST_SEED` and `TEST_PATH`, they repeat it.
 */
export function randomCases(numRuns: number, seed: number, many = 10 * numRuns): RandomCases {
  if (givenSeed !== undefined)
    return { numRuns, seed: Number(givenSeed), ...(givenPath === undefined ? {} : { path: givenPath }) };
  return isLong ? { numRuns: many } : { numRuns, seed };
}
