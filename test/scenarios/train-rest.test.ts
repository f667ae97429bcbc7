import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const releases: Project["releases"] = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

/** Two children with these differences. */
function world(projects: Readonly<Record<string, Partial<Project>>> = {}, more: Partial<World> = {}): World {
  const names = ["Database", "Web API"];
  return orchestration({
    projects: names.map((name) => child(name, releases, { scripts: [{ duration: "10s" }], ...projects[name] })),
    ...more,
  });
}

function train(parameters: Parameters = {}, list = "Database\nWeb API") {
  return { child: "Train", parameters: { "ChildProject.Project.Name": list, ...parameters } };
}

describe("values for prompted variables, entered once for all children", () => {
  const prompting = (...names: readonly string[]): Partial<Project> => ({
    variables: names.map((name) => ({ name, prompt: { required: true } })),
  });
  const values = (text: string): Parameters => ({ "ChildProject.Prompted.Variables": text });
  const given = values("Schema::blue\nColour::red");

  /** The prompted values of each deployment that was created, by the names of the variables. */
  function sent(server: OctopusServer): readonly Readonly<Record<string, string>>[] {
    const all = [...server.simulator.state().variableSets.values()].flatMap((set) => set.variables);
    const nameOf = (key: string) => all.find(({ id }) => id === key)?.name ?? key;
    const Body = z.object({ FormValues: z.record(z.string(), z.string()) });
    return server
      .journal()
      .filter(({ route }) => route === "POST deployments")
      .map(({ body }) => Body.parse(body).FormValues)
      .map((form) => Object.fromEntries(Object.entries(form).map(([key, value]) => [nameOf(key), value])));
  }

  test("each child gets those that it prompts for", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Colour", "Schema") }));

    const { exitCode, log } = await walk(server, train(given));

    expect(exitCode, log).toBe(0);
    expect(sent(server)).toEqual([{ Schema: "blue" }, { Colour: "red", Schema: "blue" }]);
    expect(log).toContain(
      'verbose: Database: The value for the prompted variable "Colour" is ignored: this child project does not',
    );
  });

  test("a name that no child prompts for is one problem, found before anything is deployed", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Colour") }));

    const { exitCode, outputs } = await walk(server, train(values("Schema::blue\nColour::red\nColor::red")));

    expect(exitCode).toBe(1);
    expect(created(server)).toEqual([]);
    expect(outputs.Message?.split("no child project prompts for")).toHaveLength(2);
    expect(outputs.Message).toContain('(ChildProject.Prompted.Variables): no child project prompts for "Color".');
  });

  test("a name that no child prompts for is a warning if a child is skipped, because its prompts are unknown", async () => {
    const current: Partial<Project> = { releases: releases.slice(0, 1) };
    const server = await serve(world({ Database: current, "Web API": prompting("Colour") }));

    const { exitCode, log } = await walk(server, train(given));

    expect(exitCode, log).toBe(0);
    expect(created(server)).toEqual(["Web API 1.1 to Staging"]);
    expect(log).toMatch(/warning: .*Prompted\.Variables\): no child project that was asked prompts for "Schema"\./);
  });

  test("a child with values of its own must prompt for all of them", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Schema") }));
    const list = "Database\n  prompted variables: Schema::green\nWeb API\n  prompted variables: Schemo::green";

    const { exitCode, outputs } = await walk(server, train(values("Other::1"), list));

    expect(exitCode).toBe(1);
    expect(created(server)).toEqual([]);
    expect(outputs.Message).toContain(
      'Web API: Prompted variables: The release does not prompt for a variable "Schemo"',
    );
    expect(outputs.Message).not.toContain("Other");
  });
});

