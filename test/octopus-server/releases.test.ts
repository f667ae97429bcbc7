import { describe, expect, test } from "vitest";
import type { OctopusServer } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";

const world = {
  environments: ["Dev"],
  users: ["eve"],
  teams: [{ name: "Guests", members: ["eve"], roles: ["Project viewer"] }],
  projects: [
    {
      name: "Web",
      channels: ["Hotfix"],
      steps: [{ name: "Deploy", id: "deploy", packages: ["Web.Site", { name: "tools", packageId: "Web.Tools" }] }],
      variables: [{ name: "Url", value: "x" }],
      releases: ["1.0.0"],
    },
    { name: "Off", disabled: true },
  ],
};

async function fixture(): Promise<OctopusServer> {
  return server({ world });
}

describe("POST releases", () => {
  test("creates a release in the default channel, with the selected packages or the release's own version", async () => {
    const octopus = await fixture();

    const plain = await as(octopus).post("/releases", {
      ProjectId: "Projects-1",
      Version: "1.1.0",
      ReleaseNotes: "New",
    });
    const selected = await as(octopus).post("/releases?ignoreChannelRules=true", {
      ProjectId: "Projects-1",
      ChannelId: "Channels-2",
      Version: "1.2.0",
      SelectedPackages: [{ ActionName: "Deploy", Version: "7.0.0" }],
      VersionControlReference: { GitRef: "main", GitCommit: "abc" },
    });

    expect(plain.status).toBe(201);
    expect(plain.json).toMatchObject({
      ChannelId: "Channels-1",
      ReleaseNotes: "New",
      SelectedPackages: [
        { StepName: "Deploy", PackageReferenceName: "", Version: "1.1.0" },
        { PackageReferenceName: "tools" },
      ],
    });
    expect(selected.json).toMatchObject({
      ChannelId: "Channels-2",
      IgnoreChannelRules: true,
      SelectedPackages: [{ Version: "7.0.0" }],
      VersionControlReference: { GitRef: "main" },
    });
  });

  test.each([
    [{ ProjectId: "Projects-9" }, "The project 'Projects-9' was not found."],
    [{ ChannelId: "Channels-3" }, "The channel 'Channels-3' was not found in the project 'Web'."],
    [{ Version: "1.0.0" }, "Release '1.0.0' already exists. Please use a different version."],
    [{ Version: "one" }, "'one' is not a valid version number."],
    [{ Version: "1.2.3.4.5" }, "'1.2.3.4.5' is not a valid version number."],
    [{ ProjectId: "Projects-2", ChannelId: undefined }, "The project 'Off' is disabled. A release cannot be created."],
  ])("%j is refused", async (change, expected) => {
    const octopus = await fixture();

    const answer = await as(octopus).post("/releases", {
      ProjectId: "Projects-1",
      ChannelId: "Channels-1",
      Version: "2.0.0",
      ...change,
    });

    expect(answer.status).toBe(400);
    expect(answer.json["Errors"]).toEqual([expected]);
  });

  test("accepts versions of four parts, pre-releases and metadata; requires ReleaseCreate", async () => {
    const octopus = await fixture();
    const make = async (Version: string) =>
      (await as(octopus).post("/releases", { ProjectId: "Projects-1", Version })).status;

    expect([await make("2021.1.0.14"), await make("1.0-beta.1"), await make("2"), await make("1.1.0+build.7")]).toEqual(
      [201, 201, 201, 201],
    );
    expect(
      (await as(octopus, "eve").post("/releases", { ProjectId: "Projects-1", Version: "9" })).json["ErrorMessage"],
    ).toMatch(/ReleaseCreate$/);
  });

  test("has a PUT beside it, which changes version and notes and records the user", async () => {
    const octopus = await fixture();
    octopus.advance(1000);

    const changed = await as(octopus).put("/releases/Releases-1", { Version: "1.0.1", ReleaseNotes: "Better" });

    expect(changed.json).toMatchObject({ Version: "1.0.1", ReleaseNotes: "Better", LastModifiedBy: "admin" });
    expect((await as(octopus, "eve").put("/releases/Releases-1", { ReleaseNotes: "x" })).status).toBe(403);
  });
});

