import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { sameTask, type Walk, walk } from "./in-process.ts";
import { type Run, child, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const sample: World = JSON.parse(await readFile(new URL("../worlds/rm.json", import.meta.url), "utf8"));

const Request = z.object({
  ReleaseId: z.string(),
  SpecificMachineIds: z.array(z.string()),
  ExcludedMachineIds: z.array(z.string()),
});

/** The deployments that were created: `Web API 2021.1.0.20 only s-api-03`. */
function asked(server: OctopusServer): readonly string[] {
  const { machines, history, projects } = server.simulator.state();
  const names = (word: string, ids: readonly string[]) =>
    ids.length === 0 ? "" : ` ${word} ${ids.map((id) => machines.get(id)?.name ?? id).join("+")}`;
  return server
    .journal()
    .filter(({ route, status }) => route === "POST deployments" && status === 201)
    .map(({ body }) => {
      const { ReleaseId, SpecificMachineIds, ExcludedMachineIds } = Request.parse(body);
      const { projectId = "", version = "?" } = history.releases.get(ReleaseId) ?? {};
      const limits = `${names("only", SpecificMachineIds)}${names("not", ExcludedMachineIds)}`;
      return `${projects.get(projectId)?.name} ${version}${limits}`;
    });
}

function end({ outputs }: Run): string {
  return `${outputs["Outcome"]} ${outputs["Reason"]}`;
}

const onlySpecific: Parameters = { "ChildProject.Deployment.Condition": "SpecificMachines" };
const to = (machines: string): Parameters => ({ "ChildProject.Target.MachineNames": machines });
/** These tests end when a deployment was created. */
const unawaited: Parameters = { "ChildProject.WaitForFinish.Value": "No" };
const ignoring: Parameters = { "ChildProject.Deployment.IgnoreSpecificMachineMismatch": "Yes" };

describe("scale out in the sample world: only the new machines get the current release", () => {
  /** How each component ends in one deployment of the parent. */
  async function deployParent(server: OctopusServer, options: Omit<Walk, "child">) {
    const ends = [];
    for (const component of ["Database", "Scheduling Service", "Web UI", "Web API"]) {
      const parameters = { ...options.parameters, ...unawaited };
      const walked = await walk(server, { release: "2021.1.0.1", ...options, parameters, child: component });
      ends.push(`${component}: ${end(walked)}`);
    }
    return ends;
  }

  async function withNewServer() {
    const server = await serve(sample);
    server.simulator.addWorld({ machines: [{ name: "s-api-03", environments: ["Staging"], roles: ["api"] }] });
    return server;
  }

  test("a trigger deploys the parent to a new server: it gets the release of its siblings, and no other component is deployed", async () => {
    const server = await withNewServer();

    const ends = await deployParent(server, { specificMachines: ["s-api-03"], parameters: onlySpecific });

    expect(ends).toEqual([
      "Database: Skipped NoMatchingMachine",
      "Scheduling Service: Skipped NoMatchingMachine",
      "Web UI: Skipped NoMatchingMachine",
      "Web API: Started Redeploy",
    ]);
    expect(asked(server)).toEqual(["Web API 2021.1.0.20 only s-api-03"]);
  });

  test("a list of machines in the step: each component is deployed to its own machines", async () => {
    const server = await withNewServer();

    const ends = await deployParent(server, { parameters: to("s-api-01, s-app-01") });

    expect(ends.filter((each) => each.endsWith("NoMatchingMachine"))).toHaveLength(2);
    expect(asked(server)).toEqual(["Scheduling Service 2021.1.0.7 only s-app-01", "Web API 2021.1.0.22 only s-api-01"]);
  });

  test("with the mismatch ignored, the other components are decided as if no machines had been given", async () => {
    const server = await withNewServer();

    await deployParent(server, { specificMachines: ["s-api-03"], parameters: { ...onlySpecific, ...ignoring } });

    expect(asked(server)).toEqual([
      "Database 2021.1.0.11",
      "Scheduling Service 2021.1.0.7",
      "Web UI 2021.1.0.15",
      "Web API 2021.1.0.20 only s-api-03",
    ]);
  });

  test("under Different a release that is already current leaves the new server empty, with a warning", async () => {
    const server = await withNewServer();
    await deployParent(server, {});
    server.advance(3_600_000);
    const before = asked(server).length;

    const run = await walk(server, { child: "Web API", release: "2021.1.0.1", specificMachines: ["s-api-03"] });

    expect(end(run), run.log).toBe("Skipped AlreadyCurrent");
    expect(run.log).toContain(
      'warning: Nothing is deployed to s-api-03. For new machines, set "Deploy if" to SpecificMachines.',
    );
    expect(asked(server)).toHaveLength(before);
  });

  test("the log of an ignored mismatch mentions no deployment to all machines if nothing is deployed", async () => {
    const server = await withNewServer();
    await deployParent(server, {});
    server.advance(3_600_000);

    const parameters = { ...ignoring, ...unawaited };
    const run = await walk(server, {
      child: "Database",
      release: "2021.1.0.1",
      specificMachines: ["s-api-03"],
      parameters,
    });

    expect(end(run), run.log).toBe("Skipped AlreadyCurrent");
    const warning = "The specific machines (s-api-03) are ignored, because none of them is a target in Staging.";
    expect(run.log).toContain(`warning: ${warning}`);
    expect(run.log).toContain("Database 2021.1.0.11 is already deployed to Staging. Skipped.");
    expect(run.log).not.toMatch(/goes? to all|all (?:machines|targets)/);
  });

  test("a machine that the parent excluded as unavailable changes nothing for the others", async () => {
    const server = await withNewServer();

    await deployParent(server, { excludedMachines: ["s-api-02"] });

    expect(asked(server)).toEqual([
      "Database 2021.1.0.11",
      "Scheduling Service 2021.1.0.7",
      "Web UI 2021.1.0.15",
      "Web API 2021.1.0.22 not s-api-02",
    ]);
  });
});

const machines: NonNullable<World["machines"]> = [
  { name: "web-1", environments: ["Staging"], roles: ["web"] },
  { name: "web-2", environments: ["Staging"], roles: ["web"] },
  { name: "web-9", environments: ["Staging"], roles: ["web"], health: "Unavailable" },
  { name: "app-1", environments: ["Staging"], roles: ["app"] },
  { name: "test-1", environments: ["Test"], roles: ["web"] },
];

type Releases = Project["releases"];

const oneRelease: Releases = [{ version: "1.0", deployments: ["Development", "Test"] }];

/** Staging runs 1.0 everywhere; 1.1 is in Test. */
const twoReleases: Releases = [
  { version: "1.0", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", deployments: ["Development", "Test"] },
];

function world(releases: Releases, more: Partial<World> = {}): World {
  const steps = [{ name: "Warm up" }, { name: "Deploy", roles: ["web"], packages: ["Web API"] }];
  return orchestration({ machines, projects: [child("Web API", releases, { steps })], ...more });
}

describe("machines", () => {
  test.each([
    { rule: "unknown names", parameters: to("web-1, web-3"), says: ['"web-3" was not found in Staging'] },
    {
      rule: "a machine of another environment",
      parameters: to("test-1"),
      says: ['"test-1" was not found in Staging'],
    },
    {
      rule: "all lists, steps and prompted variables as well",
      parameters: {
        ...to("nope-1"),
        "ChildProject.Excluded.MachineNames": "nope-2",
        "ChildProject.Skip.StepNames": "Nope 3",
        "ChildProject.Prompted.Variables": "Nope 4::x",
      },
      says: ["nope-1", "nope-2", 'Step to skip "Nope 3" was not found', 'not prompt for a variable "Nope 4"'],
    },
  ])("$rule: one error, nothing created", async ({ parameters, says }) => {
    const server = await serve(world(oneRelease));

    const { exitCode, outputs } = await walk(server, { child: "Web API", parameters: { ...parameters, ...ignoring } });

    expect(exitCode).toBe(1);
    for (const text of says) expect(outputs["Message"]).toContain(text);
    expect(asked(server)).toEqual([]);
  });

  test("a skip names the wanted machines, and the release notes do so as well", async () => {
    const server = await serve(world(oneRelease));

    const { outputs, exitCode } = await walk(server, { child: "Web API", parameters: to("app-1") });

    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ Reason: "NoMatchingMachine", ChildReleaseToDeploy: "False" });
    expect(outputs["ReleaseNotes"]).toContain("none of the specific machines (app-1) is a target");
  });

  test("an unavailable machine never leads to a deployment to all others", async () => {
    const server = await serve(world(oneRelease));

    const walked = await walk(server, { child: "Web API", parameters: { ...to("web-9"), ...ignoring } });

    expect(end(walked)).toBe("Skipped NoMatchingMachine");
    expect(walked.outputs["Message"]).toContain("(web-9) are unavailable or excluded");
  });

  test("the plan of a what-if run shows the machines, and the mismatch that is ignored", async () => {
    const server = await serve(world(oneRelease));
    const whatIf = { "ChildProject.WhatIf.Value": "Yes" };

    const some = await walk(server, { child: "Web API", parameters: { ...to("web-2,Machines-1,web-9"), ...whatIf } });
    const all = await walk(server, { child: "Web API", parameters: { ...to("app-1"), ...ignoring, ...whatIf } });

    expect(some.log).toContain("info: Only these machines: web-1, web-2.");
    expect(some.log).toContain("warning: Not deployed to web-9, because unavailable or excluded.");
    expect(JSON.parse(some.outputs["ReleasePlan"] ?? "")).toMatchObject({ machines: ["web-1", "web-2"] });
    expect(all.log).toContain(
      "warning: The specific machines (app-1) are ignored, because none of them is a target in Staging.",
    );
    expect(JSON.parse(all.outputs["ReleasePlan"] ?? "")).toMatchObject({ machines: null, excludedMachines: [] });
    expect(asked(server)).toEqual([]);
  });

  test("exclusions of the parameter and of the parent are sent together", async () => {
    const server = await serve(world(oneRelease));

    const { log } = await walk(server, {
      child: "Web API",
      excludedMachines: ["web-9", "app-1"],
      parameters: { "ChildProject.Excluded.MachineNames": "WEB-1" },
    });

    expect(log).toContain("info: All machines except: web-1, web-9.");
    expect(asked(server)).toEqual(["Web API 1.0 not web-1+web-9"]);
  });

  test("several runs: to one machine, again, to both, then to all", async () => {
    const server = await serve(world(oneRelease));

    const ends = [];
    for (const parameters of [to("web-1"), to("web-1"), to("web-1,web-2"), {}, {}, to("web-2")]) {
      ends.push(end(await walk(server, { child: "Web API", parameters })));
    }

    expect(ends).toEqual([
      "Deployed NewRelease",
      "Skipped AlreadyCurrent",
      "Deployed PartiallyDeployed",
      "Deployed PartiallyDeployed",
      "Skipped AlreadyCurrent",
      "Skipped AlreadyCurrent",
    ]);
  });

  test("a run that skips a step is current where an earlier one skipped the same", async () => {
    const server = await serve(world(oneRelease));
    const parameters = { "ChildProject.Skip.StepNames": "Warm up" };

    const ends = [];
    for (const each of [parameters, parameters, {}])
      ends.push(end(await walk(server, { child: "Web API", parameters: each })));

    expect(ends).toEqual(["Deployed NewRelease", "Skipped AlreadyCurrent", "Deployed PartiallyDeployed"]);
  });

  test("a failed deployment is deployed again to the same machines", async () => {
    const scripts = [{ project: "Web API", result: "Failed" as const, times: 1 }];
    const server = await serve(world(oneRelease, { scripts }));

    const walked = await walk(server, {
      child: "Web API",
      parameters: { ...to("web-2"), "ChildProject.Deployment.Retries": "1" },
    });

    expect(end(walked)).toBe("Deployed NewRelease");
    expect(asked(server)).toEqual(["Web API 1.0 only web-2", "Web API 1.0 only web-2"]);
  });

  test("this step's unfinished deployment to another machine is waited for, not taken for the one to this machine", async () => {
    const server = await serve(world(oneRelease));
    await walk(server, {
      child: "Web API",
      parameters: { ...to("web-1"), ...unawaited },
    });

    const walked = await walk(server, { child: "Web API", parameters: to("web-2") });

    expect(end(walked)).toBe("Deployed PartiallyDeployed");
    expect(asked(server)).toEqual(["Web API 1.0 only web-1", "Web API 1.0 only web-2"]);
  });
});

