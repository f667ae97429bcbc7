import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { stepOf } from "../parent-process/parent-result.ts";
import type { ParentStep } from "../parent-process/parent-steps.ts";
import { plainScript } from "../parent-process/step-template.ts";
import { clockOf } from "../scenarios/in-process.ts";
import { code, entered, expressions, nameOf, page, section, sentencesOf, table } from "./page.ts";
import { added, expectSame, isOnTargets, type OclStep, variablesFor, withTable } from "./process.ts";
import {
  created,
  digestOf,
  logOf,
  play,
  type SampleProject,
  sample,
  sampleWorld,
  serve,
  sorted,
  steps,
  trainProcess,
} from "./sample-train.ts";

// Each scenario of the pages is set up from its tables and its OCL alone, and then carried out.

const deploy = "Deploy the release";

/** The release train with the fields that a scenario changes. */
function fromTable(text: string): readonly OclStep[] {
  return withTable(trainProcess, text);
}

/** A scenario's OCL, added to the release train. */
function fromOcl(text: string): readonly OclStep[] {
  const process = added(trainProcess, text);
  test("its table and its OCL say the same", () => expectSame(text, process, trainProcess));
  return process;
}

/** A step with other values in some fields. */
function withFields(step: ParentStep | undefined, fields: Readonly<Record<string, string>>): ParentStep {
  if (step?.kind !== "script") throw new Error("This step has no fields.");
  return { ...step, parameters: { ...step.parameters, ...fields } };
}

/** A step that fails before it has done anything. */
function broken(step: ParentStep | undefined): ParentStep {
  return withFields(step, { [nameOf("Plan only (what-if)")]: "Perhaps" });
}

/** A release that was tested before the server started. */
function tested(version: string, more: Partial<Release> = {}): Release {
  return { version, created: "-6h", deployments: ["Development", "Test"], ...more };
}

type Release = Extract<NonNullable<SampleProject["releases"]>[number], { version: string }>;

describe("approve today, deploy tomorrow", () => {
  const text = section(page("src/approvals/README.md"), "Approve today, deploy tomorrow");
  const process = fromOcl(text);
  const at = (environment: string) => ({
    environment,
    variables: variablesFor(text, { environment, channel: "Default" }),
  });

  test("the approved plan goes to Production, whatever was deployed to Staging since", async () => {
    const server = await serve();

    const staging = await play(server, steps(process, "Staging"), at("Staging"));
    const planned = await play(server, steps(process, "Prod Approval"), at("Prod Approval"));
    server.advance(20 * 3_600_000);
    const justNow = new Date(server.now() - 600_000).toISOString();
    const deployments = ["Development", "Test", "Staging"].map((environment) => ({ environment, at: justNow }));
    server.simulator.addWorld({
      projects: [{ name: "Database", releases: [{ version: "2021.1.0.12", created: justNow, deployments }] }],
    });
    const { result } = await play(server, steps(process, "Production"), at("Production"));

    expect(staging.result.state, logOf(staging.result, deploy)).toBe("Success");
    expect(planned.result.steps.map(({ name }) => name)).toEqual(["Plan the release", "Approve the release"]);
    expect(planned.before, "only the deployments to Staging").toEqual(created(server).slice(0, 4));
    expect(result.steps.map(({ name }) => name)).toEqual([deploy]);
    expect(result.state, logOf(result, deploy)).toBe("Success");
    expect(sorted(created(server).slice(4))).toEqual(sorted(sample("Production")));
    expect(logOf(result, deploy)).toContain(digestOf(planned.instructions[0]));
  });
});

