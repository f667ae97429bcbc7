import type { Attempt, Instant } from "../model.ts";
import { isOfSameTask, type StepIdentity } from "./marker.ts";
import { type ResolvedSchedule, resolveSchedule } from "./resolve-schedule.ts";
import { isTimeZone, type Schedule } from "./schedule.ts";
import { sentences } from "../text/format.ts";

/** The schedule, its time zone, and how long after the scheduled time the deployment may still start. */
export interface Appointment {
  readonly schedule: Schedule;
  readonly zone: string;
  /** Why UTC is assumed. Absent means that the zone is not an assumption. */
  readonly assumed?: "unknown" | "worker-in-utc" | undefined;
  readonly expirySeconds: number;
}

/** An appointment, resolved at one instant. */
export type PlannedStart = ResolvedSchedule & {
  /** The schedule is a delay, which means another instant each time it is resolved. */
  readonly isDelay: boolean;
  readonly expirySeconds: number;
};

/** @returns `undefined` means at once */
export function appointmentOf(
  asked: {
    readonly start?: Schedule | undefined;
    readonly timeZone?: string | undefined;
    readonly expirySeconds: number;
  },
  workersZone: string | undefined,
): Appointment | undefined {
  const { start: schedule, timeZone, expirySeconds } = asked;
  if (schedule === undefined) return undefined;
  const zone = timeZone ?? workersZone;
  if (zone === undefined || !isTimeZone(zone)) return { schedule, zone: "UTC", assumed: "unknown", expirySeconds };
  const assumed = timeZone === undefined && utcNames.test(zone) ? ("worker-in-utc" as const) : undefined;
  return { schedule, zone, assumed, expirySeconds };
}

/** UTC as the IANA data base spells it. */
const utcNames = /^(?:etc\/)?(?:utc|uct|universal|zulu|greenwich|gmt(?:[+-]?0)?)$/i;

export function plannedStart(appointment: Appointment | undefined, now: Instant): PlannedStart | undefined {
  if (appointment === undefined) return undefined;
  const { schedule, zone, expirySeconds } = appointment;
  return { ...resolveSchedule(schedule, now, zone), isDelay: schedule.kind === "delay", expirySeconds };
}

/** The instant for which freezes are checked. */
export function startInstant(start: PlannedStart | undefined, now: Instant): Instant {
  return start?.kind === "at" ? start.instant : now;
}

/** The times for `POST deployments`. Without a limit the server may start the deployment for a year. */
export function queueTimes({ instant, expirySeconds }: PlannedStart & { readonly kind: "at" }) {
  return { at: instant, expires: instant + (expirySeconds || 365 * 86_400) * 1000 };
}

/** `2021-01-14 21:00 Europe/Berlin (20:00 UTC)`, with the date of UTC where it is another one. */
export function startText(start: PlannedStart): string {
  const short = (time: string) =>
    time
      .slice(0, 19)
      .replace("T", " ")
      .replace(/(?<=:..):00$/, "");
  const place = `${short(start.local)} ${start.zone}`;
  return start.kind === "nonexistent" ? place : `${place} (${short(start.utc).replace(place.slice(0, 11), "")} UTC)`;
}

/** Why nothing can be created for that time, as a whole sentence. `undefined` means that it can. */
export function startProblem(start: PlannedStart | undefined): string | undefined {
  if (start === undefined || start.kind === "at") return undefined;
  return `The scheduled time ${startText(start)} ${start.kind === "past" ? "is past" : "does not exist, because clocks are set forward then"}.`;
}

const assumptions = {
  unknown: "The worker's time zone is unknown, so",
  "worker-in-utc": "No time zone is given and the worker's is UTC, so",
};

export function startWarnings(
  appointment: Appointment | undefined,
  start: PlannedStart | undefined,
): readonly string[] {
  if (appointment === undefined || start?.kind !== "at") return [];
  const { schedule, assumed } = appointment;
  const isLocal = schedule.kind === "local" || schedule.kind === "time-of-day";
  return sentences(
    isLocal &&
      assumed &&
      `${assumptions[assumed]} the schedule is read in UTC. Set the parameter "Schedule: time zone".`,
    start.note && `Clocks in ${start.zone} show ${start.local.slice(0, -7)} twice. The first is used.`,
    start.warning && "The scheduled time is more than 30 days away. Some Octopus Servers refuse that.",
  );
}

/**
 * Whether a scheduled deployment of this step has the start that this run asks for. Times are compared to the second. A delay is counted from
 * the beginning of each run, so it matches only within the same parent task.
 */
export function isAskedFor(attempt: Attempt, identity: StepIdentity, start: PlannedStart | undefined): boolean {
  if (start === undefined || start.kind === "nonexistent") return false;
  if (start.isDelay) return isOfSameTask(attempt, identity);
  return Math.abs((attempt.deployment.queueTime ?? NaN) - start.instant) < 1000;
}
