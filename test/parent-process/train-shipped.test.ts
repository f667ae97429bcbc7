import { expect, test } from "vitest";
import { created, type Parameters, type Project, run, serve } from "../scenarios/scenario.ts";
import { endOf, failing, output, trainWorld, usual } from "../scenarios/train-world.ts";

/** The shipped body obeys the rules of trains, too: these tests run it through Bash. */
const list: Parameters = { "ChildProject.Project.Name": usual };
const quick: Partial<Project> = { scripts: [{ duration: "5s" }] };
const allQuick = { Database: quick, "Web API": quick, "Scheduling Service": quick, "Web UI": quick };

test("the shipped step deploys a list level by level, with outputs for each child", async () => {
  const server = await serve(trainWorld(allQuick));

  const result = await run(server, "Train", list);

  expect(result.exitCode, result.log).toBe(0);
  expect(created(server)).toHaveLength(4);
  expect(result.outputs.Deployed).toBe("Database\nWeb API\nScheduling Service\nWeb UI");
  expect(output(result, "Child[Web API].DeploymentId")).toMatch(/^Deployments-\d+$/);
});

test("the shipped step stops before the first deployment, and after a child that failed", async () => {
  const freezes = [{ name: "Audit", start: "-1h", end: "+1d", projects: ["Web UI"], environments: ["Staging"] }];
  const frozen = await serve(trainWorld(allQuick, { freezes }));
  const broken = await serve(trainWorld({ ...allQuick, "Web API": failing }));

  const [stopped, failed] = [await run(frozen, "Train", list), await run(broken, "Train", list)];

  expect([stopped.exitCode, endOf(stopped, "Web UI"), created(frozen)], stopped.log).toEqual([1, "Failed Frozen", []]);
  expect([failed.exitCode, endOf(failed, "Web UI")], failed.log).toEqual([1, "NotStarted SiblingFailed"]);
  expect(created(broken)).toHaveLength(3);
});
