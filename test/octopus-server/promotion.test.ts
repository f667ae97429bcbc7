import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { Answer } from "./support/ask.ts";

const environments = ["Dev", "QA1", "QA2", "Staging", "Production"];
const strict = {
  name: "Strict",
  phases: ["Dev", { name: "QA", environments: ["QA1", "QA2"] }, "Staging", "Production"],
};

interface Case {
  readonly phases?: NonNullable<NonNullable<World["lifecycles"]>[number]>["phases"];
  readonly deployedTo: readonly (string | { readonly environment: string; readonly state: "Failed" })[];
  readonly defects?: string[];
}

function worldOf({ phases, deployedTo, defects }: Case): World {
  return {
    environments,
    lifecycles: [{ name: "Tested", phases: phases ?? strict.phases }],
    projects: [
      {
        name: "Web",
        lifecycle: "Tested",
        releases: [{ version: "1.0.0", deployments: [...deployedTo], defects: defects ?? [] }],
      },
    ],
  };
}

function promoteTo(answer: Answer): readonly unknown[] {
  const list: unknown = answer.json["PromoteTo"];
  return Array.isArray(list) ? list.map(({ Name }: { readonly Name: string }) => Name) : [];
}

describe("PromoteTo", () => {
  const anyPhase = { name: "Anywhere", environments: [] };
  const cases: readonly (readonly [string, Case, readonly string[]])[] = [
    ["a new release starts in the first phase", { deployedTo: [] }, ["Dev"]],
    ["success opens the next phase; redeployment stays possible", { deployedTo: ["Dev"] }, ["Dev", "QA1", "QA2"]],
    ["minimum 0 needs every environment of a phase", { deployedTo: ["Dev", "QA1"] }, ["Dev", "QA1", "QA2"]],
    ["all environments of the phase", { deployedTo: ["Dev", "QA1", "QA2"] }, ["Dev", "QA1", "QA2", "Staging"]],
    [
      "minimum 1 needs one",
      {
        phases: ["Dev", { name: "QA", environments: ["QA1", "QA2"], minimum: 1 }, "Staging"],
        deployedTo: ["Dev", "QA2"],
      },
      ["Dev", "QA1", "QA2", "Staging"],
    ],
    [
      "a minimum above the number of environments means all",
      { phases: [{ name: "QA", environments: ["QA1"], minimum: 3 }, "Staging"], deployedTo: ["QA1"] },
      ["QA1", "Staging"],
    ],
    [
      "optional phases do not hold a release back",
      { phases: ["Dev", { name: "QA1", optional: true }, "Staging", "Production"], deployedTo: ["Dev"] },
      ["Dev", "QA1", "Staging"],
    ],
    ["failures open nothing", { deployedTo: [{ environment: "Dev", state: "Failed" }] }, ["Dev"]],
    ["no phases: one per environment in order", { phases: [], deployedTo: ["Dev", "QA1"] }, ["Dev", "QA1", "QA2"]],
    [
      "a phase without environments has those that no earlier phase names",
      { phases: ["Staging", anyPhase], deployedTo: ["Staging"] },
      ["Staging", "Dev", "QA1", "QA2", "Production"],
    ],
    [
      "automatic targets belong to their phase",
      { phases: [{ name: "One", automatic: ["Dev"] }, "Staging"], deployedTo: ["Dev"] },
      ["Dev", "Staging"],
    ],
    [
      "an unresolved defect keeps a release in the phases it has reached",
      { deployedTo: ["Dev"], defects: ["broken"] },
      ["Dev"],
    ],
  ];

  test.each(cases)("%s", async (_rule, given, expected) => {
    const octopus = await server({ world: worldOf(given) });

    expect(promoteTo(await as(octopus).get("/releases/Releases-1/deployments/template"))).toEqual(expected);
  });

  test("a resolved defect lets the release go on", async () => {
    const octopus = await server({ world: worldOf({ deployedTo: ["Dev"] }) });

    const reported = await as(octopus).post("/releases/Releases-1/defects", { Description: "Broken" });
    const listed = await as(octopus).get("/releases/Releases-1/defects");
    const blocked = await as(octopus).get("/releases/Releases-1/deployments/template");
    await as(octopus).post("/releases/Releases-1/defects/resolve");
    const free = await as(octopus).get("/releases/Releases-1/deployments/template");

    expect(reported.json).toMatchObject({ Description: "Broken", Status: "Unresolved" });
    expect(each(listed, "Status")).toEqual(["Unresolved"]);
    expect(promoteTo(blocked)).toEqual(["Dev"]);
    expect(promoteTo(free)).toEqual(["Dev", "QA1", "QA2"]);
    expect((await as(octopus).post("/releases/Releases-1/defects/resolve")).status).toBe(400);
  });

  test("a channel's lifecycle wins over the project's", async () => {
    const octopus = await server({
      world: {
        environments,
        lifecycles: [strict, { name: "Hotfix", phases: ["Production"] }],
        projects: [
          {
            name: "Web",
            lifecycle: "Strict",
            channels: [{ name: "Hotfix", lifecycle: "Hotfix" }],
            releases: [{ version: "1.0.1", channel: "Hotfix" }],
          },
        ],
      },
    });

    expect(promoteTo(await as(octopus).get("/releases/Releases-1/deployments/template"))).toEqual(["Production"]);
  });

  test("an ephemeral channel has no lifecycle, only the environments of its parent", async () => {
    const octopus = await server({
      world: {
        environments: [
          "Dev",
          { name: "Features", type: "Parent" },
          { name: "feature-1", type: "Ephemeral", parent: "Features" },
        ],
        projects: [
          {
            name: "Web",
            channels: [{ name: "Feature", type: "EphemeralEnvironment", parentEnvironment: "Features" }],
            releases: [{ version: "1.0.0", channel: "Feature" }],
          },
        ],
      },
    });

    const asker = as(octopus);
    expect(promoteTo(await asker.get("/releases/Releases-1/deployments/template"))).toEqual(["feature-1"]);
    expect(each(await asker.get("/environments/all"))).toEqual(["Dev"]);
    expect(each(await asker.get("/environments/v2?skip=0&take=100&type=Ephemeral"))).toEqual(["feature-1"]);
    expect(each(await asker.get("/environments/v2?skip=0&take=100"))).toEqual(["Dev", "Features", "feature-1"]);
    expect((await asker.get("/environments/v2")).status).toBe(400);
  });

  describe("what public reports say about tenants", () => {
    interface PastDeployment {
      readonly environment: string;
      readonly tenant: string;
      readonly state?: "Success" | "Failed";
    }

    function tenantedWorld(deployments: readonly PastDeployment[]): World {
      const releases = [{ version: "1.0.0", deployments: [...deployments] }];
      return {
        environments: ["Dev", "Test", "Production"],
        lifecycles: [{ name: "Three", phases: ["Dev", "Test", "Production"] }],
        projects: [{ name: "Web", lifecycle: "Three", tenanted: "TenantedOrUntenanted", releases }],
        tenants: [
          { name: "Only Production", projects: { Web: ["Production"] } },
          { name: "Everywhere", projects: { Web: ["Dev", "Test", "Production"] } },
          { name: "Neighbour", projects: { Web: ["Dev", "Test", "Production"] } },
        ],
      };
    }

    async function promotions(octopus: OctopusServer): Promise<Readonly<Record<string, unknown>>> {
      const { json } = await as(octopus).get("/releases/Releases-1/deployments/template");
      const rows = [0, 1, 2].map((index) => json["TenantPromotions"]?.[index]);
      return Object.fromEntries(rows.map((row) => [textOf(row?.["Name"]), row?.["PromoteTo"]?.[0]?.["Name"]]));
    }

    test.each([
      ["skipped", "Production", "Production"],
      ["needsAnother", undefined, "Production"],
      ["deadEnd", undefined, undefined],
    ] as const)("a tenant that misses a phase: %s", async (tenantMissesPhase, before, after) => {
      const somewhere = (names: readonly string[]) =>
        tenantedWorld(names.map((environment) => ({ environment, tenant: "Everywhere" })));
      const untested = await server({ world: somewhere(["Dev"]) });
      const tested = await server({ world: somewhere(["Dev", "Test"]) });
      for (const octopus of [untested, tested]) octopus.simulator.setSwitches({ tenantMissesPhase });

      expect((await promotions(untested))["Only Production"]).toBe(before);
      expect((await promotions(tested))["Only Production"]).toBe(after);
    });

    const failure = { environment: "Dev", tenant: "Neighbour", state: "Failed" } as const;
    const own = { environment: "Dev", tenant: "Everywhere" } as const;

    test.each([
      ["blocks no other tenant", false, [own, failure], ["Dev", "Test"]],
      ["blocks other tenants on some servers", true, [own, failure], ["Dev"]],
      [
        "blocks no longer after a success",
        true,
        [own, failure, { ...failure, state: "Success" as const }],
        ["Dev", "Test"],
      ],
      ["blocks no longer after a deployment for the tenant itself", true, [own, failure, own], ["Dev", "Test"]],
    ])("another tenant's failure %s", async (_name, otherTenantsFailureBlocks, deployments, expected) => {
      const octopus = await server({ world: tenantedWorld(deployments) });
      octopus.simulator.setSwitches({ otherTenantsFailureBlocks });

      const { json } = await as(octopus).get("/releases/Releases-1/deployments/template");
      const row = json["TenantPromotions"]?.[1]?.["PromoteTo"];

      expect([row?.[0]?.["Name"], row?.[1]?.["Name"]].filter((name) => name !== undefined)).toEqual(expected);
    });
  });

  test("environments the key may not deploy to are left out", async () => {
    const octopus = await server({
      world: {
        ...worldOf({ deployedTo: ["Dev"] }),
        users: ["dev"],
        teams: [
          {
            name: "Devs",
            members: ["dev"],
            roles: ["Project viewer", { role: "Deployment creator", environments: ["QA1"] }],
          },
        ],
      },
    });

    expect(promoteTo(await as(octopus, "dev").get("/releases/Releases-1/deployments/template"))).toEqual(["QA1"]);
  });

  test("a failed redeployment does not undo a phase, unless a switch says so", async () => {
    const octopus = await server({ world: worldOf({ deployedTo: ["Dev", { environment: "Dev", state: "Failed" }] }) });

    const before = await as(octopus).get("/releases/Releases-1/deployments/template");
    octopus.simulator.setSwitches({ failedRedeployUndoesPhase: true });
    const after = await as(octopus).get("/releases/Releases-1/deployments/template");

    expect([promoteTo(before), promoteTo(after)]).toEqual([["Dev", "QA1", "QA2"], ["Dev"]]);
  });
});

