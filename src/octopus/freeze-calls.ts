import * as z from "zod/mini";
import { asId, type DeploymentFreeze, type FreezeScope, type Recurrence } from "../model.ts";
import {
  converted,
  id,
  ids,
  instant,
  listOf,
  optional,
  optionalInstant,
  optionalText,
  recordOf,
  resource,
  text,
} from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import { allItems, pages } from "./paging.ts";
import { undefinedIfNotTold, type Requests } from "./requests.ts";

/** Freezes belong to the server, not to a space, and have a page format of their own: https://octopus.com/docs/api/deployment-freeze */
export function freezeCalls({ read }: Requests): Pick<SpaceGateway, "deploymentFreezes"> {
  return {
    deploymentFreezes: ({ projectIds, at }) => {
      const page = (skip: number, take: number) =>
        read("reading the deployment freezes", "~/api/deploymentfreezes", FreezePage, {
          skip,
          take,
          projectIds,
          effectiveDate: at === undefined ? undefined : new Date(at).toISOString(),
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

/** `StartDate` and `EndDate` are those of one occurrence, and cannot be written. */
const RecurringSchedule: z.ZodMiniType<Recurrence> = converted(
  resource({ startDate: optionalInstant, endDate: optionalInstant }),
  ({ startDate: start, endDate: end }) => ({
    occurrence: start === undefined || end === undefined ? undefined : { start, end },
  }),
);

const Freeze: z.ZodMiniType<DeploymentFreeze> = converted(
  resource({
    id: id<"DeploymentFreeze">(),
    name: text,
    start: instant,
    end: instant,
    ownerId: optionalText,
    recurrence: ["RecurringSchedule", optional(RecurringSchedule)],
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