describe("a new server appears", () => {
  const text = section(page("src/rules/README.md"), "A new server appears");
  const process = fromOcl(text);
  const trigger = { "Octopus.Deployment.Trigger.Name": "A new server" };

  test("its trigger fires for every target of the children", () => {
    const aimed = process.filter(isOnTargets);
    const roles = (aimed[0]?.properties["Octopus.Action.TargetRoles"] ?? "").split(",");

    expect(aimed).toHaveLength(1);
    expect(process[0], "it is the first step").toBe(aimed[0]);
    const used = sampleWorld().machines?.flatMap((machine) => machine.roles ?? []) ?? [];
    expect(sorted(roles)).toEqual(sorted([...new Set(used)]));
    expect(
      new Set(process.flatMap(({ properties }) => properties["Octopus.Step.ConditionVariableExpression"] ?? [])),
    ).toEqual(new Set(expressions(text)));
  });

  test("it gets the release of the others, without a plan and an approval", async () => {
    const server = await serve();

    const first = await play(server, steps(process));
    const newer = { version: "2021.1.0.23", deployments: ["Development", "Test"] };
    server.simulator.addWorld({
      machines: [{ name: "s-api-03", environments: ["Staging"], roles: ["api"] }],
      projects: [{ name: "Web API", releases: [newer] }],
    });
    const { result, instructions } = await play(server, steps(process), {
      specificMachines: ["s-api-03"],
      variables: trigger,
    });

    expect(first.instructions, "a release needs an approval").toHaveLength(1);
    expect(sorted(created(server).slice(0, 4))).toEqual(sorted(sample("Staging")));
    expect(result.state, logOf(result, deploy)).toBe("Success");
    expect(instructions, "and a server does not").toEqual([]);
    expect(created(server).slice(4)).toEqual(["Web API 2021.1.0.22 to Staging"]);
    const { outputs } = stepOf(result, deploy);
    for (const other of ["Database", "Scheduling Service", "Web UI"])
      expect(outputs[`Child[${other}].Reason`]).toBe(/\(`(NoMatchingMachine)`\)/.exec(text)?.[1]);
  });

  test("nothing is deployed when the plan of a release fails", async () => {
    const server = await serve();
    const [plan, ...others] = steps(process);

    const { result, instructions } = await play(server, [broken(plan), ...others]);

    expect(result.steps.map(({ status }) => status)).toEqual(["Failed", "Skipped", "Skipped"]);
    expect([instructions, created(server)]).toEqual([[], []]);
  });
});

