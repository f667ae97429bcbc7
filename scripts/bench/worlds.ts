import type { World } from "../../test/octopus-server/octopus-server.ts";

const environments = ["Development", "Test", "Staging", "Production"];

/** The project whose deployment runs the measured step. */
export const parent = { project: "Release Orchestration", release: "2021.1.0" };

/** The service account of the step, with the roles that the README asks for. */
export const account = "release-conductor";

/** The environment for approvals before Staging, and the approver. */
export const approvalEnvironment = "Staging Approval";
export const approver = "alice";

/** The common part of all worlds: a parent, its lifecycle, the service account, and approvers. */
function orchestration(content: Partial<World>): World {
  const all = [...environments.slice(0, 2), approvalEnvironment, ...environments.slice(2)];
  return {
    now: "2026-01-15T12:00:00Z",
    environments: all,
    lifecycles: [
      { name: "Child", phases: environments },
      { name: "Parent", phases: [{ name: "Everywhere", environments: all }] },
    ],
    users: [
      { name: account, service: true },
      { name: approver, teams: ["QA"] },
    ],
    userRoles: [
      { name: "Task canceller", permissions: ["TaskCancel", "VariableView", "InterruptionViewSubmitResponsible"] },
    ],
    teams: [
      {
        name: "Release Management",
        members: [account],
        roles: ["Deployment creator", "Project viewer", "Environment viewer", "Task canceller"],
      },
      { name: "QA", roles: ["Project deployer"] },
    ],
    ...content,
    projects: [
      { name: parent.project, lifecycle: "Parent", releases: [parent.release], scripts: [{ external: true }] },
      ...(content.projects ?? []),
    ],
  };
}

type Project = Extract<NonNullable<World["projects"]>[number], { name: string }>;

function component(name: string, more: Partial<Project>): Project {
  return { name, lifecycle: "Child", steps: [{ name: "Deploy", packages: [name] }], ...more };
}

export const child = "Web API";

export interface Busy {
  /** Releases that were deployed as far as Staging. */
  readonly deployed: number;
  /** Releases in Test that the server does not let into Staging, newer than the one that waits there. */
  readonly refused?: number;
  /** How long a deployment to Staging takes. */
  readonly duration?: string;
}

/** A project in use: fifty commits per release, and one release that waits in Test for Staging. */
export function busyProject({ deployed, refused = 0, duration = "1s" }: Busy): World {
  const commits = Array.from({ length: 50 }, (_, index) => ({
    id: `c${index}`,
    comment: `Change number ${index} of this release`,
  }));
  const waiting = (version: string, hoursAgo: number, defects: readonly string[]) => ({
    version,
    created: `-${hoursAgo + 1}h`,
    buildInformation: [{ package: child, commits }],
    defects: [...defects],
    deployments: [
      { environment: "Development", at: `-${hoursAgo}h` },
      { environment: "Test", at: `-${hoursAgo}h` },
    ],
  });
  const releases = [
    waiting("2.0.0", 48, []),
    ...Array.from({ length: refused }, (_, index) => waiting(`2.0.${index + 1}`, 40 - index, ["broken"])),
  ];
  return orchestration({
    projects: [component(child, { releases })],
    history: [history(child, deployed)],
    scripts: [{ project: child, environment: "Staging", duration }],
  });
}

function history(project: string, count: number): NonNullable<World["history"]>[number] {
  return {
    project,
    environment: environments.slice(0, 3),
    count,
    from: "2024-01-01T00:00:00Z",
    every: "90m",
    version: "1.0.{n}",
    commits: 50,
  };
}

/** The newest release in Test is current in Staging. */
export function currentProject(): World {
  return orchestration({ projects: [component(child, {})], history: [history(child, 8)] });
}

/** 500 tenants, each with 40 deployments to every environment since the last deployment without a tenant. */
export function manyTenants(): World {
  const names = Array.from({ length: 500 }, (_, index) => `Tenant ${index}`);
  const at = (environment: string) => ({ environment, at: "2025-11-01T00:00:00Z" });
  const releases = [
    { version: "1.0.0", created: "2025-10-01T00:00:00Z", deployments: environments.slice(0, 3).map(at) },
    {
      version: "2.0.0",
      created: "2025-10-02T00:00:00Z",
      deployments: [
        ...environments.slice(0, 2).map(at),
        ...environments
          .slice(0, 2)
          .map((environment) => ({ environment, tenant: "Tenant 250", at: "2026-01-14T00:00:00Z" })),
      ],
    },
  ];
  return orchestration({
    tenants: names.map((name) => ({ name, projects: { [child]: environments } })),
    projects: [component(child, { tenanted: "TenantedOrUntenanted", releases })],
    history: names.map((tenant) => ({
      project: child,
      environment: environments.slice(0, 3),
      tenant,
      release: "1.0.0",
      count: 40,
      from: "2025-12-01T00:00:00Z",
      every: "1d",
    })),
  });
}

export interface Train {
  readonly children: number;
  /** Earlier deployments of each child to each environment. */
  readonly deployed: number;
  readonly duration?: string;
}

/** A number of projects, each with a release that waits in Test for Staging. */
export function trainWorld({ children, deployed, duration = "1s" }: Train): World {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-2h" }));
  const names = componentNames(children);
  return orchestration({
    projects: names.map((name) => component(name, { releases: [{ version: "2.0.0", created: "-3h", deployments }] })),
    history: names.map((name) => history(name, deployed)),
    scripts: names.map((project) => ({ project, environment: "Staging", duration })),
  });
}

export function componentNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `Component ${String(index + 1).padStart(2, "0")}`);
}

/** A list of children, with the same number in each level. */
export function componentList(count: number, inLevel = 4): string {
  return componentNames(count)
    .map((name, index) => (index % inLevel === 0 ? name : `+ ${name}`))
    .join("\n");
}

/** The world in which the embedded server's own speed is measured: 10,000 releases, 50,000 deployments. */
export function crowdedProject(): World {
  const all = ["Development", "Test", "Staging", "Production", "Sandbox"];
  return {
    now: "2026-01-15T12:00:00Z",
    environments: all,
    lifecycles: [{ name: "Child", phases: all }],
    projects: [component(child, {})],
    history: [{ ...history(child, 10_000), environment: all }],
  };
}
