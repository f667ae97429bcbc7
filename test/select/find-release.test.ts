import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findRelease } from "../../src/select/find-release.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import { parseTrain } from "../../src/train/parse-train.ts";
import { resolveContext } from "../../src/resolve/resolve-context.ts";
import { systemClock } from "../../src/clock.ts";
import { startOctopusServer, type OctopusServer, type World } from "../octopus-server/octopus-server.ts";
import { child, orchestration, template } from "../scenarios/scenario.ts";
import { randomCases } from "../random-cases.ts";

/** A deployment to Test. Times are in minutes before the present. */
interface Fact {
  readonly release: number;
  readonly created: number;
  readonly took: number;
  readonly state: "Success" | "Failed" | "Canceled";
  readonly partial: boolean;
}

const releases = 12;

const fact: fc.Arbitrary<Fact> = fc.record({
  release: fc.integer({ min: 0, max: releases - 1 }),
  created: fc.integer({ min: 300, max: 5_000 }),
  // Most deployments end soon. Some are paused for hours and end after many that were created later.
  took: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 5_000 }) },
  ),
  state: fc.constantFrom("Success", "Success", "Success", "Failed", "Canceled"),
  partial: fc.constantFrom(false, false, false, true),
});

function worldOf(facts: readonly Fact[]): World {
  return orchestration({
    machines: [{ name: "test-01", environments: ["Test"] }],
    projects: [
      child(
        "Web API",
        Array.from({ length: releases }, (_, number) => ({
          version: `1.${number}`,
          created: "-100h",
          deployments: [
            { environment: "Development", at: "-99h" },
            ...facts
              .filter(({ release }) => release === number)
              .map(({ created, took, state, partial }) => ({
                environment: "Test",
                at: `-${created}m`,
                completed: `-${Math.max(0, created - took)}m`,
                state,
                ...(partial ? { specificMachines: ["test-01"] } : {}),
              })),
          ],
        })),
      ),
    ],
  });
}

/** The rule in a simple form: of all successes, limited or not, the one that ended last. Of those that ended together, the one created last. */
function expected(server: OctopusServer, matches: (version: string) => boolean): string | undefined {
  const { history, environments } = server.simulator.state();
  const candidates = [...history.deployments.values()].flatMap((deployment) => {
    const task = history.tasks.get(deployment.taskId ?? "");
    const version = history.releases.get(deployment.releaseId)?.version ?? "";
    const counts =
      environments.get(deployment.environmentId)?.name === "Test" && task?.state === "Success" && matches(version);
    return counts ? [{ version, completed: task.completedTime ?? 0, number: deployment.number }] : [];
  });
  return candidates.sort((a, b) => b.completed - a.completed || b.number - a.number)[0]?.version;
}

/** The current release of Test by a simple form of the rule, with the reason if it is incomplete. */
function expectedCurrent(server: OctopusServer): string | undefined {
  const { history, environments } = server.simulator.state();
  const ended = [...history.deployments.values()]
    .flatMap((deployment) => {
      const task = history.tasks.get(deployment.taskId ?? "");
      const isThere = environments.get(deployment.environmentId)?.name === "Test";
      if (!isThere || task === undefined || task.completedTime === null) return [];
      return [{ ...deployment, task, completed: task.completedTime }];
    })
    .sort((a, b) => b.completed - a.completed || b.number - a.number);
  const newest = ended.findIndex(({ task }) => task.state === "Success");
  const current = ended[newest];
  if (current === undefined) return undefined;
  const version = history.releases.get(current.releaseId)?.version;
  if (ended.slice(0, newest).some(({ task }) => task.startTime !== null)) return `${version} LastAttemptFailed`;
  const decisive = ended
    .filter(({ task }) => task.state === "Success")
    .find((each) => each.specificMachineIds.length === 0 || each.releaseId !== current.releaseId);
  return decisive?.releaseId === current.releaseId ? version : `${version} PartiallyDeployed`;
}

async function chosen(server: OctopusServer, pattern: string): Promise<string | undefined> {
  const { found } = await findIn(server, pattern, "Staging");
  return found.kind === "selected" ? found.release.version : undefined;
}

async function currentOf(server: OctopusServer): Promise<string | undefined> {
  const { current: there } = await findIn(server, "", "Test");
  return (
    there && [there.release.version, ...(there.incomplete === undefined ? [] : [there.incomplete.reason])].join(" ")
  );
}

async function findIn(server: OctopusServer, pattern: string, destination: string) {
  const { settings } = parseTrain(
    new Map([
      ...Object.entries(template.defaults),
      ["ChildProject.Web.ServerUrl", server.url],
      ["ChildProject.Api.Key", server.apiKey],
      ["ChildProject.Space.Name", "Default"],
      ["ChildProject.Project.Name", "Web API"],
      ["ChildProject.Destination.EnvironmentName", destination],
      ["ChildProject.ManualIntervention.EnvironmentToUse", ""],
      ["ChildProject.Release.Number", pattern],
    ]),
  ).levels[0][0];
  const octopus = await connectToOctopus({
    serverUrl: server.url,
    credential: settings.server.credential,
    clock: systemClock,
    userAgent: "test",
    secrets: [],
    onRetry: () => undefined,
    patience: { planning: 0, polling: 0 },
  });
  return await findRelease(await resolveContext(settings, octopus));
}

describe("the release last deployed to Test", () => {
  test.each([
    { pattern: "", matches: () => true },
    { pattern: "1.1*", matches: (version: string) => version.startsWith("1.1") },
    { pattern: ">=1.3 <1.9", matches: (version: string) => /^1\.[3-8]$/.test(version) },
    { pattern: "1.7", matches: (version: string) => version === "1.7" },
  ])("is found in any history, pattern '$pattern'", async ({ pattern, matches }) => {
    const server = await startOctopusServer();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.array(fact, { maxLength: 12 }), fc.array(fact, { minLength: 32, maxLength: 80 })),
        async (facts) => {
          server.simulator.loadWorld(worldOf(facts));

          expect(await chosen(server, pattern)).toBe(expected(server, matches));
        },
      ),
      randomCases(12, 20210114, 400),
    );
    await server.stop();
  });
});

test("the current release of Test is found in any history, and whether it is incomplete", async () => {
  const server = await startOctopusServer();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.array(fact, { maxLength: 12 }), fc.array(fact, { minLength: 32, maxLength: 80 })),
      async (facts) => {
        server.simulator.loadWorld(worldOf(facts));

        expect(await currentOf(server)).toBe(expectedCurrent(server));
      },
    ),
    randomCases(20, 20210114, 600),
  );
  await server.stop();
});