describe("tenants", () => {
  const text = section(page("src/rules/README.md"), "Tenants");
  const names = ["Contoso", "Fabrikam"];
  const everywhere = ["Development", "Test", "Staging", "Production"];

  /** Web API is deployed per tenant, and the parent as given. */
  function world(parent: SampleProject["tenanted"]): World {
    const forTenants = (release: Release): Release => ({
      ...release,
      deployments: (release.deployments ?? []).flatMap((each) =>
        typeof each === "string" ? [] : names.map((tenant) => ({ ...each, tenant })),
      ),
    });
    const connected = {
      "Web API": everywhere,
      ...(parent === undefined ? {} : { "Release Orchestration": everywhere }),
    };
    return sampleWorld((sampled) => ({
      ...sampled,
      tenants: names.map((name) => ({ name, projects: connected })),
      machines: (sampled.machines ?? []).map((machine) => ({
        ...machine,
        tenants: names,
        participation: "TenantedOrUntenanted" as const,
      })),
      projects: sampled.projects.map((project) => {
        if (project.name === "Release Orchestration" && parent !== undefined) return { ...project, tenanted: parent };
        if (project.name !== "Web API") return project;
        const releases = (project.releases ?? []).flatMap((each) =>
          typeof each === "string" ? [] : [forTenants(each)],
        );
        return { ...project, tenanted: "Tenanted", releases };
      }),
    }));
  }

  test("one deployment of the parent per tenant: a child without tenants is deployed by the first", async () => {
    const server = await serve(world("Tenanted"));

    for (const tenant of names) {
      const { result } = await play(server, steps(trainProcess), { tenant });
      expect(result.state, logOf(result, deploy)).toBe("Success");
    }

    const [database, api, ...others] = sample("Staging");
    expect(text).toMatch(/the first tenant's run deploys it, the others skip it/);
    expect(sorted(created(server))).toEqual(
      sorted([database, `${api} for Contoso`, ...others, `${api} for Fabrikam`].map(String)),
    );
  });

  test("all tenants in one step: the failure of one does not keep the others waiting", async () => {
    const server = await serve(world(undefined));
    server.simulator.addScript({ project: "Web API", tenant: "Contoso", result: "Failed" });

    const { result } = await play(server, steps(fromTable(text)));

    const { outputs } = stepOf(result, deploy);
    const shown = [...text.matchAll(/`(Child\[[^`]+\]\.Outcome)`/g)].map(([, name = ""]) => outputs[name]);
    expect(shown, logOf(result, deploy)).toEqual(["Failed", "Deployed"]);
  });
});

describe("a hotfix channel", () => {
  const text = section(page("src/rules/README.md"), "Hotfix channel");
  const process = fromTable(text);
  const at = (channel: string, environment: string) => ({
    environment,
    variables: variablesFor(text, { environment, channel }),
  });
  const channelsUnder = (lifecycle: string) => [
    { name: "Default", isDefault: true },
    { name: "Hotfix", lifecycle },
  ];

  /** Deploys the parent's release 2021.1.1.1 as a user does, so that its lifecycle has to allow it. */
  async function playHotfix(server: OctopusServer) {
    const state = server.simulator.state();
    const named = (all: ReadonlyMap<string, { readonly name: string; readonly id: string }>, name: string) =>
      [...all.values()].find((each) => each.name === name)?.id;
    const project = named(state.projects, "Release Orchestration");
    const release = [...state.history.releases.values()].find(
      ({ projectId, version }) => projectId === project && version === "2021.1.1.1",
    );
    const response = await fetch(`${server.url}/api/Spaces-603/deployments`, {
      method: "POST",
      headers: { "X-Octopus-ApiKey": server.apiKey, "Content-Type": "application/json" },
      body: JSON.stringify({ ReleaseId: release?.id, EnvironmentId: named(state.environments, "Production") }),
    });
    const { Id } = z
      .object({ Id: z.string().optional(), ErrorMessage: z.string().optional() })
      .parse(await response.json());
    expect(response.status, "the lifecycle of the parent's channel").toBe(201);
    return await play(server, steps(process, "Production"), { ...at("Hotfix", "Production"), existing: Id ?? "" });
  }

  function world(): World {
    const [, phases = ""] = /whose phases are (\w+ and \w+)/.exec(sentencesOf(text)) ?? [];
    const [, phase = ""] = /whose only phase is (\w+)/.exec(sentencesOf(text)) ?? [];
    return sampleWorld((sampled) => ({
      ...sampled,
      lifecycles: [
        ...(sampled.lifecycles ?? []),
        { name: "Hotfix", phases: phases.split(" and ") },
        { name: "Hotfix of the parent", phases: [phase] },
      ],
      projects: sampled.projects.map((project) => {
        const hotfix = { version: "2021.1.1.1", channel: "Hotfix", created: "-1h" };
        if (project.name === "Web API")
          return {
            ...project,
            channels: channelsUnder("Hotfix"),
            releases: [...(project.releases ?? []), { ...hotfix, deployments: [{ environment: "Test", at: "-30m" }] }],
          };
        if (project.name === "Release Orchestration")
          return {
            ...project,
            channels: channelsUnder("Hotfix of the parent"),
            releases: [...(project.releases ?? []), hotfix],
          };
        return project;
      }),
    }));
  }

  test("the hotfix goes past the regular releases, which go on as before", async () => {
    const server = await serve(world());

    const hotfix = await playHotfix(server);
    const regular = await play(server, steps(process), at("Default", "Staging"));

    expect(hotfix.result.state, logOf(hotfix.result, deploy)).toBe("Success");
    expect(created(server)[0]).toBe("Web API 2021.1.1.1 to Production");
    expect(regular.result.state, logOf(regular.result, deploy)).toBe("Success");
    expect(sorted(created(server).slice(1))).toEqual(sorted(sample("Staging")));
  });

  test("a lower regular release is deployed with a warning, and with Higher it is not", async () => {
    const server = await serve(world());
    await playHotfix(server);
    await play(server, steps(process), at("Default", "Staging"));
    const [, label = "", condition = ""] = /_(Deploy if)_ = (\w+) to keep the hotfix/.exec(sentencesOf(text)) ?? [];
    const planned = async (fields: Readonly<Record<string, string>>) => {
      const [plan] = steps(process, "Production");
      return stepOf(
        (await play(server, [withFields(plan, fields)], at("Default", "Production"))).result,
        "Plan the release",
      );
    };

    const different = await planned({});
    const higher = await planned({ [nameOf(label)]: condition });

    expect(different.outputs).toMatchObject({ "Child[Web API].ReleaseToPromote": "2021.1.0.22" });
    expect(
      different.log.some((line) => line.level === "warning" && line.text.includes("2021.1.1.1 \u2192 2021.1.0.22")),
    ).toBe(true);
    expect(higher.outputs).toMatchObject({ "Child[Web API].Reason": "NotHigher", "Child[Database].Outcome": "WhatIf" });
  });
});

describe("one build, many packages", () => {
  const text = section(page("src/rules/README.md"), "One build, many packages");
  const build = "2021.1.0.30";
  const parent = { project: "Release Orchestration", release: build };

  /** The releases of a build. A project that it did not change has the packages of the release that is in Staging. */
  function world(projects: readonly string[]): World {
    const unchanged: Readonly<Record<string, Record<string, string>>> = {
      Database: { "Deploy database changes": "2021.1.0.9" },
      "Scheduling Service": { "Deploy scheduling service": "2021.1.0.5" },
    };
    return sampleWorld((sampled) => ({
      ...sampled,
      projects: sampled.projects.map((project) => {
        const packages = unchanged[project.name];
        const release = tested(build, packages === undefined ? {} : { packages });
        const own = project.name === "Release Orchestration" ? { version: build } : release;
        return projects.includes(project.name) ? { ...project, releases: [...(project.releases ?? []), own] } : project;
      }),
    }));
  }

  const all = ["Release Orchestration", "Database", "Web API", "Scheduling Service", "Web UI"];

  test("components that the build changed are deployed, in the releases with its number", async () => {
    const server = await serve(world(all));

    const { result } = await play(server, steps(fromTable(text)), parent);

    const { outputs } = stepOf(result, deploy);
    expect(result.state, logOf(result, deploy)).toBe("Success");
    expect(created(server)).toEqual([`Web API ${build} to Staging`, `Web UI ${build} to Staging`]);
    expect(stepOf(result, "Plan the release").outputs["Child[Database].Reason"]).toBe(
      /\(`(PackagesUnchanged)`\)/.exec(text)?.[1],
    );
    expect(outputs["Child[Database].Outcome"]).toBe("Skipped");
  });

  test("a component without a release of the build stops the run, or is left out", async () => {
    const server = await serve(world(all.slice(0, 4)));
    const [, label = "", option = ""] =
      /_(If no release matches)_ = (\w+) it is left out/.exec(sentencesOf(text)) ?? [];
    const process = fromTable(text);
    const tolerant = process.map((step) => ({
      ...step,
      actionProperties: { ...step.actionProperties, [nameOf(label)]: option },
    }));

    const stopped = await play(server, steps(process), parent);
    const left = await play(server, steps(tolerant), parent);

    expect(stopped.result.state).toBe("Failed");
    expect(left.before, "nothing was created before").toEqual([]);
    expect(left.result.state, logOf(left.result, deploy)).toBe("Success");
    expect(created(server)).toEqual([`Web API ${build} to Staging`]);
  });
});

describe("databases until done", () => {
  const text = section(page("src/train/README.md"), "Databases until done");
  const process = fromTable(text);
  const names = entered(table(text, "Field")[1]?.[2] ?? "").split("\n");

  /** Each database needs the one after it in the list. In a circle the last one needs the first. */
  function world(isCircle: boolean): World {
    const releases = [
      { version: "2021.1.0.1", created: "-9d", deployments: ["Development", "Test", "Staging"] },
      tested("2021.1.0.2"),
    ];
    return sampleWorld((sampled) => ({
      ...sampled,
      projects: [
        ...sampled.projects.filter(({ name }) => name === "Release Orchestration"),
        ...names.map((name, index): SampleProject => {
          const needed = names[index + 1] ?? (isCircle ? names[0] : undefined);
          const needs = needed === undefined ? [] : [{ project: needed }];
          return {
            name,
            lifecycle: "Application",
            steps: [{ name: "Upgrade" }],
            releases,
            scripts: [{ steps: [{ name: "Upgrade", needs }] }],
          };
        }),
      ],
    }));
  }

  test("the worst order takes as many passes and deployments as the page says", async () => {
    const server = await serve(world(false));
    const [, passes, deployments] = /it takes (\d+) passes with (\d+) deployments/.exec(sentencesOf(text)) ?? [];

    const { result } = await play(server, steps(process));

    const { outputs, log, status } = stepOf(result, deploy);
    expect(status).not.toBe("Failed");
    expect(outputs["Deployed"]?.split("\n")).toEqual(names);
    expect(created(server)).toHaveLength(Number(deployments));
    expect(log.filter(({ text: line }) => /^Pass \d of at most/.test(line))).toHaveLength(Number(passes) - 1);
  });

  test("if no database succeeds in a pass, the step names those that are left", async () => {
    const server = await serve(world(true));
    const [shown] = /No progress .*/.exec(text) ?? [];

    const { result } = await play(server, steps(process));

    expect(result.state).toBe("Failed");
    expect(stepOf(result, deploy).outputs["Message"]).toContain(shown);
    expect(created(server)).toHaveLength(names.length);
  });
});

describe("a smoke test that rolls back", () => {
  const text = section(page("src/train/README.md"), "A smoke test that rolls back");
  const process = fromOcl(text);
  const back = "Take the release back";
  const [, label = ""] = /named _([^_]+)_/.exec(sentencesOf(text)) ?? [];
  const smokeTest: ParentStep = { kind: "script", name: label, template: plainScript("exit 1") };
  const [plan, approve, deployStep, ...behind] = steps(process);
  const former = ["Web UI 2021.1.0.13", "Web API 2021.1.0.20", "Scheduling Service 2021.1.0.5"].map(
    (release) => `${release} to Staging`,
  );

  /** The process with the test where the page puts it. */
  const withTest = [plan, approve, deployStep, smokeTest, ...behind].filter((step) => step !== undefined);

  test("rolls back the deployed children, the last level first, and leaves the database", async () => {
    const server = await serve();

    const { result } = await play(server, withTest);

    expect(result.steps.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      "Plan the release: Success",
      "Approve the release: Success",
      `${deploy}: Success`,
      `${label}: Failed`,
      expect.stringMatching(new RegExp(`^${back}: (Success|Warning)$`)),
    ]);
    expect(result.state, "failed even after a complete roll back").toBe("Failed");
    expect(created(server)[4]).toBe(former[0]);
    expect(sorted(created(server).slice(4))).toEqual(sorted(former));
    expect(stepOf(result, back).outputs).toMatchObject({
      RolledBack: "Web API\nScheduling Service\nWeb UI",
      "Child[Database].RollBack": "NotRolledBack",
    });
  });

  test.each([
    {
      rule: "a component failed before the test: what was deployed until then is rolled back",
      failing: "Web UI",
      taken: [...former],
    },
    { rule: "nothing was deployed: nothing is rolled back", failing: "Plan", taken: [] },
  ])("$rule", async ({ failing, taken }) => {
    const server = await serve();
    server.simulator.addScript({ project: failing, result: "Failed", version: "2021.1.0.15" });
    const tried = failing === "Plan" ? withTest.map((step) => (step === plan ? broken(step) : step)) : withTest;

    const { result } = await play(server, tried);

    const forward = failing === "Plan" ? 0 : 4;
    expect(result.state).toBe("Failed");
    expect(sorted(created(server).slice(forward)), logOf(result, back)).toEqual(sorted(taken));
  });

  test("as a project of its own at the end of the list", async () => {
    const [list = ""] = code(text, "text");
    const names = list.split("\n");
    const own: SampleProject = {
      name: names.find((line) => line.startsWith("Smoke")) ?? "",
      lifecycle: "Application",
      steps: [{ name: "Try it" }],
      releases: [tested("2021.1.0.1")],
      scripts: [{ result: "Failed" }],
    };
    const server = await serve(sampleWorld((world) => ({ ...world, projects: [...world.projects, own] })));
    const [, both = "", policy = "", field = ""] =
      /in both (_.+_ and _.+_): .*, and choose (\w+) for _(.+?)_:/.exec(sentencesOf(text)) ?? [];
    const fields = { [nameOf("Child projects")]: list, [nameOf(field)]: policy };
    const changed = [plan, approve, deployStep].flatMap((step) =>
      step === undefined ? [] : both.includes(`_${step.name}_`) ? withFields(step, fields) : step,
    );

    const { result } = await play(server, changed);

    expect(result.state).toBe("Failed");
    expect(stepOf(result, deploy).outputs, logOf(result, deploy)).toMatchObject({
      Failed: own.name,
      RolledBack: "Web API\nScheduling Service\nWeb UI",
      Deployed: "Database",
    });
  });
});

describe("nested trains", () => {
  const text = section(page("src/train/README.md"), "Nested trains");
  const process = fromTable(text);
  const [, outer = ""] = /give a project _([^_]+)_/.exec(sentencesOf(text)) ?? [];
  const inner = entered(table(text, "Field")[1]?.[1] ?? "").split("\n")[0] ?? "";

  /** The sample application in a train of its own. Its Database has a manual intervention. */
  function world(): World {
    const interventions = [{ instructions: "Change it?", teams: ["Business Owners", "Release Conductors"] }];
    return sampleWorld((sampled) => ({
      ...sampled,
      projects: [
        ...sampled.projects.map((project): SampleProject =>
          project.name === "Database"
            ? { ...project, scripts: [{ steps: [{ name: "Confirm", interventions }] }] }
            : project,
        ),
        {
          name: outer,
          lifecycle: "Release Orchestration",
          scripts: [{ external: true }],
          releases: ["2021.1"],
        },
      ],
    }));
  }

  test("the approval passes one level, and interventions on deeper levels are left to users", async () => {
    const server = await serve(world());
    const children = steps(trainProcess).map((step) =>
      step.kind === "script" ? step : { ...step, teams: [...(step.teams ?? []), "Release Conductors"] },
    );
    let train: ReturnType<typeof play> | undefined;
    let answered = 0;
    const clock = clockOf(server, async () => {
      const existing = liveDeploymentOf(server, inner);
      if (existing !== undefined) train ??= play(server, children, { clock, existing, people: () => undefined });
      const asks = questionOf(server, "Database");
      if (asks === undefined) return;
      answered += 1;
      await answerAs(server, "bob", asks);
    });

    const { result } = await play(server, steps(process), { clock, project: outer, release: "2021.1" });

    const inside = (await train)?.result;
    expect(result.state, logOf(result, deploy)).toBe("Success");
    expect(stepOf(result, deploy).outputs["ApprovedBy"]).toContain("Bob");
    expect(inside?.state).toBe("Success");
    expect(answered, "a user had to answer").toBe(1);
    expect(inside && stepOf(inside, deploy).outputs["ApprovedBy"]).toBe("");
    expect(sorted(created(server))).toEqual(sorted([`${inner} 2021.1.0.1 to Staging`, ...sample("Staging")]));
  });

  /** Id of the deployment of a project that runs. */
  function liveDeploymentOf(server: OctopusServer, name: string): string | undefined {
    const { history, projects } = server.simulator.state();
    return [...history.deployments.values()].find(
      ({ projectId, taskId }) =>
        projects.get(projectId)?.name === name && history.tasks.get(taskId ?? "")?.state === "Executing",
    )?.id;
  }

  /** Id of a pending intervention in a deployment of a project, after the step has polled it for a while. */
  function questionOf(server: OctopusServer, name: string): string | undefined {
    const { history, projects, interruptions } = server.simulator.state();
    return [...interruptions.values()].find(
      ({ isPending, created: raised, relatedDocumentIds }) =>
        isPending &&
        server.now() - raised > 300_000 &&
        relatedDocumentIds.some((id) => projects.get(history.deployments.get(id)?.projectId ?? "")?.name === name),
    )?.id;
  }

  async function answerAs(server: OctopusServer, user: string, id: string): Promise<void> {
    const headers = { "X-Octopus-ApiKey": server.keys[user] ?? "", "Content-Type": "application/json" };
    const url = `${server.url}/api/Spaces-603/interruptions/${id}`;
    await fetch(`${url}/responsible`, { method: "PUT", headers });
    await fetch(`${url}/submit`, { method: "POST", headers, body: JSON.stringify({ Result: "Proceed", Notes: "" }) });
  }
});
