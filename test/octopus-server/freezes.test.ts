import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, server, textOf } from "./support/ask.ts";
import type { Answer } from "./support/ask.ts";

/** This instant is a Tuesday. */
const now = "2026-02-10T12:00:00Z";

function worldWith(freezes: NonNullable<World["freezes"]>): World {
  return {
    now,
    environments: ["Test", "Production"],
    projects: [
      { name: "Web", tenanted: "TenantedOrUntenanted", releases: ["1.0.0"] },
      { name: "Other", releases: ["1.0.0"] },
    ],
    tenants: [{ name: "Contoso", projects: { Web: ["Test"] } }],
    freezes,
  };
}

const everyTuesday = {
  name: "Market day",
  start: "2026-01-06T11:00:00Z",
  end: "2026-01-06T13:00:00Z",
  projects: ["Web"],
  environments: ["Test"],
  recurring: { type: "Weekly" },
} satisfies NonNullable<World["freezes"]>[number];

const post = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" };

function errors(answer: Answer): unknown {
  return [answer.status, answer.json["Errors"] ?? null];
}

const refusal = [400, ["The deployment is prevented by the deployment freeze 'Market day'."]];

async function activeAt(octopus: OctopusServer, instant: string): Promise<Answer> {
  return as(octopus).get(`/deploymentfreezes?skip=0&take=9&effectiveDate=${encodeURIComponent(instant)}`);
}

describe("a recurring freeze", () => {
  test("forbids deployments in every occurrence, and not between them", async () => {
    const octopus = await server({ world: worldWith([everyTuesday]) });

    const inside = await as(octopus).post("/deployments", post);
    const nextWeek = await as(octopus).post("/deployments", { ...post, QueueTime: "2026-02-17T11:30:00Z" });
    const between = await as(octopus).post("/deployments", { ...post, QueueTime: "2026-02-11T11:30:00Z" });

    expect(errors(inside)).toEqual(refusal);
    expect(errors(nextWeek)).toEqual(refusal);
    expect(between.status).toBe(201);
  });

  test("is found by effectiveDate; its schedule has the occurrence at that instant", async () => {
    const octopus = await server({ world: worldWith([everyTuesday]) });

    const inside = await activeAt(octopus, "2026-03-03T12:00:00+00:00");
    const outside = await activeAt(octopus, "2026-03-04T12:00:00+00:00");

    expect(outside.json["Count"]).toBe(0);
    expect(inside.json["DeploymentFreezes"]?.[0]).toMatchObject({
      Start: "2026-01-06T11:00:00.000+00:00",
      End: "2026-01-06T13:00:00.000+00:00",
      RecurringSchedule: {
        Type: "Weekly",
        DaysOfWeek: ["Tuesday"],
        StartDate: "2026-03-03T11:00:00.000+00:00",
        EndDate: "2026-03-03T13:00:00.000+00:00",
      },
    });
  });

  test("is listed with its present occurrence on older servers, which ignore effectiveDate", async () => {
    const octopus = await server({ world: worldWith([everyTuesday]) });
    octopus.simulator.setSwitches({ freezesFilteredByEffectiveDate: false });

    const list = await activeAt(octopus, "2026-03-04T12:00:00+00:00");

    expect(list.json["DeploymentFreezes"]?.[0]?.["RecurringSchedule"]).toMatchObject({
      StartDate: "2026-02-10T11:00:00.000+00:00",
    });
  });

  test("is overridden like any other freeze", async () => {
    const octopus = await server({ world: worldWith([everyTuesday]) });

    const made = await as(octopus).post("/deployments/override", {
      SpaceId: "Spaces-1",
      FreezeIds: ["DeploymentFreezes-1"],
      Reason: "hot fix",
      CreateDeploymentCommand: post,
    });
    octopus.advance(60_000);

    const task = await as(octopus).get(`/tasks/${textOf(made.json["Deployment"]?.["TaskId"])}`);
    expect([made.status, task.json["State"]]).toEqual([201, "Success"]);
  });

  test.each([
    ["active", 1],
    ["scheduled", 0],
    ["expired", 0],
  ])("has the status %s: %i", async (status, count) => {
    const octopus = await server({ world: worldWith([everyTuesday]) });

    const list = await as(octopus).get(`/deploymentfreezes?skip=0&take=9&status=${status}`);

    expect(list.json["Count"]).toBe(count);
  });

  test("is listed after its last occurrence only with includeComplete", async () => {
    const over = { ...everyTuesday, recurring: { ...everyTuesday.recurring, times: 2 } };
    const octopus = await server({ world: worldWith([over]) });
    const count = async (more: string) =>
      (await as(octopus).get(`/deploymentfreezes?skip=0&take=9${more}`)).json["Count"];

    expect([await count(""), await count("&includeComplete=true")]).toEqual([0, 1]);
  });
});

