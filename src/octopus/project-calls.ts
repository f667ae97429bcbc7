import * as z from "zod/mini";
import { inChunks } from "./in-chunks.ts";
import { findByName } from "./find-by-name.ts";
import type { SpaceGateway } from "./gateway.ts";
import { type Requests, undefinedIfNotTold } from "./requests.ts";
import { Channel, Environment, LifecyclePreview, Machine, Project, Supersession, Tenant } from "./resources.ts";

type ProjectCalls = Pick<
  SpaceGateway,
  | "projectsNamed"
  | "allProjects"
  | "allEnvironments"
  | "ephemeralEnvironments"
  | "tenantsNamed"
  | "allTenants"
  | "machinesById"
  | "machinesIn"
  | "supersessionOf"
  | "channelsOf"
  | "lifecyclePhases"
>;

/** https://octopus.com/docs/api/projects, …/deployment-settings, …/channels, …/environments, …/machines, …/lifecycles */
export function projectCalls(requests: Requests): ProjectCalls {
  const { read, readAll, readIfExists } = requests;
  return {
    projectsNamed: (text) => findByName(text, { noun: "project", path: "projects", shape: Project }, requests),
    allProjects: () => read("reading the list of projects", "projects/all", z.array(Project)),
    allEnvironments: () => read("reading the list of environments", "environments/all", z.array(Environment)),
    ephemeralEnvironments: async () => {
      const all = readAll(
        "reading the ephemeral environments",
        "environments/v2",
        Environment,
        { type: "Ephemeral" },
        1000,
      );
      return (await all.catch(undefinedIfNotTold)) ?? [];
    },
    tenantsNamed: (text) => findByName(text, { noun: "tenant", path: "tenants", shape: Tenant }, requests),
    allTenants: () => read("reading the list of tenants", "tenants/all", z.array(Tenant)),
    machinesById: (ids) =>
      inChunks(ids, (chunk) => readAll("reading deployment targets", "machines", Machine, { ids: chunk })),
    machinesIn: (environmentIds) =>
      readAll("reading the environment's deployment targets", "machines", Machine, { environmentIds }, 1000),
    supersessionOf: (projectId) =>
      readIfExists(
        "reading the project's deployment settings",
        "projects/{projectId}/deploymentsettings",
        Supersession,
        {
          projectId,
        },
      ),
    channelsOf: (projectId) =>
      readAll("reading the project's channels", "projects/{projectId}/channels", Channel, { projectId }, 1000),
    lifecyclePhases: (lifecycleId) =>
      read("reading the lifecycle's phases", "lifecycles/{lifecycleId}/preview", LifecyclePreview, { lifecycleId }),
  };
}