describe("the executions API", () => {
  test("takes names and package overrides, and finds the next version", async () => {
    const octopus = await fixture();
    const make = async (body: object) =>
      (await as(octopus).post("/releases/create/v1", { SpaceId: "Spaces-1", ProjectName: "web", ...body })).json;

    const next = await make({});
    const named = await make({
      ReleaseVersion: "3.0.0",
      ChannelName: "hotfix",
      PackageVersion: "2.5.0",
      Packages: ["Deploy:tools:9.9.9"],
    });
    const same = await make({ ReleaseVersion: "3.0.0", IgnoreIfAlreadyExists: true });
    const { json } = await as(octopus).get(`/releases/${textOf(named["ReleaseId"])}`);

    expect(next).toMatchObject({ ReleaseVersion: "1.0.1" });
    expect(same).toEqual(named);
    expect(json).toMatchObject({
      ChannelId: "Channels-2",
      SelectedPackages: [{ Version: "2.5.0" }, { Version: "9.9.9" }],
    });
    expect(await make({ ProjectName: "nope" })).toMatchObject({ Errors: ["The project 'nope' was not found."] });
    expect(await make({ ChannelName: "nope" })).toMatchObject({
      Errors: ["The channel 'nope' was not found in the project 'Web'."],
    });
  });
});

describe("processes", () => {
  test("are read live and as the snapshot of a release; the template has their packages", async () => {
    const octopus = await fixture();
    const { json: release } = await as(octopus).get("/releases/Releases-1");
    const snapshot = textOf(release["ProjectDeploymentProcessSnapshotId"]);

    const live = await as(octopus).get("/projects/web/deploymentprocesses");
    const template = await as(octopus).get(
      `/deploymentprocesses/${snapshot}/template?channel=Channels-1&releaseId=Releases-1`,
    );

    expect(live.json).toMatchObject({ Id: "deploymentprocess-Projects-1", Version: 1, LastSnapshotId: snapshot });
    expect(live.json["Steps"]?.[0]?.["Actions"]).toMatchObject([
      { Id: "deploy", Name: "Deploy", IsRequired: false, Packages: [{ PackageId: "Web.Site" }, { Name: "tools" }] },
    ]);
    expect(template.json).toMatchObject({
      DeploymentProcessId: snapshot,
      NextVersionIncrement: "1.0.1",
      Packages: [
        {
          StepName: "Deploy",
          ActionName: "Deploy",
          PackageId: "Web.Site",
          PackageReferenceName: "",
          VersionSelectedLastRelease: "1.0.0",
        },
        { PackageId: "Web.Tools", PackageReferenceName: "tools" },
      ],
    });
    expect(template.json["LastReleaseVersion"]).toBe("1.0.0");
    expect(
      (await as(octopus).get("/deploymentprocesses/deploymentprocess-Projects-1/template?channel=Channels-9")).status,
    ).toBe(400);
    expect((await as(octopus).get("/deploymentprocesses/nope")).status).toBe(404);
  });

  test("get a new version by a change; releases keep their snapshot, and a stale version is refused", async () => {
    const octopus = await fixture();
    const { json: live } = await as(octopus).get("/deploymentprocesses/deploymentprocess-Projects-1");
    const step = {
      Name: "Script",
      Properties: { "Octopus.Action.TargetRoles": "web" },
      Actions: [
        {
          Name: "Script",
          ActionType: "Octopus.Script",
          Properties: { Secret: { HasValue: true }, Count: 3 },
          Environments: ["Environments-1"],
        },
      ],
    };

    const changed = await as(octopus).put("/projects/Projects-1/deploymentprocesses", { ...live, Steps: [step] });
    const stale = await as(octopus).put("/deploymentprocesses/deploymentprocess-Projects-1", { ...live, Steps: [] });

    expect(changed.json).toMatchObject({
      Version: 2,
      Steps: [{ Name: "Script", Actions: [{ Properties: { Secret: "", Count: "3" } }] }],
    });
    expect(stale.status).toBe(409);
    expect((await as(octopus).put("/deploymentprocesses/deploymentprocess-Projects-2", { Steps: [] })).status).toBe(
      200,
    );
    expect(
      (await as(octopus).get("/releases/Releases-1/deployments/template")).json["IsDeploymentProcessModified"],
    ).toBe(true);
    expect((await as(octopus, "eve").put("/projects/Projects-1/deploymentprocesses", { Steps: [] })).status).toBe(403);
  });
});

