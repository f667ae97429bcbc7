import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = new URL("../../.github/workflows/", import.meta.url);
const workflows = readdirSync(folder).map((file) => [file, readFileSync(new URL(file, folder), "utf8")] as const);

test("there is a workflow", () => {
  expect(workflows.length).toBeGreaterThan(0);
});

describe.each(workflows)("the workflow %s", (_, text) => {
  const jobs = (text.split(/^jobs:$/m)[1] ?? "").split(/^ {2}(?=[\w-]+:$)/m).slice(1);

  test("pins every action by its commit, and says which version that is", () => {
    const actions = text.match(/uses: .*/g) ?? [];

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((each) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(each))).toEqual([]);
  });

  test("pins an action to the same commit everywhere", () => {
    const pins = new Set((text.match(/(?<=uses: ).*/g) ?? []).toSorted());

    expect([...pins].map((pin) => pin.split("@")[0])).toEqual([...new Set([...pins].map((pin) => pin.split("@")[0]))]);
  });

  test("limits the time of every job", () => {
    expect(jobs.length).toBeGreaterThan(5);
    expect(jobs.filter((job) => !/^ {4}timeout-minutes: \d+$/m.test(job))).toEqual([]);
  });

  test("cancels the previous run, and has read permission only", () => {
    expect(text).toMatch(/^concurrency:\n {2}group: .*github\.ref/m);
    expect(text).toMatch(/^permissions:\n {2}contents: read\n(?! )/m);
    expect(text.match(/actions\/checkout@/g)?.length).toBe(text.match(/persist-credentials: false/g)?.length);
  });
});
