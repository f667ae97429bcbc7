import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { runOrWalk, walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Run, type RunOptions, serve } from "./scenario.ts";

const token = (name: string) => ["#", "{", name, "}"].join("");

const viewing = ["ProjectView", "ProcessView", "LifecycleView", "EnvironmentView", "ReleaseView"];

function world() {
  const releases = [
    {
      version: "1.0",
      created: "-3h",
      deployments: [
        { environment: "Development", at: "-3h" },
        { environment: "Test", at: "-2h" },
      ],
    },
  ];
  return orchestration({
    tenants: [{ name: "Contoso", projects: { "Web API": ["Test", "Staging"] } }],
    projects: [
      child("Web API", releases, {
        channels: [{ name: "Default", isDefault: true }, { name: "Hotfix" }],
        tenanted: "TenantedOrUntenanted",
      }),
      child("Web UI", releases),
    ],
    users: [{ name: "release-conductor", service: true }, "developer", "blind", "taskless", "deploymentless"],
    userRoles: [
      {
        name: "Blind viewer",
        permissions: ["ProjectView", "LifecycleView", "ReleaseView", "DeploymentView", "TaskView"],
      },
      { name: "Taskless viewer", permissions: [...viewing, "DeploymentView", "DeploymentCreate"] },
      { name: "Deploymentless viewer", permissions: [...viewing, "TaskView", "DeploymentCreate"] },
    ],
    teams: [
      {
        name: "Release Management",
        members: ["release-conductor"],
        roles: ["Deployment creator", "Project viewer", "Environment viewer"],
      },
      {
        name: "Developers",
        members: ["developer"],
        roles: [
          { role: "Deployment creator", environments: ["Development", "Test"] },
          "Project viewer",
          "Environment viewer",
        ],
      },
      { name: "Taskless", members: ["taskless"], roles: ["Taskless viewer"] },
      { name: "Deploymentless", members: ["deploymentless"], roles: ["Deploymentless viewer"] },
      { name: "Blind", members: ["blind"], roles: ["Blind viewer"] },
    ],
  });
}

interface Case {
  readonly rule: string;
  readonly project?: string;
  readonly parameters?: Parameters;
  readonly options?: Pick<RunOptions, "as" | "key">;
  readonly message: RegExp;
  readonly shipped?: true;
}

