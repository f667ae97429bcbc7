import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { asId } from "../../src/model.ts";
import { echoesOf } from "../../src/rules/secrets.ts";
import { connect, errorOf } from "../octopus/connect.ts";
import type { FaultInput } from "../octopus-server/http/faults.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { stepOf } from "../parent-process/parent-result.ts";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Project, type Run, run, serve } from "./scenario.ts";

type Variables = NonNullable<Project["variables"]>;

const variables: Variables = [
  { name: "Approver", prompt: { label: "Who approves?", required: true } },
  { name: "Change.Number", value: "CHG0", prompt: { label: "Change", required: true } },
  { name: "Banner", prompt: { control: "MultiLineText" } },
  { name: "Database.Password", sensitive: true, prompt: { label: "Password", required: true } },
  { name: "Colour", value: "r", prompt: { control: "Select", options: ["r|Red one", "b|Blue one"] } },
  { name: "Reindex", value: "False", prompt: { control: "Checkbox" } },
  { name: "Only.Test", environments: ["Test"], prompt: { required: true } },
];

const releases = [{ version: "1.0", notes: "Faster.", deployments: ["Development", "Test"] }];

function world(more: Partial<World> = {}, project: Partial<Project> = {}): World {
  return orchestration({ projects: [child("Web API", releases, { variables, ...project })], ...more });
}

function values(text: string | object): Parameters {
  return { "ChildProject.Prompted.Variables": typeof text === "string" ? text : JSON.stringify(text) };
}

/** What was sent with each request to create a deployment, by the names of the variables. */
function sent(server: OctopusServer): readonly Readonly<Record<string, string>>[] {
  const all = [...server.simulator.state().variableSets.values()].flatMap((set) => set.variables);
  const Body = z.object({ FormValues: z.record(z.string(), z.string()) });
  return server
    .journal()
    .filter(({ route }) => route === "POST deployments")
    .map(({ body }) =>
      Object.fromEntries(
        Object.entries(Body.parse(body).FormValues).map(([key, value]) => [
          all.find(({ id }) => id === key)?.name ?? key,
          value,
        ]),
      ),
    );
}

