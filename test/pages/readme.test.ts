import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseChildList } from "../../src/train/child-list.ts";
import { listLabels } from "../../src/train/list-labels.ts";
import { stepOf } from "../parent-process/parent-result.ts";
import type { ParentStep, ScriptStep } from "../parent-process/parent-steps.ts";
import { fieldsOf } from "../parent-process/process-steps.ts";
import { deploymentVariables } from "../parent-process/step-variables.ts";
import { template } from "../scenarios/scenario.ts";
import { evaluate } from "../step-host/octostache.ts";
import { code, expressions, nameOf, page, section, table } from "./page.ts";
import { expectSame, oclSteps } from "./process.ts";
import {
  created,
  digestOf,
  logOf,
  play,
  readme,
  sample,
  sampleWorld,
  serve,
  sorted,
  steps,
  trainProcess,
} from "./sample-train.ts";

const Json = z.looseObject({
  Items: z.array(z.looseObject({})).optional(),
  Steps: z.array(z.object({ Actions: z.array(z.object({ Properties: z.record(z.string(), z.string()) })) })).optional(),
});
type Json = z.output<typeof Json>;

// The values that the pages tell users to enter are read from the pages and used: a wrong word there fails a test here.

const approvals = page("src/approvals/README.md");
const trains = page("src/train/README.md");
const train = section(readme, "A release train in two steps");

function stepNamed(name: string): ParentStep {
  const found = steps(trainProcess).find((step) => step.name === name);
  if (found === undefined) throw new Error(`The process has no step "${name}".`);
  return found;
}

/** A script step of the process with other values in some fields. */
function withFields(name: string, fields: Readonly<Record<string, string>>): ScriptStep {
  const step = stepNamed(name);
  if (step.kind !== "script") throw new Error(`${name} has no fields.`);
  return { ...step, parameters: { ...step.parameters, ...fields } };
}

test("the README says what is needed in at most 2,400 words", () => {
  expect(readme.split(/\s+/).length).toBeLessThanOrEqual(2400);
});

