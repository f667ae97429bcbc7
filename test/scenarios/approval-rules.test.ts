import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import {
  accountRoles,
  answer,
  approvalWorld,
  call,
  endings,
  forDba,
  forQa,
  proceed,
  type Questions,
  submissions,
  teams,
} from "./approval-world.ts";
import { type OpenTask, type Walk, walk } from "./in-process.ts";
import { type Parameters, serve } from "./scenario.ts";

interface Case {
  readonly rule: string;
  readonly questions?: Questions;
  readonly world?: Partial<World>;
  /** In the parent, before the step begins. */
  readonly before?: (server: OctopusServer, task: OpenTask) => Promise<void>;
  readonly meanwhile?: (server: OctopusServer, minutes: number) => Promise<void> | void;
  readonly parameters?: Parameters;
  readonly walk?: Partial<Walk>;
  /** How the child's interventions end. Absent means that the step answers the only one. */
  readonly ends?: readonly string[];
  readonly by?: string;
  readonly log?: RegExp;
  /** How often the step answered or tried to. */
  readonly submissions?: number;
}

const answered = (...numbers: readonly number[]) =>
  numbers.map((number) => `Step ${number + 1}: Question ${number}: Proceed by release-conductor`);
const unanswered = ["Step 2: Question 1: unanswered"];

function approveBy(...names: readonly string[]) {
  return (server: OctopusServer, task: OpenTask) => proceed(server, task, ...names);
}

async function refuse(server: OctopusServer, { taskId }: OpenTask, by = "alice"): Promise<void> {
  const id = server.simulator.task(taskId).raiseIntervention({ step: "Approve" });
  await answer(server, id, by, { Result: "Abort" });
}

/** Changes a team or a user, as an administrator does in the portal. */
const administer = (server: OctopusServer, path: string, body: unknown) =>
  call(server, "PUT", path, "administrator", body);

function idOf(server: OctopusServer, name: string): string {
  const { users, teams: known } = server.simulator.state();
  const user = [...users.values()].find(({ username }) => username === name);
  const team = [...known.values()].find((each) => each.name === name);
  return user?.id ?? team?.id ?? "";
}

async function setMembers(server: OctopusServer, team: string, ...names: readonly string[]): Promise<void> {
  const MemberUserIds = names.map((name) => idOf(server, name));
  await administer(server, `Spaces-1/teams/${idOf(server, team)}`, { Name: team, MemberUserIds });
}

/** The child's pending interventions. */
function pending(server: OctopusServer) {
  return [...server.simulator.state().interruptions.values()].filter(
    ({ isPending, title }) => isPending && title.includes("Question"),
  );
}

const limited = { "ChildProject.ManualIntervention.RequesterMayApprove": "No" };
const two = { "ChildProject.ManualIntervention.MinimumApprovers": "2" };

