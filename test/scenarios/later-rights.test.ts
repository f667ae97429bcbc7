import { expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { deploy, planAndApprove, plannedWorld } from "./planned-world.ts";
import { type Run, serve } from "./scenario.ts";
import { linesOf, train, trainWorld } from "./train-world.ts";

const text = /API key lacks TaskCancel \(to cancel the child on time-out\) and InterruptionViewSubmitResponsible/;
const withoutRights = { userRoles: [{ name: "Task canceller", permissions: ["VariableView"] }] };

/** Whether the key's permissions were read before or after the first deployment was created. */
function rightsAsked(server: OctopusServer): readonly ("before" | "after")[] {
  const journal = server.journal().filter(({ user }) => user === "release-conductor");
  const created = journal.findIndex(({ method, path }) => method === "POST" && path.endsWith("/deployments"));
  return journal.flatMap(({ path }, index) =>
    path.includes("/permissions") ? [index < created ? "before" : "after"] : [],
  );
}

function said(run: Run): number {
  return linesOf(run, "info").filter((line) => text.test(line)).length;
}

test("with an approved plan, permissions for later are read after the deployment was created, and missing ones are reported once", async () => {
  const server = await serve(plannedWorld(withoutRights));
  await planAndApprove(server);
  server.clearJournal();

  const run = await deploy(server, "Use");

  expect(run.outputs.Outcome, run.log).toBe("Deployed");
  expect([rightsAsked(server), said(run)]).toEqual([["after"], 1]);
});

test("without an approval, permissions are read before the deployment is created, and not again", async () => {
  const server = await serve(trainWorld({}, withoutRights));
  server.clearJournal();

  const run = await walk(server, { child: "Database" });

  expect(run.outputs.Outcome, run.log).toBe("Deployed");
  expect([rightsAsked(server), said(run)]).toEqual([["before"], 1]);
});

test("for several children, permissions are read once, before anything is created", async () => {
  const server = await serve(trainWorld({}, withoutRights));
  server.clearJournal();

  const run = await walk(server, train());

  expect(run.exitCode, run.log).toBe(0);
  expect([rightsAsked(server), said(run)]).toEqual([["before"], 1]);
});
