import { TZDate } from "@date-fns/tz";
import type { DeploymentFreeze, FreezeRecurrence, FreezeScope, Instant } from "../model.ts";
import { instantText } from "./words.ts";

/** A freeze that forbids deployments to start, and when it ends. */
export interface ActiveFreeze {
  readonly freeze: DeploymentFreeze;
  readonly until: Instant;
}

/** The freezes that hold at an instant in a place: those of its project and environment, for everybody or for its tenant. */
export function freezesAt(
  freezes: readonly DeploymentFreeze[],
  { projectId, environmentId, tenantId }: FreezeScope,
  instant: Instant,
): readonly ActiveFreeze[] {
  return freezes
    .filter(({ scopes }) =>
      scopes.some(
        (scope) =>
          scope.projectId === projectId &&
          scope.environmentId === environmentId &&
          (scope.tenantId === undefined || scope.tenantId === tenantId),
      ),
    )
    .flatMap((freeze) => {
      const until = endOfOccurrence(freeze, instant);
      return until === undefined ? [] : [{ freeze, until }];
    });
}

/** `the deployment freeze "Xmas" until 2027-01-03 00:00 UTC` */
export function freezeText({ freeze, until }: ActiveFreeze): string {
  return `the deployment freeze "${freeze.name}" until ${instantText(until)}`;
}

const day = 86_400_000;

/** Freezes recur at the same time of day, in whole days of a fixed offset from UTC: the days since the first one name an occurrence. */
function endOfOccurrence({ start, end, recurrence }: DeploymentFreeze, instant: Instant): Instant | undefined {
  const length = end - start;
  const last = recurrence === undefined ? 0 : Math.floor((instant - start) / day);
  for (let number = last; number >= 0 && instant < start + number * day + length; number--) {
    const begin = start + number * day;
    if (begin <= instant && (number === 0 || recurs(start, number, recurrence))) return begin + length;
  }
  return undefined;
}

function recurs(start: Instant, number: number, recurrence: FreezeRecurrence | undefined): boolean {
  if (recurrence === undefined) return false;
  const { lastStart, occurrences } = recurrence;
  if (!isDue(start, number, recurrence) || (lastStart !== undefined && start + number * day > lastStart)) return false;
  if (occurrences === undefined) return true;
  let before = 1;
  for (let earlier = 1; earlier < number; earlier++) before += Number(isDue(start, earlier, recurrence));
  return before < occurrences;
}

/** A kind of recurrence we do not know never recurs here: the server itself still refuses the deployment. */
function isDue(start: Instant, number: number, recurrence: FreezeRecurrence): boolean {
  const { kind, every, daysOfWeek, offset } = recurrence;
  const [first, date] = [calendarDay(start + offset), calendarDay(start + offset + number * day)];
  switch (kind) {
    case "Daily":
      return number % every === 0;
    case "Weekly": {
      const days = daysOfWeek.length === 0 ? [first.weekday] : daysOfWeek;
      return (date.week - first.week) % every === 0 && days.includes(date.weekday);
    }
    case "Monthly":
      return (date.monthNumber - first.monthNumber) % every === 0 && isDayOfMonth(first, date, recurrence);
    case "Annually":
      return (date.monthNumber - first.monthNumber) % (12 * every) === 0 && date.day === first.day;
    case "Other":
      return false;
  }
}

/** `L` is the last one of the month. */
function isDayOfMonth(first: CalendarDay, date: CalendarDay, { dateOfMonth, dayNumber, dayOfWeek }: FreezeRecurrence) {
  if (dayOfWeek !== "") {
    const isNumber = dayNumber === "L" ? date.isInLastWeek : Math.ceil(date.day / 7) === Number(dayNumber);
    return isNumber && date.weekday === dayOfWeek;
  }
  return dateOfMonth === "L" ? date.isLast : date.day === Number(dateOfMonth === "" ? first.day : dateOfMonth);
}

type CalendarDay = ReturnType<typeof calendarDay>;

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function calendarDay(wallClock: number) {
  const date = new TZDate(wallClock, "UTC");
  const monthAfter = (days: number) => new TZDate(wallClock + days * day, "UTC").getMonth();
  return {
    day: date.getDate(),
    weekday: weekdays[date.getDay()] ?? "",
    // Weeks begin on Monday; 1970 began on a Thursday.
    week: Math.floor((Math.floor(wallClock / day) + 3) / 7),
    monthNumber: date.getFullYear() * 12 + date.getMonth(),
    isLast: monthAfter(1) !== date.getMonth(),
    isInLastWeek: monthAfter(7) !== date.getMonth(),
  };
}
