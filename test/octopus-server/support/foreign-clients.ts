import type { Asker } from "./ask.ts";
import { each, textOf } from "./ask.ts";
import type { ReplayedClient } from "./callers.ts";

/** A foreign client of Octopus, and a replay of its requests in their usual order. */
export interface ForeignClient {
  readonly name: ReplayedClient;
  /** The public source of its requests. */
  readonly source: string;
  readonly replay: (ask: Asker) => Promise<void>;
}

/**
 * Programs in Go, .NET and PowerShell. The tests of a project in Node.js cannot run them, so their requests are replayed.
 * The api-client itself runs in `api-client.test.ts`.
 */
export const foreignClients: readonly ForeignClient[] = [
  { name: "Octopus CLI", source: "OctopusDeploy/cli: the expected requests of the tests below pkg/cmd", replay: cli },
  {
    name: "Terraform provider",
    source: "OctopusDeploy/go-octopusdeploy: a package below pkg for each resource, with its URI template",
    replay: terraform,
  },
  {
    name: "OctopusClients",
    source:
      "OctopusDeploy/OctopusClients: source/Octopus.Server.Client/Repositories/Async, and the links of the root documents",
    replay: dotNet,
  },
  {
    name: "Deploy Child Octopus Deploy Project",
    source: "OctopusDeploy/Library: step-templates/deploy-child-project.json, version 29",
    replay: predecessor,
  },
];

const space = "/Spaces-1";

async function id(answer: Promise<{ readonly json: { readonly [key: string]: unknown } }>): Promise<string> {
  return textOf((await answer).json["Id"]);
}

/** Creates what every client needs: a project in two environments. */
async function shop({ post }: Asker) {
  const test = await id(post(`${space}/environments`, { Name: "Test" }));
  const production = await id(post(`${space}/environments`, { Name: "Production" }));
  const lifecycle = await id(
    post(`${space}/lifecycles`, {
      Name: "Shop",
      Phases: [
        { Name: "Test", OptionalDeploymentTargets: [test] },
        { Name: "Production", OptionalDeploymentTargets: [production] },
      ],
    }),
  );
  const group = await id(post(`${space}/projectgroups`, { Name: "Shop" }));
  const project = await id(
    post(`${space}/projects`, {
      Name: "Web",
      LifecycleId: lifecycle,
      ProjectGroupId: group,
      TenantedDeploymentMode: "TenantedOrUntenanted",
    }),
  );
  return { test, production, lifecycle, group, project };
}

async function cli(ask: Asker): Promise<void> {
  const { get, post, put } = ask;
  for (const path of ["/", space, "/spaces", "/spaces/all", "/users/me", "/users/all", "/teams"]) await get(path);
  await post("/spaces", { Name: "Other", SpaceManagersTeamMembers: ["users-admin"] });
  await get(`${space}/projectgroups/all`);
  await get(`${space}/lifecycles/all`);
  const { test, lifecycle, project } = await shop(ask);
  await post(`${space}/channels`, { Name: "Hotfix", ProjectId: project, LifecycleId: lifecycle });
  await get(`${space}/lifecycles/${lifecycle}`);
  await get(`${space}/tagsets`);
  const tenant = await id(post(`${space}/tenants`, { Name: "Contoso" }));
  const connected = await get(`${space}/tenants/${tenant}`);
  await put(`${space}/tenants/${tenant}`, { ...connected.json, ProjectEnvironments: { [project]: [test] } });
  for (const list of ["tenants", "tenants/all", "environments", "environments/all", "projects", "projects/all"])
    await get(`${space}/${list}`);
  const machine = await id(post(`${space}/machines`, { Name: "web-1", EnvironmentIds: [test], Roles: ["web"] }));
  await get(`${space}/machines`);
  const target = await get(`${space}/machines/${machine}`);
  await put(`${space}/machines/${machine}`, { ...target.json, IsDisabled: true });
  await put(`${space}/machines/${machine}`, { ...target.json, IsDisabled: false });
  await cliReleases(ask, test);
}

