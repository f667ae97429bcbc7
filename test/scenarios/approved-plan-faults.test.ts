import { expect, test } from "vitest";
import type { FaultInput } from "../octopus-server/http/faults.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { accountRoles, approvalWorld, forQa, submissions } from "./approval-world.ts";
import { isLong } from "../random-cases.ts";
import { faultTable } from "./fault-table.ts";
import { deploy, overtakeInStaging, planAndApprove, plannedWorld } from "./planned-world.ts";
import { serve } from "./scenario.ts";

interface Kind {
  readonly name: string;
  readonly fault: FaultInput;
  /** A read is repeated, so that the run ends as without the fault. */
  readonly passes: boolean;
}

const kinds: readonly Kind[] = [
  { name: "401", fault: { status: 401 }, passes: false },
  { name: "403", fault: { missingPermission: "InterruptionView" }, passes: false },
  { name: "404", fault: { status: 404 }, passes: false },
  { name: "500 three times", fault: { status: 500, times: 3 }, passes: true },
  { name: "reset before, three times", fault: { reset: "before", times: 3 }, passes: true },
  { name: "cut off", fault: { truncate: "cut" }, passes: true },
  { name: "a web page", fault: { status: 200, html: true }, passes: false },
];

/** 1.1 was approved, 1.2 would be selected now, and the child has a manual intervention. */
async function approved(server: OctopusServer): Promise<void> {
  const { userRoles = [] } = approvalWorld([]);
  const world: World = {
    ...plannedWorld(),
    userRoles,
    users: [
      { name: "release-conductor", service: true },
      { name: "alice", displayName: "Alice King" },
    ],
    teams: [
      { name: "Release Management", members: ["release-conductor"], roles: accountRoles },
      { name: "QA", members: ["alice"], roles: ["Answerer"] },
    ],
    scripts: [
      {
        project: "Web API",
        environment: "Production",
        duration: "1m",
        steps: [{ name: "Ask", interventions: [forQa] }],
      },
    ],
  };
  server.simulator.loadWorld(world);
  await planAndApprove(server);
  overtakeInStaging(server);
  server.clearJournal();
}

/** Versions of the child that were deployed to Production after the approval. */
function newInProduction(server: OctopusServer): readonly string[] {
  const { history, projects, environments } = server.simulator.state();
  return [...history.deployments.values()].flatMap(({ projectId, environmentId, releaseId }) => {
    const version = history.releases.get(releaseId)?.version ?? "?";
    const isMeant = projects.get(projectId)?.name === "Web API" && version !== "1.0";
    return isMeant && environments.get(environmentId)?.name === "Production" ? [version] : [];
  });
}

test("every endpoint from the approved plan to the child's intervention x every fault: the approved release is deployed, or nothing", async () => {
  const server = await serve({});
  await approved(server);
  const faultless = await deploy(server, "Use");
  expect(faultless.outputs, faultless.log).toMatchObject({ Outcome: "Deployed", ApprovedBy: "Alice King (alice)" });
  const routes = new Set(
    server.journal().flatMap(({ route, user }) => (route === undefined || user !== "release-conductor" ? [] : [route])),
  );
  const wrong: string[] = [];
  const asked = [...routes].filter((each) => /artifact|interruption|user|team|lifecycle|deployments$/.test(each));
  const table = faultTable(
    kinds.map(({ name }) => name),
    3,
  );
  for (const route of asked) {
    for (const { name, fault, passes } of kinds) {
      if (!table.isTried(route, name)) continue;
      const [method = "", path = ""] = route.split(" ");
      await approved(server);
      server.simulator.clearFaults();
      server.simulator.addFault({ method, route: path, times: 1, ...fault });
      const { outputs, log } = await deploy(server, "Use", { "ChildProject.CancelDeployment.Seconds": "30m" });
      const end = `${route}: ${name}: ${outputs["Outcome"]} ${outputs["Reason"]}: ${outputs["Message"]}`;
      const deployed = newInProduction(server);
      if (deployed.some((version) => version !== "1.1")) wrong.push(`${deployed.join()} was not approved: ${end}`);
      if (deployed.length > 1) wrong.push(`twice: ${end}`);
      if (submissions(server) > 1 && method === "GET") wrong.push(`answered twice: ${end}`);
      if (passes && method === "GET" && outputs["Outcome"] !== "Deployed") wrong.push(`did not pass: ${end}\n${log}`);
      if (outputs["Outcome"] === undefined || log.includes(server.keys["release-conductor"] ?? "")) wrong.push(end);
    }
  }
  console.log(`faults on the way from an approved plan: ${table.cases()} cases`);
  expect(wrong).toEqual([]);
  expect(table.neglected()).toEqual([]);
  expect(asked.length * kinds.length).toBeGreaterThan(60);
  if (isLong) expect(table.cases()).toBe(asked.length * kinds.length);
}, 900_000);
