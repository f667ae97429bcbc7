import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { childSpace } from "./approval-world.ts";
import { sameTask, walk } from "./in-process.ts";
import { created, type Project, serve } from "./scenario.ts";
import { deployAsAnotherUser, fails, killWhen, train, trainWorld } from "./train-failures-world.ts";

const there = ["Database 1.1 to Staging", "Web API 1.1 to Staging", "Scheduling Service 1.1 to Staging"];

/** Another space, where the step's account may deploy. */
const components = {
  ...childSpace([{ version: "1.1", deployments: ["Test"] }]),
  teams: [{ name: "Releases", members: ["release-conductor"], roles: ["Deployment creator", "Project viewer"] }],
};

/** Whether a deployment was created. */
function isCreated(server: OctopusServer, text: string): boolean {
  return created(server).includes(text);
}

test.each(["machines", "target tags"])("RollBack is refused where the parent is limited to %s", async (limit) => {
  const server = await serve(trainWorld());
  const before = ({ taskId }: { readonly taskId: string }) => {
    const own = [...server.simulator.state().history.deployments.values()].find((each) => each.taskId === taskId);
    if (own !== undefined && limit === "target tags") Object.assign(own, { specificTargetTagIds: ["Tags-1"] });
    return Promise.resolve();
  };
  const system = limit === "machines" ? { "Octopus.Deployment.SpecificMachines": "Machines-1" } : {};

  const { exitCode, outputs, log } = await walk(server, { ...train("RollBack"), before, system });

  expect(exitCode, log).toBe(1);
  expect(outputs.Message, log).toContain(
    `the parent's deployment is limited to ${limit}: nothing could be rolled back.`,
  );
  expect(created(server)).toEqual([]);
});