describe("variables", () => {
  test("of a project are read and changed; sensitive values are kept and never shown", async () => {
    const octopus = await fixture();
    const secret = {
      Id: "v-key",
      Name: "Key",
      Type: "Sensitive",
      Value: "s3cret",
      Prompt: { Label: "Key", Required: true },
    };

    const { json: before } = await as(octopus).get("/variables/variableset-Projects-1");
    const changed = await as(octopus).put("/variables/variableset-Projects-1", { ...before, Variables: [secret] });
    const again = await as(octopus).put("/variables/variableset-Projects-1", {
      ...changed.json,
      Variables: [{ ...secret, Value: null }],
    });
    const stale = await as(octopus).put("/variables/variableset-Projects-1", before);

    expect(changed.json["Variables"]).toMatchObject([
      { Name: "Key", Value: null, IsSensitive: true, Prompt: { Label: "Key", Required: true } },
    ]);
    expect(again.json["Version"]).toBe(3);
    expect(stale.status).toBe(409);
    expect(again.json["OwnerId"]).toBe("Projects-1");
    expect((await as(octopus, "eve").get("/variables/variableset-Projects-1")).status).toBe(404);
    expect((await as(octopus).get("/variables/nope")).status).toBe(404);
  });
});

describe("artifacts", () => {
  test("that are uploaded have no log correlation id, whatever was sent", async () => {
    const octopus = await server({
      world: { ...world, projects: [{ name: "Web", releases: [{ version: "1.0.0", deployments: ["Dev"] }] }] },
    });
    const headers = { "X-Octopus-ApiKey": octopus.apiKey, "Content-Type": "application/octet-stream" };

    const made = await as(octopus).post("/artifacts", {
      Filename: "notes.md",
      ServerTaskId: "ServerTasks-1",
      LogCorrelationId: "ServerTasks-1_X",
    });
    const empty = await as(octopus).get(`/artifacts/${textOf(made.json["Id"])}/content`);
    const uploaded = await fetch(`${octopus.url}/api/artifacts/Artifacts-1/content`, {
      method: "PUT",
      headers,
      body: "# Ünïcode",
    });
    const content = await as(octopus).get("/artifacts/Artifacts-1/content");

    expect(made.json).toMatchObject({
      Filename: "notes.md",
      ServerTaskId: "ServerTasks-1",
      LogCorrelationId: null,
      Source: null,
    });
    expect([empty.status, uploaded.status, content.text]).toEqual([204, 204, "# Ünïcode"]);
    expect(content.headers.get("content-disposition")).toContain("notes.md");
    expect((await as(octopus, "eve").post("/artifacts", { Filename: "x" })).json["ErrorMessage"]).toMatch(
      /ArtifactCreate$/,
    );
    expect((await as(octopus).post("/artifacts", { Filename: "x", ServerTaskId: "ServerTasks-9" })).status).toBe(400);
  });

  test("are found by task, deployment, name and id", async () => {
    const octopus = await server({
      world: { ...world, projects: [{ name: "Web", releases: [{ version: "1.0.0", deployments: ["Dev", "Dev"] }] }] },
    });
    octopus.simulator.task("ServerTasks-1").attachArtifact({ filename: "plan.json", content: "{}" });
    octopus.simulator.task("ServerTasks-2").attachArtifact({ filename: "other.json", content: "{}" });
    const names = async (query: string) => each(await as(octopus).get(`/artifacts${query}`), "Filename");

    expect(await names("")).toEqual(["other.json", "plan.json"]);
    expect(await names("?regarding=ServerTasks-1")).toEqual(["plan.json"]);
    expect(await names("?regarding=Deployments-2")).toEqual(["other.json"]);
    expect(await names("?partialName=PLAN")).toEqual(["plan.json"]);
    expect(await names("?ids=Artifacts-2")).toEqual(["other.json"]);
    octopus.simulator.setSwitches({ artifactsFilteredByRegarding: false });
    expect(await names("?regarding=ServerTasks-1")).toHaveLength(2);
    expect((await as(octopus).get("/artifacts/Artifacts-1")).json["Filename"]).toBe("plan.json");
    expect((await as(octopus).get("/artifacts/Artifacts-9")).status).toBe(404);
  });
});
