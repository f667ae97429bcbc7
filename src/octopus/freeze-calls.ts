import * as z from "zod/mini";
import { asId, type DeploymentFreeze, type FreezeRecurrence } from "../model.ts";
import { id, instant, oneOf, optionalInstant, text, texts } from "./fields.ts";
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

const integerIfAny = z.optional(z.nullable(z.number()));

const Recurrence = z.pipe(
  z.object({
    Type: oneOf(["Daily", "Weekly", "Monthly", "Annually", "Other"], "Other"),
    Unit: integerIfAny,
    UserUtcOffsetInMinutes: integerIfAny,
    EndType: text,
    EndOnDate: optionalInstant,
    EndAfterOccurrences: integerIfAny,
    MonthlyScheduleType: text,
    DateOfMonth: text,
    DayNumberOfMonth: text,
    DaysOfWeek: texts,
    DayOfWeek: text,
  }),
  z.transform((schedule): FreezeRecurrence => ({
    kind: schedule.Type,
    every: Math.max(1, schedule.Unit ?? 1),
    offset: (schedule.UserUtcOffsetInMinutes ?? 0) * 60_000,
    lastStart: schedule.EndType === "OnDate" ? schedule.EndOnDate : undefined,
    occurrences: schedule.EndType === "AfterOccurrences" ? (schedule.EndAfterOccurrences ?? 1) : undefined,
    daysOfWeek: schedule.DaysOfWeek,
    dateOfMonth: schedule.DateOfMonth,
    dayNumber: schedule.DayNumberOfMonth,
    dayOfWeek: schedule.MonthlyScheduleType === "DayOfMonth" ? schedule.DayOfWeek : "",
  })),
);

const Freeze = z.pipe(
  z.object({
    Id: id<"DeploymentFreeze">(),
    Name: text,
    Start: instant,
    End: instant,
    ProjectEnvironmentScope: z.optional(z.nullable(z.record(z.string(), texts))),
    TenantProjectEnvironmentScope: z.optional(
      z.nullable(
        z.array(z.object({ TenantId: id<"Tenant">(), ProjectId: id<"Project">(), EnvironmentId: id<"Environment">() })),
      ),
    ),
    RecurringSchedule: z.optional(z.nullable(Recurrence)),
  }),
  z.transform((freeze): DeploymentFreeze => ({
    id: freeze.Id,
    name: freeze.Name,
    start: freeze.Start,
    end: freeze.End,
    scopes: [
      ...Object.entries(freeze.ProjectEnvironmentScope ?? {}).flatMap(([project, environments]) =>
        environments.map((environment) => ({
          projectId: asId<"Project">(project),
          environmentId: asId<"Environment">(environment),
        })),
      ),
      ...(freeze.TenantProjectEnvironmentScope ?? []).map((scope) => ({
        tenantId: scope.TenantId,
        projectId: scope.ProjectId,
        environmentId: scope.EnvironmentId,
      })),
    ],
    recurrence: freeze.RecurringSchedule ?? undefined,
  })),
);

const FreezePage = z.pipe(
  z.object({ Count: integerIfAny, DeploymentFreezes: z.array(Freeze) }),
  z.transform((page) => ({ items: page.DeploymentFreezes, total: page.Count ?? undefined })),
);
