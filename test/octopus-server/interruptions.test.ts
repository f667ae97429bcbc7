import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import type { ScriptInput } from "./tasks/script.ts";
import { as, each, server, textOf } from "./support/ask.ts";

const minute = 60_000;

const usersAndTeams: World = {
  now: "2026-02-10T12:00:00Z",
  users: ["alice", "bob", "eve", { name: "robot", service: true }, "walter"],
  teams: [
    { name: "QA", members: ["alice"], roles: ["Project contributor"] },
    { name: "Web Admins", members: ["walter"], roles: ["Project contributor"] },
    { name: "Release Management", members: ["bob"], roles: ["Project deployer"] },
    { name: "Robots", members: ["robot"], system: true, roles: ["Project viewer", "Deployment creator"] },
    { name: "Guests", members: ["eve"], roles: ["Project viewer"] },
  ],
};

async function waiting(
  script: ScriptInput,
  more: World = {},
): Promise<{ readonly octopus: OctopusServer; readonly taskId: string }> {
  const world: World = {
    ...usersAndTeams,
    environments: [{ name: "Production", guidedFailure: true }],
    projects: [{ name: "Web", steps: ["Deploy", "Verify"], releases: ["1.0.0"], scripts: [script] }],
    ...more,
  };
  const octopus = await server({ world });
  const { json } = await as(octopus).post("/deployments", { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" });
  octopus.advance(minute);
  return { octopus, taskId: textOf(json["TaskId"]) };
}

function intervention(teams: readonly string[] = ["QA"], more: object = {}): ScriptInput {
  return {
    duration: "1m",
    steps: [{ name: "Verify", interventions: [{ instructions: "Look at it", teams: [...teams], ...more }] }],
  };
}

const submitPath = "/interruptions/Interruptions-1/submit";
const proceed = { Instructions: null, Notes: "fine", Result: "Proceed" };

describe("a manual intervention", () => {
  test("pauses the task: queued again, with a pending interruption and its start time", async () => {
    const { octopus, taskId } = await waiting(intervention());

    const task = await as(octopus).get(`/tasks/${taskId}`);
    const one = await as(octopus).get("/interruptions/Interruptions-1");

    expect(task.json).toMatchObject({
      State: "Queued",
      HasPendingInterruptions: true,
      PendingInterruptionTypes: ["ManualIntervention"],
      StartTime: "2026-02-10T12:00:00.000+00:00",
    });
    expect(one.json).toMatchObject({
      Title: "Step 2: Verify",
      Type: "ManualIntervention",
      IsPending: true,
      TaskId: taskId,
      RelatedDocumentIds: ["Deployments-1", taskId, "Projects-1", "Environments-1"],
      ResponsibleUserId: null,
      Form: { Values: { Instructions: null, Notes: null, Result: null } },
    });
    expect(one.json["Form"]?.["Elements"]?.[0]).toMatchObject({
      Name: "Instructions",
      Control: { Text: "Look at it" },
    });
  });

  test("is answered by the user who took responsibility; then the task runs to its end", async () => {
    const { octopus, taskId } = await waiting(intervention());

    const taken = await as(octopus, "alice").put("/interruptions/Interruptions-1/responsible");
    const responsible = await as(octopus).get("/interruptions/Interruptions-1/responsible");
    const submitted = await as(octopus, "alice").post(submitPath, proceed);
    const going = await as(octopus).get(`/tasks/${taskId}`);
    octopus.advance(minute);
    const done = await as(octopus).get(`/tasks/${taskId}`);

    expect([taken.json["Username"], responsible.json["Username"]]).toEqual(["alice", "alice"]);
    expect(submitted.json).toMatchObject({
      IsPending: false,
      HasResponsibility: true,
      Form: { Values: { Notes: "fine", Result: "Proceed" } },
    });
    expect([going.json["State"], done.json["State"]]).toEqual(["Executing", "Success"]);
    expect(done.json["StartTime"]).toBe("2026-02-10T12:00:00.000+00:00");
    expect(done.json).toMatchObject({ HasPendingInterruptions: false, PendingInterruptionTypes: [] });
  });

  test("Abort fails the deployment", async () => {
    const { octopus, taskId } = await waiting(intervention());
    await as(octopus, "alice").put("/interruptions/Interruptions-1/responsible");

    await as(octopus, "alice").post(submitPath, { ...proceed, Result: "Abort" });

    expect((await as(octopus).get(`/tasks/${taskId}`)).json).toMatchObject({
      State: "Failed",
      ErrorMessage: "The deployment was aborted by a manual intervention.",
    });
  });

  test("may be taken by members of a responsible team, and with InterruptionSubmit", async () => {
    const { octopus } = await waiting(intervention());
    const may = async (user: string) =>
      (await as(octopus, user).get("/interruptions/Interruptions-1")).json["CanTakeResponsibility"];

    expect({
      alice: await may("alice"),
      walter: await may("walter"),
      bob: await may("bob"),
      robot: await may("robot"),
    }).toEqual({
      alice: true,
      walter: false,
      bob: true,
      robot: false,
    });
  });

  test("without responsible teams may be taken by every user who may deploy or answer", async () => {
    const { octopus } = await waiting(intervention([]));
    const may = async (user: string) =>
      (await as(octopus, user).get("/interruptions/Interruptions-1")).json["CanTakeResponsibility"];

    expect([await may("robot"), await may("alice"), await may("eve")]).toEqual([true, true, false]);
  });

  test("is refused to the wrong user, with a wrong answer, and after it was submitted", async () => {
    const { octopus } = await waiting(intervention());
    const message = ({ json }: { readonly json: { readonly [key: string]: unknown } }) => json["ErrorMessage"];

    const untaken = await as(octopus, "alice").post(submitPath, proceed);
    const forbidden = await as(octopus, "walter").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    const others = await as(octopus, "alice").post(submitPath, proceed);
    await as(octopus, "alice").put("/interruptions/Interruptions-1/responsible");
    const overtaken = await as(octopus, "bob").post(submitPath, proceed);
    const nonsense = await as(octopus, "alice").post(submitPath, { Result: "Maybe" });
    const empty = await as(octopus, "alice").post(submitPath);
    await as(octopus, "alice").post(submitPath, proceed);
    const late = await as(octopus, "alice").post(submitPath, proceed);
    const tooLate = await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");

    expect(message(untaken)).toBe("You must take responsibility for this interruption before attempting to submit it.");
    expect(forbidden.status).toBe(403);
    expect(message(others)).toMatch(/^Someone else has taken responsibility/);
    expect(message(overtaken)).toMatch(/^Someone else has taken responsibility/);
    expect(message(nonsense)).toBe("There were errors with the form.");
    expect(message(empty)).toBe("No request body was supplied.");
    expect(message(late)).toBe("The interruption has already been submitted.");
    expect(message(tooLate)).toBe("This interruption has already been submitted, possibly by another user.");
  });

  test("is refused with a status that is a switch", async () => {
    const { octopus } = await waiting(intervention());
    octopus.simulator.setSwitches({ responsibilityRefusal: "400" });

    expect((await as(octopus, "walter").put("/interruptions/Interruptions-1/responsible")).status).toBe(400);
  });

  test("is raised by a step of the process for the step's teams", async () => {
    const { octopus } = await waiting(
      {},
      {
        projects: [
          {
            name: "Web",
            steps: [{ name: "Approve", manualIntervention: { instructions: "Go?", teams: ["QA"] } }],
            releases: ["1.0.0"],
          },
        ],
      },
    );

    const one = await as(octopus).get("/interruptions/Interruptions-1");

    expect(one.json["ResponsibleTeamIds"]).toHaveLength(1);
    expect((await as(octopus, "alice").get("/interruptions/Interruptions-1")).json["CanTakeResponsibility"]).toBe(true);
  });

  test("in a child step leaves the task executing", async () => {
    const { octopus, taskId } = await waiting(intervention(["QA"], { asChildStep: true }));

    const task = await as(octopus).get(`/tasks/${taskId}`);
    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").post(submitPath, proceed);
    octopus.advance(minute);

    expect(task.json).toMatchObject({ State: "Executing", HasPendingInterruptions: true });
    expect((await as(octopus).get(`/tasks/${taskId}`)).json["State"]).toBe("Success");
  });

  test("is one of several: the task waits for all of them, and linked ones are answered together", async () => {
    const asked = [
      { teams: ["QA"] },
      { teams: ["QA"], linkedGroup: "rolling" },
      { teams: ["QA"], linkedGroup: "rolling" },
    ];
    const { octopus, taskId } = await waiting({ steps: [{ name: "Verify", interventions: asked }] });
    const answer = async (id: string) => {
      await as(octopus, "alice").put(`/interruptions/${id}/responsible`);
      return as(octopus, "alice").post(`/interruptions/${id}/submit`, proceed);
    };

    const pending = each(await as(octopus).get(`/interruptions?regarding=${taskId}&pendingOnly=true`), "Id");
    await answer("Interruptions-2");
    const left = each(await as(octopus).get("/interruptions?regarding=Deployments-1&pendingOnly=true"), "Id");
    const second = await as(octopus, "alice").post("/interruptions/Interruptions-3/submit", proceed);
    await answer("Interruptions-1");
    octopus.advance(minute);

    expect(pending).toEqual(["Interruptions-3", "Interruptions-2", "Interruptions-1"]);
    expect(left).toEqual(["Interruptions-1"]);
    expect(second.json["ErrorMessage"]).toBe("The interruption is not pending input");
    expect((await as(octopus).get(`/tasks/${taskId}`)).json["State"]).toBe("Success");
  });

  test("frees the task's slot, for which the task waits again after the answer", async () => {
    const { octopus, taskId } = await waiting(intervention(), {});
    octopus.simulator.setSwitches({ taskCap: 1 });
    octopus.simulator.addWorld({ projects: [{ name: "Other", releases: ["1.0.0"], scripts: [{ duration: "10m" }] }] });
    await as(octopus).post("/deployments", { ReleaseId: "Releases-2", EnvironmentId: "Environments-1" });
    octopus.advance(minute);

    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").post(submitPath, proceed);
    const queued = await as(octopus).get(`/tasks/${taskId}`);
    octopus.advance(9 * minute + 10_000);

    expect(queued.json).toMatchObject({ State: "Queued", HasPendingInterruptions: false });
    expect((await as(octopus).get(`/tasks/${taskId}`)).json["State"]).toBe("Executing");
  });

  test("is withdrawn when the task is cancelled", async () => {
    const { octopus, taskId } = await waiting(intervention());

    await as(octopus).post(`/tasks/${taskId}/cancel`);
    octopus.advance(minute);

    expect((await as(octopus).get("/interruptions/Interruptions-1")).json["IsPending"]).toBe(false);
  });

  test.each([
    ["regarding=Projects-1", 1],
    ["regarding=Environments-1", 1],
    ["regarding=ServerTasks-99", 0],
    ["ids=Interruptions-1", 1],
    ["ids=Interruptions-9", 0],
    ["pendingOnly=true", 1],
  ])("the list filters by %s", async (query, count) => {
    const { octopus } = await waiting(intervention());

    expect(each(await as(octopus).get(`/interruptions?${query}`))).toHaveLength(count);
  });
});

describe("guided failure", () => {
  const failing: ScriptInput = {
    duration: "1m",
    steps: [{ name: "Deploy", result: "Failed", error: "no disk", failures: 1 }],
  };

  test.each([
    ["Retry", "Success", ""],
    ["Ignore", "Success", ""],
    ["Exclude", "Success", ""],
    ["Fail", "Failed", "no disk"],
  ])("%s ends in %s", async (guidance, state, error) => {
    const { octopus, taskId } = await waiting(failing);

    const asked = await as(octopus).get("/interruptions/Interruptions-1");
    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").post(submitPath, { Guidance: guidance, Notes: "" });
    octopus.advance(2 * minute);
    const task = await as(octopus).get(`/tasks/${taskId}`);

    expect(asked.json).toMatchObject({
      Type: "GuidedFailure",
      Title: expect.stringMatching(/^Deploy .* requires failure guidance$/),
    });
    expect(task.json).toMatchObject({ State: state, ErrorMessage: error });
  });

  test("a step that fails twice asks twice", async () => {
    const { octopus } = await waiting({ duration: "1m", steps: [{ name: "Deploy", result: "Failed", failures: 2 }] });
    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").post(submitPath, { Guidance: "Retry" });
    octopus.advance(minute);

    expect(each(await as(octopus).get("/interruptions?pendingOnly=true"), "Id")).toEqual(["Interruptions-2"]);
  });

  test("FailureEncountered is true until the deployment ends, and false afterwards", async () => {
    const { octopus } = await waiting(failing);
    const deployment = async () => (await as(octopus).get("/deployments/Deployments-1")).json["FailureEncountered"];

    const meanwhile = await deployment();
    await as(octopus, "bob").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "bob").post(submitPath, { Guidance: "Fail" });
    octopus.advance(minute);

    expect([meanwhile, await deployment()]).toEqual([true, false]);
  });

  test("without guided failure the task fails at once", async () => {
    const { octopus, taskId } = await waiting(failing, { environments: ["Production"] });

    expect((await as(octopus).get(`/tasks/${taskId}`)).json["State"]).toBe("Failed");
    expect((await as(octopus).get("/interruptions")).json["TotalResults"]).toBe(0);
  });

  test("whether the task stays Executing meanwhile is a switch", async () => {
    const { octopus, taskId } = await waiting({ queuedFor: "2m", ...failing });
    octopus.simulator.setSwitches({ guidedFailureState: "Executing" });
    octopus.advance(3 * minute);

    expect((await as(octopus).get(`/tasks/${taskId}`)).json).toMatchObject({
      State: "Executing",
      HasPendingInterruptions: true,
    });
  });
});

describe("events", () => {
  test("say what happened to a deployment, newest first; a submission names its user", async () => {
    const { octopus, taskId } = await waiting(intervention());
    await as(octopus, "alice").put("/interruptions/Interruptions-1/responsible");
    await as(octopus, "alice").post(submitPath, proceed);
    octopus.advance(minute);

    const events = await as(octopus).get(`/events?regardingAny=${taskId}&excludeDifference=true`);

    expect(each(events, "Category")).toEqual([
      "DeploymentSucceeded",
      "DeploymentResumed",
      "InterruptionSubmitted",
      "ManualInterventionInterruptionRaised",
      "DeploymentStarted",
      "DeploymentQueued",
    ]);
    expect(events.json["Items"]?.[2]).toMatchObject({ Username: "alice", IsService: false, ChangeDetails: null });
    expect(events.json["Items"]?.[2]?.["Message"]).toMatch(/^Submitted interruption/);
    expect(events.json["Items"]?.[2]?.["RelatedDocumentIds"]).toEqual(
      expect.arrayContaining(["Interruptions-1", taskId, "Projects-1", "Environments-1"]),
    );
  });

  test.each([
    ["regarding=Deployments-1,Projects-1", 3],
    ["regarding=Deployments-1,Projects-9", 0],
    ["regardingAny=Deployments-1,Projects-9", 3],
    ["eventCategories=DeploymentStarted", 1],
    ["users=users-system", 2],
    ["users=Users-1", 1],
    ["environments=Environments-1", 3],
    ["projects=Projects-1", 3],
    ["documentTypes=Interruptions", 1],
    ["from=2026-02-10T12:00:30Z", 1],
    ["to=2026-02-10T12:00:30Z", 2],
    ["fromAutoId=3", 1],
    ["take=1", 3],
  ])("%s finds %i", async (query, count) => {
    const { octopus } = await waiting(intervention());

    expect((await as(octopus).get(`/Spaces-1/events?${query}`)).json["TotalResults"]).toBe(count);
  });

  test("are read by id, and listed for a user with EventView", async () => {
    const { octopus } = await waiting(intervention());

    expect((await as(octopus).get("/events/Events-1")).json["Category"]).toBe("DeploymentQueued");
    expect((await as(octopus).get("/events/Events-99")).status).toBe(404);
    expect((await as(octopus, "walter").get("/events")).json["TotalResults"]).toBe(3);
  });

  test("span the requested spaces in the unscoped list", async () => {
    const { octopus } = await waiting(intervention(), { spaces: [{ name: "Other" }] });

    const total = async (query: string) => (await as(octopus).get(`/events?${query}`)).json["TotalResults"];

    expect([
      await total("spaces=Spaces-1"),
      await total("spaces=Spaces-2"),
      await total("spaces=all&includeSystem=true"),
    ]).toEqual([3, 0, 3]);
  });
});

test("some servers name no types of interruptions", async () => {
  const { octopus, taskId } = await waiting(intervention());
  octopus.simulator.useProfile("noInterruptionType", "noPendingInterruptionTypes");

  expect((await as(octopus).get("/interruptions/Interruptions-1")).json).not.toHaveProperty("Type");
  expect((await as(octopus).get(`/tasks/${taskId}`)).json).not.toHaveProperty("PendingInterruptionTypes");
});
