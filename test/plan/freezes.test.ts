import { expect, test } from "vitest";
import { asId, type DeploymentFreeze, type FreezeRecurrence, type FreezeScope } from "../../src/model.ts";
import { freezesAt, freezeText } from "../../src/plan/freezes.ts";

const place: FreezeScope = { projectId: asId("Projects-1"), environmentId: asId("Environments-1") };

interface Case {
  readonly rule: string;
  readonly recurrence?: Partial<FreezeRecurrence>;
  readonly start?: string;
  readonly end?: string;
  readonly scopes?: readonly FreezeScope[];
  readonly tenant?: string;
  readonly at: string;
  readonly until: string | undefined;
}

const tenantScope = { ...place, tenantId: asId<"Tenant">("Tenants-1") };

// 2026-12-07 was a Monday.
const cases: readonly Case[] = [
  { rule: "it holds from its start on", at: "2026-12-07T18:00Z", until: "2026-12-08 06:00 UTC" },
  { rule: "not before", at: "2026-12-07T17:59Z", until: undefined },
  { rule: "and not at its end any more", at: "2026-12-08T06:00Z", until: undefined },
  {
    rule: "another environment",
    scopes: [{ ...place, environmentId: asId("Environments-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "another project",
    scopes: [{ ...place, projectId: asId("Projects-2") }],
    at: "2026-12-07T20:00Z",
    until: undefined,
  },
  {
    rule: "everybody's holds for a tenant too",
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  {
    rule: "a tenant's own",
    scopes: [tenantScope],
    tenant: "Tenants-1",
    at: "2026-12-07T20:00Z",
    until: "2026-12-08 06:00 UTC",
  },
  { rule: "another tenant's", scopes: [tenantScope], tenant: "Tenants-2", at: "2026-12-07T20:00Z", until: undefined },
  { rule: "a tenant's, without a tenant", scopes: [tenantScope], at: "2026-12-07T20:00Z", until: undefined },
  {
    rule: "daily: past midnight",
    recurrence: { kind: "Daily" },
    at: "2026-12-20T05:59Z",
    until: "2026-12-20 06:00 UTC",
  },
  { rule: "daily: not by day", recurrence: { kind: "Daily" }, at: "2026-12-20T12:00Z", until: undefined },
  { rule: "daily: not before the first", recurrence: { kind: "Daily" }, at: "2026-12-01T20:00Z", until: undefined },
  {
    rule: "every third day",
    recurrence: { kind: "Daily", every: 3 },
    at: "2026-12-10T20:00Z",
    until: "2026-12-11 06:00 UTC",
  },
  {
    rule: "every third day, not the day after",
    recurrence: { kind: "Daily", every: 3 },
    at: "2026-12-11T20:00Z",
    until: undefined,
  },
  {
    rule: "weekly: the weekday of the first",
    recurrence: { kind: "Weekly" },
    at: "2026-12-21T20:00Z",
    until: "2026-12-22 06:00 UTC",
  },
  { rule: "weekly: another weekday", recurrence: { kind: "Weekly" }, at: "2026-12-22T20:00Z", until: undefined },
  {
    rule: "weekly: on the days named",
    recurrence: { kind: "Weekly", daysOfWeek: ["Friday", "Sunday"] },
    at: "2026-12-13T20:00Z",
    until: "2026-12-14 06:00 UTC",
  },
  {
    rule: "every second week",
    recurrence: { kind: "Weekly", every: 2, daysOfWeek: ["Friday"] },
    at: "2026-12-18T20:00Z",
    until: undefined,
  },
  {
    rule: "the author's weekday, not that of UTC",
    start: "2026-12-07T23:00Z",
    end: "2026-12-08T01:00Z",
    recurrence: { kind: "Weekly", offset: 2 * 3_600_000, daysOfWeek: ["Tuesday"] },
    at: "2026-12-14T23:30Z",
    until: "2026-12-15 01:00 UTC",
  },
  {
    rule: "monthly: the same date",
    recurrence: { kind: "Monthly" },
    at: "2027-01-07T20:00Z",
    until: "2027-01-08 06:00 UTC",
  },
  {
    rule: "monthly: a date",
    recurrence: { kind: "Monthly", dateOfMonth: "15" },
    at: "2027-02-15T20:00Z",
    until: "2027-02-16 06:00 UTC",
  },
  {
    rule: "monthly: the last day",
    recurrence: { kind: "Monthly", dateOfMonth: "L" },
    at: "2027-02-28T20:00Z",
    until: "2027-03-01 06:00 UTC",
  },
  {
    rule: "monthly: the second Tuesday",
    recurrence: { kind: "Monthly", dayNumber: "2", dayOfWeek: "Tuesday" },
    at: "2027-01-12T20:00Z",
    until: "2027-01-13 06:00 UTC",
  },
  {
    rule: "monthly: not the third Tuesday",
    recurrence: { kind: "Monthly", dayNumber: "2", dayOfWeek: "Tuesday" },
    at: "2027-01-19T20:00Z",
    until: undefined,
  },
  {
    rule: "monthly: the last Friday",
    recurrence: { kind: "Monthly", dayNumber: "L", dayOfWeek: "Friday" },
    at: "2027-01-29T20:00Z",
    until: "2027-01-30 06:00 UTC",
  },
  { rule: "every second month", recurrence: { kind: "Monthly", every: 2 }, at: "2027-01-07T20:00Z", until: undefined },
  { rule: "annually", recurrence: { kind: "Annually" }, at: "2028-12-07T20:00Z", until: "2028-12-08 06:00 UTC" },
  {
    rule: "annually: not the same date of another month",
    recurrence: { kind: "Annually" },
    at: "2028-11-07T20:00Z",
    until: undefined,
  },
  {
    rule: "no occurrence begins after the last date",
    recurrence: { kind: "Daily", lastStart: Date.parse("2026-12-09T23:00Z") },
    at: "2026-12-10T20:00Z",
    until: undefined,
  },
  {
    rule: "three occurrences: the third",
    recurrence: { kind: "Daily", occurrences: 3 },
    at: "2026-12-09T20:00Z",
    until: "2026-12-10 06:00 UTC",
  },
  {
    rule: "three occurrences: no fourth",
    recurrence: { kind: "Daily", occurrences: 3 },
    at: "2026-12-10T20:00Z",
    until: undefined,
  },
  {
    rule: "a recurrence nobody knows is only its first",
    recurrence: { kind: "Other" },
    at: "2026-12-08T20:00Z",
    until: undefined,
  },
];

test.each(cases)("$rule", ({ recurrence, start, end, scopes = [place], tenant, at, until }) => {
  const freeze: DeploymentFreeze = {
    id: asId("DeploymentFreezes-1"),
    name: "Xmas",
    start: Date.parse(start ?? "2026-12-07T18:00Z"),
    end: Date.parse(end ?? "2026-12-08T06:00Z"),
    scopes,
    recurrence: recurrence === undefined ? undefined : { ...daily, ...recurrence },
  };

  const active = freezesAt(
    [freeze],
    { ...place, tenantId: tenant === undefined ? undefined : asId(tenant) },
    Date.parse(at),
  );

  expect(active.map(freezeText)).toEqual(until === undefined ? [] : [`the deployment freeze "Xmas" until ${until}`]);
});

const daily: FreezeRecurrence = {
  kind: "Daily",
  every: 1,
  offset: 0,
  daysOfWeek: [],
  dateOfMonth: "",
  dayNumber: "",
  dayOfWeek: "",
};