describe("tenants", () => {
  const world: World = {
    environments,
    lifecycles: [{ name: "Tested", phases: ["Dev", "Staging", "Production"] }],
    tagSets: [{ name: "Ring", tags: ["Early", "Late"] }],
    projects: [
      {
        name: "Web",
        lifecycle: "Tested",
        tenanted: "TenantedOrUntenanted",
        channels: [{ name: "Early only", tenantTags: ["Ring/Early"] }],
        releases: [
          { version: "1.0.0", deployments: [{ environment: "Dev", tenant: "Contoso" }, "Dev", "Staging"] },
          { version: "2.0.0", channel: "Early only" },
        ],
      },
    ],
    tenants: [
      { name: "Contoso", tags: ["Ring/Early"], projects: { Web: ["Dev", "Staging", "Production"] } },
      { name: "Fabrikam", tags: ["Ring/Late"], projects: { Web: ["Staging", "Production"] } },
      { name: "Elsewhere" },
    ],
  };

  function promotions(answer: Answer): unknown {
    const list: unknown = answer.json["TenantPromotions"];
    if (!Array.isArray(list)) return undefined;
    return Object.fromEntries(
      list.map(
        ({ Name, PromoteTo }: { readonly Name: string; readonly PromoteTo: readonly { readonly Name: string }[] }) => [
          Name,
          PromoteTo.map((target) => target.Name),
        ],
      ),
    );
  }

  test("progress counts per tenant; phases without a tenant's environments do not block it", async () => {
    const octopus = await server({ world });

    const template = await as(octopus).get("/releases/Releases-1/deployments/template");

    expect(promoteTo(template)).toEqual(["Dev", "Staging", "Production"]);
    expect(promotions(template)).toEqual({ Contoso: ["Dev", "Staging"], Fabrikam: ["Staging"] });
  });

  test("a channel limited to tags leaves other tenants out", async () => {
    const octopus = await server({ world });

    expect(promotions(await as(octopus).get("/releases/Releases-2/deployments/template"))).toEqual({
      Contoso: ["Dev"],
    });
  });

  test("a switch lets PromoteTo count deployments for tenants", async () => {
    const onlyTenant = {
      ...world,
      projects: [
        {
          name: "Web",
          lifecycle: "Tested",
          tenanted: "TenantedOrUntenanted" as const,
          releases: [{ version: "1.0.0", deployments: [{ environment: "Dev", tenant: "Contoso" }] }],
        },
      ],
    };
    const octopus = await server({ world: onlyTenant });

    const blind = await as(octopus).get("/releases/Releases-1/deployments/template");
    octopus.simulator.setSwitches({ promoteToCountsTenantDeployments: true });
    const counting = await as(octopus).get("/releases/Releases-1/deployments/template");

    expect([promoteTo(blind), promoteTo(counting)]).toEqual([["Dev"], ["Dev", "Staging"]]);
  });
});

