import { describe, expect, test } from "vitest";
import { allDigestsShown } from "../../src/rules/digest-line.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { answer, approvalWorld, forQa, endings } from "./approval-world.ts";
import { walk } from "./in-process.ts";
import {
  approve,
  deploy,
  inProduction,
  planAndApprove,
  planArtifacts,
  plannedWorld,
  planStep,
} from "./planned-world.ts";
import { child, orchestration, type Parameters, type Project, type Run, serve } from "./scenario.ts";
import { endOf, linesOf, output, train } from "./train-world.ts";

const names = ["Database", "Web API", "Web UI"];
const list = "Database\nWeb API\n+ Web UI";
const all = ["Database 1.1 to Production", "Web API 1.1 to Production", "Web UI 1.1 to Production"];

function planned(more: Partial<World> = {}): World {
  const at = (day: string, environments: readonly string[]) =>
    environments.map((environment) => ({ environment, at: day }));
  const releases: NonNullable<Project["releases"]> = [
    { version: "1.0", created: "-9d", deployments: at("-8d", ["Development", "Test", "Staging", "Production"]) },
    { version: "1.1", created: "-3d", deployments: at("-2d", ["Development", "Test", "Staging"]) },
    { version: "1.2", created: "-1d", deployments: at("-12h", ["Development", "Test"]) },
  ];
  const children = names.map((name) => child(name, releases, { scripts: [{ duration: "5s" }] }));
  return plannedWorld({ projects: orchestration({ projects: children }).projects ?? [], ...more });
}

const listed = (text: string, more: Parameters = {}): Parameters => ({ "ChildProject.Project.Name": text, ...more });

async function approved(text = list, more: Parameters = {}): Promise<OctopusServer> {
  const server = await serve(planned());
  await planAndApprove(server, { steps: [planStep(listed(text, more)), approve()] });
  return server;
}

/** Deploys a newer release to Staging. */
function overtake(server: OctopusServer, name: string): void {
  const at = new Date(server.now() - 120_000).toISOString();
  const deployments = [{ environment: "Staging", at, took: "30s" }];
  server.simulator.addWorld({ projects: [{ name, releases: [{ version: "1.2", deployments }] }] });
}

/** Deploys a hot fix to Production. */
function hotFix(server: OctopusServer, name: string, version: string): void {
  const at = new Date(server.now() - 120_000).toISOString();
  const deployments = [{ environment: "Production", at, took: "30s" }];
  server.simulator.addWorld({ projects: [{ name, releases: [{ version, created: at, deployments }] }] });
}

