import * as z from "zod";
import type { Freeze, RecurringSchedule } from "../documents/configuration.ts";
import { bodyObject, dateTime, optionalText } from "../http/body.ts";
import { dateTime as dateTimeText } from "../resources/common.ts";
import { occurrenceOf } from "../rules/freezes.ts";
import { weekdays } from "../rules/recurrence.ts";

const Weekday = z.enum(weekdays);

/** OctopusClients writes several days as one text, `Monday, Friday`; other clients send a list. */
const Weekdays = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",").map((name) => name.trim()) : value),
  z.array(Weekday),
);

/** `1` to `4`, `L` for the last one, or in words (OctopusClients, RecurringScheduleConverterFixture). */
const DayNumber = z.preprocess(
  (value) => {
    const words = ["First", "Second", "Third", "Fourth"];
    const number = words.findIndex((word) => word === value) + 1;
    return number > 0 ? String(number) : value === "Last" ? "L" : value;
  },
  z.string().regex(/^([1-4]|L)$/, "is not the number of a day in the month"),
);

const ScheduleBody = bodyObject({
  Type: z.enum(["Daily", "Weekly", "Monthly", "Annually"]),
  Unit: z.number().int().min(1).default(1),
  UserUtcOffsetInMinutes: z.number().int().default(0),
  EndType: z.enum(["Never", "OnDate", "AfterOccurrences"]).default("Never"),
  EndOnDate: dateTime.optional(),
  EndAfterOccurrences: z.number().int().optional(),
  MonthlyScheduleType: z.enum(["DateOfMonth", "DayOfMonth"]).optional(),
  DateOfMonth: z
    .string()
    .regex(/^([1-9]|[12]\d|3[01]|L)$/, "is not a date of a month")
    .optional(),
  DayNumberOfMonth: DayNumber.optional(),
  DaysOfWeek: Weekdays.optional(),
  DayOfWeek: z.preprocess((value) => (typeof value === "number" ? weekdays[value] : value), Weekday).optional(),
});

/** The body that creates or changes a freeze. The server computes `StartDate` and `EndDate` of a schedule and ignores sent ones. */
export const FreezeBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  Start: dateTime,
  End: dateTime,
  ProjectEnvironmentScope: z.record(z.string(), z.array(z.string())).optional(),
  TenantProjectEnvironmentScope: z
    .array(bodyObject({ TenantId: z.string(), ProjectId: z.string(), EnvironmentId: z.string() }))
    .optional(),
  RecurringSchedule: ScheduleBody.optional(),
  OwnerId: optionalText,
});

export function scheduleOf(body: z.output<typeof ScheduleBody> | undefined): RecurringSchedule | null {
  if (body === undefined) return null;
  return {
    type: body.Type,
    unit: body.Unit,
    userUtcOffsetInMinutes: body.UserUtcOffsetInMinutes,
    endType: body.EndType,
    endOnDate: body.EndOnDate ?? null,
    endAfterOccurrences: body.EndAfterOccurrences ?? null,
    monthlyScheduleType: body.MonthlyScheduleType ?? null,
    dateOfMonth: body.DateOfMonth ?? null,
    dayNumberOfMonth: body.DayNumberOfMonth ?? null,
    daysOfWeek: body.DaysOfWeek ?? [],
    dayOfWeek: body.DayOfWeek ?? null,
  };
}

/** A freeze as the API shows it. Its schedule may have the occurrence at an instant, else the next one. */
export function freezeResource(freeze: Freeze, instant: number, tellsOccurrence: boolean): unknown {
  return {
    Id: freeze.id,
    Name: freeze.name,
    Description: freeze.description,
    Start: dateTimeText(freeze.start),
    End: dateTimeText(freeze.end),
    ProjectEnvironmentScope: freeze.projectEnvironments,
    TenantProjectEnvironmentScope: freeze.tenantScopes.map(({ tenantId, projectId, environmentId }) => ({
      TenantId: tenantId,
      ProjectId: projectId,
      EnvironmentId: environmentId,
    })),
    RecurringSchedule:
      freeze.recurringSchedule === null
        ? null
        : {
            ...scheduleResource(freeze.recurringSchedule),
            ...(tellsOccurrence ? occurrenceResource(freeze, instant) : {}),
          },
    OwnerId: freeze.ownerId,
  };
}

function occurrenceResource(freeze: Freeze, instant: number): object {
  const { start, end } = occurrenceOf(freeze, instant);
  return { StartDate: dateTimeText(start), EndDate: dateTimeText(end) };
}

function scheduleResource(schedule: RecurringSchedule): object {
  return {
    Type: schedule.type,
    Unit: schedule.unit,
    UserUtcOffsetInMinutes: schedule.userUtcOffsetInMinutes,
    EndType: schedule.endType,
    EndOnDate: dateTimeText(schedule.endOnDate),
    EndAfterOccurrences: schedule.endAfterOccurrences,
    ...(schedule.type === "Weekly" ? { DaysOfWeek: schedule.daysOfWeek } : {}),
    ...(schedule.type === "Monthly"
      ? {
          MonthlyScheduleType: schedule.monthlyScheduleType ?? "DateOfMonth",
          DateOfMonth: schedule.dateOfMonth,
          DayNumberOfMonth: schedule.dayNumberOfMonth,
          DayOfWeek: schedule.dayOfWeek,
        }
      : {}),
  };
}
