import { expect, test } from "vitest";
import { clockOf, walk } from "./in-process.ts";
import { created, serve } from "./scenario.ts";
import { linesOf, train, trainWorld } from "./train-world.ts";

const defect = /An unexpected error occurred \(TypeError\)\./;
const report = "This is a defect of the step template. Please report it with the task log.";
const again =
  "A deployment may have been created. Run the step again after ten minutes: the step then looks for its own deployment first and never deploys twice.";

function fails(): never {
  throw new TypeError("hunter2 is a secret");
}

test.each([
  { rule: "one child", walks: { child: "Web API" } },
  { rule: "several children", walks: train({ "ChildProject.Project.Name": "Database\nWeb API" }) },
])(
  "$rule: an unexpected error while the deployment runs is reported in sentences, with its place in the verbose log",
  async ({ walks }) => {
    const server = await serve(trainWorld());

    const run = await walk(server, { ...walks, meanwhile: fails });

    expect(created(server)).toHaveLength(1);
    const fatal = linesOf(run, "fatal");
    expect(fatal, run.log).toHaveLength(1);
    expect(fatal[0]).toMatch(defect);
    expect(fatal[0]).toContain(`${report} ${again}`);
    expect(
      linesOf(run, "verbose").filter((line) => /^verbose: (?:Database: )?\s+at /.test(line)).length,
    ).toBeGreaterThan(0);
    expect(run.log).not.toContain("hunter2");
  },
);

test("the message of an unexpected error before the plan does not say that a deployment may exist", async () => {
  const server = await serve(trainWorld());

  const run = await walk(server, { child: "Web API", clock: { ...clockOf(server), elapsed: fails } });

  expect(created(server)).toEqual([]);
  expect(linesOf(run, "fatal").join("\n"), run.log).toMatch(defect);
  expect(run.log).not.toContain("may have been created");
});