describe("the approved plan of a train", () => {
  test.each(["Use", "Fail", "Warn"])("is carried out as a whole, policy %s", async (policy) => {
    const server = await approved();

    const run = await deploy(server, policy, listed(list));

    expect(run.exitCode, run.log).toBe(0);
    expect(inProduction(server)).toEqual(all);
    expect(planArtifacts(server)).toHaveLength(1);
  });

  test.each(["Use", "Fail", "Warn"])("reports an unchanged child as already current, policy %s", async (policy) => {
    const server = await serve(planned());
    hotFix(server, "Database", "1.1");
    await planAndApprove(server, { steps: [planStep(listed(list)), approve()] });

    const run = await deploy(server, policy, listed(list));

    expect(run.exitCode, run.log).toBe(0);
    expect(endOf(run, "Database")).toBe("Skipped AlreadyCurrent");
    expect(output(run, "Child[Database].Message")).toBe("Database 1.1 is already deployed to Production. Skipped.");
    expect(run.outputs.Deployed).toBe("Web API\nWeb UI");
  });

  test("has the only digest that the run and its repeat show", async () => {
    const server = await approved();

    const first = await deploy(server, "Use", listed(list));
    const again = await deploy(server, "Use", listed(list));

    const digests = new Set(allDigestsShown(first.log));
    expect(digests.size, first.log).toBe(1);
    expect(new Set(allDigestsShown(again.log)), again.log).toEqual(digests);
  });

  test("is deployed although newer releases came to Staging", async () => {
    const server = await approved();
    overtake(server, "Web UI");

    const run = await deploy(server, "Use", listed(list));

    expect(run.exitCode, run.log).toBe(0);
    expect(inProduction(server)).toEqual(all);
  });

  test.each([
    ["another order", "Web API\nDatabase\n+ Web UI", {}, "Web API is at a different place"],
    ["other levels", "Database\nWeb API\nWeb UI", {}, "Web UI starts with other child projects"],
    ["one child less", "Database\nWeb API", {}, "Web UI was in the approved plan"],
    [
      "another policy",
      list,
      { "ChildProject.Failure.Policy": "Continue" },
      'the approved plan has Stop for "When a child fails", and this run has Continue',
    ],
    ["another mode", `${list}\n    deployment mode: Redeploy`, {}, "Web UI was approved for another channel"],
    ["a single child of it", "Web API", {}, "Database was in the approved plan"],
  ])("does not fit %s", async (_, text, more, difference) => {
    const server = await approved();

    const run = await deploy(server, "Use", listed(text, more));

    expect([run.exitCode, run.outputs.Reason], run.log).toEqual([1, "PlanChanged"]);
    // What is wrong with the plan of all children is said once, and so is what to do about it.
    expect(run.outputs.Message?.split(difference)).toHaveLength(2);
    const remedies = run.log.match(/^fatal: .*Run the what-if again/gm);
    expect(remedies).toHaveLength(1);
    expect(remedies?.[0].split("Run the what-if again")).toHaveLength(2);
    expect(inProduction(server)).toEqual([]);
  });

  test.each([
    ["first", list],
    ["last", "Database\nWeb API\nWeb UI"],
  ])("that was made %s is carried out if the other one has other levels", async (_, text) => {
    const server = await serve(planned());
    const second = planStep(listed("Database\nWeb API\nWeb UI"), "Plan again");
    await planAndApprove(server, { steps: [planStep(listed(list)), second, approve("Go?")] });

    const run = await deploy(server, "Use", listed(text));

    expect([run.exitCode, run.outputs.Message], run.log).toEqual([0, "3 child projects: 3 deployed."]);
    expect(inProduction(server)).toEqual(all);
  });

  test("does not concern a run for another child, even if other children have two plans that approvers saw", async () => {
    const server = await serve(planned());
    const [first, second] = ["Database\n+ Web API", "Database\nWeb API"].map((text) => listed(text));
    const shown = ["Plan", "Again"].map((name) => ["#", `{Octopus.Action[${name}].Output.ReleaseNotes}`].join(""));
    await planAndApprove(server, {
      steps: [planStep(first), planStep(second, "Again"), approve(shown.join("\n"))],
    });

    const run = await deploy(server, "Use", listed("Web UI"));

    expect([run.exitCode, run.outputs.Outcome], run.log).toEqual([0, "Deployed"]);
  });

  test("for fewer children does not fit a run with more", async () => {
    const server = await approved("Database\nWeb API");

    const run = await deploy(server, "Use", listed("Database\nWeb API\nWeb UI"));

    expect([run.exitCode, run.outputs.Reason]).toEqual([1, "PlanChanged"]);
    expect(run.outputs.Message).toContain("Web UI was not in the approved plan");
    expect(inProduction(server)).toEqual([]);
  });

  test("for a single child does not fit a train", async () => {
    const server = await approved("Web API");

    const run = await deploy(server, "Use", listed(list));

    expect([run.exitCode, run.outputs.Reason], run.log).toEqual([1, "PlanChanged"]);
    expect(inProduction(server)).toEqual([]);
  });

  test("stops all children under Fail if one would get another release now", async () => {
    const server = await approved();
    overtake(server, "Web UI");

    const run = await deploy(server, "Fail", listed(list));

    expect([run.exitCode, endOf(run, "Web UI"), endOf(run, "Database")], run.log).toEqual([
      1,
      "Failed PlanChanged",
      "NotStarted SiblingFailed",
    ]);
    expect(inProduction(server)).toEqual([]);
  });

  test("tolerates that a hot fix below the approved release is current now", async () => {
    const server = await approved();
    hotFix(server, "Web API", "1.0.5");

    const run = await deploy(server, "Use", listed(list));

    expect(run.exitCode, run.log).toBe(0);
    expect(inProduction(server)).toEqual(expect.arrayContaining(["Web API 1.0.5 to Production", ...all]));
  });

  test("does not replace a higher hot fix", async () => {
    const server = await approved();
    hotFix(server, "Web API", "1.1.5");

    const run = await deploy(server, "Use", listed(list));

    expect([run.exitCode, endOf(run, "Web API"), endOf(run, "Database")], run.log).toEqual([
      1,
      "Failed PlanChanged",
      "NotStarted SiblingFailed",
    ]);
    expect(inProduction(server)).toEqual(["Web API 1.1.5 to Production"]);
  });

  test("comes before a child's N/A: the run stops", async () => {
    const server = await approved();

    const run = await deploy(server, "Use", listed("Database\nWeb API\n    release number: N/A\n+ Web UI"));

    expect([run.exitCode, endOf(run, "Web API")], run.log).toEqual([1, "Failed PlanChanged"]);
    expect(inProduction(server)).toEqual([]);
  });

  test("in which a child is left out by N/A leaves it out again", async () => {
    const text = "Database\nWeb API\n    release number: N/A\n+ Web UI";
    const server = await approved(text);

    const run = await deploy(server, "Use", listed(text));

    expect(run.exitCode, run.log).toBe(0);
    expect(inProduction(server)).toEqual([all[0], all[2]]);
  });

  test("has one digest, on top of what approvers read", async () => {
    const server = await serve(planned());
    const seen: string[] = [];

    const run = await planAndApprove(server, {
      steps: [planStep(listed(list)), approve()],
      people: ({ instructions }) => {
        seen.push(instructions);
        return { by: "alice", result: "Proceed" };
      },
    });

    const line = /^Plan [0-9a-f]{32} \(train of 3: Database … to Production\)\n/;
    expect(seen[0]).toMatch(line);
    expect(run.parent.state).toBe("Success");
    for (const name of names) {
      const steps = run.parent.steps.find((step) => step.name === "Plan");
      expect(steps?.outputs[`Child[${name}].ReleaseNotes`]).toMatch(line);
    }
  });
});

