import { describe, expect, test } from "vitest";
import { isTimeZone, parseSchedule } from "../../src/rules/schedule.ts";

const minute = 60_000;
const hour = 60 * minute;

/** What a clock on the wall shows, written as if it were in UTC. */
function wallClock(text: string): number {
  return Date.parse(`${text}Z`);
}

describe("nothing entered means now", () => {
  test.each(["", "  ", "N/A", "n/a", " N/A "])("%j", (text) => {
    expect(parseSchedule(text)).toBeUndefined();
  });
});

describe("a time of day is today's unless it says tomorrow", () => {
  test.each([
    ["7:00 PM", "today", 19 * hour],
    ["7:00PM", "today", 19 * hour],
    ["7:00:30 pm", "today", 19 * hour + 30_000],
    ["7 pm", "today", 19 * hour],
    ["07:05 AM", "today", 7 * hour + 5 * minute],
    ["12:00 AM", "today", 0],
    ["1:00 AM", "today", hour],
    ["12:30 PM", "today", 12 * hour + 30 * minute],
    ["21:00", "today", 21 * hour],
    ["0:00", "today", 0],
    ["23:59:59", "today", 24 * hour - 1000],
    ["today 21:00", "today", 21 * hour],
    ["tomorrow 04:00", "tomorrow", 4 * hour],
    ["Tomorrow   04:00:15", "tomorrow", 4 * hour + 15_000],
    ["TOMORROW at 4:00 am", "tomorrow", 4 * hour],
  ])("%j", (text, day, millisecondsSinceMidnight) => {
    expect(parseSchedule(text)).toEqual({ kind: "time-of-day", day, millisecondsSinceMidnight });
  });
});

describe("a date and time without offset is local, in every form", () => {
  test.each([
    ["2021-01-14 21:00:00", "2021-01-14T21:00:00"],
    ["2021-01-14 21:00", "2021-01-14T21:00:00"],
    ["2021-1-4 9:05", "2021-01-04T09:05:00"],
    ["2021-01-14T21:00", "2021-01-14T21:00:00"],
    ["2021-01-14T21:00:00.250", "2021-01-14T21:00:00.250"],
    ["2021-01-14 9:00 PM", "2021-01-14T21:00:00"],
    ["2021/03/20 22:00:00", "2021-03-20T22:00:00"],
    ["2021/03/20 22:00", "2021-03-20T22:00:00"],
    ["06/25/2021 19:00:00", "2021-06-25T19:00:00"],
    ["6/7/2021 19:00", "2021-06-07T19:00:00"],
    ["06/25/2021 7:00 PM", "2021-06-25T19:00:00"],
    ["01 Jan 2021 18:00:00", "2021-01-01T18:00:00"],
    ["1 january 2021 18:00", "2021-01-01T18:00:00"],
    ["14 Sept. 2021 6 PM", "2021-09-14T18:00:00"],
    ["29 Feb 2024 00:00", "2024-02-29T00:00:00"],
    ["1970-01-01 00:00", "1970-01-01T00:00:00"],
    ["31 DEC 2021 23:59:59", "2021-12-31T23:59:59"],
  ])("%j", (text, expected) => {
    expect(parseSchedule(text)).toEqual({ kind: "local", wallClock: wallClock(expected) });
  });
});

describe("a date and time with an offset is an instant", () => {
  test.each([
    ["2021-01-14T21:00:00Z", "2021-01-14T21:00:00Z"],
    ["2021-01-14t21:00z", "2021-01-14T21:00:00Z"],
    ["2021-01-14T21:00:00+01:00", "2021-01-14T20:00:00Z"],
    ["2021-01-14T21:00:00.5-05:00", "2021-01-15T02:00:00.500Z"],
    ["2021-01-14T21:00:00.1234567+00:00", "2021-01-14T21:00:00.123Z"],
    ["2021-01-14T21:00+0545", "2021-01-14T15:15:00Z"],
    ["2021-01-14T21:00-03", "2021-01-15T00:00:00Z"],
    ["2021-01-14 21:00:00 +01:00", "2021-01-14T20:00:00Z"],
    ["2021-01-14T21:00:00+14:00", "2021-01-14T07:00:00Z"],
    ["2021-01-14T21:00:00+01:59", "2021-01-14T19:01:00Z"],
  ])("%j", (text, expected) => {
    expect(parseSchedule(text)).toEqual({ kind: "instant", instant: Date.parse(expected) });
  });
});