async function cliReleases({ get, post, delete: remove }: Asker, environment: string): Promise<void> {
  await get(`${space}/projects/Web`);
  const { json: found } = await get(`${space}/projects?partialName=Web`);
  const project = textOf(found["Items"]?.[0]?.["Id"]);
  const process = textOf(found["Items"]?.[0]?.["DeploymentProcessId"]);
  await get(`${space}/deploymentprocesses/${process}`);
  await get(`${space}/deploymentprocesses/${process}/template`);
  const version = { ProjectIdOrName: "Web", ReleaseVersion: "1.0.0" };
  const release = textOf((await post(`${space}/releases/create/v1`, version)).json["ReleaseId"]);
  await post(`${space}/releases/create/v1`, { ...version, ReleaseVersion: "0.9.0" });
  const { json: channels } = await get(`${space}/projects/${project}/channels`);
  await get(`${space}/channels/${textOf(channels["Items"]?.[0]?.["Id"])}`);
  await get(`${space}/channels/${textOf(channels["Items"]?.[0]?.["Id"])}/releases`);
  await get(`${space}/projects/${project}/releases`);
  await get(`${space}/projects/${project}/releases/1.0.0`);
  await get(`${space}/releases/${release}/progression`);
  await post(`${space}/releases/${release}/deployments/previews`, {
    DeploymentPreviews: [{ EnvironmentId: environment, TenantId: null }],
  });
  const { json: details } = await get(`${space}/releases/${release}`);
  await get(`${space}/variables/${textOf(details["ProjectVariableSetSnapshotId"])}`);
  await post(`${space}/releases/${release}/snapshot-variables`, {});
  await post(`${space}/releases/${release}/defects`, { Description: "slow" });
  await get(`${space}/releases/${release}/defects`);
  await post(`${space}/releases/${release}/defects/resolve`);
  const { json: started } = await post(`${space}/deployments/create/untenanted/v1`, {
    ...version,
    EnvironmentNames: ["Test"],
  });
  await post(`${space}/deployments/create/tenanted/v1`, { ...version, EnvironmentName: "Test", Tenants: ["Contoso"] });
  const task = textOf(started["DeploymentServerTasks"]?.[0]?.["ServerTaskId"]);
  await get(`${space}/tasks?ids=${task}`);
  await get(`${space}/tasks/${task}/details`);
  await post(`${space}/tasks/${task}/cancel`);
  const { json: old } = await get(`${space}/projects/${project}/releases/0.9.0`);
  await remove(`${space}/releases/${textOf(old["Id"])}`);
}

/** Creates each resource, reads it, lists it as a data source, and changes it. */
async function terraform(ask: Asker): Promise<void> {
  const { get, post } = ask;
  await get("");
  await get(space);
  const { test, production, project, ...others } = await shop(ask);
  await keep(ask, `${space}/environments`, test, { SortOrder: 5 });
  await keep(ask, `${space}/lifecycles`, others.lifecycle, { Description: "Shop" });
  await get(`${space}/projectgroups/${others.group}`);
  await get(`${space}/projectgroups`);
  await keep(ask, `${space}/projects`, project, { Description: "The shop" });
  await change(ask, `${space}/projects/${project}/deploymentsettings`, { CancelQueuedTasks: true });
  await change(ask, `${space}/deploymentprocesses/deploymentprocess-${project}`, {
    Steps: [{ Name: "Deploy", Actions: [{ Name: "Deploy", ActionType: "Octopus.Script" }] }],
  });
  await change(ask, `${space}/variables/variableset-${project}`, { Variables: [{ Name: "Url", Value: "a" }] });
  await make(ask, `${space}/channels`, { Name: "Hotfix", ProjectId: project }, { Description: "Urgent" });
  await make(ask, `${space}/tagsets`, { Name: "Ring", Tags: [{ Name: "Early" }] }, { Description: "Rings" });
  await make(ask, `${space}/tenants`, { Name: "Contoso", TenantTags: ["Ring/Early"] }, { Description: "A tenant" });
  await make(ask, `${space}/machines`, { Name: "web-1", EnvironmentIds: [test], Roles: ["web"] }, { IsDisabled: true });
  await make(ask, "/spaces", { Name: "Other", SpaceManagersTeamMembers: ["users-admin"] }, { Description: "Others" });
  await make(ask, "/users", { Username: "eve", DisplayName: "Eve" }, { DisplayName: "Eve E." });
  const team = await make(ask, `${space}/teams`, { Name: "Deployers" }, { Description: "May deploy" });
  const role = await id(post("/userroles", { Name: "Reader", GrantedSpacePermissions: ["ProjectView"] }));
  await get(`/userroles/${role}`);
  await get("/userroles");
  const given = await id(post(`${space}/scopeduserroles`, { TeamId: team, UserRoleId: role }));
  await get(`${space}/scopeduserroles/${given}`);
  await get(`${space}/teams/${team}/scopeduserroles`);
  const [Start, End] = ["2030-01-01T00:00:00.000+00:00", "2030-01-02T00:00:00.000+00:00"];
  const scope = { ProjectEnvironmentScope: { [project]: [production] } };
  await make(ask, "/deploymentfreezes", { Name: "Xmas", Start, End }, scope);
  await ask.delete("/deploymentfreezes/DeploymentFreezes-1");
}

