/** Set by `npm run test:long`. */
export const isLong = process.env["TEST_LONG"] !== undefined;

/** Given to repeat what failed. */
const { TEST_SEED: givenSeed, TEST_PATH: givenPath } = process.env;

interface RandomCases {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
}

/**
 * How many random cases a property is tried with: in `npm test` always the same ones, in `npm run test:long` `many`, and other ones each
 * time. A failure names its seed and path; with these as `TEST_SEED` and `TEST_PATH` it is repeated.
 */
export function randomCases(numRuns: number, seed: number, many = 10 * numRuns): RandomCases {
  if (givenSeed !== undefined)
    return { numRuns, seed: Number(givenSeed), ...(givenPath === undefined ? {} : { path: givenPath }) };
  return isLong ? { numRuns: many } : { numRuns, seed };
}