describe("the children's own interventions", () => {
  const questions = [[forQa]];

  function asking(): World {
    const world = approvalWorld(questions);
    const [first, ...others] = world.projects ?? [];
    const asks = { name: "Question 1", interventions: [forQa] };
    const components = ["Web API", "Web UI"].map((name) =>
      child(name, [{ version: "1.0", deployments: ["Development", "Test"] }], {
        scripts: [{ duration: "2m", steps: [asks] }],
      }),
    );
    return { ...world, projects: [...(first === undefined ? [] : [first]), ...others.slice(1), ...components] };
  }

  const using: Parameters = {
    "ChildProject.Project.Name": "Web API\n+ Web UI",
    "ChildProject.ManualInterventions.UseApprovalsFromParent": "Yes",
  };

  function askedOnce(server: OctopusServer) {
    let done = false;
    return async (minutes: number): Promise<void> => {
      if (done || minutes < 5) return;
      done = true;
      const open = [...server.simulator.state().interruptions.values()].filter(
        ({ submittedById }) => submittedById === null,
      );
      for (const { id } of open) await answer(server, id, "alice", { Result: "Proceed" });
    };
  }

  test("are answered for each child on behalf of those who approved the train", async () => {
    const server = await serve(asking());

    const run = await walk(
      server,
      train(using, {
        before: async ({ taskId }) => {
          const id = server.simulator.task(taskId).raiseIntervention({ step: "Approve" });
          await answer(server, id, "alice", { Result: "Proceed" });
        },
        meanwhile: askedOnce(server),
      }),
    );

    expect(run.exitCode, run.log).toBe(0);
    for (const name of ["Web API", "Web UI"]) {
      expect(endings(server, output(run, `Child[${name}].TaskId`))).toEqual([
        expect.stringContaining("Question 1: Proceed by release-conductor"),
      ]);
      expect(output(run, `Child[${name}].ApprovedBy`)).toContain("Alice King");
    }
    expect(run.outputs.ApprovedBy).toBe(output(run, "Child[Web API].ApprovedBy"));
  });
});

test("under Warn a list that differs from the approved plan is deployed, and no child's interventions are approved automatically", async () => {
  const server = await approved("Web API\nDatabase\n+ Web UI");

  const run = await deploy(server, "Warn", {
    ...listed(list),
    "ChildProject.ManualInterventions.UseApprovalsFromParent": "Yes",
  });

  expect(run.exitCode, run.log).toBe(0);
  expect(inProduction(server)).toHaveLength(3);
  const warning = linesOf(run, "warning").filter((line) => line.includes("is at a different place"));
  expect(warning).toHaveLength(1);
  expect(approvalsOff(run)).toEqual(names);
});

/** The children for which the log says that nothing counts as approved. */
function approvalsOff({ log }: Run): readonly string[] {
  return names.filter((name) => log.includes(`${name}: This run differs from the approved plan`));
}