describe("values for the child's prompted variables", () => {
  test.each([
    {
      rule: "lines split at the first ::, names in any case, the defaults of the others",
      parameter: values("approver::Sam::and Max \n\n DATABASE.password :: hunter2hunter2 "),
      form: { Approver: "Sam::and Max", "Database.Password": "hunter2hunter2" },
    },
    {
      rule: "JSON keeps lines and blanks, and a label may stand for the name",
      parameter: values({ "who approves?": "Sam", password: " p 4 ", banner: "one\ntwo\n" }),
      form: { Approver: "Sam", "Database.Password": " p 4 ", Banner: "one\ntwo\n" },
    },
    {
      rule: "a select by its text, a checkbox by Yes",
      parameter: values({ Approver: "Sam", Password: "p4", Colour: "blue ONE", Reindex: "yes", Change: 4711 }),
      form: { Approver: "Sam", "Database.Password": "p4", Colour: "b", Reindex: "True", "Change.Number": "4711" },
    },
  ])("$rule", async ({ parameter, form }) => {
    const server = await serve(world());

    const { exitCode, log } = await walk(server, { child: "Web API", parameters: parameter });

    expect(exitCode, log).toBe(0);
    const defaults = { "Change.Number": "CHG0", Banner: "", Colour: "r", Reindex: "False" };
    expect(sent(server)).toEqual([{ ...defaults, ...form }]);
  });

  const problems = [
    'Missing value for the required prompted variable "Approver" (Who approves?), "Database.Password" (Password)',
    'does not prompt for a variable "Apprver"',
    '"Colour" takes one of these: "Red one", "Blue one"',
    '"Reindex" is a checkbox',
  ];

  test.each([
    {
      rule: "a blank parameter is checked as well",
      parameter: values(""),
      says: ['"Approver" (Who approves?), "Database.Password" (Password)'],
    },
    {
      rule: "all problems are reported at once",
      parameter: values({ Apprver: "Sam", Colour: "hunter2hunter2", Reindex: "hunter3hunter3" }),
      says: problems,
    },
  ])("$rule: nothing is created, and what-if says the same", async ({ parameter, says }) => {
    const server = await serve(world());

    const real = await walk(server, { child: "Web API", parameters: parameter });
    const whatIf = await walk(server, {
      child: "Web API",
      parameters: { ...parameter, "ChildProject.WhatIf.Value": "Yes" },
    });

    expect([real.exitCode, whatIf.exitCode]).toEqual([1, 0]);
    expect(whatIf.outputs.ChildReleaseToDeploy).toBe("False");
    for (const { outputs } of [real, whatIf]) {
      expect(outputs.Reason).toBe("Blocked");
      for (const text of says) expect(outputs.Message).toContain(text);
      expect(outputs.Message).not.toContain("hunter");
    }
    expect(created(server)).toEqual([]);
  });

  test("values that the plan could not check are checked before anything is created", async () => {
    const server = await serve(world());
    const route = "releases/{id}/deployments/preview/{environment}";
    server.simulator.addFault({ method: "GET", route, times: 1, status: 400 });

    const { exitCode, outputs } = await walk(server, {
      child: "Web API",
      parameters: values("Colour::hunter2hunter2"),
    });

    expect(exitCode).toBe(1);
    expect(outputs.Message).toContain('The prompted variables do not fit the release 1.0 of "Web API"');
    expect(outputs.Message).toContain('"Colour" takes one of these');
    expect(created(server)).toEqual([]);
  });

  test("values that cannot be read are reported together with all other problems, before any request", async () => {
    const server = await serve(world());

    const { exitCode, log } = await walk(server, {
      child: "Web API",
      parameters: {
        ...values('{ "A": "hunter2", "a": "hunter2", "B": { "c": "hunter2" }, "D": null }'),
        "ChildProject.WhatIf.Value": "maybe",
        "ChildProject.Deployment.FutureTime": "25:00",
      },
    });
    const lines = await walk(server, {
      child: "Web API",
      parameters: values("Password:hunter2\nPin::1\n::hunter2\npin::2"),
    });

    expect([exitCode, lines.exitCode]).toEqual([1, 1]);
    for (const text of [
      '"a" is given more than once',
      'the value of "B" is neither',
      'the value of "D"',
      "maybe",
      "25:00",
    ])
      expect(log).toContain(text);
    for (const text of ['line 1 lacks the "::"', 'line 3 has no name before the "::"', '"pin" is given more than once'])
      expect(lines.log).toContain(text);
    expect(log + lines.log).not.toContain("hunter2");
    expect(server.journal()).toEqual([]);
  });
});