describe("the log of a child's steps", () => {
  const relayed: Parameters = { "ChildProject.EnableEnhancedLogging.Value": "Yes" };
  const saying = (text: string): Partial<Project> => ({
    scripts: [{ steps: [{ name: "Deploy", duration: "10m", log: [`${text} 1`, `${text} 2`, `${text} 3`] }] }],
  });
  const together = "Database\n+ Web API";

  /** The relayed lines in order, and in which minute the first one of each child came. */
  async function relay(parameters: Parameters, list: string) {
    const server = await serve(world({ Database: saying("D"), "Web API": saying("W") }));
    const begin = server.now();
    const lines: { readonly text: string; readonly minute: number }[] = [];
    const onLine = (_step: string, { text }: { readonly text: string }) => {
      const [line] = /\b[DW] [123]$/.exec(text) ?? [];
      if (line !== undefined) lines.push({ text: line, minute: Math.floor((server.now() - begin) / 60_000) });
    };
    const { outputs } = await walk(server, { ...train({ ...relayed, ...parameters }, list), onLine });
    const firsts = ["D 1", "W 1"].map((first) => lines.find(({ text }) => text === first)?.minute);
    return { outputs, order: lines.map(({ text }) => text), firsts };
  }

  /** The lines, with the second half first. */
  function swapped(lines: readonly string[]): readonly string[] {
    return [...lines.slice(lines.length / 2), ...lines.slice(0, lines.length / 2)];
  }

  const inOrder = ["D 1", "D 2", "D 3", "W 1", "W 2", "W 3"];

  test.each([
    {
      rule: "is relayed in one go when the child has ended, if two run at a time",
      list: together,
      parameters: {},
      firsts: [10, 10],
    },
    {
      rule: "is relayed while the child runs, in a level of one",
      list: "Database\nWeb API",
      parameters: {},
      firsts: [2, 12],
    },
    {
      rule: "is relayed while the child runs, with one at a time",
      list: together,
      parameters: { "ChildProject.Parallel.Limit": "1" },
      firsts: [2, 12],
    },
  ])("$rule", async ({ list, parameters, firsts }) => {
    const walked = await relay(parameters, list);

    expect(walked.outputs.Outcome).toBe("Deployed");
    // Of two that end in the same minute either may be first; their lines are never mixed.
    const order = firsts[0] === firsts[1] && walked.order[0] === "W 1" ? swapped(walked.order) : walked.order;
    expect([order, walked.firsts]).toEqual([inOrder, firsts]);
  });

  test("is relayed as far as it got if the child reaches its time limit", async () => {
    const walked = await relay({ "ChildProject.CancelDeployment.Seconds": "360" }, together);

    expect(walked.outputs.Outcome).toBe("TimedOut");
    const order = walked.order[0] === "W 1" ? swapped(walked.order) : walked.order;
    expect(order).toEqual(["D 1", "D 2", "W 1", "W 2"]);
  });
});

test("a child that succeeded with warnings is one warning, and is seen in the table", async () => {
  const server = await serve(world({ Database: { scripts: [{ result: "Warning" }] } }));

  const { exitCode, log, outputs } = await walk(server, train({}, "Database\n+ Web API"));

  expect(exitCode, log).toBe(0);
  expect(log.match(/^warning: Database: It succeeded with warnings\. See http/gm)).toHaveLength(1);
  expect(log).not.toContain("Web API: It succeeded with warnings");
  expect(outputs.Summary).toContain("| Database | 1.0 \u2192 1.1 | Deployed with warnings |");
  expect(outputs.Summary).toContain("| Web API | 1.0 \u2192 1.1 | Deployed |");
  expect(outputs.Outcome).toBe("Deployed");
});

