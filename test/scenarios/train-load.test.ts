import { describe, expect, test } from "vitest";
import { startOctopusServer } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { type Parameters, serve } from "./scenario.ts";
import { deployments, endOf, mostAtOnce, numbered, train, trainWorld, whatIf } from "./train-world.ts";

const sixteen = numbered(16);
const beside: Parameters = {
  "ChildProject.Project.Name": sixteen.map((name, index) => (index % 4 === 0 ? name : `+ ${name}`)).join("\n"),
};

describe("sixteen children", () => {
  test.each([200, 40])("are planned though the server takes %d requests a minute", async (rateLimitPerMinute) => {
    const server = await serve(trainWorld({}, {}, sixteen));
    server.simulator.setSwitches({ rateLimitPerMinute });
    server.clearJournal();

    const plan = await walk(server, train({ ...beside, ...whatIf }));

    expect(plan.exitCode, plan.log.slice(-2000)).toBe(0);
    expect(sixteen.map((name) => endOf(plan, name))).toEqual(sixteen.map(() => "WhatIf NewRelease"));
    expect(server.mostInFlight()).toBeLessThanOrEqual(12);
    expect(server.journal().some(({ status }) => status === 429)).toBe(rateLimitPerMinute === 40);
  });

  test("are deployed under that limit, in few requests, four at a time and polled together", async () => {
    const server = await serve(trainWorld({}, {}, sixteen));
    server.simulator.useProfile("rateLimited");
    server.clearJournal();

    const run = await walk(server, train(beside));

    expect(run.exitCode, run.log.slice(-2000)).toBe(0);
    expect(mostAtOnce(deployments(server))).toBe(4);
    const journal = server.journal().filter(({ user }) => user === "release-conductor");
    expect(server.mostInFlight()).toBeLessThanOrEqual(12);
    const polls = journal.filter(({ method, path }) => method === "GET" && /\/tasks(?:\?|\/ServerTasks)/.test(path));
    const merged = polls.filter(({ path }) => (decodeURIComponent(path).match(/ServerTasks-/g)?.length ?? 0) > 1);
    expect(merged.length).toBeGreaterThan(polls.length / 2);
    const others = journal.length - polls.length;
    expect(others).toBeLessThan(300);
  });
});

test("later levels are polled less often than the first, and a short child is still polled within a quarter of its time", async () => {
  const slow = { scripts: [{ duration: "10m" }] };
  const more = { Database: slow, "Web API": slow, "Web UI": { scripts: [{ duration: "15s" }] } };
  const server = await serve(trainWorld(more, {}, Object.keys(more)));
  server.clearJournal();

  const run = await walk(server, train({ "ChildProject.Project.Name": Object.keys(more).join("\n") }));

  expect(run.exitCode, run.log).toBe(0);
  const journal = server.journal().filter(({ user }) => user === "release-conductor");
  const posts = journal.flatMap(({ method, path }, index) =>
    method === "POST" && path.endsWith("/deployments") ? [index] : [],
  );
  const [first = 0, second = 0, third = 0] = posts;
  const polls = (from: number, to?: number) =>
    journal.slice(from, to).filter(({ path }) => path.includes("/tasks?ids="));
  expect(polls(first, second).length).toBeGreaterThan(80);
  // One poll every ten seconds, and a few more at first, because a child may fail at once.
  expect(polls(second, third).length).toBeLessThan(75);
  const short = [...server.simulator.state().history.tasks.values()].at(-1);
  expect(server.now() - (short?.completedTime ?? Number.NaN)).toBeLessThanOrEqual(3_750);
});

test("the shop's sixteen components in levels go to Staging end to end", async () => {
  const server = await startOctopusServer({ world: "train-of-16" });
  const names = [...server.simulator.state().projects.values()]
    .map(({ name }) => name)
    .filter((name) => name !== "Shop Train");
  const before = server.simulator.state().history.deployments.size;
  const list = names.map((name, index) => (index % 5 === 0 || index === 1 ? name : `+ ${name}`)).join("\n");

  const run = await walk(server, {
    ...train({ "ChildProject.Project.Name": list }),
    project: "Shop Train",
    release: "2026.3.1",
    environment: "Staging",
  });

  expect(run.exitCode, run.log.slice(-4000)).toBe(0);
  expect(names).toHaveLength(16);
  const ends = names.map((name) => endOf(run, name));
  expect(ends.filter((end) => end === "Deployed NewRelease").length).toBeGreaterThan(10);
  expect(
    ends.every((end) => end === "Deployed NewRelease" || end === "Skipped AlreadyCurrent"),
    ends.join(),
  ).toBe(true);
  expect(server.simulator.state().history.deployments.size - before).toBe(
    ends.filter((end) => end.startsWith("Deployed")).length + 1,
  );
  await server.stop();
});
