import { TZDateMini } from "@date-fns/tz/date/mini";
import type { Instant } from "../model.ts";
import { parseDuration } from "../text/durations.ts";
import { quoted } from "../text/format.ts";

/**
 * A local time in an unknown zone: the milliseconds since the epoch at which a UTC clock shows the same. Not an instant until a time zone is
 * known.
 */
export type WallClock = number;

/** When a deployment should start, by the text alone. */
export type Schedule =
  | { readonly kind: "time-of-day"; readonly day: "today" | "tomorrow"; readonly millisecondsSinceMidnight: number }
  | { readonly kind: "local"; readonly wallClock: WallClock }
  | { readonly kind: "instant"; readonly instant: Instant }
  | { readonly kind: "delay"; readonly seconds: number };

/**
 * Reads the syntax of a schedule. `resolveSchedule` checks whether the time is past or exists in the zone. Blank and `N/A` mean now, which is
 * `undefined`. Dates with slashes have the month first unless they start with the year. Month names are English. Nothing depends on a locale.
 * @returns a text is the problem, as the end of a sentence
 */
export function parseSchedule(text: string): Reading<Schedule> {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (trimmed === "" || trimmed.toUpperCase() === "N/A") return undefined;
  return (
    readDelay(trimmed) ??
    readTimeOfDay(trimmed) ??
    readDateAndTime(trimmed) ??
    `this is not a recognised time. ${examples}`
  );
}

/** Whether the text is an IANA time zone that this worker knows. Offsets such as `+02:00` are not, because they have no summer time. */
export function isTimeZone(text: string): boolean {
  if (!/^[a-z]/i.test(text)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const examples =
  "Enter for example 19:00, 7:00 PM, tomorrow 04:00, +90m, 2021-01-14 21:00, 01/14/2021 21:00 (month first), 14 Jan 2021 21:00 or 2021-01-14T21:00:00+01:00.";

const noTime = "a time of day is missing, such as 21:00.";

const minute = 60_000;
const hour = 60 * minute;
const monthNames = "January February March April May June July August September October November December".split(" ");

/** The value, its problem as the end of a sentence, or `undefined` if the text has another form. */
type Reading<T> = T | string | undefined;

function readDelay(text: string): Reading<Schedule> {
  if (!text.startsWith("+")) return undefined;
  const seconds = /[a-z]/i.test(text) ? parseDuration(text.slice(1), "minutes") : undefined;
  if (seconds === undefined) return "this is not a delay. Enter for example +90m, +2h or +1h30m.";
  return seconds === 0
    ? "this is no delay at all. Leave the field blank to start at once."
    : { kind: "delay", seconds };
}

function readTimeOfDay(text: string): Reading<Schedule> {
  const timeText = text.replace(/^(?:today|tomorrow)(?: at)?(?: |$)/i, "");
  const time = readTime(timeText);
  if (time === undefined) return timeText === text ? undefined : noTime;
  if (typeof time === "string") return time;
  const day = /^tomorrow/i.test(text) ? "tomorrow" : "today";
  return { kind: "time-of-day", day, millisecondsSinceMidnight: time };
}

/** Milliseconds since midnight. */
function readTime(text: string): Reading<number> {
  const match = /^(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)? ?([ap]m)?$/i.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes = 0, seconds = 0, fraction = "0", half] = match;
  if (match[2] === undefined && half === undefined) return undefined;
  const hoursRead = Number(hours);
  if (half === undefined ? hoursRead > 23 : hoursRead < 1 || hoursRead > 12) {
    return "hours go from 0 to 23, with AM or PM from 1 to 12.";
  }
  if (Number(minutes) > 59 || Number(seconds) > 59) return "minutes and seconds go from 0 to 59.";
  const hourOfDay = half === undefined ? hoursRead : (hoursRead % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  return hourOfDay * hour + Number(minutes) * minute + Number(seconds) * 1000 + Number(fraction.padEnd(3, "0"));
}

function readDateAndTime(text: string): Reading<Schedule> {
  const date = readDate(text);
  if (typeof date !== "object") return date;
  const midnight = midnightOf(date);
  if (typeof midnight === "string") return midnight;
  const { rest } = date;
  if (rest === "") return noTime;
  const offset = / ?(?:z|([+-])(\d{2})(?::?(\d{2}))?)$/i.exec(rest);
  const time = readTime(rest.slice(0, offset?.index));
  if (time === undefined) return `${quoted(rest)} is not a time of day. ${examples}`;
  if (typeof time === "string") return time;
  if (offset === null) return { kind: "local", wallClock: midnight + time };
  const [, sign, hours = "0", minutes = "0"] = offset;
  const ahead = Number(hours) * hour + Number(minutes) * minute;
  if (Number(minutes) > 59 || ahead > 14 * hour) return "offsets from UTC go from -14:00 to +14:00.";
  return { kind: "instant", instant: midnight + time + (sign === "-" ? ahead : -ahead) };
}

function midnightOf({ year, month, day }: DateParts): WallClock | string {
  if (year.length !== 4) return "the year has to be given, with four digits.";
  if (Number(year) < 1970) return "this is long past.";
  const monthName = monthNames[month - 1];
  if (monthName === undefined) {
    return `there is no month ${month}. Dates with slashes have the month first, or the year.`;
  }
  const midnight = TZDateMini.UTC(Number(year), month - 1, day);
  // JavaScript takes a day that the month does not have for a day of the next month.
  const isInMonth = new TZDateMini(midnight, "UTC").getDate() === day;
  return isInMonth ? midnight : `${monthName} ${year} has no day ${day}.`;
}

interface DateParts {
  /** As written, perhaps not at all. */
  readonly year: string;
  readonly month: number;
  readonly day: number;
  /** What follows the date. */
  readonly rest: string;
}

function readDate(text: string): Reading<DateParts> {
  const yearFirst = text.replace(/^(\d{1,2})\/(\d{1,2})\/(\d+)(?= |$)/, "$3/$1/$2");
  const numbers = /^(\d+)([-/])(\d{1,2})\2(\d{1,2})(?:[t ](.*))?$/i.exec(yearFirst);
  if (numbers !== null) {
    const [, year = "", , month, day, rest = ""] = numbers;
    return { year, month: Number(month), day: Number(day), rest };
  }
  const named = /^(\d{1,2}) ([a-z]+)\.?(?: (\d+)(?= |$))?(?: (.*))?$/i.exec(text);
  if (named === null) return undefined;
  const [, day, name = "", year = "", rest = ""] = named;
  const index = monthNames.findIndex((known) => name.length >= 3 && known.toLowerCase().startsWith(name.toLowerCase()));
  if (index < 0) return `${quoted(name)} is not a month. Enter English names, such as Jan or January.`;
  return { year, month: index + 1, day: Number(day), rest };
}
