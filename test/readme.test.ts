import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { parameterDeclarations } from "../src/step/parameter-declarations.ts";
import { parseChildList } from "../src/train/child-list.ts";
import { listLabels } from "../src/train/list-labels.ts";
import { type OctopusServer, startOctopusServer } from "./octopus-server/octopus-server.ts";
import type { ParentDeployment } from "./parent-process/parent-deployment.ts";
import { type ParentResult, stepOf } from "./parent-process/parent-result.ts";
import type { ManualInterventionStep, ParentStep, ScriptStep } from "./parent-process/parent-steps.ts";
import { deploymentVariables } from "./parent-process/step-variables.ts";
import { type OclBlock, readOcl } from "./read-ocl.ts";
import { playParent } from "./scenarios/in-process.ts";
import { template } from "./scenarios/scenario.ts";
import { evaluate } from "./step-host/octostache.ts";

// What the pages tell people to enter is read out of them and carried out: a wrong word there fails here.

function page(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

const readme = page("README.md");
const approvals = page("src/approvals/README.md");
const trains = page("src/train/README.md");

/** What stands under a heading, up to the next one of the same level or above. */
function section(text: string, heading: string): string {
  const [, hashes = "", rest = ""] = new RegExp(`^(#+) ${heading}$([^]*)`, "m").exec(text) ?? [];
  const found = rest.split(new RegExp(`^#{1,${hashes.length}} `, "m"))[0] ?? "";
  if (found.trim() === "") throw new Error(`There is nothing under "${heading}".`);
  return found;
}

const train = section(readme, "A release train in two steps");

/** The blocks of code in a language. */
function code(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, block = ""]) => block);
}