test("a deployment of this task to another machine does not count as done", async () => {
  const server = await serve(world(oneRelease));

  const first = await walk(server, { child: "Web API", parameters: to("web-1") });
  const second = await walk(server, { child: "Web API", parameters: to("web-2"), system: sameTask(first) });

  expect([first, second].map(({ outputs }) => outputs["Outcome"])).toEqual(["Deployed", "Deployed"]);
  expect(asked(server)).toEqual(["Web API 1.0 only web-1", "Web API 1.0 only web-2"]);
});

test("a deployment of this task to another machine is not taken for the one that may have been created", async () => {
  const server = await serve(world(oneRelease));
  const first = await walk(server, { child: "Web API", parameters: to("web-1") });
  server.simulator.addFault({ method: "POST", route: "deployments", status: 503 });

  const second = await walk(server, { child: "Web API", parameters: to("web-2"), system: sameTask(first) });

  expect(end(second)).toBe("Failed Blocked");
  expect(second.outputs["Message"]).toContain("No deployment by this step appeared within two minutes");
});

describe("condition SpecificMachines", () => {
  test("the current release is redeployed to the machines, and no approved plan is read", async () => {
    const server = await serve(world(twoReleases));
    const routes = () => server.journal().filter(({ route }) => /artifacts|interruptions/.test(route ?? "")).length;

    const walked = await walk(server, {
      child: "Web API",
      specificMachines: ["web-2"],
      parameters: { ...onlySpecific, "ChildProject.Release.Number": "1.1", ...unawaited },
    });

    expect(walked.outputs).toMatchObject({ ReleaseToPromote: "1.0", Outcome: "Started", Reason: "Redeploy" });
    expect(walked.log).toContain("to match the rest of Staging");
    expect(walked.log).toContain(
      "Release number 1.1 ignored: the machines get the release that the environment already runs.",
    );
    expect(routes()).toBe(0);
    const toAll = { ...onlySpecific, ...ignoring, ...unawaited };
    await walk(server, { child: "Web API", specificMachines: ["app-1"], parameters: toAll });
    expect(routes(), "a mismatch that is ignored is a deployment like any other").toBeGreaterThan(0);
  });

  test.each([
    {
      rule: "a newer release on some machines only is not the release of the others",
      releases: [
        { version: "1.0", deployments: ["Development", "Test", "Staging"] },
        { version: "1.1", deployments: [{ environment: "Staging", specificMachines: ["web-1"] }] },
      ],
      options: { specificMachines: ["web-2"] },
      deploys: "Web API 1.0 only web-2",
    },
    {
      rule: "no release was deployed to all machines: as Different",
      releases: [
        { version: "1.0", deployments: [{ environment: "Staging", specificMachines: ["web-1"] }] },
        { version: "1.1", deployments: ["Development", "Test"] },
      ],
      options: { specificMachines: ["web-2"] },
      deploys: "Web API 1.1 only web-2",
    },
    { rule: "no machines targeted: as Different", releases: twoReleases, options: {}, deploys: "Web API 1.1" },
    {
      rule: "excluded machines are not specific machines",
      releases: twoReleases,
      options: { excludedMachines: ["web-9"] },
      deploys: "Web API 1.1 not web-9",
    },
    {
      rule: "machines given by hand count as well",
      releases: twoReleases,
      options: { parameters: to("web-1") },
      deploys: "Web API 1.0 only web-1",
    },
    {
      rule: "under Different the chosen release goes to the machines",
      releases: twoReleases,
      options: { specificMachines: ["web-1"], parameters: { "ChildProject.Deployment.Condition": "Different" } },
      deploys: "Web API 1.1 only web-1",
    },
    {
      rule: "Redeploy: the newest release that was deployed to all of these machines",
      releases: [
        ...twoReleases,
        {
          version: "1.2",
          deployments: ["Development", "Test", { environment: "Staging", specificMachines: ["web-1"] }],
        },
        { version: "1.3", deployments: [{ environment: "Staging", specificMachines: ["web-2"] }] },
      ],
      options: { parameters: { ...to("web-1"), "ChildProject.DeploymentMode.Value": "Redeploy" } },
      deploys: "Web API 1.2 only web-1",
    },
  ] satisfies { rule: string; releases: Releases; options: Partial<Walk>; deploys: string }[])(
    "$rule",
    async ({ releases, options, deploys }) => {
      const server = await serve(world(releases));
      const { parameters = {}, ...more }: Partial<Walk> = options;

      const { log } = await walk(server, {
        child: "Web API",
        ...more,
        parameters: { ...onlySpecific, ...unawaited, ...parameters },
      });

      expect(asked(server), log).toEqual([deploys]);
    },
  );
});

