import { TZDateMini } from "@date-fns/tz/date/mini";
import { tzOffset } from "@date-fns/tz/tzOffset";
import { lightFormat } from "date-fns";
import type { Instant } from "../model.ts";
import type { Schedule, WallClock } from "./schedule.ts";

/** An instant with its local time. */
export interface ScheduledTime {
  readonly instant: Instant;
  /** `2021-01-14 21:00:00 +01:00`: the local time in the zone, and its offset from UTC. */
  readonly local: string;
  /** The time zone, as it was given. */
  readonly zone: string;
  /** `2021-01-14T20:00:00Z` */
  readonly utc: string;
  /** Clocks in the zone show this time twice, because they are set back. The first of the two instants is used. */
  readonly note?: "occurs-twice" | undefined;
}

export type ResolvedSchedule =
  /** Some Octopus Servers refuse to schedule further ahead than 30 days. */
  | ({ readonly kind: "at"; readonly warning?: "beyond-30-days" | undefined } & ScheduledTime)
  /** Not after now. */
  | ({ readonly kind: "past" } & ScheduledTime)
  /** Clocks in the zone never show this time, because they are set forward over it. */
  | { readonly kind: "nonexistent"; readonly local: string; readonly zone: string };

/** The instant a schedule means in a time zone, which must satisfy `isTimeZone`. */
export function resolveSchedule(schedule: Schedule, now: Instant, timeZone: string): ResolvedSchedule {
  switch (schedule.kind) {
    case "instant":
      return judge(schedule.instant, { now, timeZone });
    case "delay":
      return judge(now + schedule.seconds * 1000, { now, timeZone });
    case "local":
      return resolveWallClock(schedule.wallClock, now, timeZone);
    case "time-of-day": {
      const wallNow = now + offsetAt(now, timeZone);
      const midnight = wallNow - (((wallNow % day) + day) % day);
      const days = schedule.day === "tomorrow" ? day : 0;
      return resolveWallClock(midnight + days + schedule.millisecondsSinceMidnight, now, timeZone);
    }
  }
}

const day = 86_400_000;

function resolveWallClock(wallClock: WallClock, now: Instant, timeZone: string): ResolvedSchedule {
  // A change of clocks on that day goes from the offset of the day before to that of the day after.
  const offsets = new Set([offsetAt(wallClock - day, timeZone), offsetAt(wallClock + day, timeZone)]);
  // Of a time that is shown twice, the earlier offset comes first.
  const [first, second] = [...offsets]
    .map((offset) => wallClock - offset)
    .filter((instant) => instant + offsetAt(instant, timeZone) === wallClock);
  if (first === undefined) return { kind: "nonexistent", local: formatWallClock(wallClock), zone: timeZone };
  return judge(first, { now, timeZone, note: second === undefined ? undefined : "occurs-twice" });
}

/** The present, the time zone, and a remark on the time. */
interface Judging extends Pick<ScheduledTime, "note"> {
  readonly now: Instant;
  readonly timeZone: string;
}

function judge(instant: Instant, { now, timeZone, note }: Judging): ResolvedSchedule {
  const offset = offsetAt(instant, timeZone);
  const local = `${formatWallClock(instant + offset)} ${formatOffset(offset)}`;
  const utc = `${formatWallClock(instant).replace(" ", "T")}Z`;
  const time = { instant, local, zone: timeZone, utc, note };
  if (instant <= now) return { kind: "past", ...time };
  return { kind: "at", ...time, warning: instant - now > 30 * day ? "beyond-30-days" : undefined };
}

/** Milliseconds by which clocks in the zone are ahead of UTC. */
function offsetAt(instant: Instant, timeZone: string): number {
  return Math.round(tzOffset(timeZone, new TZDateMini(instant, "UTC")) * 60_000);
}

function formatWallClock(wallClock: WallClock): string {
  return lightFormat(new TZDateMini(wallClock, "UTC"), "yyyy-MM-dd HH:mm:ss");
}

function formatOffset(offset: number): string {
  return (offset < 0 ? "-" : "+") + lightFormat(new TZDateMini(Math.abs(offset), "UTC"), "HH:mm");
}