describe("an undo", () => {
  test("deploys the release before the first attempt, and a retry does not change that", async () => {
    const server = await serve(
      trainWorld({
        Database: { scripts: [fails] },
        "Web API": { scripts: [{ ...fails, times: 2 }] },
      }),
    );

    const { outputs, log } = await walk(server, train("RollBack", { "ChildProject.Deployment.Retries": "1" }));

    expect(outputs, log).toMatchObject({ Failed: "Web API", RolledBack: "Database\nWeb API\nScheduling Service" });
    expect(
      created(server)
        .filter((each) => each.includes("1.0"))
        .toSorted(),
      log,
    ).toEqual(["Database 1.0 to Staging", "Scheduling Service 1.0 to Staging", "Web API 1.0 to Staging"]);
  });

  test("does not replace another user's newer deployment, which is named", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [{ ...fails, duration: "10m" }] } }));
    let isOver = false;
    const meanwhile = async () => {
      if (isOver || !isCreated(server, "Web API 1.1 to Staging")) return;
      isOver = true;
      await deployAsAnotherUser(server, { project: "Database", version: "1.1" });
    };

    const { exitCode, outputs, log } = await walk(server, { ...train("RollBack"), meanwhile });

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({
      RolledBack: "Web API\nScheduling Service",
      Deployed: "Database",
      "Child[Database].RollBack": "NotRolledBack",
    });
    expect(outputs.Message, log).toMatch(/Database: Not rolled back\. .* deployed there since \(Deployments-\d+\)/);
    expect(created(server), log).not.toContain("Database 1.0 to Staging");
  });

  test.each<{ rule: string; projects: Readonly<Record<string, Partial<Project>>>; rollBack: string; text: RegExp }>([
    {
      rule: "is not needed for a deployment that never started",
      projects: { Database: { scripts: [{ version: "1.1", queueTimeout: "1m", queuedFor: "forever" }] } },
      rollBack: "NothingToRollBackTo",
      text: /Database: Nothing to roll back to\. The deployment never started\./,
    },
    {
      rule: "is impossible for the first deployment ever",
      projects: {
        Database: {
          releases: [{ version: "1.1", created: "-1d", deployments: ["Development", "Test"] }],
          scripts: [fails],
        },
      },
      rollBack: "NothingToRollBackTo",
      text: /Database: Nothing to roll back to\. Nothing was deployed there before\./,
    },
    {
      rule: "is not needed for a deployment of the same release",
      projects: {
        Database: {
          releases: [
            {
              version: "1.1",
              created: "-1d",
              deployments: ["Development", "Test", "Staging", { environment: "Staging", state: "Failed" }],
            },
          ],
          scripts: [fails],
        },
      },
      rollBack: "NothingToRollBackTo",
      text: /Database: Nothing to roll back to\. The same release was current before\./,
    },
  ])("$rule", async ({ projects, rollBack, text }) => {
    const server = await serve(trainWorld(projects));

    const { exitCode, outputs, log } = await walk(server, train("RollBack"));

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({ "Child[Database].RollBack": rollBack, RolledBack: "" });
    expect(outputs.Message, log).toMatch(text);
    expect(created(server), log).toEqual(["Database 1.1 to Staging"]);
  });

  test("is not made for a child that the list never rolls back", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    const listed = "Database\n  roll back: never\nWeb API\n  roll back: yes";

    const { outputs, log } = await walk(server, train("RollBack", { "ChildProject.Project.Name": listed }));

    expect(outputs, log).toMatchObject({
      "Child[Database].RollBack": "NotRolledBack",
      "Child[Web API].RollBack": "RolledBack",
    });
    expect(log).toContain("not rolled back: The list says `roll back: never`.");
    expect(created(server), log).toEqual([...there.slice(0, 2), "Web API 1.0 to Staging"]);
  });

  test("that fails is named, is not tried again, and does not stop the others", async () => {
    const undoFails = { ...fails, version: "1.0", times: 5 };
    const server = await serve(trainWorld({ "Web API": { scripts: [fails, undoFails] } }));

    const { outputs, log } = await walk(server, train("RollBack", { "ChildProject.Deployment.Retries": "0" }));

    expect(outputs, log).toMatchObject({
      "Child[Web API].RollBack": "RollBackFailed",
      RolledBack: "Database\nScheduling Service",
    });
    expect(outputs.Message).toContain("Web API: The roll back failed.");
    expect(created(server).filter((each) => each === "Web API 1.0 to Staging")).toHaveLength(1);
  });

  test.each([
    { limit: "0", minutes: 30 },
    { limit: "600", minutes: 10 },
  ])(
    "that waits for a team ends after $minutes minutes, and the message names the teams",
    async ({ limit, minutes }) => {
      const interventions = [{ instructions: "Back?", teams: ["DBA", "QA"] }];
      const asks = { version: "1.0", steps: [{ name: "Ask", interventions }] };
      const world = trainWorld({ Database: { scripts: [asks] }, "Web API": { scripts: [fails] } });
      const server = await serve({ ...world, teams: [...(world.teams ?? []), { name: "DBA" }, { name: "QA" }] });
      const listed = { "ChildProject.Project.Name": "Database\nWeb API" };

      const { outputs, log } = await walk(
        server,
        train("RollBack", { ...listed, "ChildProject.CancelDeployment.Seconds": limit }),
      );

      expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "RollBackFailed", RolledBack: "Web API" });
      expect(log).toMatch(
        /wait: Database: Not approved automatically: .*: Ask".* No approved plan .* It waits for DBA or QA\. \[/,
      );
      expect(outputs.Message, log).toContain(`${minutes} min`);
      expect(outputs.Message, log).toMatch(
        /Database: The roll back failed\. .* an answer to "Step 2: Ask" by DBA or QA\./,
      );
    },
  );

  test("that a user cancels has failed, and is not tried again", async () => {
    const server = await serve(
      trainWorld({ Database: { scripts: [{ version: "1.0", duration: "20m" }] }, "Web API": { scripts: [fails] } }),
    );
    const meanwhile = () => {
      const { history } = server.simulator.state();
      const undo = [...history.deployments.values()].at(-1);
      const task = history.tasks.get(undo?.taskId ?? "");
      if (isCreated(server, "Database 1.0 to Staging") && task?.state === "Executing")
        server.simulator.task(task.id).complete({ state: "Canceled", error: "Cancelled by dana." });
    };

    const { outputs, log } = await walk(server, { ...train("RollBack"), meanwhile });

    expect(outputs, log).toMatchObject({
      "Child[Database].RollBack": "RollBackFailed",
      RolledBack: "Web API\nScheduling Service",
    });
    expect(created(server).filter((each) => each === "Database 1.0 to Staging")).toHaveLength(1);
  });

  test.each([
    { rule: "in its own space", space: "Default", project: "Web UI" },
    { rule: "in another space", space: "Components", project: "Web API" },
  ])(
    "that deploys children of its own $rule does not count as a roll back, because they were chosen anew",
    async ({ space, project }) => {
      const server = await serve(
        trainWorld(
          { Database: { scripts: [{ version: "1.0", duration: "5m" }] }, "Web API": { scripts: [fails] } },
          { spaces: [components] },
        ),
      );
      let isOver = false;
      const meanwhile = async () => {
        if (isOver || !isCreated(server, "Database 1.0 to Staging")) return;
        isOver = true;
        const { projectId, taskId } = [...server.simulator.state().history.deployments.values()].at(-1) ?? {};
        const comments = `[deploy-child-project parent=${projectId} action=4f1c task=${taskId} attempt=1]`;
        await deployAsAnotherUser(server, { project, version: "1.1", comments, space });
      };
      const listed = { "ChildProject.Project.Name": "Database\nWeb API" };
      const first = await walk(server, { ...train("RollBack", listed), meanwhile });

      const again = await walk(server, { ...train("RollBack", listed), system: sameTask(first) });

      for (const { outputs, log } of [first, again]) {
        expect(outputs, log).toMatchObject({ "Child[Database].RollBack": "NotRolledBack", RolledBack: "Web API" });
        expect(log).toMatch(/warning: Database: Not rolled back\. Nested train: its children were chosen anew\. /);
      }
    },
  );

  test("counts as a roll back if the list of spaces, where it may have children, cannot be read", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    server.simulator.addFault({ method: "GET", route: "spaces/all", status: 403 });

    const { outputs, log } = await walk(
      server,
      train("RollBack", { "ChildProject.Project.Name": "Database\nWeb API" }),
    );

    expect(outputs, log).toMatchObject({ RolledBack: "Database\nWeb API" });
  });
});