describe("the step reaches the server by another address than the parent knows", () => {
  const elsewhere = { "Octopus.Web.ServerUri": "https://octopus.example.com" };
  const isOther = { ...elsewhere, "Octopus.Deployment.Id": "Deployments-999" };

  test.each([
    { rule: "it is still the parent's server", system: elsewhere, ends: "Deployed NewRelease" },
    {
      rule: "it is another server, which does not have the parent's machines",
      system: isOther,
      ends: "Skipped NoMatchingMachine",
    },
    {
      rule: "it is another server, for which the parent's excluded machines do not matter",
      system: isOther,
      options: { specificMachines: [], excludedMachines: ["web-2"] },
      ends: "Deployed NewRelease",
    },
  ])("$rule", async ({ system, options = { specificMachines: ["web-2"] }, ends }) => {
    const server = await serve(world(oneRelease));
    const parameters = {
      "ChildProject.Web.ServerUrl": server.url,
      "ChildProject.Space.Name": "Default",
      "ChildProject.Plan.Policy": "Ignore",
    };

    const walked = await walk(server, { child: "Web API", system, parameters, ...options });
    expect(end(walked), walked.log).toBe(ends);
  });
});

describe("a child in another space has machines with other ids", () => {
  const shared = ["Development", "Test", "Staging", "Production"];

  function twoSpaces(): World {
    const { users = [], teams = [], userRoles = [], lifecycles = [], ...first } = world(oneRelease);
    const elsewhere = [{ name: "Filler", environments: ["Staging"] }, ...machines];
    return {
      ...first,
      users: [...users, { name: "stranger", service: true }],
      userRoles: [...userRoles, { name: "Guest", permissions: ["ProjectView"] }],
      teams: [...teams, { name: "Guests", members: ["stranger"], roles: ["Guest"] }],
      lifecycles,
      spaces: [
        {
          name: "Elsewhere",
          environments: shared,
          lifecycles: [{ name: "Child", phases: shared }],
          machines: elsewhere,
          teams: [
            {
              name: "Others",
              members: ["stranger"],
              roles: ["Deployment creator", "Project viewer", "Environment viewer"],
            },
          ],
          projects: [child("Other API", oneRelease, { steps: [{ name: "Deploy", roles: ["web"] }] })],
        },
      ],
    };
  }

  const inElsewhere = { "ChildProject.Space.Name": "Elsewhere", "ChildProject.Plan.Policy": "Ignore" };

  test("the parent's machines are recognised by their names", async () => {
    const server = await serve(twoSpaces());
    const key = server.apiKey;

    const one = { specificMachines: ["web-2"], excludedMachines: ["web-9"] };
    const walked = await walk(server, { child: "Other API", key, ...one, parameters: inElsewhere });
    const none = await walk(server, { child: "Other API", key, specificMachines: ["app-1"], parameters: inElsewhere });

    expect([end(walked), end(none)]).toEqual(["Deployed NewRelease", "Skipped NoMatchingMachine"]);
    const { machines: all, spaces } = server.simulator.state();
    const there = [...spaces.values()].find(({ name }) => name === "Elsewhere")?.id;
    const sent = Request.parse(server.journal().find(({ route }) => route === "POST deployments")?.body);
    expect(sent.SpecificMachineIds.map((id) => all.get(id))).toMatchObject([{ name: "web-2", spaceId: there }]);
  });

  test("machines of the parent that the key may not see stop the run, even excluded ones", async () => {
    const server = await serve(twoSpaces());

    const { exitCode, outputs } = await walk(server, {
      child: "Other API",
      key: server.keys["stranger"] ?? "",
      excludedMachines: ["web-2"],
      parameters: { ...inElsewhere, ...ignoring },
    });

    expect(exitCode).toBe(1);
    expect(outputs["Message"]).toMatch(/Names of the parent deployment's machines cannot be read: Machines-\d+\./);
    expect(asked(server)).toEqual([]);
  });
});