async function make(ask: Asker, path: string, resource: object, changes: object): Promise<string> {
  const made = await id(ask.post(path, resource));
  await keep(ask, path, made, changes);
  return made;
}

async function keep(ask: Asker, path: string, resource: string, changes: object): Promise<void> {
  await ask.get(`${path}?skip=0&take=100`);
  await change(ask, `${path}/${resource}`, changes);
}

async function change({ get, put }: Asker, path: string, changes: object): Promise<void> {
  await put(path, { ...(await get(path)).json, ...changes });
}

/** The client of scripts in C# and PowerShell, and of `octo`: finds by name, creates, releases, deploys, waits and answers. */
async function dotNet(ask: Asker): Promise<void> {
  const { get, post, put } = ask;
  for (const path of ["", "/users/me", "/users/me/spaces", space, "/serverstatus", "/spaces/all"]) await get(path);
  await post("/spaces", { Name: "Other", SpaceManagersTeamMembers: ["users-admin"] });
  const { test, project, ...others } = await shop(ask);
  for (const kind of ["environments", "lifecycles", "projectgroups", "projects", "channels", "tenants", "machines"])
    for (const list of [kind, `${kind}/all`]) await get(`${space}/${list}`);
  await get(`${space}/environments/${test}`);
  await get(`${space}/lifecycles/${others.lifecycle}`);
  await get(`${space}/projects/${project}`);
  await change(ask, `${space}/projects/${project}/deploymentprocesses`, {
    Steps: [{ Name: "Ask", Actions: [{ Name: "Ask", ActionType: "Octopus.Manual" }] }],
  });
  await change(ask, `${space}/variables/variableset-${project}`, { Variables: [{ Name: "Url", Value: "a" }] });
  await post(`${space}/channels`, { Name: "Hotfix", ProjectId: project });
  await get(`${space}/projects/${project}/channels`);
  await post(`${space}/tagsets`, { Name: "Ring", Tags: [{ Name: "Early" }] });
  await get(`${space}/tagsets/all`);
  await get(`${space}/tenants/status`);
  const tenant = { Name: "Contoso", TenantTags: ["Ring/Early"], ProjectEnvironments: { [project]: [test] } };
  await keep(ask, `${space}/tenants`, await id(post(`${space}/tenants`, tenant)), {});
  await post(`${space}/machines`, { Name: "web-1", EnvironmentIds: [test], Roles: ["web"] });
  await get(`${space}/machineroles/all`);
  const user = await id(post("/users", { Username: "eve", DisplayName: "Eve" }));
  await post(`/users/${user}/apikeys`, { Purpose: "scripts" });
  await get("/users");
  await get("/users/all");
  await get("/userroles/all");
  const team = await id(post(`${space}/teams`, { Name: "Deployers", MemberUserIds: [user] }));
  await get(`${space}/teams/all`);
  await post(`${space}/scopeduserroles`, { TeamId: team, UserRoleId: "userroles-projectviewer" });
  await get(`/users/${user}/permissions`);
  await get(`/users/${user}/teams`);
  const release = await id(post(`${space}/releases`, { ProjectId: project, Version: "1.0.0" }));
  const { json: made } = await get(`${space}/projects/${project}/releases/1.0.0`);
  await put(`${space}/releases/${release}`, { ...made, ReleaseNotes: "First" });
  for (const of of ["deployments/template", `deployments/preview/${test}`, "deployments", "progression"])
    await get(`${space}/releases/${release}/${of}`);
  await dotNetDeployment(ask, { ReleaseId: release, EnvironmentId: test });
}