/** Paragraphs of Markdown that are indented as code. */
function expressions(text: string): readonly string[] {
  return [...text.matchAll(/^ {4}(#\{.*\})$/gm)].map(([, expression = ""]) => expression);
}

function nameOf(label: string): string {
  const found = parameterDeclarations.find((declaration) => declaration.label === label);
  if (found === undefined) throw new Error(`The form has no field "${label}".`);
  return found.name;
}

/** The fields of a step as the table shows them. @param column from 1 */
function fieldsOf(column: number): Readonly<Record<string, string>> {
  const [heads = [], , ...rows] = (train.match(/^\| .*$/gm) ?? []).map((row) => row.slice(2, -2).split(" | "));
  expect(heads[0]).toBe("Field");
  return Object.fromEntries(
    rows.map((cells) => [nameOf(cells[0] ?? ""), (cells[column] ?? "").replaceAll("`", "").replaceAll("<br>", "\n")]),
  );
}

interface OclStep {
  readonly step: ParentStep;
  readonly action: OclBlock;
  readonly properties: Readonly<Record<string, string>>;
}

/** The process in the README, its team by the slug. */
const process: readonly OclStep[] = code(train, "hcl").flatMap((text) => readOcl(text).map(oclStep));

function oclStep({ type, values, blocks: [action] }: OclBlock): OclStep {
  const { name } = values;
  const properties = action?.values["properties"];
  if (type !== "step" || typeof name !== "string" || action === undefined || typeof properties !== "object")
    throw new Error("A step needs a name, and an action with properties.");
  const step =
    action.values["action_type"] === "Octopus.Manual" ? intervention(name, properties) : script(name, properties);
  return { step, action, properties };
}

function intervention(name: string, properties: OclStep["properties"]): ManualInterventionStep {
  return {
    kind: "manual-intervention",
    name,
    instructions: properties["Octopus.Action.Manual.Instructions"] ?? "",
    teams: (properties["Octopus.Action.Manual.ResponsibleTeamIds"] ?? "").split(",").map(teamWithSlug),
  };
}

function script(name: string, properties: OclStep["properties"]): ScriptStep {
  return { kind: "script", name, template, parameters: ofTemplate(properties) };
}

function ofTemplate(properties: OclStep["properties"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name.startsWith("ChildProject.")));
}

/** The teams that the text around the process names. */
function teamWithSlug(slug: string): string {
  const named = [...train.matchAll(/the team _([^_]+)_/g)].map(([, name = ""]) => name);
  const team = named.find((name) => name.toLowerCase().replaceAll(" ", "-") === slug);
  if (team === undefined) throw new Error(`The text names no team for ${slug}.`);
  return team;
}

function stepNamed(name: string): ParentStep {
  const found = process.find(({ step }) => step.name === name);
  if (found === undefined) throw new Error(`The process has no step "${name}".`);
  return found.step;
}

/** A script step of the process with other values in some fields. */
function withFields(name: string, fields: Readonly<Record<string, string>>): ScriptStep {
  const step = stepNamed(name);
  if (step.kind !== "script") throw new Error(`${name} has no fields.`);
  return { ...step, parameters: { ...step.parameters, ...fields } };
}

async function serve(): Promise<OctopusServer> {
  const server = await startOctopusServer({ world: "rm" });
  onTestFinished(() => server.stop());
  return server;
}

interface Played {
  readonly result: ParentResult;
  /** What approvers saw. */
  readonly instructions: readonly string[];
  /** Child deployments that existed when they were asked. */
  readonly before: readonly string[];
}

/** Deploys the parent of the sample application; Bob answers whatever his team is asked. */
async function play(
  server: OctopusServer,
  steps: readonly ParentStep[],
  { environment = "Staging", ...more }: Partial<ParentDeployment> = {},
): Promise<Played> {
  const instructions: string[] = [];
  const before: string[] = [];
  const { parent: result } = await playParent(server, {
    project: "Release Orchestration",
    release: "2021.1.0.1",
    environment,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    people: (question) => {
      expect(question.teams).toEqual(["Business Owners"]);
      instructions.push(question.instructions);
      before.push(...created(server));
      server.advance(60_000);
      return { by: "bob", result: "Proceed" };
    },
    ...more,
    steps,
  });
  return { result, instructions, before };
}

/** What the step has created, in order. */
function created(server: OctopusServer): readonly string[] {
  const { history, projects, environments, users } = server.simulator.state();
  return [...history.deployments.values()]
    .filter(({ deployedById }) => users.get(deployedById)?.username === "release-conductor")
    .map(({ projectId, releaseId, environmentId }) => {
      const version = history.releases.get(releaseId)?.version;
      return `${projects.get(projectId)?.name} ${version} to ${environments.get(environmentId)?.name}`;
    });
}

function logOf(result: ParentResult, step: string): string {
  return stepOf(result, step)
    .log.map(({ text }) => text)
    .join("\n");
}

/** The sample application, in the order in which it is deployed; those in the middle start together. */
function sample(environment: string): readonly string[] {
  return ["Database 2021.1.0.11", "Web API 2021.1.0.22", "Scheduling Service 2021.1.0.7", "Web UI 2021.1.0.15"].map(
    (release) => `${release} to ${environment}`,
  );
}

const digestOf = (text = "") => /^Plan ([0-9a-f]{32}) \(train of 4: /.exec(text)?.[1] ?? "none";

describe("a release train in two steps", () => {
  test("the table and the process say the same", () => {
    const scripts = process.filter(({ step }) => step.kind === "script");

    expect(process.map(({ step }) => step.name)).toEqual([
      "Plan the release",
      "Approve the release",
      "Deploy the release",
    ]);
    expect(scripts.map(({ properties }) => ofTemplate(properties))).toEqual([fieldsOf(1), fieldsOf(2)]);
    expect(expressions(train)[0]).toBe(process[1]?.properties["Octopus.Action.Manual.Instructions"]);
    expect(process[1]?.properties["Octopus.Action.Manual.BlockConcurrentDeployments"]).toBe("False");
  });

  test("the process is what Octopus writes for the template", () => {
    const { Version } = Object(JSON.parse(page("step-template.json")));

    for (const { step, action, properties } of process) {
      const others = Object.keys(properties).filter((name) => !name.startsWith("ChildProject."));
      if (step.kind === "manual-intervention") {
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
      expect(properties["Octopus.Action.RunOnServer"]).toBe("true");
      expect(properties["Octopus.Action.Template.Id"]).toMatch(/^ActionTemplates-\d+$/);
      expect(train).toContain(`\`${properties["Octopus.Action.Template.Id"]}\``);
      expect(properties["Octopus.Action.Template.Version"]).toBe(String(Version));
      expect(Object.keys(ofTemplate(properties)).filter((name) => !(name in template.defaults))).toEqual([]);
      expect(action.values).toMatchObject({ action_type: "Octopus.Script", worker_pool: expect.any(String) });
    }
  });

  test("plans, shows people the plan with its digest, and deploys exactly that, level by level", async () => {
    const server = await serve();

    const { result, instructions, before } = await play(
      server,
      process.map(({ step }) => step),
    );

    expect(result.state, logOf(result, "Deploy the release")).toBe("Success");
    expect(before, "the first step creates nothing").toEqual([]);
    expect([...created(server)].sort(inOrder)).toEqual([...sample("Staging")].sort(inOrder));
    const log = logOf(result, "Deploy the release");
    expect(log).toContain(`Using the approved plan ${digestOf(instructions[0])}`);
    expect(log.match(/^Level \d of .*/gm)).toEqual([
      "Level 1 of 3: Database",
      "Level 2 of 3: Web API, Scheduling Service",
      "Level 3 of 3: Web UI",
    ]);
  });

  test("stops at a child that fails, or goes on, as the page says", async () => {
    const server = await serve();
    server.simulator.addScript({ project: "Scheduling Service", result: "Failed", times: 1 });
    const deploy = stepNamed("Deploy the release");

    const stopped = stepOf((await play(server, [deploy])).result, "Deploy the release");
    const again = stepOf((await play(server, [deploy])).result, "Deploy the release");
    const other = await serve();
    other.simulator.addScript({ project: "Scheduling Service", result: "Failed", times: 1 });
    const policy = { [nameOf("When a child fails")]: "Continue" };
    const continued = stepOf(
      (await play(other, [withFields("Deploy the release", policy)])).result,
      "Deploy the release",
    );

    expect(train).toMatch(/- \*\*Stop\*\*: no further child starts.*`NotStarted`/);
    expect(train).toMatch(/- \*\*Continue\*\*: all children start/);
    expect(stopped.status).toBe("Failed");
    expect(stopped.outputs).toMatchObject({
      Deployed: "Database\nWeb API",
      Failed: "Scheduling Service",
      NotStarted: "Web UI",
    });
    expect(again.status).toBe("Success");
    expect(again.outputs).toMatchObject({ Deployed: "Scheduling Service\nWeb UI", Skipped: "Database\nWeb API" });
    expect(continued.status).toBe("Failed");
    expect(continued.outputs).toMatchObject({ Deployed: "Database\nWeb API\nWeb UI", Failed: "Scheduling Service" });
  });

  test("its list with settings of single children is what the step understands", async () => {
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

  test("its `if missing: skip` skips a project that does not exist yet", async () => {
    const [list = ""] = code(train, "text");
    const world = JSON.parse(page("test/worlds/rm.json"));
    const projects = world.projects.filter(({ name }: { name: string }) => name !== "Scheduling Service");
    const server = await startOctopusServer({ world: { ...world, projects } });
    onTestFinished(() => server.stop());
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

    const shown = [readme, page("src/step/README.md"), trains].map((text) =>
      expressions(text).filter((expression) => expression.includes("Child[")),
    );

    for (const found of shown)
      expect(found.map((expression) => evaluate(expression, variables))).toEqual(["2021.1.0.22"]);
    const outputs = stepOf(result, "Deploy the release").outputs;
    const listed = [...section(readme, "Output variables").matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
    );
    expect(listed.length).toBeGreaterThan(6);
    expect(listed.filter((name) => !(name in outputs))).toEqual([]);
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

test("one step per component: each has a plan, and people see all of them", async () => {
  const server = await serve();
  const instructions = expressions(section(readme, "One step per component")).join("\n\n");
  const steps = ["Database", "Web API"].map((component): ScriptStep => ({
    ...withFields("Plan the release", { [nameOf("Child projects")]: component }),
    name: `Plan ${component}`,
  }));

  const shown = await play(server, [
    ...steps,
    { kind: "manual-intervention", name: "Approve", teams: ["Business Owners"], instructions },
  ]);

  expect(shown.instructions[0]).toMatch(
    /Plan [0-9a-f]{32} \(Database to Staging\)[^]*Plan [0-9a-f]{32} \(Web API to Staging\)/,
  );
});

test("approve today, deploy tomorrow: what was approved goes to Production, whatever Staging has got since", async () => {
  const server = await serve();
  const text = section(approvals, "Approve today, deploy tomorrow").replace(/\s+/g, " ");
  const settings = [...text.matchAll(/set (?:the|its) _([^_]+)_ (?:of _([^_]+)_ )?to `([^`]+)`/g)];
  const [, today = "", first = "", second = "", approval = ""] =
    /Limit the steps _(([^_]+)_ and _([^_]+))_ to _([^_]+)_/.exec(text) ?? [];
  const [, last = "", production = ""] = /Limit _([^_]+)_ to (\w+)/.exec(text) ?? [];
  const fields = (step: string) =>
    Object.fromEntries(
      settings.flatMap(([, label = "", of = last, value = ""]) =>
        of === step ? [[nameOf(label), value] as const] : [],
      ),
    );
  expect([today, settings.length]).toEqual([`${first}_ and _${second}`, 2]);

  await play(server, [stepNamed(last)]);
  const planned = await play(server, [withFields(first, fields(first)), stepNamed(second)], { environment: approval });
  server.advance(20 * 3_600_000);
  const newer = { version: "2021.1.0.12", deployments: ["Development", "Test", "Staging"] };
  server.simulator.addWorld({ projects: [{ name: "Database", releases: [newer] }] });
  const { result } = await play(server, [withFields(last, fields(last))], { environment: production });

  expect(planned.before, "only the deployments to Staging").toEqual(created(server).slice(0, 4));
  expect(result.state, logOf(result, last)).toBe("Success");
  expect(created(server).slice(4).sort(inOrder)).toEqual([...sample("Production")].sort(inOrder));
  expect(logOf(result, last)).toContain(`Using the approved plan ${digestOf(planned.instructions[0])}`);
});

test("the user roles that the page on approvals asks for are enough to plan, deploy and answer", async () => {
  const rows = [
    ...section(approvals, "Permissions of the service account").matchAll(/^\| (?!User role|-)(.+?) \| (.+?) \|/gm),
  ]
    .map(([, role = "", where = ""]) => ({ role, where }))
    .slice(0, 5);
  const custom = rows.flatMap(({ role }) => {
    const [, name, list = ""] = /^(.+), a custom role with (.+)$/.exec(role) ?? [];
    return name === undefined ? [] : [{ name, permissions: list.replaceAll("`", "").split(", ") }];
  });
  const roles = rows.map(({ role, where }) => {
    const [name = ""] = role.split(", a custom role");
    return where.startsWith("system") ? { role: name, system: true } : name;
  });
  const world = JSON.parse(page("test/worlds/rm.json"));
  const server = await startOctopusServer({
    world: {
      ...world,
      userRoles: custom,
      teams: world.teams.map((team: { name: string }) =>
        team.name === "Release Conductors" ? { ...team, roles } : team,
      ),
    },
  });
  onTestFinished(() => server.stop());
  const interventions = [{ instructions: "Change it?", teams: ["Business Owners", "Release Conductors"] }];
  server.simulator.addScript({ project: "Database", duration: "2m", steps: [{ name: "Confirm", interventions }] });

  const { result } = await play(
    server,
    process.map(({ step }) => step),
  );

  const log = logOf(result, "Deploy the release");
  expect(custom).toHaveLength(1);
  expect(roles).toHaveLength(5);
  expect(result.state, log).toBe("Success");
  expect(stepOf(result, "Deploy the release").outputs["ApprovedBy"]).toContain("Bob");
  expect(log).not.toMatch(/lack|not allowed|may not/);
});

test("the list of the page on trains is what the step understands", () => {
  const [list = ""] = code(section(trains, "The list"), "text");

  const { children, problems } = parseChildList(list, listLabels);

  expect(problems).toEqual([]);
  expect(children.filter(({ together }) => !together)).toHaveLength(3);
  expect(trains).toMatch(/The\s+list above has three\s+levels/);
});

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