describe("a step that was killed", () => {
  const rounds: readonly { readonly rule: string; readonly when: string }[] = [
    { rule: "while the first level was deployed", when: "Database 1.1 to Staging" },
    { rule: "while the second level was deployed", when: "Web API 1.1 to Staging" },
    { rule: "while the second level was rolled back", when: "Web API 1.0 to Staging" },
    { rule: "while the first level was rolled back", when: "Database 1.0 to Staging" },
  ];

  test.each(rounds)("$rule is finished by a repeat in the same task", async ({ when }) => {
    const server = await serve(trainWorld({ "Web API": { scripts: [{ ...fails, times: 3 }] } }));
    const system = await killWhen(server, train("RollBack"), () => isCreated(server, when));

    const { exitCode, outputs, log } = await walk(server, { ...train("RollBack"), system });

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({
      Failed: "Web API",
      RolledBack: "Database\nWeb API\nScheduling Service",
      NotStarted: "Web UI",
    });
    expect(created(server).toSorted(), log).toEqual(
      [...there, ...there.map((each) => each.replace("1.1", "1.0"))].toSorted(),
    );
  });

  test("while it was rolled back starts afresh in a new task", async () => {
    const server = await serve(trainWorld({ "Web API": { scripts: [fails] } }));
    const oneByOne = train("RollBack", { "ChildProject.Parallel.Limit": "1" });
    await killWhen(server, oneByOne, () => isCreated(server, "Database 1.0 to Staging"));
    server.advance(600_000);
    const before = created(server).length;

    const { exitCode, outputs, log } = await walk(server, oneByOne);

    expect(exitCode, log).toBe(0);
    expect(outputs, log).toMatchObject({ Outcome: "Deployed", RolledBack: "" });
    expect(created(server).slice(before), log).toEqual([...there, "Web UI 1.1 to Staging"]);
    expect(log).toContain("1.1 was rolled back in Staging on");
  });
});