describe("a plus sign is a delay from now", () => {
  test.each([
    ["+90m", 5400],
    ["+2h", 7200],
    ["+2H", 7200],
    ["+ 2h", 7200],
    ["+1h30m", 5400],
    ["+45s", 45],
    ["+1d", 86_400],
  ])("%j", (text, seconds) => {
    expect(parseSchedule(text)).toEqual({ kind: "delay", seconds });
  });
});

describe("a time that is impossible or not understood is refused with a reason", () => {
  test.each([
    ["25:00", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["24:00", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["13:00 PM", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["0:30 AM", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["21:60", "minutes and seconds go from 0 to 59."],
    ["21:00:60", "minutes and seconds go from 0 to 59."],
    ["tomorrow 25:00", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["2021-01-14 25:00", "hours go from 0 to 23, with AM or PM from 1 to 12."],
    ["tomorrow", "a time of day is missing, such as 21:00."],
    ["today", "a time of day is missing, such as 21:00."],
    ["tomorrow night", "a time of day is missing, such as 21:00."],
    ["2021-01-14", "a time of day is missing, such as 21:00."],
    ["2021-01-14T", "a time of day is missing, such as 21:00."],
    ["14 Jan 2021", "a time of day is missing, such as 21:00."],
    ["31 Feb", "the year has to be given, with four digits."],
    ["31 Feb 2021 18:00", "February 2021 has no day 31."],
    ["29 Feb 2021 18:00", "February 2021 has no day 29."],
    ["29 Feb 2100 18:00", "February 2100 has no day 29."],
    ["2021-04-31 18:00", "April 2021 has no day 31."],
    ["2021-04-31T18:00:00Z", "April 2021 has no day 31."],
    ["0 Jan 2021 18:00", "January 2021 has no day 0."],
    ["2021-13-01 18:00", "there is no month 13."],
    ["2021-00-01 18:00", "there is no month 0."],
    ["25/06/2021", "there is no month 25. Dates with slashes have the month first, or the year."],
    ["25/06/2021 19:00", "there is no month 25. Dates with slashes have the month first, or the year."],
    ["29 Feb 18:00", "the year has to be given, with four digits."],
    ["14 Jan 21 18:00", "the year has to be given, with four digits."],
    ["06/25/21 19:00", "the year has to be given, with four digits."],
    ["06/25/20210 19:00", "the year has to be given, with four digits."],
    ["14 Foo 2021 18:00", '"Foo" is not a month.'],
    ["14 Ja 2021 18:00", '"Ja" is not a month.'],
    ["1 Januar 2021 18:00 Uhr", '"18:00 Uhr" is not a time of day.'],
    ["2021-01-14 noon", '"noon" is not a time of day.'],
    ["2021-01-14 21", '"21" is not a time of day.'],
    ["2021-01-14T21:00:00+15:00", "offsets from UTC go from -14:00 to +14:00."],
    ["2021-01-14T21:00:00+01:60", "offsets from UTC go from -14:00 to +14:00."],
    ["1921-01-14 21:00", "this is long past."],
    ["0001-01-14 21:00", "this is long past."],
    ["+90", "this is not a delay."],
    ["+", "this is not a delay."],
    ["+90x", "this is not a delay."],
    ["+-5m", "this is not a delay."],
    ["+0m", "this is no delay at all."],
    ["-90m", "this is not a recognised time. Enter for example"],
    ["7", "this is not a recognised time."],
    ["now", "this is not a recognised time."],
    ["2021-01/14 21:00", "this is not a recognised time."],
    ["14.01.2021 21:00", "this is not a recognised time."],
    ["20210114T210000Z", "this is not a recognised time."],
    ["0 7 * * *", "this is not a recognised time."],
  ])("%j: %s", (text, expected) => {
    expect(parseSchedule(text)).toEqual(expect.stringContaining(expected));
  });
});

describe("a time zone is a name of the IANA database", () => {
  test.each([
    ["Europe/Berlin", true],
    ["europe/berlin", true],
    ["Australia/Lord_Howe", true],
    ["Etc/GMT+5", true],
    ["UTC", true],
    ["CET", true],
    ["", false],
    [" UTC", false],
    ["Mars/Olympus_Mons", false],
    ["W. Europe Standard Time", false],
    ["Berlin", false],
    ["+02:00", false],
    ["UTC+2", false],
  ])("%j: %s", (text, expected) => {
    expect(isTimeZone(text)).toBe(expected);
  });
});
