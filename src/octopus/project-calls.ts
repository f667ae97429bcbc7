import { findByName } from "./find-by-name.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";
import { Channel, Environments, LifecyclePreview, Project, Projects, Tenant, Tenants } from "./resources.ts";

type ProjectCalls = Pick<
  SpaceGateway,
  "projectsNamed" | "allProjects" | "allEnvironments" | "tenantsNamed" | "allTenants" | "channelsOf" | "lifecyclePhases"
>;

/** https://octopus.com/docs/api/projects, …/channels, …/environments, …/lifecycles */
export function projectCalls(requests: Requests): ProjectCalls {
  const { read, readAll } = requests;
  return {
    projectsNamed: (text) => findByName(requests, "project", "projects", Project, text),
    allProjects: () => read("reading the list of projects", "projects/all", Projects),
    allEnvironments: () => read("reading the list of environments", "environments/all", Environments),
    tenantsNamed: (text) => findByName(requests, "tenant", "tenants", Tenant, text),
    allTenants: () => read("reading the list of tenants", "tenants/all", Tenants),
    channelsOf: (projectId) =>
      readAll("reading the project's channels", "projects/{projectId}/channels", Channel, { projectId }, 1000),
    lifecyclePhases: (lifecycleId) =>
      read("reading the lifecycle's phases", "lifecycles/{lifecycleId}/preview", LifecyclePreview, { lifecycleId }),
  };
}
