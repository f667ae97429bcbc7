import type { RecurringSchedule } from "../documents/configuration.ts";

/** One period of a freeze, in epoch milliseconds: from its start up to, and without, its end. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

export const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

const day = 86_400_000;
/** Occurrences are searched for a century, in days. */
const furthest = 36_525;

/**
 * The occurrence that is going on at an instant, else the next one, else the last one. `first` is the configured start and end: every other
 * occurrence has its length and its local time of day (OctopusClients, Model/DeploymentFreezes; docs, recurring freezes).
 */
export function occurrenceAt(first: Occurrence, schedule: RecurringSchedule | null, instant: number): Occurrence {
  let last = first;
  for (const start of startsOf(first.start, schedule)) {
    last = { start, end: start + first.end - first.start };
    if (last.end > instant) return last;
  }
  return last;
}

function* startsOf(first: number, schedule: RecurringSchedule | null): Generator<number> {
  yield first;
  if (schedule === null) return;
  const local = first + schedule.userUtcOffsetInMinutes * 60_000;
  const firstDay = Math.floor(local / day);
  let count = 1;
  for (let ahead = 1; ahead < furthest; ahead++) {
    const start = first + ahead * day;
    if (!recurs(schedule, firstDay, firstDay + ahead)) continue;
    count += 1;
    if (hasEnded(schedule, start, count)) return;
    yield start;
  }
}

function hasEnded(
  { endType, endOnDate, endAfterOccurrences }: RecurringSchedule,
  start: number,
  count: number,
): boolean {
  if (endType === "OnDate") return start > (endOnDate ?? Infinity);
  return endType === "AfterOccurrences" && count > (endAfterOccurrences ?? Infinity);
}

/** Whether the schedule has an occurrence on the day `other`. Days are counted from 1970, in the schedule's own time zone. */
function recurs(schedule: RecurringSchedule, first: number, other: number): boolean {
  const unit = Math.max(1, schedule.unit);
  switch (schedule.type) {
    case "Daily":
      return (other - first) % unit === 0;
    case "Weekly":
      return (week(other) - week(first)) % unit === 0 && schedule.daysOfWeek.includes(weekdayOf(other));
    case "Monthly":
      return (month(other) - month(first)) % unit === 0 && isDayOfMonth(schedule, first, dateOf(other));
    case "Annually":
      return (month(other) - month(first)) % (12 * unit) === 0 && isDate(dateOf(other), dateOf(first).getUTCDate());
  }
}

function isDayOfMonth(schedule: RecurringSchedule, first: number, date: Date): boolean {
  if (schedule.monthlyScheduleType !== "DayOfMonth") {
    const wanted = schedule.dateOfMonth ?? String(dateOf(first).getUTCDate());
    return isDate(date, wanted === "L" ? 31 : Number(wanted));
  }
  if (weekdays[date.getUTCDay()] !== schedule.dayOfWeek) return false;
  if (schedule.dayNumberOfMonth === "L") return date.getUTCDate() + 7 > lengthOfMonth(date);
  return Math.ceil(date.getUTCDate() / 7) === Number(schedule.dayNumberOfMonth ?? 1);
}

/** A date that a month does not have falls on its last day. */
function isDate(date: Date, wanted: number): boolean {
  return date.getUTCDate() === Math.min(wanted, lengthOfMonth(date));
}

function lengthOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function dateOf(number: number): Date {
  return new Date(number * day);
}

export function weekdayOf(number: number): (typeof weekdays)[number] {
  return weekdays[dateOf(number).getUTCDay()] ?? "Sunday";
}

/** Weeks begin on Monday; 1 January 1970 was a Thursday. */
function week(number: number): number {
  return Math.floor((number + 3) / 7);
}

function month(number: number): number {
  const date = dateOf(number);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
