import type { World } from "../../test/octopus-server/octopus-server.ts";

const environments = ["Development", "Test", "Staging", "Production"];

/** A busy project: so many releases, each deployed as far as Staging, and one newer release waiting in Test. Fifty commits per release. */
export function busyProject(count: number, refused = 0): World {
  const commits = Array.from({ length: 50 }, (_, index) => ({
    id: `c${index}`,
    comment: `Change number ${index} of this release`,
  }));
  const waiting = (version: string, hoursAgo: number, defects: readonly string[]) => ({
    version,
    created: `-${hoursAgo + 1}h`,
    buildInformation: [{ package: "Web API", commits }],
    defects: [...defects],
    deployments: [
      { environment: "Development", at: `-${hoursAgo}h` },
      { environment: "Test", at: `-${hoursAgo}h` },
    ],
  });
  return {
    now: "2026-01-15T12:00:00Z",
    environments,
    lifecycles: [{ name: "Child", phases: environments }],
    projects: [
      {
        name: "Web API",
        lifecycle: "Child",
        steps: [{ name: "Deploy", packages: ["Web API"] }],
        releases: [
          waiting("2.0.0", 48, []),
          ...Array.from({ length: refused }, (_, index) => waiting(`2.0.${index + 1}`, 40 - index, ["broken"])),
        ],
      },
    ],
    history: [
      {
        project: "Web API",
        environment: environments.slice(0, 3),
        count,
        from: "2024-01-01T00:00:00Z",
        every: "90m",
        version: "1.0.{n}",
        commits: 50,
      },
    ],
  };
}

/** 500 tenants, each deployed to everywhere 40 times since the last deployment without a tenant. */
export function manyTenants(): World {
  const names = Array.from({ length: 500 }, (_, index) => `Tenant ${index}`);
  const at = (environment: string) => ({ environment, at: "2025-11-01T00:00:00Z" });
  return {
    now: "2026-01-15T12:00:00Z",
    environments,
    lifecycles: [{ name: "Child", phases: environments }],
    tenants: names.map((name) => ({ name, projects: { "Web API": environments } })),
    projects: [
      {
        name: "Web API",
        lifecycle: "Child",
        tenanted: "TenantedOrUntenanted",
        steps: [{ name: "Deploy", packages: ["Web API"] }],
        releases: [
          { version: "1.0.0", created: "2025-10-01T00:00:00Z", deployments: environments.slice(0, 3).map(at) },
          { version: "2.0.0", created: "2025-10-02T00:00:00Z", deployments: environments.slice(0, 2).map(at) },
        ],
      },
    ],
    history: names.map((tenant) => ({
      project: "Web API",
      environment: environments.slice(0, 3),
      tenant,
      release: "1.0.0",
      count: 40,
      from: "2025-12-01T00:00:00Z",
      every: "1d",
    })),
  };
}

/** One release in Test, and a child deployment that takes so long. */
export function slowChild(duration: string): World {
  return { ...busyProject(10), scripts: [{ project: "Web API", environment: "Staging", duration }] };
}
