import { afterEach, describe, expect, test } from "vitest";
import { resolveSchedule } from "../../src/rules/resolve-schedule.ts";
import { parseSchedule, type Schedule } from "../../src/rules/schedule.ts";

const workersZone = process.env["TZ"];

afterEach(() => {
  if (workersZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = workersZone;
});

function scheduleOf(text: string): Schedule {
  const parsed = parseSchedule(text);
  if (typeof parsed !== "object") throw new Error(`not a schedule: ${text}`);
  return parsed;
}

function resolve(text: string, now: string, timeZone: string) {
  return resolveSchedule(scheduleOf(text), Date.parse(now), timeZone);
}

describe("the instant a text means", () => {
  test.each([
    // 2021-01-10 12:00 in UTC
    {
      text: "7:00 PM",
      now: "2021-01-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-01-10T19:00:00Z",
      local: "2021-01-10 19:00:00 +00:00",
    },
    {
      text: "21:00",
      now: "2021-01-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-01-10T21:00:00Z",
      local: "2021-01-10 21:00:00 +00:00",
    },
    {
      text: "2021-01-14 21:00:00",
      now: "2021-01-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-01-14T21:00:00Z",
      local: "2021-01-14 21:00:00 +00:00",
    },
    {
      text: "2021/03/20 22:00:00",
      now: "2021-03-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-03-20T22:00:00Z",
      local: "2021-03-20 22:00:00 +00:00",
    },
    {
      text: "06/25/2021 19:00:00",
      now: "2021-06-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-06-25T19:00:00Z",
      local: "2021-06-25 19:00:00 +00:00",
    },
    // the same text in other time zones
    {
      text: "21:00",
      now: "2021-01-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-01-10T20:00:00Z",
      local: "2021-01-10 21:00:00 +01:00",
    },
    {
      text: "21:00",
      now: "2021-07-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-07-10T19:00:00Z",
      local: "2021-07-10 21:00:00 +02:00",
    },
    {
      text: "21:00",
      now: "2021-01-10T12:00:00Z",
      zone: "America/New_York",
      utc: "2021-01-11T02:00:00Z",
      local: "2021-01-10 21:00:00 -05:00",
    },
    {
      text: "21:00",
      now: "2021-01-10T12:00:00Z",
      zone: "Asia/Kathmandu",
      utc: "2021-01-10T15:15:00Z",
      local: "2021-01-10 21:00:00 +05:45",
    },
    {
      text: "23:45",
      now: "2021-01-10T12:00:00Z",
      zone: "Australia/Lord_Howe",
      utc: "2021-01-10T12:45:00Z",
      local: "2021-01-10 23:45:00 +11:00",
    },
    {
      text: "2021-07-01 21:00",
      now: "2021-06-10T12:00:00Z",
      zone: "Australia/Lord_Howe",
      utc: "2021-07-01T10:30:00Z",
      local: "2021-07-01 21:00:00 +10:30",
    },
    {
      text: "21:00",
      now: "2021-01-10T12:00:00Z",
      zone: "America/St_Johns",
      utc: "2021-01-11T00:30:00Z",
      local: "2021-01-10 21:00:00 -03:30",
    },
    // today and tomorrow are those of the time zone
    {
      text: "7:00 PM",
      now: "2021-01-10T23:30:00Z",
      zone: "Asia/Kathmandu",
      utc: "2021-01-11T13:15:00Z",
      local: "2021-01-11 19:00:00 +05:45",
    },
    {
      text: "23:00",
      now: "2021-01-10T02:00:00Z",
      zone: "America/New_York",
      utc: "2021-01-10T04:00:00Z",
      local: "2021-01-09 23:00:00 -05:00",
    },
    {
      text: "tomorrow 04:00",
      now: "2021-01-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-01-11T04:00:00Z",
      local: "2021-01-11 04:00:00 +00:00",
    },
    {
      text: "tomorrow 04:00",
      now: "2021-12-31T23:30:00Z",
      zone: "Europe/Berlin",
      utc: "2022-01-02T03:00:00Z",
      local: "2022-01-02 04:00:00 +01:00",
    },
    {
      text: "tomorrow 04:00",
      now: "2021-03-27T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-03-28T02:00:00Z",
      local: "2021-03-28 04:00:00 +02:00",
    },
    {
      text: "tomorrow 04:00",
      now: "2021-11-06T12:00:00Z",
      zone: "America/New_York",
      utc: "2021-11-07T09:00:00Z",
      local: "2021-11-07 04:00:00 -05:00",
    },
    // a delay is added to the current time; an offset counts instead of the time zone
    {
      text: "+90m",
      now: "2021-01-10T12:00:00Z",
      zone: "UTC",
      utc: "2021-01-10T13:30:00Z",
      local: "2021-01-10 13:30:00 +00:00",
    },
    {
      text: "+2h",
      now: "2021-03-28T00:30:00Z",
      zone: "Europe/Berlin",
      utc: "2021-03-28T02:30:00Z",
      local: "2021-03-28 04:30:00 +02:00",
    },
    {
      text: "2021-01-14T21:00:00+01:00",
      now: "2021-01-10T12:00:00Z",
      zone: "America/New_York",
      utc: "2021-01-14T20:00:00Z",
      local: "2021-01-14 15:00:00 -05:00",
    },
    {
      text: "2021-01-14T21:00:00Z",
      now: "2021-01-10T12:00:00Z",
      zone: "Asia/Kathmandu",
      utc: "2021-01-14T21:00:00Z",
      local: "2021-01-15 02:45:00 +05:45",
    },
    // times just before and after the clocks change, which exist once
    {
      text: "2021-03-28 01:59:59",
      now: "2021-03-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-03-28T00:59:59Z",
      local: "2021-03-28 01:59:59 +01:00",
    },
    {
      text: "2021-03-28 03:00",
      now: "2021-03-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-03-28T01:00:00Z",
      local: "2021-03-28 03:00:00 +02:00",
    },
    {
      text: "2021-10-31 01:59:59",
      now: "2021-10-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-10-30T23:59:59Z",
      local: "2021-10-31 01:59:59 +02:00",
    },
    {
      text: "2021-10-31 03:00",
      now: "2021-10-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-10-31T02:00:00Z",
      local: "2021-10-31 03:00:00 +01:00",
    },
  ])("$text at $now in $zone is $utc", ({ text, now, zone, utc, local }) => {
    expect(resolve(text, now, zone)).toEqual({ kind: "at", instant: Date.parse(utc), local, zone, utc });
  });
});

describe("clocks that are set forward skip a time, which is refused", () => {
  test.each([
    {
      rule: "an hour in Berlin",
      text: "2021-03-28 02:30",
      now: "2021-03-10T12:00:00Z",
      zone: "Europe/Berlin",
      local: "2021-03-28 02:30:00",
    },
    {
      rule: "its first moment",
      text: "2021-03-28 02:00",
      now: "2021-03-10T12:00:00Z",
      zone: "Europe/Berlin",
      local: "2021-03-28 02:00:00",
    },
    {
      rule: "its last second",
      text: "2021-03-28 02:59:59",
      now: "2021-03-10T12:00:00Z",
      zone: "Europe/Berlin",
      local: "2021-03-28 02:59:59",
    },
    {
      rule: "an hour in New York",
      text: "03/14/2021 2:15 AM",
      now: "2021-03-10T12:00:00Z",
      zone: "America/New_York",
      local: "2021-03-14 02:15:00",
    },
    {
      rule: "half an hour on Lord Howe Island",
      text: "2021-10-03 02:15",
      now: "2021-09-10T12:00:00Z",
      zone: "Australia/Lord_Howe",
      local: "2021-10-03 02:15:00",
    },
    {
      rule: "tomorrow",
      text: "tomorrow 02:30",
      now: "2021-03-27T12:00:00Z",
      zone: "Europe/Berlin",
      local: "2021-03-28 02:30:00",
    },
    {
      rule: "today, and also when it would be past",
      text: "02:30",
      now: "2021-03-28T12:00:00Z",
      zone: "Europe/Berlin",
      local: "2021-03-28 02:30:00",
    },
    {
      rule: "a whole day in Samoa",
      text: "2011-12-30 12:00",
      now: "2011-12-29T12:00:00Z",
      zone: "Pacific/Apia",
      local: "2011-12-30 12:00:00",
    },
  ])("$rule", ({ text, now, zone, local }) => {
    expect(resolve(text, now, zone)).toEqual({ kind: "nonexistent", local, zone });
  });

  test("the half hour after the gap on Lord Howe Island exists", () => {
    expect(resolve("2021-10-03 02:30", "2021-09-10T12:00:00Z", "Australia/Lord_Howe")).toMatchObject({
      kind: "at",
      utc: "2021-10-02T15:30:00Z",
    });
  });
});

describe("clocks that are set back show a time twice, and the first is taken", () => {
  test.each([
    {
      rule: "an hour in Berlin",
      text: "2021-10-31 02:30",
      now: "2021-10-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-10-31T00:30:00Z",
      kind: "at",
    },
    {
      rule: "its first moment",
      text: "2021-10-31 02:00",
      now: "2021-10-10T12:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-10-31T00:00:00Z",
      kind: "at",
    },
    {
      rule: "an hour in New York",
      text: "11/07/2021 01:30",
      now: "2021-11-01T12:00:00Z",
      zone: "America/New_York",
      utc: "2021-11-07T05:30:00Z",
      kind: "at",
    },
    {
      rule: "half an hour on Lord Howe Island",
      text: "2021-04-04 01:45",
      now: "2021-04-01T12:00:00Z",
      zone: "Australia/Lord_Howe",
      utc: "2021-04-03T14:45:00Z",
      kind: "at",
    },
    {
      rule: "a time of day is past after its first occurrence",
      text: "02:30",
      now: "2021-10-31T01:00:00Z",
      zone: "Europe/Berlin",
      utc: "2021-10-31T00:30:00Z",
      kind: "past",
    },
  ])("$rule", ({ text, now, zone, utc, kind }) => {
    expect(resolve(text, now, zone)).toMatchObject({ kind, utc, instant: Date.parse(utc), note: "occurs-twice" });
  });

  test("a time with its offset is unambiguous", () => {
    expect(resolve("2021-10-31T02:30:00+01:00", "2021-10-10T12:00:00Z", "Europe/Berlin")).toEqual({
      kind: "at",
      instant: Date.parse("2021-10-31T01:30:00Z"),
      local: "2021-10-31 02:30:00 +01:00",
      zone: "Europe/Berlin",
      utc: "2021-10-31T01:30:00Z",
    });
  });
});

describe("an instant that is not after now is past", () => {
  test.each([
    ["11:00", "2021-01-10T12:00:00Z", "UTC", "2021-01-10T11:00:00Z"],
    ["12:00", "2021-01-10T12:00:00Z", "UTC", "2021-01-10T12:00:00Z"],
    ["01 Jan 2021 18:00:00", "2021-01-10T12:00:00Z", "UTC", "2021-01-01T18:00:00Z"],
    ["2021-01-10T12:59:59+01:00", "2021-01-10T12:00:00Z", "UTC", "2021-01-10T11:59:59Z"],
    ["12:30", "2021-01-10T12:00:00Z", "Europe/Berlin", "2021-01-10T11:30:00Z"],
    ["1970-01-01 00:30", "1970-01-02T00:00:00Z", "Europe/Berlin", "1969-12-31T23:30:00Z"],
    ["23:00", "1969-12-31T23:30:00Z", "UTC", "1969-12-31T23:00:00Z"],
  ])("%s at %s in %s", (text, now, zone, utc) => {
    expect(resolve(text, now, zone)).toMatchObject({ kind: "past", instant: Date.parse(utc), zone, utc });
  });

  test("a minute ahead is not past", () => {
    expect(resolve("12:01", "2021-01-10T12:00:00Z", "UTC")).toMatchObject({ kind: "at" });
  });
});

describe("more than 30 days ahead is worth a warning", () => {
  test.each([
    ["2021-02-09 12:00:00", undefined],
    ["2021-02-09 12:00:01", "beyond-30-days"],
    ["01 Jan 2022 18:00:00", "beyond-30-days"],
    ["+31d", "beyond-30-days"],
  ])("%s on 2021-01-10 12:00: %s", (text, warning) => {
    const resolved = resolve(text, "2021-01-10T12:00:00Z", "UTC");

    expect({ warning: undefined, ...resolved }).toMatchObject({ kind: "at", warning });
  });
});

describe("the worker's own zone changes nothing", () => {
  test.each(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])(
    "%s",
    (zone) => {
      process.env["TZ"] = zone;

      expect([
        resolve("06/25/2021 19:00:00", "2021-06-10T12:00:00Z", "Europe/Berlin"),
        resolve("2021-03-28 02:30", "2021-03-10T12:00:00Z", "Europe/Berlin"),
        resolve("2021-03-14 02:30", "2021-03-10T12:00:00Z", "Europe/Berlin"),
        resolve("2021-10-31 02:30", "2021-10-10T12:00:00Z", "Europe/Berlin"),
        resolve("2021-10-03 02:15", "2021-09-10T12:00:00Z", "Australia/Lord_Howe"),
        resolve("tomorrow 02:30", "2021-03-13T12:00:00Z", "UTC"),
      ]).toMatchObject([
        { kind: "at", utc: "2021-06-25T17:00:00Z", local: "2021-06-25 19:00:00 +02:00" },
        { kind: "nonexistent", local: "2021-03-28 02:30:00" },
        { kind: "at", utc: "2021-03-14T01:30:00Z", local: "2021-03-14 02:30:00 +01:00" },
        { kind: "at", utc: "2021-10-31T00:30:00Z", local: "2021-10-31 02:30:00 +02:00", note: "occurs-twice" },
        { kind: "nonexistent", local: "2021-10-03 02:15:00" },
        { kind: "at", utc: "2021-03-14T02:30:00Z", local: "2021-03-14 02:30:00 +00:00" },
      ]);
    },
  );
});
