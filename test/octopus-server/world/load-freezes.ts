import type { RecurringSchedule } from "../documents/configuration.ts";
import type { Instance } from "../instance.ts";
import { weekdayOf } from "../rules/recurrence.ts";
import { momentReader } from "./moment.ts";
import type { Names } from "./names.ts";
import type { ParsedFreeze, ParsedRecurring, SpaceContent } from "./world.ts";

export function loadFreezes(
  instance: Instance,
  names: Names,
  spaceId: string,
  content: SpaceContent,
  where: string,
): void {
  content.freezes.forEach((given, index) => loadFreeze(instance, names, spaceId, given, `${where}freezes[${index}]`));
}

function loadFreeze(instance: Instance, names: Names, spaceId: string, given: ParsedFreeze, at: string): void {
  const { state } = instance;
  const moment = momentReader(instance.timeline.now());
  const owner =
    given.project === undefined
      ? undefined
      : names.need(state.projects, "project", spaceId, given.project, `${at}.project`);
  const named = names.needAll(state.projects, "project", spaceId, given.projects, `${at}.projects`);
  const projectIds = [...new Set([...(owner === undefined ? [] : [owner.id]), ...named])];
  const environmentIds = names.needAll(
    state.environments,
    "environment",
    spaceId,
    given.environments,
    `${at}.environments`,
  );
  const tenantIds = names.needAll(state.tenants, "tenant", spaceId, given.tenants, `${at}.tenants`);
  const pairs = projectIds.flatMap((projectId) =>
    environmentIds.map((environmentId) => ({ projectId, environmentId })),
  );
  const id = state.nextId("DeploymentFreezes");
  const start = moment(given.start);
  state.freezes.set(id, {
    id,
    name: given.name,
    description: null,
    start,
    end: moment(given.end),
    recurringSchedule: given.recurring === undefined ? null : scheduleOf(given.recurring, start, moment),
    ownerId: owner?.id ?? null,
    projectEnvironments:
      tenantIds.length > 0 ? {} : Object.fromEntries(projectIds.map((projectId) => [projectId, environmentIds])),
    tenantScopes: tenantIds.flatMap((tenantId) => pairs.map((pair) => ({ ...pair, tenantId }))),
  });
}

function scheduleOf(given: ParsedRecurring, start: number, moment: (text: string) => number): RecurringSchedule {
  const startDay = weekdayOf(Math.floor((start + given.utcOffset * 60_000) / 86_400_000));
  return {
    type: given.type,
    unit: given.every,
    userUtcOffsetInMinutes: given.utcOffset,
    endType: given.until !== undefined ? "OnDate" : given.times !== undefined ? "AfterOccurrences" : "Never",
    endOnDate: given.until === undefined ? null : moment(given.until),
    endAfterOccurrences: given.times ?? null,
    monthlyScheduleType: given.type !== "Monthly" ? null : given.day === undefined ? "DateOfMonth" : "DayOfMonth",
    dateOfMonth: given.date ?? null,
    dayNumberOfMonth: given.day === undefined ? null : given.number,
    daysOfWeek: given.days.length === 0 ? [startDay] : given.days,
    dayOfWeek: given.day ?? null,
  };
}