describe("a release train in two steps", () => {
  test("the table and the process say the same", () => {
    const [plan, approve, deploy] = trainProcess;

    expect(trainProcess.map(({ values }) => values["name"])).toEqual([
      "Plan the release",
      "Approve the release",
      "Deploy the release",
    ]);
    expectSame(train, trainProcess, []);
    expect(Object.keys(fieldsOf(plan?.actionProperties ?? {}))).toHaveLength(5);
    expect(Object.keys(fieldsOf(deploy?.actionProperties ?? {}))).toHaveLength(5);
    expect(expressions(train)[0]).toBe(approve?.actionProperties["Octopus.Action.Manual.Instructions"]);
    expect(approve?.actionProperties["Octopus.Action.Manual.BlockConcurrentDeployments"]).toBe("False");
  });

  test.each([readme, trains])("the process is what Octopus writes for the template", (text) => {
    const { Version } = Object(JSON.parse(page("step-template.json")));

    for (const { action, actionProperties } of oclSteps(text)) {
      const others = Object.keys(actionProperties).filter((name) => !name.startsWith("ChildProject."));
      if (action["action_type"] === "Octopus.Manual") {
        expect(others.filter((name) => !name.startsWith("Octopus.Action.Manual."))).toEqual([
          "Octopus.Action.RunOnServer",
        ]);
        continue;
      }
      expect(others).toEqual([
        "Octopus.Action.RunOnServer",
        "Octopus.Action.Template.Id",
        "Octopus.Action.Template.Version",
      ]);
      expect(actionProperties["Octopus.Action.RunOnServer"]).toBe("true");
      expect(actionProperties["Octopus.Action.Template.Id"]).toMatch(/^ActionTemplates-\d+$/);
      expect(train).toContain(`\`${actionProperties["Octopus.Action.Template.Id"]}\``);
      expect(actionProperties["Octopus.Action.Template.Version"]).toBe(String(Version));
      expect(Object.keys(fieldsOf(actionProperties)).filter((name) => !(name in template.defaults))).toEqual([]);
      expect(action).toMatchObject({ action_type: "Octopus.Script", worker_pool: expect.any(String) });
    }
  });

  test("plans, shows approvers the plan with its digest, and deploys exactly that, level by level", async () => {
    const server = await serve();

    const { result, instructions, before } = await play(server, steps(trainProcess));

    expect(result.state, logOf(result, "Deploy the release")).toBe("Success");
    expect(before, "the first step creates nothing").toEqual([]);
    expect(sorted(created(server))).toEqual(sorted(sample("Staging")));
    const log = logOf(result, "Deploy the release");
    expect(log).toContain(digestOf(instructions[0]));
    expect(log.match(/^Level \d of .*/gm)).toEqual([
      "Level 1 of 3: Database",
      "Level 2 of 3: Web API, Scheduling Service",
      "Level 3 of 3: Web UI",
    ]);
  });

  test("can be set up on the embedded server through its public API", async () => {
    const server = await serve();
    const ask = async (method: string, path: string, body?: unknown): Promise<Json> => {
      const response = await fetch(`${server.url}/api/Spaces-603/${path}`, {
        method,
        headers: { "X-Octopus-ApiKey": server.apiKey, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
      return Json.parse(await response.json());
    };
    const named = async (path: string, name: string) =>
      (await ask("GET", `${path}?skip=0&take=100`)).Items?.find((each) => each["Name"] === name) ?? {};
    const project = await named("projects", "Release Orchestration");
    const team = await named("teams", "Business Owners");
    const path = `deploymentprocesses/${String(project["DeploymentProcessId"])}`;
    const entered = trainProcess.map(({ values, action, actionProperties }) => ({
      Name: values["name"],
      Actions: [
        {
          Name: values["name"],
          ActionType: action["action_type"],
          Properties: {
            ...actionProperties,
            ...("Octopus.Action.Manual.ResponsibleTeamIds" in actionProperties
              ? { "Octopus.Action.Manual.ResponsibleTeamIds": team["Id"] }
              : {}),
          },
        },
      ],
    }));

    await ask("PUT", path, { ...(await ask("GET", path)), Steps: entered });

    const kept = (await ask("GET", path)).Steps?.map(({ Actions: [action] }) => action?.Properties);
    expect(kept).toEqual(entered.map(({ Actions: [action] }) => action?.Properties));
    const scripts = (kept ?? []).flatMap((properties, index): ScriptStep[] =>
      "ChildProject.Project.Name" in (properties ?? {})
        ? [{ kind: "script", name: `Step ${index + 1}`, template, parameters: fieldsOf(properties ?? {}) }]
        : [],
    );
    await play(server, scripts);
    expect(sorted(created(server))).toEqual(sorted(sample("Staging")));
  });

  test.each([
    {
      policy: "Stop",
      says: /starts no further child/,
      outputs: { Deployed: "Database\nWeb API", Failed: "Scheduling Service", NotStarted: "Web UI", RolledBack: "" },
    },
    {
      policy: "Continue",
      says: /starts all children and names every failed one/,
      outputs: { Deployed: "Database\nWeb API\nWeb UI", Failed: "Scheduling Service", RolledBack: "" },
    },
    {
      policy: "RerunUntilDone",
      says: /deploys the failed ones again/,
      outputs: { Deployed: "Database\nWeb API\nScheduling Service\nWeb UI", Failed: "", RolledBack: "" },
    },
    {
      policy: "RollBack",
      says: /redeploys the releases the children ran before, the last level first/,
      outputs: { Failed: "Scheduling Service", RolledBack: "Database\nWeb API\nScheduling Service", Deployed: "" },
    },
  ])("when a child fails: $policy", async ({ policy, says, outputs }) => {
    const rows = table(section(readme, "When a child fails"), "When a child fails");
    const server = await serve();
    server.simulator.addScript({ project: "Scheduling Service", result: "Failed", times: 1 });

    const { result } = await play(server, [
      withFields("Deploy the release", { [nameOf("When a child fails")]: policy }),
    ]);

    const step = stepOf(result, "Deploy the release");
    expect(rows.find(([name = ""]) => name.startsWith(policy))?.[1]).toMatch(says);
    expect(step.status === "Failed").toBe(outputs.Failed !== "");
    expect(step.outputs).toMatchObject(outputs);
  });

  test("run again, it skips what is current and deploys the others", async () => {
    const server = await serve();
    server.simulator.addScript({ project: "Scheduling Service", result: "Failed", times: 1 });
    const deploy = stepNamed("Deploy the release");

    await play(server, [deploy]);
    const again = stepOf((await play(server, [deploy])).result, "Deploy the release");

    expect(again.status, "a warning names what an unfinished run deployed").toBe("Warning");
    expect(again.log.filter(({ level }) => level === "warning").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Database: .* unfinished run .* and will not be rolled back/),
      expect.stringMatching(/^Web API: .* unfinished run .* and will not be rolled back/),
    ]);
    expect(again.outputs).toMatchObject({ Deployed: "Scheduling Service\nWeb UI", Skipped: "Database\nWeb API" });
  });

  test("its list with settings of single children is understood by the step", async () => {
    const server = await serve();
    const hotfix = { version: "2021.1.1.1", channel: "Hotfix", deployments: ["Development", "Test"] };
    server.simulator.addWorld({ projects: [{ name: "Web API", channels: [{ name: "Hotfix" }], releases: [hotfix] }] });
    const [list = ""] = code(train, "text");

    const { result } = await play(server, [withFields("Plan the release", { [nameOf("Child projects")]: list })]);

    expect(result.state, logOf(result, "Plan the release")).toBe("Success");
    expect(stepOf(result, "Plan the release").outputs["ReleaseToPromote"]?.split("\n")).toEqual([
      "Database 2021.1.0.11",
      "Web API 2021.1.1.1",
      "Scheduling Service 2021.1.0.7",
      "Web UI 2021.1.0.15",
    ]);
  });

  test("its `if missing: skip` leaves out a project that does not exist yet", async () => {
    const [list = ""] = code(train, "text");
    const server = await serve(
      sampleWorld((world) => ({
        ...world,
        projects: world.projects.filter(({ name }) => name !== "Scheduling Service"),
      })),
    );
    // What the list says about the Web API is tried above.
    const shorter = list.replace(/^Web API\n(?: .*\n)*\+ /m, "Web API\n+ ");

    const { result } = await play(server, [withFields("Deploy the release", { [nameOf("Child projects")]: shorter })]);

    expect(result.state, logOf(result, "Deploy the release")).toBe("Success");
    expect(stepOf(result, "Deploy the release").outputs).toMatchObject({
      Deployed: "Database\nWeb API\nWeb UI",
      Skipped: "Scheduling Service",
    });
  });

  test("hands the release of each child to later steps", async () => {
    const server = await serve();
    const { result } = await play(server, [stepNamed("Deploy the release")]);
    const variables = deploymentVariables({}, result.steps);

    const shown = [page("src/step/README.md"), trains].map((text) =>
      expressions(text).filter((expression) => expression.includes("Child[")),
    );

    for (const found of shown)
      expect(found.map((expression) => evaluate(expression, variables))).toEqual(["2021.1.0.22"]);
  });
});

test("the plan that the page on outputs shows is what the process publishes", async () => {
  const server = await serve();
  const [example = ""] = code(page("src/step/README.md"), "json");
  const { children, ...shown } = JSON.parse(example);

  const { result } = await play(server, [stepNamed("Plan the release")]);

  const [artifact] = stepOf(result, "Plan the release").artifacts;
  expect(artifact?.name).toMatch(/^Database Staging \(train of 4\) [0-9a-f]{12}\.plan\.json$/);
  const plan = JSON.parse(artifact?.content.toString("utf8") ?? "");
  expect(plan).toMatchObject(shown);
  expect(plan.children).toHaveLength(4);
  expect(plan.children[0]).toMatchObject(children[0]);
});

test("one step per component: each has a plan, and approvers see all of them", async () => {
  const server = await serve();
  const instructions = expressions(section(trains, "One step per component")).join("\n\n");
  const planSteps = ["Database", "Web API"].map((component): ScriptStep => ({
    ...withFields("Plan the release", { [nameOf("Child projects")]: component }),
    name: `Plan ${component}`,
  }));

  const shown = await play(server, [
    ...planSteps,
    { kind: "manual-intervention", name: "Approve", teams: ["Business Owners"], instructions },
  ]);

  expect(shown.instructions[0]).toMatch(
    /Plan [0-9a-f]{32} \(Database to Staging\)[^]*Plan [0-9a-f]{32} \(Web API to Staging\)/,
  );
});

test("the user roles that the page on approvals asks for are enough to plan, deploy and answer", async () => {
  const [, ...rows] = table(section(approvals, "Permissions of the service account"), "User role").map(
    ([role = "", where = ""]) => ({ role, where }),
  );
  const custom = rows.flatMap(({ role }) => {
    const [, name, list = ""] = /^(.+), a custom role with (.+)$/.exec(role) ?? [];
    return name === undefined ? [] : [{ name, permissions: list.replaceAll("`", "").split(", ") }];
  });
  const roles = rows.map(({ role, where }) => {
    const [name = ""] = role.split(", a custom role");
    return where.startsWith("system") ? { role: name, system: true } : name;
  });
  const server = await serve(
    sampleWorld((world) => ({
      ...world,
      userRoles: custom,
      teams: (world.teams ?? []).map((team) =>
        typeof team === "object" && team.name === "Release Conductors" ? { ...team, roles } : team,
      ),
    })),
  );
  const interventions = [{ instructions: "Change it?", teams: ["Business Owners", "Release Conductors"] }];
  server.simulator.addScript({ project: "Database", duration: "2m", steps: [{ name: "Confirm", interventions }] });

  const { result } = await play(server, steps(trainProcess));

  const log = logOf(result, "Deploy the release");
  expect(custom).toHaveLength(1);
  expect(roles).toHaveLength(5);
  expect(result.state, log).toBe("Success");
  expect(stepOf(result, "Deploy the release").outputs["ApprovedBy"]).toContain("Bob");
  expect(log).not.toMatch(/lack|not allowed|may not/);
});

test("the list of the page on trains is understood by the step", () => {
  const [list = ""] = code(section(trains, "The list"), "text");

  const { children, problems } = parseChildList(list, listLabels);

  expect(problems).toEqual([]);
  expect(children.filter(({ together }) => !together)).toHaveLength(3);
  expect(trains).toMatch(/The\s+list above has three\s+levels/);
});
