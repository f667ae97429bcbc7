import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isLong, randomCases } from "../random-cases.ts";
import { casesOf, type Cell, faults, phases, play, policies } from "./train-case.ts";
import { expectInvariants, recordOf } from "./train-invariants.ts";

const all: readonly Cell[] = policies.flatMap((policy) =>
  faults.flatMap((fault) => phases.map((phase) => ({ policy, fault, phase }))),
);

/** In `npm test` each policy meets each phase once, under one fault after the other. */
const cells = all.filter(
  ({ policy, fault, phase }) =>
    isLong || (policies.indexOf(policy) + 2 * phases.indexOf(phase)) % faults.length === faults.indexOf(fault),
);

const nameOfCell = ({ policy, fault, phase }: Cell) => `${policy}, ${fault}, ${phase}`;

/** How often each fault struck. */
const struck = new Map<string, number>();

test.each(cells.map((cell, index) => ({ cell, index, name: nameOfCell(cell) })))(
  "whatever happens, a train keeps its rules: $name",
  async ({ cell, index, name }) => {
    const property = fc.asyncProperty(casesOf(cell), fc.scheduler(), async (one, scheduler) => {
      const played = await play(cell, one, scheduler);
      try {
        struck.set(name, (struck.get(name) ?? 0) + Number(played.hasStruck));
        expectInvariants(cell, one, played);
      } finally {
        await played.server.stop();
      }
    });

    const cases = { ...randomCases(1, 20_210_114 + index), ...(isLong ? { numRuns: 4 } : {}) };
    const result = await fc.check(property, { ...cases, endOnFailure: true });

    if (!result.failed) return;
    const command = `TEST_LONG=yes TEST_SEED=${result.seed} TEST_PATH=${result.counterexamplePath} npx vitest run --config test/vitest.long.config.ts test/scenarios/train-property.test.ts -t "${name}"`;
    throw new Error(`${await fc.asyncDefaultReportMessage(result)}\nRepeat it: ${command}`);
  },
);

test("every fault has struck in every phase under every policy", () => {
  const table = cells.map((cell) => ({ cell: nameOfCell(cell), struck: struck.get(nameOfCell(cell)) ?? 0 }));
  if (isLong) console.table(Object.fromEntries(table.map((row) => [row.cell, row.struck])));
  expect(table.filter(({ struck: times }) => times === 0)).toEqual([]);
});

test("a seed repeats exactly", async () => {
  const cell: Cell = { policy: "RollBack", fault: "another user deploys", phase: "after a failure" };
  const records: (readonly string[])[] = [];
  const property = fc.asyncProperty(casesOf(cell), fc.scheduler(), async (one, scheduler) => {
    const { server } = await play(cell, one, scheduler);
    records.push(recordOf(server, one));
    await server.stop();
  });

  for (let run = 0; run < 2; run += 1) await fc.check(property, { numRuns: 1, seed: 4 });

  expect(records[0]?.length).toBeGreaterThan(2);
  expect(records[1]).toEqual(records[0]);
});