describe("lifecycles", () => {
  async function withEmptyLifecycle(): Promise<OctopusServer> {
    return server({
      world: { environments, lifecycles: [{ name: "Mixed", phases: ["QA1", { name: "Rest", environments: [] }] }] },
    });
  }

  test("only the preview has implicit phases", async () => {
    const octopus = await withEmptyLifecycle();

    const plain = await as(octopus).get("/lifecycles/default-lifecycle");
    const preview = await as(octopus).get("/lifecycles/Lifecycles-1/preview");

    expect(plain.json["Phases"]).toEqual([]);
    expect(each({ ...preview, json: preview.json["Phases"] ?? preview.json })).toEqual(environments);
    expect(preview.json["Phases"]?.[1]).toMatchObject({
      OptionalDeploymentTargets: ["Environments-2"],
      IsOptionalPhase: false,
    });
  });

  test("release and project progressions show how far a release has come", async () => {
    const octopus = await server({ world: worldOf({ deployedTo: ["Dev", "QA1"] }) });

    const release = await as(octopus).get("/releases/Releases-1/progression");
    const project = await as(octopus).get("/progression/Projects-1");
    const same = await as(octopus).get("/projects/web/progression?releaseHistoryCount=1");

    const phases: unknown = release.json["Phases"];
    expect(phases).toMatchObject([
      { Name: "Dev", Progress: "Complete" },
      { Name: "QA", Progress: "Current" },
      { Name: "Staging", Progress: "Pending" },
      { Name: "Production", Progress: "Pending" },
    ]);
    expect(release.json).toMatchObject({ NextDeployments: ["Environments-3"], NextDeploymentsMinimumRequired: 2 });
    expect(project.json["Releases"]?.[0]).toMatchObject({
      Release: { Version: "1.0.0" },
      NextDeployments: ["Environments-3"],
      HasUnresolvedDefect: false,
      Deployments: { "Environments-1": [{ State: "Success", IsCurrent: true }], "Environments-5": [] },
    });
    expect(same.json["Releases"]).toEqual(project.json["Releases"]);
    expect((await as(octopus).get("/progression/Projects-1?releaseHistoryCount=101")).status).toBe(400);
  });

  test("a project's progression shows releaseHistoryCount releases per environment, channel and tenant", async () => {
    const releases = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"].map((version) => ({
      version,
      deployments: ["Dev"],
    }));
    const late = { version: "0.9.0", deployments: [] };
    const octopus = await server({
      world: { environments, projects: [{ name: "Web", releases: [...releases, late] }] },
    });
    const versions = async (query: string) => {
      const list: unknown = (await as(octopus).get(`/progression/Projects-1${query}`)).json["Releases"];
      return Array.isArray(list)
        ? list.map(({ Release }: { readonly Release: { readonly Version: string } }) => Release.Version)
        : [];
    };

    expect(await versions("")).toEqual(["0.9.0", "1.4.0", "1.3.0", "1.2.0"]);
    expect(await versions("?releaseHistoryCount=1")).toEqual(["0.9.0", "1.4.0"]);
    expect(await versions("?releaseHistoryCount=100")).toHaveLength(6);
  });
});
