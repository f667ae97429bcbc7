import { describe, expect, test } from "vitest";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import { playParent, walk } from "./in-process.ts";
import { isLong } from "../random-cases.ts";
import { created, deployStep, type Parameters, serve } from "./scenario.ts";
import { deployAsAnotherUser, fails, killWhen, train, trainWorld } from "./train-failures-world.ts";

describe("twelve databases that need each other", () => {
  const names = Array.from({ length: 12 }, (_, index) => `DB${String(index + 1).padStart(2, "0")}`);

  // In `npm test` half of them in the worst order.
  const worst = names.slice(isLong ? 0 : 6);

  test.each([
    { order: "worst", listed: worst, attempts: isLong ? 78 : 21, passes: isLong ? 12 : 6 },
    { order: "best", listed: names.toReversed(), attempts: 12, passes: 1 },
  ])("take $attempts deployments in $passes passes in the $order order", async ({ listed, attempts, passes }) => {
    const server = await startOctopusServer({ world: "twelve-databases" });
    const parameters: Parameters = {
      "ChildProject.Project.Name": listed.join("\n"),
      "ChildProject.Failure.Policy": "RerunUntilDone",
      "ChildProject.Deployment.Retries": "0",
    };

    const { exitCode, outputs, log } = await playParent(server, {
      project: "Database Train",
      release: "2026.3.1",
      environment: "Staging",
      variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
      steps: [deployStep("Train", parameters)],
    });
    const posts = server
      .journal()
      .filter(({ route, user }) => route === "POST deployments" && user === "release-conductor");
    await server.stop();

    expect(exitCode, log).toBe(0);
    expect(outputs.Outcome).toBe("Deployed");
    expect(posts).toHaveLength(attempts);
    const most = listed.length;
    expect(log).toContain(`in at most ${most} passes with ${(most * (most + 1)) / 2} deployments in all.`);
    expect(Math.max(1, ...[...log.matchAll(/Pass (\d+) of at most \d+/g)].map(([, pass]) => Number(pass)))).toBe(
      passes,
    );
  });
});

describe("the passes", () => {
  test("end when they are used up, and the last error is reported", async () => {
    const server = await serve(
      trainWorld({ Database: { scripts: [{ ...fails, times: 9 }] }, "Web API": { scripts: [fails] } }),
    );

    const { exitCode, outputs, log } = await walk(
      server,
      train("RerunUntilDone", { "ChildProject.Failure.Passes": "2", "ChildProject.Deployment.Retries": "0" }),
    );

    expect(exitCode, log).toBe(1);
    expect(outputs.Message, log).toMatch(
      /Database: The deployment of 1\.1 .* All 2 passes are used up: Database still fails\./,
    );
    expect(created(server).filter((each) => each.startsWith("Database"))).toHaveLength(2);
  });

  test("stop at two that need each other, and name both with their last errors", async () => {
    const needs = (project: string) => ({
      duration: "8m",
      steps: [{ name: "Compare", needs: [{ project, atLeast: "1.1" }], result: "Success" as const }],
    });
    const server = await serve(
      trainWorld({ Database: { scripts: [needs("Web API")] }, "Web API": { scripts: [needs("Database")] } }),
    );

    const { exitCode, outputs, log } = await walk(server, train("RerunUntilDone"));

    expect(exitCode, log).toBe(1);
    expect(outputs, log).toMatchObject({ Failed: "Database\nWeb API", Deployed: "Scheduling Service\nWeb UI" });
    expect(outputs.Message, log).toContain("No progress in pass 2: Database and Web API still fail.");
    expect(outputs.Message).toMatch(
      /Database: The deployment of 1\.1 to Staging failed: .*Web API: The deployment of 1\.1 to Staging failed: /,
    );
    expect(created(server)).toHaveLength(6);
    const done = [...log.matchAll(/(\d+) of 4 done/g)].map(([, number]) => Number(number));
    expect(Math.max(...done)).toBeLessThanOrEqual(4);
  });

  test("come with a warning if there are retries as well", async () => {
    const server = await serve(trainWorld());

    const { log } = await walk(server, train("RerunUntilDone", { "ChildProject.Deployment.Retries": "1" }));

    expect(log).toContain(
      "warning: Retries of single deployments are additional. Set them to 0, because each pass tries again.",
    );
    expect(log).toContain("in at most 4 passes with 10 deployments in all.");
  });

  test("go on at the highest pass in a repeat of the same task", async () => {
    const server = await serve(
      trainWorld({ Database: { scripts: [{ ...fails, times: 9 }] }, "Web API": { scripts: [fails] } }),
    );
    const options = train("RerunUntilDone", { "ChildProject.Failure.Passes": "2" });
    const inSecond = () => created(server).filter((each) => each === "Web API 1.1 to Staging").length === 2;
    const system = await killWhen(server, options, inSecond);

    const { outputs, log } = await walk(server, { ...options, system });

    expect(log).not.toContain("Pass 3");
    expect(outputs.Message, log).toContain("All 2 passes are used up: Database still fails.");
    expect(created(server).filter((each) => each.startsWith("Web"))).toHaveLength(3);
  });

  test("do not count another user's deployment of a failed child as progress, and leave that child out", async () => {
    const server = await serve(
      trainWorld({
        Database: { scripts: [{ ...fails, times: 9 }] },
        "Web API": { scripts: [fails] },
        "Web UI": { scripts: [{ duration: "10m" }] },
      }),
    );
    let isOver = false;
    const meanwhile = async () => {
      if (isOver || !created(server).includes("Web UI 1.1 to Staging")) return;
      isOver = true;
      await deployAsAnotherUser(server, { project: "Web API", version: "1.1" });
    };

    const { outputs, log } = await walk(server, { ...train("RerunUntilDone"), meanwhile });

    expect(outputs.Message, log).toContain("No progress in pass 2: Database still fails.");
    expect(outputs, log).toMatchObject({ "Child[Web API].Outcome": "Skipped" });
    expect(created(server).filter((each) => each.startsWith("Web API"))).toHaveLength(2);
  });

  test("do not repeat a child that the server cancelled", async () => {
    const server = await serve(
      trainWorld({
        Database: { scripts: [{ version: "1.1", queuedFor: "forever", supersededAfter: "1m" }] },
        "Web API": { scripts: [fails] },
      }),
    );

    const { exitCode, outputs, log } = await walk(server, train("RerunUntilDone"));

    expect(exitCode, log).toBe(1);
    expect(outputs.Failed, log).toContain("Database");
    expect(created(server).filter((each) => each.startsWith("Database"))).toHaveLength(1);
    expect(created(server).filter((each) => each.startsWith("Web API"))).toHaveLength(2);
  });
});
