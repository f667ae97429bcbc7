import { expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";

const world: World = {
  now: "2026-02-10T12:00:00Z",
  environments: [
    "Dev",
    { name: "Pull requests", type: "Parent" },
    { name: "Demos", type: "Parent" },
    { name: "pr-451", type: "Ephemeral", parent: "Pull requests" },
    { name: "demo-1", type: "Ephemeral", parent: "Demos" },
  ],
  lifecycles: [{ name: "Long", phases: ["Dev"] }],
  machines: [
    { name: "pr-host", environments: ["Pull requests"], roles: ["api"] },
    { name: "dev-host", environments: ["Dev"], roles: ["api"] },
  ],
  projects: [
    {
      name: "Web",
      lifecycle: "Long",
      tenanted: "TenantedOrUntenanted",
      channels: [{ name: "PR", type: "EphemeralEnvironment", parentEnvironment: "Pull requests", lifecycle: "Long" }],
      steps: [
        { name: "Deploy", roles: ["api"] },
        { name: "Clean up", environments: ["Pull requests"] },
        { name: "Only Dev", environments: ["Dev"] },
      ],
      variables: [
        { name: "Branch", prompt: { required: true }, environments: ["Pull requests"] },
        { name: "Other", prompt: { required: true }, environments: ["Dev"] },
      ],
      releases: [{ version: "1.0.0-pr-451.3", channel: "PR" }],
    },
  ],
  tenants: [{ name: "Contoso", projects: { Web: ["Dev"] } }],
};

const prId = "Environments-4";

async function deploy(octopus: OctopusServer, change: object = {}) {
  const { json } = await as(octopus).get(`/releases/Releases-1/deployments/preview/${prId}`);
  const asked = textOf(json["Form"]?.["Elements"]?.[0]?.["Name"]);
  const body = { ReleaseId: "Releases-1", EnvironmentId: prId, FormValues: { [asked]: "feature/x" } };
  return as(octopus).post("/deployments", { ...body, ...change });
}

test("only environments/v2 lists ephemeral environments, by type and page", async () => {
  const asker = as(await server({ world }));
  const v2 = async (query: string) => each(await asker.get(`/environments/v2?${query}`));

  expect(each(await asker.get("/environments"))).toEqual(["Dev"]);
  expect(each(await asker.get("/environments/all"))).toEqual(["Dev"]);
  expect(await v2("skip=0&take=9&type=Ephemeral")).toEqual(["pr-451", "demo-1"]);
  expect(await v2("skip=1&take=1&type=Ephemeral")).toEqual(["demo-1"]);
  expect(await v2("skip=0&take=9&type=Static,Parent")).toEqual(["Dev", "Pull requests", "Demos"]);
  expect((await asker.get("/environments/v2?type=Ephemeral")).status).toBe(400);
});

test("a channel for ephemeral environments has a parent environment and no lifecycle", async () => {
  const octopus = await server({ world });
  const body = { ProjectId: "Projects-1", Name: "Demos", Type: "EphemeralEnvironment", LifecycleId: "Lifecycles-2" };

  const channels = await as(octopus).get("/projects/web/channels");
  const made = await as(octopus).post("/channels", { ...body, ParentEnvironmentId: "Environments-3" });
  const orphan = await as(octopus).post("/channels", { ...body, Name: "None", ParentEnvironmentId: "Environments-1" });

  expect(channels.json["Items"]?.[1]).toMatchObject({ Name: "PR", Type: "EphemeralEnvironment", LifecycleId: null });
  expect(made.json).toMatchObject({ LifecycleId: null, ParentEnvironmentId: "Environments-3" });
  expect(orphan.status).toBe(400);
});

test("a deployment to an ephemeral environment has the targets, steps and prompts of its parent", async () => {
  const octopus = await server({ world });

  const preview = await as(octopus).get(`/releases/Releases-1/deployments/preview/${prId}`);
  const made = await deploy(octopus);
  octopus.advance(60_000);
  const deployment = await as(octopus).get(`/deployments/${textOf(made.json["Id"])}`);
  const task = await as(octopus).get(`/tasks/${textOf(made.json["TaskId"])}`);

  expect(preview.json["StepsToExecute"]).toMatchObject([
    { ActionName: "Deploy", MachineNames: ["pr-host"] },
    { ActionName: "Clean up" },
  ]);
  expect(preview.json["Form"]?.["Elements"]).toMatchObject([{ Control: { Name: "Branch" } }]);
  expect([made.status, task.json["State"]]).toEqual([201, "Success"]);
  expect(deployment.json["DeployedToMachineIds"]).toEqual(["Machines-1"]);
});

test("a channel for ephemeral environments refuses other parents' environments, static ones and tenants", async () => {
  const octopus = await server({ world });

  const elsewhere = await deploy(octopus, { EnvironmentId: "Environments-5" });
  const fixed = await deploy(octopus, { EnvironmentId: "Environments-1" });
  const tenanted = await deploy(octopus, { TenantId: "Tenants-1" });
  const template = await as(octopus).get("/releases/Releases-1/deployments/template");

  expect([elsewhere.status, fixed.status, tenanted.status]).toEqual([400, 400, 400]);
  expect(template.json["PromoteTo"]).toMatchObject([{ Name: "pr-451" }]);
  expect(template.json["TenantPromotions"]).toMatchObject([{ PromoteTo: [] }]);
});

test("freezes do not apply to ephemeral environments", async () => {
  const freeze = {
    name: "All",
    start: "-1h",
    end: "+1h",
    projects: ["Web"],
    environments: ["Pull requests", "pr-451"],
  };
  const octopus = await server({ world: { ...world, freezes: [freeze] } });

  expect((await deploy(octopus)).status).toBe(201);
});