const cases: readonly Case[] = [
  {
    rule: "an unknown project, with the nearest that exists",
    project: "Web APl",
    message: /The child project "Web APl" was not found in the space "Default"\. The nearest names: "Web API"/,
  },
  {
    rule: "an unknown channel",
    parameters: { "ChildProject.Channel.Name": "Hotfixes" },
    message: /The channel "Hotfixes" was not found in the project "Web API"\. .*"Hotfix"/,
  },
  {
    rule: "an unknown destination",
    parameters: { "ChildProject.Destination.EnvironmentName": "Stagging" },
    message: /The destination environment "Stagging" was not found .*"Staging"/,
  },
  {
    rule: "an unknown source environment",
    parameters: { "ChildProject.SourceEnvironment.Name": "Tset" },
    message: /The source environment "Tset" was not found .*"Test"/,
  },
  {
    rule: "an unknown space",
    parameters: { "ChildProject.Space.Name": "Defualt" },
    message: /The space "Defualt" was not found on this server\. .*"Default"/,
  },
  {
    rule: "source and destination the same",
    parameters: { "ChildProject.SourceEnvironment.Name": "staging" },
    message: /The source environment and the destination environment of "Web API" are both "Staging"/,
  },
  {
    rule: "a blank project",
    shipped: true,
    parameters: { "ChildProject.Project.Name": " " },
    message: /"Child projects" \(ChildProject\.Project\.Name\) is empty: enter the name of the child project/,
  },
  {
    rule: "a blank destination",
    parameters: { "ChildProject.Destination.EnvironmentName": "" },
    message: /\(ChildProject\.Destination\.EnvironmentName\) is empty/,
  },
  {
    rule: "a blank URL",
    parameters: { "ChildProject.Web.ServerUrl": "" },
    message: /\(ChildProject\.Web\.ServerUrl\) is empty/,
  },
  { rule: "a blank key", parameters: { "ChildProject.Api.Key": "" }, message: /\(ChildProject\.Api\.Key\) is empty/ },
  {
    rule: "an unresolved variable in a required field",
    parameters: { "ChildProject.Project.Name": token("Project.Typo") },
    message: /\(ChildProject\.Project\.Name\) contains #\{Project\.Typo\}, which Octopus could not resolve/,
  },
  {
    rule: "an unresolved variable in an optional field",
    parameters: { "ChildProject.Channel.Name": token("Channel.Typo") },
    message: /\(ChildProject\.Channel\.Name\) contains #\{Channel\.Typo\}/,
  },
  {
    rule: "an unresolved variable in a number",
    parameters: { "ChildProject.CancelDeployment.Seconds": token("Limit") },
    message: /\(ChildProject\.CancelDeployment\.Seconds\) contains #\{Limit\}/,
  },
  {
    rule: "an unresolved variable in an option",
    parameters: { "ChildProject.WhatIf.Value": token("WhatIf") },
    message: /\(ChildProject\.WhatIf\.Value\) contains #\{WhatIf\}/,
  },
  {
    rule: "an unresolved variable in the key",
    shipped: true,
    parameters: { "ChildProject.Api.Key": token("Key.Typo") },
    message: /\(ChildProject\.Api\.Key\) contains (\*+|#\{Key\.Typo\}), which Octopus could not resolve/,
  },
  {
    rule: "a word instead of seconds",
    parameters: { "ChildProject.CancelDeployment.Seconds": "abc" },
    message: /\(ChildProject\.CancelDeployment\.Seconds\) is "abc": enter a number of seconds/,
  },
  {
    rule: "an option that does not exist",
    parameters: { "ChildProject.DeploymentMode.Value": "Promotion" },
    message: /is "Promotion": choose one of Promote, Redeploy, AlwaysLatest/,
  },
  {
    rule: "a wrong key",
    shipped: true,
    options: { key: "API-WRONGWRONGWRONG" },
    message: /the API key was not accepted|did not accept the API key/i,
  },
  {
    rule: "a key that may not deploy to the destination",
    shipped: true,
    options: { as: "developer" },
    message: /the API key lacks the permission DeploymentCreate for the project "Web API" in "Staging"/,
  },
  {
    rule: "a key that may not see tasks: no deployment counts as successful because its task is hidden",
    options: { as: "taskless" },
    message: /seem to have no server task any more, perhaps only because the API key lacks the permission TaskView/,
  },
  {
    rule: "a key that may not see deployments: an empty list does not count",
    options: { as: "deploymentless" },
    message:
      /No deployment to the source environments was found, perhaps only because the API key lacks the permission DeploymentView/,
  },
  {
    rule: "a key that may not see environments",
    options: { as: "blind" },
    message:
      /The destination environment "Staging" was not found in the child's space\. The API key cannot see any destination environment/,
  },
];

describe("bad input ends with one readable message, exit code 1, and nothing created", () => {
  test.each(cases)("$rule", async ({ project = "Web API", parameters, options = {}, message, shipped }) => {
    const server = await serve(world());

    const key = options.key ?? server.keys[options.as ?? "release-conductor"] ?? "";
    const result =
      shipped === true
        ? await runOrWalk(server, project, parameters, options)
        : await walk(server, { child: project, ...(parameters && { parameters }), key });

    expectRefusal(server, result, message);
  });

  test("all problems of the parameters are reported at once", async () => {
    const server = await serve(world());

    const parameters = {
      "ChildProject.Project.Name": "",
      "ChildProject.WhatIf.Value": "perhaps",
      "ChildProject.QueueTimeout.Seconds": "-3",
    };
    const { log } = await walk(server, { child: "Web API", parameters });

    expect(log.match(/^- "/gm) ?? log.match(/- "/g)).toHaveLength(3);
    expect(server.journal().filter(({ path }) => path.includes("/projects?"))).toEqual([]);
  });
});

test("all unknown names, of the child and of the parent, are in one message", async () => {
  const server = await serve(world());

  const result = await walk(server, {
    child: "Web API",
    parameters: {
      "ChildProject.Destination.EnvironmentName": "Stagging",
      "ChildProject.SourceEnvironment.Name": "Tset",
      "ChildProject.Channel.Name": "Hotfixes",
      "ChildProject.Tenant.Name": "Contosa",
      "ChildProject.ManualIntervention.EnvironmentToUse": "Prodd",
    },
  });

  const named = [...(result.outputs.Message ?? "").matchAll(/The ([^.]+?) was not found/g)].map(([, name]) => name);
  expect(named, result.log).toEqual([
    'destination environment "Stagging"',
    'source environment "Tset"',
    'tenant "Contosa"',
    'channel "Hotfixes"',
    'approval environment "Prodd"',
  ]);
  expectRefusal(server, result, /"Stagging"/);
});

test("other names are checked even if the project is unknown", async () => {
  const server = await serve(world());

  const { outputs } = await walk(server, {
    child: "Web APl",
    parameters: { "ChildProject.Destination.EnvironmentName": "Stagging" },
  });

  expect(outputs.Message).toMatch(
    /^The child project "Web APl" .*\. The destination environment "Stagging" .*"Staging"/,
  );
});

describe("unusual input that works", () => {
  test.each([
    { rule: "a project name in another case", project: "wEB api", parameters: {} },
    { rule: "a slug", project: "web-api", parameters: {} },
    { rule: "a trailing slash", project: "Web API", parameters: {}, slash: true },
    { rule: "a server in a virtual directory", project: "Web API", parameters: {}, basePath: "/octopus" },
  ])("$rule", async ({ project, parameters, slash, basePath }) => {
    const server = await serve(world(), basePath === undefined ? {} : { basePath });

    const { exitCode, log } = await walk(server, {
      child: project,
      parameters: {
        ...parameters,
        ...(slash === true ? { "ChildProject.Web.ServerUrl": `${server.url}/` } : {}),
      },
    });

    expect(exitCode, log).toBe(0);
    expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
  });
});

describe("something else answers instead of the Octopus Server", () => {
  const others: { readonly close: () => void }[] = [];
  afterEach(() => {
    for (const other of others.splice(0)) other.close();
  });

  async function listen(listener: RequestListener): Promise<string> {
    const other = createServer(listener).listen(0, "127.0.0.1");
    others.push({ close: () => other.close() });
    await once(other, "listening");
    const address = other.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  }

  test.each([
    {
      rule: "no program listens",
      listener: undefined,
      message: /could not be reached|refused/i,
    },
    {
      rule: "it redirects",
      listener: ((_, response) =>
        response.writeHead(302, { location: "https://login.example.com/start" }).end()) satisfies RequestListener,
      message: /https:\/\/login\.example\.com\/start/,
    },
    {
      rule: "it answers with HTML",
      listener: ((_, response) =>
        response
          .writeHead(200, { "content-type": "text/html" })
          .end("<html><body>Welcome to nginx</body></html>")) satisfies RequestListener,
      message: /did not answer as Octopus does/,
    },
    {
      rule: "it answers with an HTML error page",
      listener: ((_, response) =>
        response
          .writeHead(404, { "content-type": "text/html" })
          .end("<html><body>Not here</body></html>")) satisfies RequestListener,
      message: /404/,
    },
  ])("$rule", async ({ listener, message }) => {
    const server = await serve(world());
    const url = listener === undefined ? "http://127.0.0.1:9" : await listen(listener);

    const result = await walk(server, { child: "Web API", parameters: { "ChildProject.Web.ServerUrl": url } });

    expectRefusal(server, result, message);
    expect(result.log).not.toContain("<html>");
  });
});

function expectRefusal(server: OctopusServer, result: Run, message: RegExp): void {
  const errors = result.log.split(/\n(?=\w+: )/).filter((line) => line.startsWith("fatal: "));
  expect(errors, result.log).toHaveLength(1);
  expect(errors[0]).toMatch(message);
  expect(result.exitCode).toBe(1);
  expect(result.resultMessage).toMatch(message);
  expect(result.outputs).toMatchObject({ Outcome: "Failed", ChildReleaseToDeploy: "False", ReleaseToPromote: "N/A" });
  expect(created(server)).toEqual([]);
  expect(JSON.stringify(result)).not.toContain(server.keys["release-conductor"]);
}
