import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { SwitchChanges } from "./switches.ts";

const world: World = {
  environments: ["Test"],
  tagSets: [
    { name: "Ring", tags: ["Early"] },
    { name: "Region", tags: ["EU", "US"], scopes: ["Target"] },
  ],
  machines: [
    { name: "eu-1", environments: ["Test"], roles: ["api", "Region/EU"] },
    { name: "eu-2", environments: ["Test"], roles: ["api", "Region/EU", "canary"] },
    { name: "us-1", environments: ["Test"], roles: ["api", "Region/US"] },
  ],
  projects: [
    {
      name: "Web",
      steps: [{ name: "Deploy", roles: ["api"] }],
      releases: [
        {
          version: "1.0.0",
          deployments: [
            { environment: "Test", targetTags: ["Region/EU"] },
            { environment: "Test", excludedTargetTags: ["canary"] },
          ],
        },
      ],
    },
  ],
};

const eu = "TagSets-2/Tags-1";
const us = "TagSets-2/Tags-2";
const canary = "TagSets-3/Tags-2";
const post = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" };

async function deployed(octopus: OctopusServer, limits: object) {
  const made = await as(octopus).post("/deployments", { ...post, ...limits });
  octopus.advance(60_000);
  return as(octopus).get(`/deployments/${textOf(made.json["Id"])}`);
}

describe("target tags", () => {
  test.each<readonly [string, object, readonly string[]]>([
    ["at least one of these", { SpecificTargetTagIds: [eu] }, ["Machines-1", "Machines-2"]],
    ["of several", { SpecificTargetTagIds: [us, canary] }, ["Machines-2", "Machines-3"]],
    ["none of those", { ExcludedTargetTagIds: [eu] }, ["Machines-3"]],
    ["both kinds", { SpecificTargetTagIds: [eu], ExcludedTargetTagIds: [canary] }, ["Machines-1"]],
    ["and machines", { SpecificTargetTagIds: [eu], SpecificMachineIds: ["Machines-2", "Machines-3"] }, ["Machines-2"]],
    ["and excluded machines", { SpecificTargetTagIds: [eu], ExcludedMachineIds: ["Machines-2"] }, ["Machines-1"]],
  ])("%s", async (_name, limits, machines) => {
    const deployment = await deployed(await server({ world }), limits);

    expect(deployment.json).toMatchObject({ ...limits, DeployedToMachineIds: machines });
  });

  test("whether machines and tags add up is a switch", async () => {
    const octopus = await server({ world });
    octopus.simulator.setSwitches({ targetTagsAndMachines: "either" });

    const deployment = await deployed(octopus, { SpecificTargetTagIds: [us], SpecificMachineIds: ["Machines-1"] });

    expect(deployment.json["DeployedToMachineIds"]).toEqual(["Machines-1", "Machines-3"]);
  });

  test("an unknown tag is refused, or dropped as a switch says", async () => {
    const octopus = await server({ world });
    const limits = { SpecificTargetTagIds: ["TagSets-9/Tags-9"] };

    const refused = await as(octopus).post("/deployments", { ...post, ...limits });
    octopus.simulator.setSwitches({ unknownTargetTagsRefused: false });
    const dropped = await deployed(octopus, limits);

    expect([refused.status, refused.json["Errors"]]).toEqual([
      400,
      ["The target tag 'TagSets-9/Tags-9' was not found."],
    ]);
    expect(dropped.json["SpecificTargetTagIds"]).toEqual([]);
  });

  test("tags that leave no target are refused", async () => {
    const octopus = await server({ world });

    const refused = await as(octopus).post("/deployments", {
      ...post,
      SpecificTargetTagIds: [us],
      SpecificMachineIds: ["Machines-1"],
    });

    expect(refused.text).toContain("There is no deployment target in the environment 'Test'");
  });

  test("a past deployment has its tags, and the targets that they left", async () => {
    const octopus = await server({ world });

    const found = await as(octopus).get("/deployments");

    expect(found.json["Items"]).toMatchObject([
      { ExcludedTargetTagIds: [canary], DeployedToMachineIds: ["Machines-1", "Machines-3"] },
      { SpecificTargetTagIds: [eu], DeployedToMachineIds: ["Machines-1", "Machines-2"] },
    ]);
  });

  test("the executions API takes their canonical names", async () => {
    const octopus = await server({ world });
    const ask = (names: readonly string[]) =>
      as(octopus).post("/deployments/create/untenanted/v1", {
        ProjectName: "Web",
        ReleaseVersion: "1.0.0",
        EnvironmentNames: ["Test"],
        SpecificTargetTagNames: names,
        ExcludedTargetTagNames: ["[System] Target Tags/canary"],
      });

    const made = await ask(["Region/EU"]);
    const id = textOf(made.json["DeploymentServerTasks"]?.[0]?.["DeploymentId"]);

    expect((await as(octopus).get(`/deployments/${id}`)).json).toMatchObject({
      SpecificTargetTagIds: [eu],
      ExcludedTargetTagIds: [canary],
      DeployedToMachineIds: ["Machines-1"],
    });
    expect((await ask(["Region/Mars"])).text).toContain("The target tag 'Region/Mars' was not found.");
  });

  test("tag sets have scopes; plain roles belong to the system's set", async () => {
    const octopus = await server({ world });

    const sets = await as(octopus).get("/tagsets/all");

    expect(each(sets)).toEqual(["Ring", "Region", "[System] Target Tags"]);
    expect(each(sets, "Scopes")).toEqual([["Tenant"], ["Target"], ["Target"]]);
    expect(each(sets, "IsSystem")).toEqual([false, false, true]);
    expect(sets.json[2]?.["Tags"]).toMatchObject([{ Name: "api" }, { Name: "canary", Id: canary }]);
  });

  test.each<[string, SwitchChanges]>([
    ["without target tags", { targetTags: false }],
    ["of 2022", {}],
  ])("a server %s ignores target tags in requests and leaves them out of answers", async (name, switches) => {
    const octopus = await server({ world });
    if (name === "of 2022") octopus.simulator.useProfile("2022.3");
    octopus.simulator.setSwitches(switches);

    const deployment = await deployed(octopus, { SpecificTargetTagIds: [eu] });

    expect(Object.keys(deployment.json)).not.toContain("SpecificTargetTagIds");
    expect(Object.keys(deployment.json)).not.toContain("ExcludedTargetTagIds");
    expect(deployment.json["DeployedToMachineIds"]).toEqual(["Machines-1", "Machines-2", "Machines-3"]);
  });
});

test("a world that names a target tag nobody has is refused", async () => {
  const bad: World = {
    environments: ["Test"],
    projects: [
      { name: "Web", releases: [{ version: "1", deployments: [{ environment: "Test", targetTags: ["nope"] }] }] },
    ],
  };

  await expect(server({ world: bad })).rejects.toThrow(
    "projects[0].releases[0].deployments[0]: there is no target tag 'nope'",
  );
});