const cases: readonly Case[] = [
  { rule: "a member of the responsible team approved: answered", before: approveBy("alice"), by: "Alice King (alice)" },
  {
    rule: "Abort is no approval",
    before: (server, task) => refuse(server, task),
    ends: unanswered,
    log: /info: No approval found in the parent \(ServerTasks-\d+\): no manual intervention was answered Proceed/,
  },
  {
    rule: "Proceed, then another user's Abort: nothing is approved in this run",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      await refuse(server, task, "bob");
    },
    ends: unanswered,
    log: /warning: Nothing is approved automatically: the last answer in this run's own task was Abort, not Proceed: "[^"]+" \(Interruptions-\d+\)/,
  },
  {
    rule: "Abort, then Proceed in a later intervention: approved",
    before: async (server, task) => {
      await refuse(server, task, "bob");
      server.advance(60_000);
      await proceed(server, task, "alice");
    },
    by: "Alice King (alice)",
  },
  {
    rule: "an answer to a guided failure is no approval",
    before: guide,
    ends: unanswered,
    log: /No approval found in the parent/,
  },
  {
    rule: "an answer to a guided failure is no approval, even on a server that does not report the type",
    before: async (server, task) => {
      server.simulator.useProfile("noInterruptionType");
      await guide(server, task);
    },
    ends: unanswered,
  },
  {
    rule: "an approval on a server that does not report the type of interruptions",
    before: async (server, task) => {
      server.simulator.useProfile("noInterruptionType", "noPendingInterruptionTypes");
      await proceed(server, task, "alice");
    },
    by: "Alice King (alice)",
  },
  {
    rule: "an approval before 110 later ones",
    before: (server, task) => proceed(server, task, "alice", ...Array.from({ length: 110 }, () => "bob")),
    by: "Alice King (alice)",
  },
  {
    rule: "a member of another team approved",
    before: approveBy("bob"),
    ends: unanswered,
    log: /Approvers in the parent: Bob Stone \(bob\)\.\n.*It needs an approver from QA\. Bob Stone \(bob\) \[Business Owners\] approved in the parent\./,
  },
  {
    rule: "a service account approved, as the step of an outer parent does",
    world: { teams: teams(accountRoles, ["robot"]) },
    before: approveBy("robot"),
    ends: unanswered,
    log: /The approval by robot does not count: the user is a service account\. Approvals pass .*, so a user has to answer here\./,
  },
  {
    rule: "the account of the step approved itself",
    before: approveBy("release-conductor"),
    ends: unanswered,
    log: /The approval by release-conductor does not count: the user is the account this step uses/,
  },
  {
    rule: "the approver was deactivated since",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      await administer(server, `users/${idOf(server, "alice")}`, { Username: "alice", IsActive: false });
    },
    ends: unanswered,
    log: /The approval by Alice King \(alice\) does not count: the user is not active/,
  },
  {
    rule: "the approver was removed from the team since",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      await setMembers(server, "QA", "carol");
    },
    ends: unanswered,
  },
  {
    rule: "the approver was removed from the team between two questions",
    questions: [[forQa], [forQa]],
    before: approveBy("alice"),
    meanwhile: async (server) => {
      if (endingsOfAll(server).length === 1) await setMembers(server, "QA", "carol");
    },
    ends: [...answered(1), "Step 3: Question 2: unanswered"],
    by: "Alice King (alice)",
  },
  {
    rule: "two approvers needed, one in the team",
    before: approveBy("alice", "alice", "bob"),
    parameters: two,
    ends: unanswered,
    log: /It needs 2 approvers from QA\. Alice King \(alice\) \[QA\] and Bob Stone \(bob\) \[Business Owners\] approved/,
  },
  {
    rule: "two approvers needed, two in the team",
    before: approveBy("carol", "bob", "alice"),
    parameters: two,
    by: "Carol Reed (carol), Alice King (alice)",
  },
  {
    rule: "the requester's own approval, where it counts",
    walk: { createdBy: "alice" },
    before: approveBy("alice"),
    by: "Alice King (alice)",
  },
  {
    rule: "the requester's own approval, where it does not count",
    walk: { createdBy: "alice" },
    before: approveBy("alice"),
    parameters: limited,
    ends: unanswered,
    log: /The approval by Alice King \(alice\) does not count: the user requested the deployment and may not approve it/,
  },
  {
    rule: "another user's approval, where the requester's does not count",
    walk: { createdBy: "alice" },
    before: approveBy("alice", "carol"),
    parameters: limited,
    by: "Carol Reed (carol)",
  },
  {
    rule: "an intervention without a responsible team is never answered",
    questions: [[{ instructions: "Anybody?" }]],
    before: approveBy("alice"),
    ends: unanswered,
    log: /It names no responsible team\. Name teams in the child's manual intervention step/,
  },
  {
    rule: "the account may not answer until minute 12",
    questions: [[{ teams: ["QA"] }]],
    before: approveBy("alice"),
    parameters: { "ChildProject.CancelDeployment.Seconds": "20m" },
    meanwhile: async (server, minutes) => {
      if (minutes >= 12) await setMembers(server, "QA", "alice", "release-conductor");
    },
    by: "Alice King (alice)",
    log: /The service account is not in QA\. .*\n(?!.*is not in QA)[^]*Approved ".*" .* on behalf of/,
  },
  {
    rule: "the account may never answer",
    questions: [[{ teams: ["QA"] }]],
    before: approveBy("alice"),
    ends: unanswered,
    log: /The service account is not in QA\. Add it to one of the responsible teams\./,
  },
  {
    rule: "the account cannot see the child's intervention",
    parameters: { "ChildProject.Plan.Policy": "Ignore" },
    world: { teams: teams(["Deployment creator", "Environment viewer", "Task canceller"]) },
    questions: [[{ teams: ["QA"] }]],
    before: approveBy("alice"),
    ends: unanswered,
    log: /is waiting for an answer\. The API key lacks InterruptionView\./,
  },
  {
    rule: "the account may not see teams at first: TeamView is named, and no approval counts until it may",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      server.simulator.addFault({ route: "teammembership", status: 403, missingPermission: "TeamView", times: 1 });
    },
    parameters: { "ChildProject.CancelDeployment.Seconds": "8m" },
    by: "Alice King (alice)",
    log: /warning: The approval by the user Users-\d+ does not count, because the user's teams cannot be read: .*TeamView[^]*on behalf of/,
  },
  {
    rule: "the account may not see users: UserView is named",
    world: { teams: teams(accountRoles.filter((role) => typeof role === "string")) },
    before: approveBy("alice"),
    ends: unanswered,
    log: /warning: The approval by the user .* does not count: .* lacks UserView/,
  },
  {
    rule: "another user has taken responsibility, and answers later",
    questions: [[], [forQa]],
    before: approveBy("alice"),
    meanwhile: async (server, minutes) => {
      const [question] = pending(server);
      if (question !== undefined && question.responsibleUserId === null) {
        await call(server, "PUT", `Spaces-1/interruptions/${question.id}/responsible`, "carol");
      }
      if (question !== undefined && minutes > 4) await answer(server, question.id, "carol", { Result: "Proceed" });
    },
    ends: ["Step 3: Question 2: Proceed by carol"],
    log: /Carol Reed \(carol\) has taken responsibility\./,
  },
  {
    rule: "several interventions, one after the other and at the same time, one of them for another team",
    questions: [[forQa], [forQa, forDba]],
    before: approveBy("alice", "dana"),
    ends: [...answered(1), ...answered(2), ...answered(2)],
    by: "Alice King (alice), Dana Fox (dana)",
  },
  {
    rule: "interventions of a rolling deployment are answered together, with one answer",
    questions: [
      [
        { ...forQa, linkedGroup: "rolling" },
        { ...forQa, linkedGroup: "rolling" },
      ],
    ],
    before: approveBy("alice"),
    ends: [...answered(1), ...answered(1)],
    by: "Alice King (alice)",
    log: /^(?![^]*by another user in the meantime)/,
    submissions: 1,
  },
  {
    rule: "an intervention in a child step, while the task goes on executing",
    questions: [[{ ...forQa, asChildStep: true }]],
    before: approveBy("alice"),
    by: "Alice King (alice)",
  },
  {
    rule: "an intervention that another user answered between reading and answering",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      const message = "The interruption has already been submitted.";
      server.simulator.addFault({
        method: "POST",
        route: "interruptions/{id}/submit",
        status: 400,
        message,
        after: true,
      });
    },
    log: /was answered by another user in the meantime/,
    submissions: 1,
  },
  {
    rule: "an intervention that disappeared between reading and answering",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      for (const route of ["interruptions/{id}", "interruptions/{id}/responsible"])
        server.simulator.addFault({ route, status: 404, message: "The resource 'Interruptions-9' was not found." });
    },
    ends: unanswered,
    submissions: 0,
  },
  {
    rule: "an answer whose reply was lost is not given again",
    before: (server, task) => losing(server, task, "after"),
    by: "Alice King (alice)",
    submissions: 1,
  },
  {
    rule: "an answer that never arrived is given again two minutes later, after the intervention was read again",
    before: (server, task) => losing(server, task, "before"),
    by: "Alice King (alice)",
    log: /Not approved automatically: .* It is unknown whether[^]*Approved .* on behalf of/,
    submissions: 2,
  },
  {
    rule: "a server that accepts no answer gets one every two minutes at most",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      server.simulator.addFault({ method: "POST", route: "interruptions/{id}/submit", status: 500 });
    },
    ends: unanswered,
    log: /Not approved automatically: .* It is unknown whether(?![^]*Not approved automatically)/,
    submissions: 2,
  },
  {
    rule: "responsibility that is refused is requested again two minutes later, and the refusal is reported once",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      const fault = { status: 403, missingPermission: "InterruptionSubmit", times: 3 };
      server.simulator.addFault({ method: "PUT", route: "interruptions/{id}/responsible", ...fault });
    },
    parameters: { "ChildProject.CancelDeployment.Seconds": "10m" },
    by: "Alice King (alice)",
    log: /InterruptionSubmit[^]*Approved .* on behalf of/,
    submissions: 1,
  },
  {
    rule: "a server that is away for a while does not end the wait",
    before: async (server, task) => {
      await proceed(server, task, "alice");
      server.simulator.addFault({ route: "teammembership", status: 503, times: 20 });
    },
    by: "Alice King (alice)",
    log: /warning: The child deployment's interruptions could not be answered: /,
  },
  {
    rule: "a deployment that is tried again names the approvers of every attempt",
    questions: [],
    before: async (server, task) => {
      await proceed(server, task, "alice", "dana");
      const ask = (intervention: typeof forQa) => [{ name: "Question 1", interventions: [{ ...intervention }] }];
      server.simulator.addScript({ project: "Web API", steps: ask(forDba) });
      const failed = { name: "Verify", result: "Failed" as const };
      server.simulator.addScript({ project: "Web API", times: 1, steps: [...ask(forQa), failed] });
    },
    parameters: { "ChildProject.Deployment.Retries": "1" },
    by: "Alice King (alice), Dana Fox (dana)",
    submissions: 2,
  },
  {
    rule: "an interruption of another type is reported with a link and left alone",
    questions: [],
    before: async (server, task) => {
      await proceed(server, task, "alice");
      server.simulator.addScript({ project: "Web API", steps: [{ name: "Deploy", result: "Failed" }] });
    },
    world: { environments: ["Development", "Test", { name: "Staging", guidedFailure: true }, "Production"] },
    ends: ["Deploy Web API release 1.0 to Staging requires failure guidance: unanswered"],
    log: /Not approved automatically: .* It is not a manual intervention\. \[Answer it in Octopus\]/,
  },
];

