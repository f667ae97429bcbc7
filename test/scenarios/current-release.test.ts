import { describe, expect, test } from "vitest";
import type { World } from "../octopus-server/octopus-server.ts";
import { walk } from "./in-process.ts";
import { child, created, type Deployment, orchestration, type Parameters, serve } from "./scenario.ts";

const tenants = Array.from({ length: 30 }, (_, number) => `T${number}`);

/**
 * 1.0 was deployed to Staging ten days ago, 2.0 was scheduled two days ago and ran an hour ago. In between came 1.1 and more deployments than a
 * page of the server's list holds.
 */
function scheduledWorld(late: Partial<Deployment> = {}): World {
  const toTenants = tenants.map((tenant, index) => ({ environment: "Staging", tenant, at: `-${1200 - index}m` }));
  const through = (at: string) => ["Development", "Test"].map((environment) => ({ environment, at }));
  const scheduled = { environment: "Staging", at: "-2d", scheduled: "-1h", started: "-1h", completed: "-50m", ...late };
  const releases = [
    { version: "1.0", created: "-20d", deployments: [...through("-19d"), { environment: "Staging", at: "-10d" }] },
    { version: "2.0", created: "-5d", deployments: [...through("-4d"), scheduled] },
    {
      version: "1.1",
      created: "-40h",
      deployments: [...through("-39h"), { environment: "Staging", at: "-19h" }, ...toTenants],
    },
  ];
  return orchestration({
    tenants: tenants.map((name) => ({ name, projects: { "Web API": ["Development", "Test", "Staging"] } })),
    projects: [child("Web API", releases, { tenanted: "TenantedOrUntenanted" })],
  });
}

describe("the current release is that of the deployment that ended last, however long ago it was created", () => {
  test.each([
    {
      rule: "Redeploy repeats it",
      parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
      expected: ["Web API 2.0 to Staging"],
      current: "2.0",
    },
    {
      rule: "it is not deployed again",
      parameters: { "ChildProject.Release.Number": "2.0" },
      expected: [],
      current: "2.0",
    },
    {
      rule: "another release is compared with it",
      parameters: { "ChildProject.Release.Number": "1.1", "ChildProject.Deployment.Condition": "Higher" },
      expected: [],
      current: "2.0",
    },
    {
      rule: "a late failure makes the current release incomplete",
      late: { state: "Failed" },
      parameters: { "ChildProject.Release.Number": "1.1" },
      expected: ["Web API 1.1 to Staging"],
      current: "1.1",
    },
  ] satisfies readonly {
    rule: string;
    late?: Partial<Deployment>;
    parameters: Parameters;
    expected: readonly string[];
    current: string;
  }[])("$rule", async ({ late, parameters, expected, current }) => {
    const server = await serve(scheduledWorld(late));

    const { outputs, log } = await walk(server, { child: "Web API", parameters });

    expect(created(server), log).toEqual(expected);
    expect(outputs).toMatchObject({ CurrentRelease: current });
  });

  test("finding it takes one more request, and none if the first page is complete", async () => {
    const asked = async (world: World) => {
      const server = await serve(world);
      await walk(server, { child: "Web API", parameters: { "ChildProject.WhatIf.Value": "Yes" } });
      return server.journal().filter(({ path }) => path.includes("fromCompletedDate")).length;
    };
    const small = orchestration({
      projects: [child("Web API", [{ version: "1.0", deployments: ["Development", "Test", "Staging"] }])],
    });

    expect(await asked(small)).toBe(0);
    expect(await asked(scheduledWorld())).toBe(1);
  });
});