describe("a value for a variable that the release does not prompt for here", () => {
  const needed = "Approver::Sam\nPassword::hunter2hunter2\n";
  const reads = (server: OctopusServer) =>
    server.journal().filter(({ route }) => route === "GET variables/{id}").length;

  test("prompted for in another environment: ignored, and the log says so", async () => {
    const server = await serve(world());

    const { exitCode, log } = await walk(server, {
      child: "Web API",
      parameters: values(`# for Test\n\n${needed}only.TEST::hunter3`),
    });

    expect(exitCode, log).toBe(0);
    expect(sent(server)[0]).toMatchObject({ Approver: "Sam" });
    expect(Object.keys(sent(server)[0] ?? {})).not.toContain("Only.Test");
    expect(log).toMatch(/info: The value for the prompted variable "only\.TEST" is ignored/);
    expect(log).not.toContain("hunter3");
  });

  test("the release's variables are not read if it prompts for every value", async () => {
    const server = await serve(world());

    await walk(server, {
      child: "Web API",
      parameters: { ...values(needed), "ChildProject.WaitForFinish.Value": "No" },
    });

    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
    expect(reads(server)).toBe(0);
  });

  test("one step serves every environment: the value is sent in Staging, which alone prompts for it", async () => {
    const only: Variables = [{ name: "Change", environments: ["Staging"], prompt: { label: "CR", required: true } }];
    const server = await serve(orchestration({ projects: [child("Web API", ["1.0"], { variables: only })] }));

    for (const to of ["Development", "Test", "Staging"]) {
      const { exitCode, log } = await walk(server, {
        child: "Web API",
        parameters: values("Change::CHG123"),
        environment: to,
      });
      expect(exitCode, log).toBe(0);
    }

    expect(sent(server)).toEqual([{}, {}, { Change: "CHG123" }]);
  });

  test("the key cannot see whether it is prompted for elsewhere: an error that names the permission, and nothing is created", async () => {
    const userRoles = [{ name: "Task canceller", permissions: ["TaskCancel"] }];
    const server = await serve(world({ userRoles }));

    const { exitCode, outputs } = await walk(server, { child: "Web API", parameters: values(`${needed}Only.Test::x`) });

    expect(exitCode).toBe(1);
    expect(outputs.Message).toContain('does not prompt for a variable "Only.Test"');
    expect(outputs.Message).toContain("The API key cannot see whether it does elsewhere (VariableView)");
    expect(created(server)).toEqual([]);
  });

  test("unknown: an error, or a warning in Redeploy mode", async () => {
    const server = await serve(
      world({}, { releases: [{ version: "1.0", deployments: ["Development", "Test", "Staging"] }] }),
    );
    const parameters = values(`${needed}Nothing::x`);

    const promoted = await walk(server, {
      child: "Web API",
      parameters: { ...parameters, "ChildProject.Deployment.Condition": "Always" },
    });
    const again = await walk(server, {
      child: "Web API",
      parameters: { ...parameters, "ChildProject.DeploymentMode.Value": "Redeploy" },
    });

    expect(promoted.outputs.Message).toContain('does not prompt for a variable "Nothing"');
    expect(again.outputs.Outcome, again.log).toBe("Deployed");
    expect(again.log).toMatch(/warning: The value for the prompted variable "Nothing" is ignored/);
    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
  });

  test("an expression that was escaped in the parent is resolved by the child", async () => {
    const server = await serve(world());
    const expression = ["#", "{Octopus.Environment.Name}"].join("");

    const { exitCode, log } = await walk(server, {
      child: "Web API",
      parameters: values(`${needed}Banner::to #${expression}`),
    });

    expect(exitCode, log).toBe(0);
    expect(sent(server)[0]).toMatchObject({ Banner: `to ${expression}` });
    expect(log).toMatch(/warning: The value for the prompted variable "Banner" contains an expression/);
  });
});