describe("when freezes recur", () => {
  const once = {
    name: "F",
    start: "2026-01-31T22:00:00Z",
    end: "2026-02-01T02:00:00Z",
    projects: ["Web"],
    environments: ["Test"],
  };

  test.each<[string, NonNullable<NonNullable<World["freezes"]>[number]["recurring"]>, string, boolean]>([
    ["daily", { type: "Daily" }, "2026-02-05T23:00Z", true],
    ["past midnight", { type: "Daily" }, "2026-02-06T01:59Z", true],
    ["up to its end", { type: "Daily" }, "2026-02-06T02:00Z", false],
    ["before its first", { type: "Daily" }, "2026-01-30T23:00Z", false],
    ["every second day", { type: "Daily", every: 2 }, "2026-02-01T23:00Z", false],
    ["every second day, on it", { type: "Daily", every: 2 }, "2026-02-02T23:00Z", true],
    ["on weekdays", { type: "Weekly", days: ["Monday", "Friday"] }, "2026-02-06T23:00Z", true],
    ["on weekdays, another day", { type: "Weekly", days: ["Monday", "Friday"] }, "2026-02-05T23:00Z", false],
    ["every second week, this one", { type: "Weekly", every: 2, days: ["Monday"] }, "2026-02-02T23:00Z", false],
    ["every second week, the next", { type: "Weekly", every: 2, days: ["Monday"] }, "2026-02-09T23:00Z", true],
    ["on the last day of short months", { type: "Monthly" }, "2026-02-28T23:00Z", true],
    ["on a date", { type: "Monthly", date: "15" }, "2026-04-15T23:00Z", true],
    ["on the last date", { type: "Monthly", date: "L" }, "2026-04-30T23:00Z", true],
    ["every third month", { type: "Monthly", every: 3, date: "15" }, "2026-03-15T23:00Z", false],
    ["on the third Saturday", { type: "Monthly", day: "Saturday", number: "3" }, "2026-03-21T23:00Z", true],
    ["on the last Saturday", { type: "Monthly", day: "Saturday", number: "L" }, "2026-03-28T23:00Z", true],
    ["not on the last but one", { type: "Monthly", day: "Saturday", number: "L" }, "2026-03-21T23:00Z", false],
    ["every year", { type: "Annually" }, "2027-01-31T23:00Z", true],
    ["not in February", { type: "Annually" }, "2026-02-28T23:00Z", false],
    ["by local days", { type: "Weekly", utcOffset: 600, days: ["Tuesday"] }, "2026-02-02T23:00Z", true],
    ["until a date", { type: "Daily", until: "2026-02-03T00:00Z" }, "2026-02-04T23:00Z", false],
    ["a number of times", { type: "Daily", times: 3 }, "2026-02-02T23:00Z", true],
    ["a number of times, not once more", { type: "Daily", times: 3 }, "2026-02-03T23:00Z", false],
  ])("%s", async (_name, recurring, instant, active) => {
    const octopus = await server({ world: { ...worldWith([{ ...once, recurring }]), now: "2026-01-01T00:00:00Z" } });

    expect((await activeAt(octopus, instant)).json["Count"]).toBe(active ? 1 : 0);
  });

  test("schedules are created and changed; the server computes the occurrence itself", async () => {
    const octopus = await server({ world: worldWith([]) });
    const schedule = {
      Type: "Monthly",
      Unit: 1,
      MonthlyScheduleType: "DayOfMonth",
      DayNumberOfMonth: "First",
      DayOfWeek: 1,
      EndType: "Never",
      UserUtcOffsetInMinutes: 0,
      StartDate: "2030-01-01T00:00:00Z",
    };
    const body = { Name: "Stock-taking", Start: "2026-02-02T08:00:00Z", End: "2026-02-02T18:00:00Z" };
    const scope = { ProjectEnvironmentScope: { "Projects-1": ["Environments-1"] } };

    const made = await as(octopus).post("/deploymentfreezes", { ...body, ...scope, RecurringSchedule: schedule });
    const id = textOf(made.json["Id"]);
    const changed = await as(octopus).put(`/deploymentfreezes/${id}`, {
      ...body,
      ...scope,
      RecurringSchedule: { Type: "Weekly", Unit: 1, DaysOfWeek: "Monday, Friday" },
    });
    const wrong = await as(octopus).put(`/deploymentfreezes/${id}`, { ...body, RecurringSchedule: { Type: "Cron" } });

    expect(made.json["RecurringSchedule"]).toMatchObject({
      DayNumberOfMonth: "1",
      DayOfWeek: "Monday",
      StartDate: "2026-03-02T08:00:00.000+00:00",
    });
    expect(changed.json["RecurringSchedule"]).toMatchObject({
      DaysOfWeek: ["Monday", "Friday"],
      StartDate: "2026-02-13T08:00:00.000+00:00",
    });
    expect(wrong.status).toBe(400);
  });
});