describe("a freeze that begins while the run may be under way", () => {
  /** The last deployment took so long. */
  const lasting = (took: string): Partial<Project> => ({
    releases: [
      { version: "1.0", created: "-3d", deployments: ["Development", "Test", { environment: "Staging", took }] },
      ...releases.slice(1),
    ],
  });
  const frozen = (start: string, more: Partial<NonNullable<World["freezes"]>[number]> = {}): Partial<World> => ({
    freezes: [
      { name: "Xmas", start, end: "2021-01-15T12:00:00Z", projects: ["Web API"], environments: ["Staging"], ...more },
    ],
  });
  const inOrder = "Database\nWeb API";
  const together = "Database\n+ Web API";

  test.each([
    { rule: "within the hour (it is noon)", list: inOrder, freezes: frozen("2021-01-14T12:50:00Z"), warned: true },
    { rule: "later", list: inOrder, freezes: frozen("2021-01-14T14:50:00Z"), warned: false },
    { rule: "within the time of both levels", list: inOrder, freezes: frozen("2021-01-14T14:20:00Z"), warned: true },
    { rule: "not within that of one level", list: together, freezes: frozen("2021-01-14T14:20:00Z"), warned: false },
    {
      rule: "a recurring one that holds at the end",
      list: inOrder,
      freezes: frozen("2021-01-13T14:20:00Z", { end: "2021-01-13T18:00:00Z", recurring: { type: "Daily" } }),
      warned: true,
    },
  ])("$rule", async ({ list, freezes, warned }) => {
    const server = await serve(world({ Database: lasting("80m"), "Web API": lasting("70m") }, freezes));

    const { exitCode, log, outputs } = await walk(server, train({ "ChildProject.WhatIf.Value": "Yes" }, list));

    expect(exitCode, log).toBe(0);
    expect(log.match(/^warning: .*The deployment freeze "Xmas" begins at .* for Web API to Staging: .*$/gm)).toEqual(
      warned ? [expect.stringMatching(/^warning: Web API: .*: what has not started by then does not start\.?$/)] : null,
    );
    expect(outputs.ReleaseNotes?.includes("Xmas")).toBe(warned);
  });

  test("is read with two requests, however many children there are", async () => {
    const server = await serve(world());
    const asked = () => server.journal().filter(({ route }) => route === "GET deploymentfreezes");

    await walk(server, train({ "ChildProject.WhatIf.Value": "Yes" }));

    expect(asked().filter(({ path }) => !path.includes("projectIds"))).toHaveLength(2);
  });

  test("is one warning if freezes cannot be read", async () => {
    const server = await serve(world());
    server.simulator.addFault({ route: "deploymentfreezes", status: 500 });

    const { log } = await walk(server, train({ "ChildProject.WhatIf.Value": "Yes" }));

    expect(log.match(/^\w+: .*Deployment freezes ahead could not be read/gm)).toHaveLength(1);
  });

  test("is reported as overridden if a reason is given", async () => {
    const server = await serve(world({}, frozen("2021-01-14T12:30:00Z")));

    const { log } = await walk(server, train({ "ChildProject.Freeze.OverrideReason": "hot fix" }));

    expect(log).toMatch(/^warning: Web API: The deployment freeze "Xmas" begins at .*: it will be overridden\./m);
  });
});

