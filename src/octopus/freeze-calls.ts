import * as z from "zod/mini";
import { asId, type DeploymentFreeze, type FreezeScope } from "../model.ts";
import { converted, id, ids, instant, listOf, optional, recordOf, resource, text } from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import { allItems, pages } from "./paging.ts";
import { undefinedIfNotTold, type Requests } from "./requests.ts";

/** https://octopus.com/docs/api/deployment-freeze: they belong to the server, not to a space, and come in an envelope of their own. */
export function freezeCalls({ read }: Requests): Pick<SpaceGateway, "deploymentFreezes"> {
  return {
    deploymentFreezes: (projectId) => {
      const page = (skip: number, take: number) =>
        read("reading the deployment freezes", "~/api/deploymentfreezes", FreezePage, {
          skip,
          take,
          projectIds: projectId,
        });
      return allItems(pages(page, [100])).catch(undefinedIfNotTold);
    },
  };
}

const TenantScope: z.ZodMiniType<FreezeScope> = resource({
  tenantId: id<"Tenant">(),
  projectId: id<"Project">(),
  environmentId: id<"Environment">(),
});

const Freeze: z.ZodMiniType<DeploymentFreeze> = converted(
  resource({
    id: id<"DeploymentFreeze">(),
    name: text,
    start: instant,
    end: instant,
    environmentsByProject: ["ProjectEnvironmentScope", recordOf(ids<"Environment">())],
    tenantScopes: ["TenantProjectEnvironmentScope", listOf(TenantScope)],
  }),
  ({ environmentsByProject, tenantScopes, ...freeze }) => {
    const projectScopes = Object.entries(environmentsByProject).flatMap(([project, environments]) =>
      environments.map((environmentId) => ({ projectId: asId<"Project">(project), environmentId })),
    );
    return { ...freeze, scopes: [...projectScopes, ...tenantScopes] };
  },
);

const FreezePage = resource({
  items: ["DeploymentFreezes", z.array(Freeze)],
  total: ["Count", optional(z.number())],
});