/** Answers a guided failure of the parent. The *Proceed* in its notes does not make that an approval. */
async function guide(server: OctopusServer, { taskId }: OpenTask): Promise<void> {
  const id = server.simulator.task(taskId).raiseGuidedFailure({ step: "Deploy", error: "boom" });
  await answer(server, id, "alice", { Guidance: "Ignore", Notes: "Proceed" });
}

async function losing(server: OctopusServer, task: OpenTask, reset: "before" | "after"): Promise<void> {
  await proceed(server, task, "alice");
  server.simulator.addFault({ method: "POST", route: "interruptions/{id}/submit", reset, times: 1 });
}

function endingsOfAll(server: OctopusServer) {
  const { interruptions } = server.simulator.state();
  return [...interruptions.values()].filter(({ isPending, title }) => !isPending && title.includes("Question"));
}

async function play({ questions = [[forQa]], world, before, meanwhile, parameters, walk: more }: Case) {
  const server = await serve(approvalWorld(questions, world));
  const walked = await walk(server, {
    child: "Web API",
    before: async (task) => before?.(server, task),
    meanwhile: async (minutes) => meanwhile?.(server, minutes),
    parameters: { "ChildProject.CancelDeployment.Seconds": "5m", ...parameters },
    ...more,
  });
  return { server, ...walked };
}

describe("whose approvals count, and for which interventions", () => {
  test.each(cases)("$rule", async (given) => {
    const { server, outputs, log } = await play(given);

    const { ends = answered(1), by } = given;
    expect(endings(server, outputs["TaskId"]), log).toEqual(ends);
    expect(outputs["ApprovedBy"]).toBe(by ?? "");
    expect(outputs["Outcome"]).toBe(ends.some((end) => end.endsWith("unanswered")) ? "TimedOut" : "Deployed");
    if (given.log !== undefined) expect(log).toMatch(given.log);
    if (given.submissions !== undefined) expect(submissions(server)).toBe(given.submissions);
  });
});