describe("a child whose deployment led to this run", () => {
  /** Web API was deployed to Staging, and a tool to Test eleven times. */
  function circular(): World {
    const tests = Array.from({ length: 11 }, () => "Test");
    const tool = child("Tool", [{ version: "9.0", created: "-5d", deployments: ["Development", ...tests] }]);
    const known = world();
    return { ...known, projects: [...(known.projects ?? []), tool] };
  }

  /**
   * Makes a chain by the comments of deployments: the parent's own was created by a deployment of the tool, and so on. The last one in the
   * chain is the deployment of Web API, `depth` links away.
   */
  function leadBack(server: OctopusServer, taskId: string, depth: number): void {
    const { history, projects, environments } = server.simulator.state();
    const all = [...history.deployments.values()];
    const named = (project: string, environment: string) =>
      all.filter(
        ({ projectId, environmentId }) =>
          projects.get(projectId)?.name === project && environments.get(environmentId)?.name === environment,
      );
    const own = all.filter((each) => each.taskId === taskId);
    const [origin] = named("Web API", "Staging");
    const chain = [...own, ...named("Tool", "Test").slice(0, depth - 1), ...(origin === undefined ? [] : [origin])];
    chain.forEach((deployment, index) => {
      const creator = chain[index + 1];
      const { projectId, taskId: task } = creator ?? {};
      if (creator === undefined) return;
      const comments = `Made. [deploy-child-project parent=${projectId} action=a task=${task} attempt=1]`;
      Object.assign(deployment, { comments });
    });
  }

  const reads = (server: OctopusServer) => server.journal().filter(({ route }) => route === "GET tasks/{id}").length;

  test.each([
    { depth: 1, refused: true },
    { depth: 2, refused: true },
    { depth: 10, refused: true },
    { depth: 11, refused: false },
  ])("is refused if it is up to ten deployments back: $depth", async ({ depth, refused }) => {
    const server = await serve(circular());

    const { exitCode, outputs, log } = await walk(server, {
      ...train(),
      before: async ({ taskId }) => leadBack(server, taskId, depth),
    });

    expect(exitCode, log).toBe(refused ? 1 : 0);
    expect(created(server)).toHaveLength(refused ? 0 : 2);
    expect(reads(server)).toBe(Math.min(depth, 10));
    if (refused) expect(outputs.Message?.split(" \u2192 ")).toHaveLength(depth + 2);
  });

  test("is named with the whole chain, from its beginning", async () => {
    const server = await serve(circular());

    const { outputs } = await walk(server, {
      child: "Web API",
      before: async ({ taskId }) => leadBack(server, taskId, 2),
    });

    expect(created(server)).toEqual([]);
    expect(outputs.Message).toMatch(
      /^The deployments would go round in a circle: Web API to Staging \(Deployments-\d+\) \u2192 Tool to Test \(Deployments-\d+\) \u2192 Release Orchestration to Staging \(Deployments-\d+\) \u2192 Web API to Staging\. Nothing was created\.$/,
    );
  });

  test("is no circle in another environment", async () => {
    const server = await serve(circular());

    const { exitCode, log } = await walk(server, {
      ...train({}, "Database\nWeb API\n  destination environment: Production"),
      before: async ({ taskId }) => leadBack(server, taskId, 1),
    });

    expect(exitCode, log).toBe(0);
  });

  test("is a circle if it is the parent's own project, even if its deployment is not waited for", async () => {
    const server = await serve(circular());

    const { outputs } = await walk(server, {
      child: "Release Orchestration",
      parameters: { "ChildProject.WaitForFinish.Value": "No", "ChildProject.DeploymentMode.Value": "AlwaysLatest" },
      before: async ({ taskId }) => leadBack(server, taskId, 1),
    });

    expect(outputs.Message).toMatch(/circle: Release Orchestration to Staging \(.*\) \u2192 Release Orchestration to/);
  });

  test("is not found behind a task that cannot be read", async () => {
    const server = await serve(circular());
    server.simulator.addFault({ method: "GET", route: "tasks/{id}", status: 403, times: 1 });

    const { exitCode, log } = await walk(server, {
      ...train(),
      before: async ({ taskId }) => leadBack(server, taskId, 1),
    });

    expect(exitCode, log).toBe(0);
  });

  test("is not searched for if no step created the parent's deployment", async () => {
    const server = await serve(circular());

    await walk(server, train({ "ChildProject.WhatIf.Value": "Yes" }));

    expect(reads(server)).toBe(0);
  });
});

describe("one level that is not waited for", () => {
  const asking: Partial<Project> = {
    steps: [{ name: "Deploy" }, { name: "Sign off", manualIntervention: {} }],
  };
  const together = "Database\n+ Web API";
  const unawaited: Parameters = { "ChildProject.WaitForFinish.Value": "No" };
  const tonight: Parameters = { "ChildProject.Deployment.FutureTime": "2021-01-14T19:00:00Z" };

  test.each([
    { rule: "all are started, and none is waited for", parameters: unawaited, kind: "Started" },
    {
      rule: "all are started, one after the other",
      parameters: { ...unawaited, "ChildProject.Parallel.Limit": "1" },
      kind: "Started",
    },
    { rule: "all are scheduled", parameters: tonight, kind: "Scheduled" },
    { rule: "all are scheduled, and none is waited for", parameters: { ...tonight, ...unawaited }, kind: "Scheduled" },
  ])("$rule", async ({ parameters, kind }) => {
    const server = await serve(world());
    const begin = server.now();

    const { exitCode, outputs, log } = await walk(server, train(parameters, together));

    expect(exitCode, log).toBe(0);
    expect(created(server)).toEqual(["Database 1.1 to Staging", "Web API 1.1 to Staging"]);
    expect(server.now() - begin).toBeLessThan(60_000);
    expect(outputs).toMatchObject({ Outcome: kind, Failed: "", NotStarted: "" });
    expect(outputs.Summary?.match(new RegExp(`\\| ${kind} \\|`, "g"))).toHaveLength(2);
  });

  test("a warning names the intervention that will not be approved automatically", async () => {
    const server = await serve(world({ Database: asking }));

    const { log } = await walk(server, train(unawaited, together));

    expect(log).toContain('warning: Database: The manual intervention "Sign off" will not be approved automatically');
    expect(log).not.toContain("Web API: The manual intervention");
  });
});