describe("neither the key nor a prompted value is ever printed, stored or thrown", () => {
  const password = "hunter2#hunter2";
  const pin = "4711-0815";
  const key = "-----BEGIN KEY-----\n  MIIEvQ  $&  IBADAN\n-----END KEY-----";
  const quoted = 'say "psst-psst"';
  const secrets = [password, pin, "MIIEvQ", "IBADAN", "psst-psst"];
  const secretive: Variables = [
    { name: "Password", sensitive: true, prompt: { required: true } },
    { name: "Pin", prompt: {} },
    { name: "Key", sensitive: true, prompt: { control: "MultiLineText" } },
    { name: "Quoted", prompt: {} },
  ];
  const inJson = values({ Password: password, Pin: pin, Key: key, Quoted: quoted });
  const inLines = values(`Password::${password}\nPin::${pin}\nQuoted::${quoted}`);

  /** Everything the step left behind: raw output, what Octopus made of it, variables and files. */
  function everything(of: Run): string {
    const { script, ...step } = stepOf(of.parent, "Web API");
    if (script === undefined) throw new Error("The step did not run.");
    const files = script.artifacts.map(({ name, content }) => `${name}: ${content.toString()}`);
    return [of.log, script.stdout, script.stderr, ...files, JSON.stringify([script, step])].join("\n");
  }

  function expectSecrecy(server: OctopusServer, of: Run): void {
    const text = everything(of);
    const told = [...secrets, server.keys["release-conductor"] ?? "a"].filter((secret) => text.includes(secret));
    expect(told).toEqual([]);
  }

  const echo = {
    message: `The value "${pin}" of Pin (${password}) is bad.`,
    errors: [key, `pin=${pin}; ${JSON.stringify({ quoted })}`],
  };
  const onPost: FaultInput = { method: "POST", route: "deployments", times: 1 };
  const failing = {
    project: "Web API",
    result: "Failed" as const,
    error: `Login with ${password} failed`,
    steps: [
      { name: "Deploy", result: "Failed" as const, error: `Bad pin: ${pin}`, log: [`key ${key}`, `says ${quoted}`] },
    ],
  };
  const telling = {
    project: "Web API",
    steps: [{ name: "Deploy", outputs: { Login: `sa:${password}`, Pin: pin, Migrated: "True" } }],
  };
  const relayed: Parameters = { "ChildProject.EnableEnhancedLogging.Value": "Yes" };
  const saved: Parameters = { "ChildProject.ReleaseNotes.SaveAsArtifact": "Yes" };

  test.each<{
    readonly path: string;
    readonly parameters: Parameters;
    readonly world?: Partial<World>;
    readonly faults?: readonly FaultInput[];
    readonly ends: string;
  }>([
    { path: "a deployment with values in JSON", parameters: { ...inJson, ...relayed, ...saved }, ends: "Deployed" },
    { path: "a deployment with values in lines", parameters: { ...inLines, ...saved }, ends: "Deployed" },
    { path: "a what-if run", parameters: { ...inJson, "ChildProject.WhatIf.Value": "Yes" }, ends: "WhatIf" },
    { path: "a value for an unknown variable", parameters: values({ Nothing: password, Pin: pin }), ends: "Failed" },
    { path: "a line without ::", parameters: values(`Password:${password}\n${quoted}`), ends: "Failed" },
    { path: "a broken JSON object", parameters: values(`{ "Password": "${password}", ${pin}`), ends: "Failed" },
    { path: "a nested value", parameters: values({ Password: { a: password }, Pin: [pin] }), ends: "Failed" },
    { path: "a name given twice", parameters: values(`Pin::${password}\npin::${pin}`), ends: "Failed" },
    {
      path: "a value with a half-written expression",
      parameters: values(`Password::${["#", "{"].join("")}${password}`),
      ends: "Failed",
    },
    {
      path: "a refusal that repeats the values",
      parameters: inJson,
      faults: [{ ...onPost, status: 400, ...echo }],
      ends: "Failed",
    },
    {
      path: "a server error that repeats the values, so that its effect is unknown",
      parameters: inJson,
      faults: [{ ...onPost, status: 500, ...echo }],
      ends: "Failed",
    },
    {
      path: "a server error after the deployment was created",
      parameters: inJson,
      faults: [{ ...onPost, status: 500, after: true, ...echo }],
      ends: "Deployed",
    },
    {
      path: "a missing permission, with the values in its message",
      parameters: inJson,
      faults: [{ ...onPost, status: 403, missingPermission: "DeploymentCreate", ...echo }],
      ends: "Failed",
    },
    {
      path: "a failing child that repeats the values",
      parameters: { ...inJson, "ChildProject.Deployment.Retries": "1" },
      world: { scripts: [failing] },
      ends: "Failed",
    },
    {
      path: "a failing child whose log is relayed",
      parameters: { ...inJson, ...relayed, "ChildProject.Report.SaveAsArtifact": "Yes" },
      world: { scripts: [failing] },
      ends: "Failed",
    },
    {
      path: "a child whose output variables repeat the values",
      parameters: inJson,
      world: { scripts: [telling] },
      ends: "Deployed",
    },
  ])("$path", async ({ parameters, world: more, faults = [], ends }) => {
    const server = await serve(world(more, { variables: secretive }));
    for (const fault of faults) server.simulator.addFault(fault);

    const result = await walk(server, { child: "Web API", parameters });

    expect(result.outputs.Outcome, result.log).toBe(ends);
    expectSecrecy(server, result);
  });

  test.each<FaultInput>([
    { status: 400, ...echo },
    { status: 502, ...echo },
    { status: 403, ...echo },
    { reset: "before" },
    { reset: "after" },
    { truncate: "cut" },
    { html: true },
    { redirect: "https://elsewhere.example.com{path}" },
  ])("the error of a failed request contains no part of the request: %o", async (fault) => {
    const server = await serve(world({}, { variables: secretive }));
    const credential = { kind: "api-key", value: server.apiKey } as const;
    const echoes = echoesOf([password, pin, key, quoted].map((value) => ({ name: "any", value })));
    const space = await connect(server.url, { credential, secrets: echoes });
    server.simulator.addFault({ ...onPost, ...fault });

    const formValues = { a: password, b: pin, c: key, d: quoted };
    const ids = { releaseId: asId<"Release">("Releases-2"), environmentId: asId<"Environment">("Environments-3") };
    const error = await errorOf(space.createDeployment({ ...ids, comments: "", formValues }));

    const shown = inspect(error, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(error);
    expect([...secrets, server.apiKey].filter((secret) => shown.includes(secret))).toEqual([]);
  });

  test("output variables without a value are passed on, and the log names the others", async () => {
    const server = await serve(
      world({ scripts: [telling] }, { variables: [...secretive, { name: "Reindex", prompt: {} }] }),
    );

    const { parent: result, log } = await walk(server, {
      child: "Web API",
      parameters: values({ Password: password, Pin: pin, Reindex: "True" }),
    });

    const outputs = stepOf(result, "Web API").script?.outputs ?? {};
    const passedOn = Object.keys(outputs).filter((name) => name.startsWith("Deployment["));
    expect(passedOn).toEqual(["Deployment[Deploy].Migrated"]);
    for (const name of ["Login", "Pin"])
      expect(log).toContain(
        `warning: The output variable ${name} of the child's step Deploy is not passed on, because it contains a prompted value.`,
      );
  });

  test("whatever is read about the child's task, its values are hidden", async () => {
    const server = await serve(world({ scripts: [failing] }, { variables: secretive }));
    const { outputs } = await walk(server, { child: "Web API", parameters: inJson });
    const credential = { kind: "api-key", value: server.apiKey } as const;
    const space = await connect(server.url, { credential, secrets: [password, pin] });
    const taskId = asId<"ServerTask">(outputs.TaskId ?? "");
    const projectId = [...server.simulator.state().projects.values()].find(({ name }) => name === "Web API")?.id;
    const where = { projectId: asId<"Project">(projectId ?? ""), environmentId: asId<"Environment">("Environments-3") };

    const told = JSON.stringify([
      await space.task(taskId),
      await space.tasksById([taskId]),
      await space.deploymentTasksCompletedSince({ ...where, since: 0, orFailed: true }),
      await space.taskLog(taskId),
    ]);

    expect([password, pin].filter((value) => told.includes(value))).toEqual([]);
    expect(told.match(/Bad pin: \*{8}/g)).toHaveLength(5);
  });

  test("the same through the shipped script", async () => {
    const server = await serve(world({ scripts: [failing] }, { variables: secretive }));

    const failed = await run(server, "Web API", { ...inJson, ...relayed, ...saved });
    server.simulator.addFault({ ...onPost, status: 400, ...echo });
    const refused = await run(server, "Web API", inJson);

    expect([failed.outputs.Outcome, refused.outputs.Outcome]).toEqual(["Failed", "Failed"]);
    expect(failed.log).toContain("********");
    expect(refused.log).toContain('The value "********" of Pin (********) is bad.');
    expectSecrecy(server, failed);
    expectSecrecy(server, refused);
  });
});
