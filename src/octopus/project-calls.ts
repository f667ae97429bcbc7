import type { Id } from "../model.ts";
import { findByName } from "./find-by-name.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";
import { Channel, Environments, LifecyclePreview, Project, Projects, Tenant, Tenants } from "./resources.ts";

type ProjectCalls = Pick<
  SpaceGateway,
  "projectsNamed" | "allProjects" | "allEnvironments" | "tenantsNamed" | "allTenants" | "channelsOf" | "lifecyclePhases"
>;

/** https://octopus.com/docs/api/projects, …/channels, …/environments, …/lifecycles */
export function projectCalls(spaceId: Id<"Space">, requests: Requests): ProjectCalls {
  return {
    projectsNamed: (text) =>
      findByName(
        requests,
        { noun: "project", path: "~/api/{spaceId}/projects", args: { spaceId }, shape: Project },
        text,
      ),
    allProjects: () =>
      requests.read({
        purpose: "reading the list of projects",
        path: "~/api/{spaceId}/projects/all",
        args: { spaceId },
        shape: Projects,
      }),
    allEnvironments: () =>
      requests.read({
        purpose: "reading the list of environments",
        path: "~/api/{spaceId}/environments/all",
        args: { spaceId },
        shape: Environments,
      }),
    tenantsNamed: (text) =>
      findByName(requests, { noun: "tenant", path: "~/api/{spaceId}/tenants", args: { spaceId }, shape: Tenant }, text),
    allTenants: () =>
      requests.read({
        purpose: "reading the list of tenants",
        path: "~/api/{spaceId}/tenants/all",
        args: { spaceId },
        shape: Tenants,
      }),
    channelsOf: (projectId) =>
      requests.readAll(
        {
          purpose: "reading the project's channels",
          path: "~/api/{spaceId}/projects/{projectId}/channels{?skip,take}",
          args: { spaceId, projectId },
          shape: Channel,
        },
        1000,
      ),
    lifecyclePhases: (lifecycleId) =>
      requests.read({
        purpose: "reading the lifecycle's phases",
        path: "~/api/{spaceId}/lifecycles/{lifecycleId}/preview",
        args: { spaceId, lifecycleId },
        shape: LifecyclePreview,
      }),
  };
}