async function dotNetDeployment({ get, post, put }: Asker, wanted: object): Promise<void> {
  const { json: deployment } = await post(`${space}/deployments`, wanted);
  const task = textOf(deployment["TaskId"]);
  await get(`${space}/deployments`);
  await get(`${space}/deployments/${textOf(deployment["Id"])}`);
  for (const of of ["", "/details", "/raw", "/queued-behind"]) await get(`/tasks/${task}${of}`);
  await get("/tasks");
  const { json: asked } = await get(`${space}/interruptions?regarding=${task}`);
  const interruption = `${space}/interruptions/${textOf(asked["Items"]?.[0]?.["Id"])}`;
  await get(interruption);
  await get(`${interruption}/responsible`);
  await put(`${interruption}/responsible`);
  await post(`${interruption}/submit`, { Instructions: null, Notes: "", Result: "Proceed" });
  const artifact = await id(post(`${space}/artifacts`, { Filename: "a.txt", ServerTaskId: task }));
  await put(`${space}/artifacts/${artifact}/content`, "text");
  await get(`${space}/artifacts?regarding=${task}`);
  await get(`${space}/artifacts/${artifact}`);
  await get(`${space}/artifacts/${artifact}/content`);
  const { json: events } = await get(`${space}/events`);
  await get(`${space}/events/${textOf(events["Items"]?.[0]?.["Id"])}`);
  await get(`${space}/projects/${textOf(deployment["ProjectId"])}/progression`);
}

async function predecessor(ask: Asker): Promise<void> {
  const { get, post, put } = ask;
  const { test, project, lifecycle } = await shop(ask);
  const tenant = await id(post(`${space}/tenants`, { Name: "Contoso", ProjectEnvironments: { [project]: [test] } }));
  const release = await id(post(`${space}/releases`, { ProjectId: project, Version: "1.0.0" }));
  await get("/spaces?partialName=Default&skip=0&take=100");
  for (const list of ["projects", "tenants", "environments", "machines"])
    await get(`${space}/${list}?partialName=Web&skip=0&take=1000`);
  const { json: channels } = await get(`${space}/projects/${project}/channels?skip=0&take=1000`);
  const channel = textOf(channels["Items"]?.[0]?.["Id"]);
  await get(`${space}/lifecycles/${lifecycle}/preview`);
  await get(`${space}/channels/${channel}/releases?skip=0&take=100`);
  await get(`/tasks?skip=0&take=100&spaces=Spaces-1&includeSystem=false&project=${project}&name=Deploy&states=Success`);
  for (const of of [
    "",
    "/deployments",
    "/deployments/template",
    `/deployments/preview/${test}?includeDisabledSteps=true`,
  ])
    await get(`${space}/releases/${release}${of}`);
  await post(`${space}/releases/${release}/deployments/previews`, {
    DeploymentPreviews: [{ EnvironmentId: test, TenantId: tenant }],
  });
  await get(
    `${space}/deploymentprocesses/deploymentprocess-${project}/template?channel=${channel}&releaseId=${release}`,
  );
  await post(`${space}/releases/${release}/snapshot-variables`);
  const { json: deployment } = await post(`${space}/deployments`, { ReleaseId: release, EnvironmentId: test });
  const task = textOf(deployment["TaskId"]);
  await get(`${space}/deployments/${textOf(deployment["Id"])}`);
  await get(`${space}/tasks/${task}`);
  await get(`${space}/tasks/${task}/details`);
  await get(`${space}/interruptions?regarding=${task}`);
  const { json: asked } = await get(`${space}/interruptions`);
  const interruption = textOf(asked["Items"]?.[0]?.["Id"]);
  await put(`${space}/interruptions/${interruption}/responsible`);
  await post(`${space}/interruptions/${interruption}/submit`, { Instructions: null, Notes: "", Result: "Proceed" });
  const events = await get(`/events?regardingAny=${task}&spaces=Spaces-1&includeSystem=true`);
  const user = each(events, "UserId").find((userId) => userId !== "users-system");
  await get(`/teammembership?userId=${textOf(user)}&spaces=Spaces-1&includeSystem=true`);
  await post(`${space}/tasks/${task}/cancel`);
}