describe("a freeze of a project", () => {
  const own = { name: "Market day", start: "-1h", end: "+1h", project: "Web", environments: ["Test"] };

  test("forbids its project's deployments, and no others", async () => {
    const octopus = await server({ world: worldWith([own]) });

    const refused = await as(octopus).post("/deployments", post);
    const other = await as(octopus).post("/deployments", { ...post, ReleaseId: "Releases-2" });

    expect(errors(refused)).toEqual(refusal);
    expect(other.status).toBe(201);
  });

  test("names its project; whether the list has it is a switch", async () => {
    const octopus = await server({ world: worldWith([own]) });

    const listed = await activeAt(octopus, now);
    octopus.simulator.setSwitches({ projectFreezesListed: false });
    const hidden = await activeAt(octopus, now);

    expect(listed.json["DeploymentFreezes"]).toMatchObject([{ OwnerId: "Projects-1", RecurringSchedule: null }]);
    expect(hidden.json["Count"]).toBe(0);
  });

  test("is refused for an unknown project", async () => {
    const octopus = await server({ world: worldWith([]) });
    const body = { Name: "Mine", Start: "2026-02-10T08:00:00Z", End: "2026-02-10T18:00:00Z", OwnerId: "Projects-1" };

    const made = await as(octopus).post("/deploymentfreezes", body);
    const wrong = await as(octopus).post("/deploymentfreezes", { ...body, OwnerId: "Projects-99" });

    expect(made.json["OwnerId"]).toBe("Projects-1");
    expect(errors(wrong)).toEqual([400, ["The project 'Projects-99' was not found."]]);
  });
});

describe("a deployment that was created before the freeze", () => {
  async function scheduled(change: object = {}) {
    const octopus = await server({ world: worldWith([]) });
    const made = await as(octopus).post("/deployments", { ...post, QueueTime: "2026-02-10T13:00:00Z", ...change });
    octopus.simulator.addWorld({
      freezes: [
        { name: "Market day", start: "+30m", end: "+2h", projects: ["Web"], environments: ["Test"] },
        { name: "Elsewhere", start: "+30m", end: "+2h", projects: ["Web"], environments: ["Production"] },
      ],
    });
    octopus.advance(61 * 60_000);
    return as(octopus).get(`/tasks/${textOf(made.json["TaskId"])}`);
  }

  test("fails when it starts during the freeze", async () => {
    const task = await scheduled();

    expect(task.json).toMatchObject({
      State: "Failed",
      ErrorMessage: "The deployment is prevented by the deployment freeze 'Market day'.",
      StartTime: "2026-02-10T13:00:00.000+00:00",
      CompletedTime: "2026-02-10T13:00:00.000+00:00",
    });
  });

  test("succeeds when it starts before the freeze", async () => {
    expect((await scheduled({ QueueTime: "2026-02-10T12:20:00Z" })).json["State"]).toBe("Success");
  });

  test("succeeds when it is already running", async () => {
    const world = worldWith([{ ...everyTuesday, start: "-1h", end: "+1h" }]);
    const running = { environment: "Test", state: "Executing", script: { duration: "1m" } } as const;
    const projects = [{ name: "Web", releases: [{ version: "1.0.0", deployments: [running] }] }];
    const octopus = await server({ world: { ...world, projects, tenants: [] } });
    octopus.advance(60_000);

    expect((await as(octopus).get("/tasks/ServerTasks-1")).json["State"]).toBe("Success");
  });
});
