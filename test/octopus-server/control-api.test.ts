import { describe, expect, test } from "vitest";
import type { OctopusServer } from "./octopus-server.ts";
import { as, each, read, server, textOf } from "./support/ask.ts";
import type { Answer } from "./support/ask.ts";

const world = {
  now: "2026-02-10T12:00:00Z",
  users: ["alice"],
  teams: [{ name: "QA", members: ["alice"], roles: ["Project deployer"] }],
  environments: ["Dev"],
  projects: [{ name: "Web", releases: ["1.0.0"], scripts: [{ external: true }] }],
};

/** Calls the control API: by GET without a body, else by POST. */
async function call(
  octopus: OctopusServer,
  path: string,
  body?: unknown,
  method = body === undefined ? "GET" : "POST",
): Promise<Answer> {
  return read(
    await fetch(`${octopus.url}/simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

async function running(basePath = ""): Promise<{ readonly octopus: OctopusServer; readonly taskId: string }> {
  const octopus = await server({ world, basePath });
  const { json } = await as(octopus).post("/deployments", { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" });
  return { octopus, taskId: textOf(json["TaskId"]) };
}

describe("the server", () => {
  test("reads, sets and advances its clock, and changes the clock's mode", async () => {
    const octopus = await server({ world });

    const before = await call(octopus, "clock");
    const advanced = await call(octopus, "clock", { advance: "90s" });
    const set = await call(octopus, "clock", { now: "2030-01-01T00:00:00Z", mode: { speed: 2 } });

    expect(before.json).toMatchObject({ now: "2026-02-10T12:00:00.000+00:00", mode: "virtual" });
    expect(advanced.json["now"]).toBe("2026-02-10T12:01:30.000+00:00");
    expect(set.json["mode"]).toEqual({ speed: 2 });
    expect(octopus.now()).toBeGreaterThanOrEqual(Date.parse("2030-01-01T00:00:00Z"));
  });

  test("replaces its world or adds another one; the answer has the API keys", async () => {
    const octopus = await server({ world });

    const replaced = await call(octopus, "world", { users: ["bob"], projects: ["New"] });
    await call(octopus, "world?add=true", { projects: ["Newer"] });

    expect(Object.keys(replaced.json["keys"] ?? {})).toEqual(["admin", "bob"]);
    expect(each(await as(octopus).get("/projects"))).toEqual(["New", "Newer"]);
  });

  test("adds, shows and removes scripts, faults, switches and profiles", async () => {
    const octopus = await server({ world });

    const scripts = await call(octopus, "scripts", [{ result: "Failed" }, { duration: "1s" }]);
    const faults = await call(octopus, "faults", { status: 500, times: 1 });
    const switches = await call(octopus, "switches", { taskCap: 3 });
    const profile = await call(octopus, "profiles", ["2019.7", "rateLimited"]);

    expect(scripts.json["scripts"]).toBe(3);
    expect(faults.json[0]).toMatchObject({ struck: 0, fault: { status: 500, times: 1 } });
    expect(switches.json["taskCap"]).toBe(3);
    expect(profile.json).toMatchObject({ version: "2019.7.12", rateLimitPerMinute: 200, taskCap: 3 });
    expect((await call(octopus, "switches")).json["taskCap"]).toBe(3);
    expect((await call(octopus, "scripts", undefined, "DELETE")).json["scripts"]).toBe(0);
    expect((await call(octopus, "faults", undefined, "DELETE")).json).toEqual([]);
    expect((await call(octopus, "switches", undefined, "DELETE")).json["version"]).toBe("2026.3.4512");
    expect((await call(octopus, "faults")).json).toEqual([]);
  });

  test("has a journal of the requests to the API, without calls of the control API", async () => {
    const octopus = await server({ world });
    await as(octopus).post("/environments", { Name: "Test" });

    const journal = await call(octopus, "journal");
    const cleared = await call(octopus, "journal", undefined, "DELETE");

    expect(journal.json).toMatchObject([
      {
        method: "POST",
        path: "/api/environments",
        status: 201,
        user: "admin",
        body: { Name: "Test" },
        unknownRoute: false,
      },
    ]);
    expect(cleared.json).toEqual([]);
    expect(octopus.journal()).toEqual([]);
    expect((await call(octopus, "violations")).json).toEqual([]);
  });

  test("makes a new version of a project's variables or process", async () => {
    const octopus = await server({ world });

    await call(octopus, "touch", { project: "Web", what: "variables" });
    await call(octopus, "touch", { project: "Web", what: "process" });

    expect((await as(octopus).get("/releases/Releases-1/deployments/template")).json).toMatchObject({
      IsVariableSetModified: true,
      IsDeploymentProcessModified: true,
    });
  });

  test.each([
    ["clock", { now: "soon" }],
    ["clock", { advance: "quickly" }],
    ["clock", { faster: true }],
    ["scripts", { result: "Fine" }],
    ["scripts", "fast"],
    ["faults", { status: 42 }],
    ["faults", { method: "POST" }],
    ["switches", { nonsense: true }],
    ["switches", { taskCap: "many" }],
    ["profiles", ["1999"]],
    ["profiles", {}],
    ["touch", { project: "Nope", what: "variables" }],
    ["world", { projects: 5 }],
  ])("%s refuses %j with the reason", async (path, body) => {
    const octopus = await server({ world });

    const answer = await call(octopus, path, body);

    expect(answer.status).toBe(400);
    expect(textOf(answer.json["problems"]?.[0])).toMatch(/\w{4}/);
  });

  test("refuses unknown calls, and bodies that are not JSON", async () => {
    const octopus = await server({ world });

    expect((await call(octopus, "nonsense")).status).toBe(404);
    expect((await call(octopus, "clock", undefined, "POST")).status).toBe(400);
    const broken = await fetch(`${octopus.url}/simulator/clock`, { method: "POST", body: "{" });
    expect(broken.status).toBe(400);
  });
});

describe("a task that a test controls", () => {
  test("gets log lines, steps, targets and progress", async () => {
    const { octopus, taskId } = await running("/octopus");

    await call(octopus, `tasks/${taskId}/start-step`, { name: "Plan", targets: ["worker-1"] });
    await call(octopus, `tasks/${taskId}/log`, [
      { text: "hello", step: "Plan", target: "worker-1" },
      { text: "careful", category: "Warning", step: "Plan" },
      { text: "about the whole" },
    ]);
    await call(octopus, `tasks/${taskId}/progress`, { step: "Plan", percentage: 40, message: "almost" });
    await call(octopus, `tasks/${taskId}/end-step`, { name: "Plan", status: "SuccessWithWarning" });
    await call(octopus, `tasks/${taskId}/complete`, { state: "Success" });
    const { json } = await as(octopus).get(`/tasks/${taskId}/details`);

    expect(json["Task"]).toMatchObject({ State: "Success", HasWarningsOrErrors: true });
    expect(json["ActivityLogs"]?.[0]).toMatchObject({
      LogElements: [{ MessageText: "about the whole" }],
      Children: [
        {
          Name: "Step 1: Plan",
          Status: "SuccessWithWarning",
          ProgressMessage: "almost",
          LogElements: [{ Category: "Warning", MessageText: "careful" }],
          Children: [{ Name: "worker-1", LogElements: [{ MessageText: "hello" }] }],
        },
      ],
    });
  });

  test("is paused by an intervention until a user answers, then runs until the test ends it", async () => {
    const { octopus, taskId } = await running();

    const raised = await call(octopus, `tasks/${taskId}/intervention`, {
      step: "Approve",
      instructions: "Go?",
      teams: ["QA"],
    });
    const id = textOf(raised.json["id"]);
    const paused = await as(octopus).get(`/tasks/${taskId}`);
    await as(octopus, "alice").put(`/interruptions/${id}/responsible`);
    await as(octopus, "alice").post(`/interruptions/${id}/submit`, { Result: "Proceed" });
    octopus.advance(3_600_000);
    const resumed = await as(octopus).get(`/tasks/${taskId}`);
    await call(octopus, `tasks/${taskId}/complete`, { state: "Failed", error: "boom" });

    expect(paused.json).toMatchObject({ State: "Queued", HasPendingInterruptions: true });
    expect(resumed.json["State"]).toBe("Executing");
    expect((await as(octopus).get(`/tasks/${taskId}`)).json).toMatchObject({ State: "Failed", ErrorMessage: "boom" });
  });

  test("gets a guided-failure prompt", async () => {
    const { octopus, taskId } = await running();

    await call(octopus, `tasks/${taskId}/guided-failure`, { step: "Deploy", error: "no disk" });

    expect(each(await as(octopus).get("/interruptions"), "Type")).toEqual(["GuidedFailure"]);
  });

  test("can be interrupted although its script is not external, and then goes on where it stopped", async () => {
    const octopus = await server({
      world: { ...world, projects: [{ name: "Web", releases: ["1.0.0"], scripts: [{ duration: "10m" }] }] },
    });
    const { json } = await as(octopus).post("/deployments", {
      ReleaseId: "Releases-1",
      EnvironmentId: "Environments-1",
    });
    const taskId = textOf(json["TaskId"]);
    octopus.advance(60_000);

    const { json: raised } = await call(octopus, `tasks/${taskId}/intervention`, {});
    octopus.advance(20 * 60_000);
    const paused = await as(octopus).get(`/tasks/${taskId}`);
    await as(octopus).put(`/interruptions/${textOf(raised["id"])}/responsible`);
    await as(octopus).post(`/interruptions/${textOf(raised["id"])}/submit`, { Result: "Proceed" });
    octopus.advance(1);

    expect(paused.json["State"]).toBe("Queued");
    expect((await as(octopus).get(`/tasks/${taskId}`)).json["State"]).toBe("Success");
  });

  test("gets artifacts of its own, as text or base64", async () => {
    const { octopus, taskId } = await running();

    const text = await call(octopus, `tasks/${taskId}/artifact`, {
      filename: "plan.json",
      content: "{}",
      source: "worker-1",
    });
    await call(octopus, `tasks/${taskId}/artifact`, { filename: "ü.bin", content: "AAEC", base64: true });
    const list = await as(octopus).get(`/artifacts?regarding=${taskId}&order=asc`);
    const content = await as(octopus).get(`/artifacts/${textOf(text.json["id"])}/content`);

    expect(list.json["Items"]).toMatchObject([
      { Filename: "plan.json", Source: "worker-1", ServerTaskId: taskId },
      { Filename: "ü.bin" },
    ]);
    expect(list.json["Items"]?.[0]?.["LogCorrelationId"]).toMatch(new RegExp(`^${taskId}_`));
    expect(content.text).toBe("{}");
  });

  test("gets output variables; a later value replaces an earlier one", async () => {
    const { octopus, taskId } = await running();

    await call(octopus, `tasks/${taskId}/output`, { step: "Plan", name: "Version", value: "1" });
    await call(octopus, `tasks/${taskId}/output`, { step: "Plan", name: "Version", value: "2" });
    const manifest = await as(octopus).get("/variables/variableset-Deployments-1");

    expect(manifest.json["Variables"]).toEqual(
      expect.arrayContaining([expect.objectContaining({ Name: "Octopus.Action[Plan].Output.Version", Value: "2" })]),
    );
  });

  test("is purged as by retention, or freed of its preconditions", async () => {
    const { octopus, taskId } = await running();
    octopus.simulator.addScript({ precondition: {} });
    const { json } = await as(octopus).post("/deployments", {
      ReleaseId: "Releases-1",
      EnvironmentId: "Environments-1",
    });
    await call(octopus, `tasks/${taskId}/complete`, { state: "Success" });

    await call(octopus, `tasks/${textOf(json["TaskId"])}/clear-preconditions`, {});
    await call(octopus, `tasks/${taskId}/purge`, { forgetId: true });

    expect((await as(octopus).get(`/tasks/${textOf(json["TaskId"])}`)).json["State"]).toBe("Executing");
    expect((await as(octopus).get(`/tasks/${taskId}`)).status).toBe(404);
    expect((await as(octopus).get("/deployments/Deployments-1")).json["TaskId"]).toBeNull();
  });

  test.each([
    ["ServerTasks-99", "complete", { state: "Success" }, 404],
    ["ServerTasks-1", "complete", { state: "Fine" }, 400],
    ["ServerTasks-1", "log", { message: "x" }, 400],
    ["ServerTasks-1", "explode", {}, 404],
  ])("%s/%s %j is refused with %i", async (id, action, body, status) => {
    const { octopus } = await running();

    expect((await call(octopus, `tasks/${id}/${action}`, body)).status).toBe(status);
  });

  test("cannot be ended twice", async () => {
    const { octopus, taskId } = await running();
    await call(octopus, `tasks/${taskId}/complete`, { state: "Success" });

    expect((await call(octopus, `tasks/${taskId}/complete`, { state: "Failed" })).json["problems"]).toEqual([
      `The task '${taskId}' has ended.`,
    ]);
  });
});
