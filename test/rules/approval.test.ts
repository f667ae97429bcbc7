import { describe, expect, test } from "vitest";
import { asId, type Id, type Interruption, type User } from "../../src/model.ts";
import {
  type Approver,
  firstApprovals,
  auditNote,
  isApprovalDue,
  judgeIntervention,
  lackingRight,
  lastRefusal,
  shortageText,
  userText,
  whyNotAnApprover,
  whyNotOfPlan,
} from "../../src/rules/approval.ts";

function interruption(differences: Partial<Interruption> = {}): Interruption {
  return {
    id: asId("Interruptions-1"),
    taskId: asId("ServerTasks-1"),
    title: "Approve",
    type: "ManualIntervention",
    isPending: true,
    created: 0,
    responsibleTeamIds: teams("QA"),
    canTakeResponsibility: true,
    hasResponsibility: false,
    correlationId: "",
    instructions: "",
    ...differences,
  };
}

function teams(...names: readonly string[]): readonly Id<"Team">[] {
  return names.map((name) => asId<"Team">("Teams-" + name));
}

function user(id: string, differences: Partial<User> = {}): User {
  return { id: asId("Users-" + id), username: id, displayName: id, isActive: true, isService: false, ...differences };
}

function approver(id: string, ...names: readonly string[]): Approver {
  return {
    user: user(id),
    teams: names.map((name) => ({ id: asId("Teams-" + name), name })),
    asked: Date.UTC(2021, 0, 14, 12),
  };
}

describe("who approved in the parent", () => {
  const answered = { isPending: false, result: "Proceed", responsibleUserId: user("alice").id };

  test.each([
    {
      rule: "a manual intervention answered Proceed is an approval",
      answers: [interruption(answered)],
      approvers: ["Users-alice"],
    },
    { rule: "Abort is no approval", answers: [interruption({ ...answered, result: "Abort" })], approvers: [] },
    {
      rule: "an unknown answer is no approval",
      answers: [interruption({ ...answered, result: "proceed?" })],
      approvers: [],
    },
    {
      rule: "a missing answer is no approval",
      answers: [interruption({ ...answered, result: undefined })],
      approvers: [],
    },
    {
      rule: "a pending intervention is no approval",
      answers: [interruption({ ...answered, isPending: true })],
      approvers: [],
    },
    {
      rule: "the answer to a guided failure is no approval",
      answers: [interruption({ ...answered, type: "GuidedFailure" })],
      approvers: [],
    },
    {
      rule: "the answer to an interruption of another type is no approval",
      answers: [interruption({ ...answered, type: "Other" })],
      approvers: [],
    },
    {
      rule: "an answer without a responsible user is no approval",
      answers: [interruption({ ...answered, responsibleUserId: undefined })],
      approvers: [],
    },
    {
      rule: "each approver counts once, the first answer first",
      answers: [
        interruption({ ...answered, created: 3 }),
        interruption({ ...answered, created: 2, responsibleUserId: user("bob").id }),
        interruption({ ...answered, created: 1 }),
      ],
      approvers: ["Users-alice", "Users-bob"],
    },
    {
      rule: "answers of the same instant count in the order of their interruptions, however the server lists them",
      answers: [
        interruption({ ...answered, id: asId("Interruptions-10"), responsibleUserId: user("bob").id }),
        interruption({ ...answered, id: asId("Interruptions-9") }),
      ],
      approvers: ["Users-alice", "Users-bob"],
    },
  ])("$rule", ({ answers, approvers }) => {
    expect(firstApprovals(answers).map(({ userId }) => userId)).toEqual(approvers);
  });

  test.each([
    { rule: "an active user counts", who: user("alice"), why: undefined },
    {
      rule: "a service account does not count",
      who: user("alice", { isService: true }),
      why: expect.stringMatching(/^is a service account\. Approvals pass one level only/),
    },
    { rule: "an inactive user does not count", who: user("alice", { isActive: false }), why: "is not active" },
    {
      rule: "the API user does not count",
      who: user("conductor"),
      why: expect.stringMatching(/^is the account this step uses\. Approvals pass .*, so a user has to answer here$/),
    },
    {
      rule: "an excluded requester does not count",
      who: user("dave"),
      why: "requested the deployment and may not approve it",
    },
  ])("$rule", ({ who, why }) => {
    expect(whyNotAnApprover(who, user("conductor").id, [user("dave").id])).toEqual(why);
  });
});

describe("a pending manual intervention of the child", () => {
  test.each([
    {
      rule: "is answered when an approver is in its team",
      approvers: [approver("alice", "QA")],
      verdict: "approve alice",
    },
    {
      rule: "is answered without taking a responsibility that the account already has",
      asked: {
        hasResponsibility: true,
        canTakeResponsibility: false,
        responsibleUserId: asId<"User">("Users-conductor"),
      },
      approvers: [approver("alice", "QA")],
      verdict: "approve alice",
    },
    {
      rule: "is left when no approver is in its team",
      approvers: [approver("alice", "DBA")],
      verdict: "too few of QA",
    },
    { rule: "is left when there is no approver", approvers: [], verdict: "too few of QA" },
    {
      rule: "is left when it names no team",
      asked: { responsibleTeamIds: [] },
      approvers: [approver("alice", "QA")],
      verdict: "It names no responsible team",
    },
    {
      rule: "is left to another user who has taken responsibility",
      asked: { responsibleUserId: asId<"User">("Users-bob") },
      approvers: [approver("alice", "QA")],
      holder: "Bob",
      verdict: "Bob has taken responsibility",
    },
    {
      rule: "is left when the account may not answer it",
      asked: { canTakeResponsibility: false },
      approvers: [approver("alice", "QA")],
      verdict: "The service account may not answer",
    },
    {
      rule: "is left when there are fewer approvers than the minimum",
      approvers: [approver("alice", "QA")],
      minimum: 2,
      verdict: "too few of QA",
    },
    {
      rule: "is answered when there are as many approvers as the minimum",
      approvers: [approver("alice", "QA"), approver("bob", "DBA"), approver("carol", "QA")],
      minimum: 2,
      verdict: "approve alice carol",
    },
    {
      rule: "is left when the only approver is in a team of the account and another team is responsible too",
      asked: { responsibleTeamIds: teams("QA", "Release Management") },
      approvers: [approver("alice", "Release Management")],
      verdict: "too few of QA",
    },
    {
      rule: "is answered when the approver is in a team of the account and no other team is responsible",
      asked: { responsibleTeamIds: teams("Release Management") },
      approvers: [approver("alice", "Release Management")],
      verdict: "approve alice",
    },
  ])("$rule", ({ asked = {}, approvers, minimum = 1, holder, verdict }) => {
    const judgement = judgeIntervention({
      interruption: interruption(asked),
      approvers,
      minimumApprovers: minimum,
      apiUserTeamIds: teams("Release Management"),
      holder,
    });

    expect(wordsOf(judgement)).toMatch(new RegExp(`^${verdict}`));
  });

  function wordsOf(judgement: ReturnType<typeof judgeIntervention>): string {
    switch (judgement.kind) {
      case "leave":
        return judgement.refusal;
      case "too-few":
        return `too few of ${judgement.teamIds.join().replaceAll("Teams-", "")}`;
      case "approve":
        return `approve ${judgement.approvers.map((each) => each.user.displayName).join(" ")}`;
    }
  }

  const lacks = "The service account lacks InterruptionViewSubmitResponsible";
  test.each([
    { own: ["Robots", "QA"], why: `${lacks}. Give it a role with this permission.` },
    { own: ["Robots"], why: "The service account is not in QA or DBA. Add it to one of the responsible teams." },
    { own: undefined, why: `${lacks} or is not in QA or DBA.` },
  ])("that the account, in the teams $own, may not answer", ({ own, why }) => {
    expect(lackingRight(["QA", "DBA"], own)).toBe(why);
  });

  test.each([
    {
      minimum: 1,
      approved: [],
      why: "an approver from QA or DBA. No approval in the parent counts.",
    },
    {
      minimum: 1,
      approved: [approver("anna", "Web Admins", "Ops")],
      why: "an approver from QA or DBA. anna [Web Admins, Ops] approved in the parent.",
    },
    {
      minimum: 2,
      approved: [approver("anna", "QA"), approver("bob"), approver("eve", "Ops")],
      why: "2 approvers from QA or DBA. anna [QA], bob [no team] and eve [Ops] approved in the parent.",
    },
  ])("that needs $minimum approvers while $approved.length users approved", ({ minimum, approved, why }) => {
    expect(shortageText(["QA", "DBA"], minimum, approved)).toBe(`It needs ${why}`);
  });
});

describe("whether the parent's release had to pass the approval environment", () => {
  const phase = (name: string, isOptional = false) => ({
    name,
    isOptional,
    environmentIds: [asId<"Environment">(name)],
  });

  test.each([
    { rule: "a phase before the destination's", phases: [phase("approval"), phase("here")], isDue: true },
    { rule: "an optional phase", phases: [phase("approval", true), phase("here")], isDue: false },
    { rule: "a phase after the destination's", phases: [phase("here"), phase("approval")], isDue: false },
    { rule: "not in the lifecycle", phases: [phase("here")], isDue: false },
    { rule: "a destination that is in no phase", phases: [phase("approval")], isDue: true },
  ])("$rule: $isDue", ({ phases, isDue }) => {
    expect(isApprovalDue(phases, asId("approval"), asId("here"))).toBe(isDue);
  });
});

describe("texts about approvals", () => {
  test.each([
    { who: user("alice", { displayName: "Alice King" }), name: "Alice King (alice)" },
    { who: user("alice"), name: "alice" },
    { who: user("alice", { displayName: "" }), name: "alice" },
    { who: user("alice", { displayName: "Alice King", username: "" }), name: "Alice King" },
    { who: user("alice", { displayName: "", username: "" }), name: "Users-alice" },
  ])("a user is called $name", ({ who, name }) => {
    expect(userText(who)).toBe(name);
  });

  test("the note names the approvers, where and what they approved, who submitted the answer, and the plan", () => {
    const facts = {
      approvers: [{ ...approver("alice"), user: user("alice", { displayName: "Alice King" }) }, approver("bob")],
      approvedIn: "Release Orchestration 1.0 to Prod Approval (ServerTasks-1)",
      submittedBy: "Release Orchestration 1.0 to Production (ServerTasks-2)",
      what: "Web API 1.1 to Production",
      link: "https://octopus/app#/Spaces-1/tasks/ServerTasks-1",
    };

    expect(auditNote({ ...facts, planDigest: "abc" })).toBe(
      "Approved by Alice King (alice), asked 2021-01-14 12:00 UTC, bob, asked 2021-01-14 12:00 UTC, in Release Orchestration 1.0 to Prod Approval (ServerTasks-1), for Web API 1.1 to Production. " +
        "Submitted on their behalf by Release Orchestration 1.0 to Production (ServerTasks-2). Plan: abc. " +
        "https://octopus/app#/Spaces-1/tasks/ServerTasks-1",
    );
    expect(auditNote(facts)).not.toContain("Plan:");
  });
});

describe("whether a Proceed approves the plan that is carried out", () => {
  const plan = { digest: "a".repeat(32), made: 1000 };
  const line = (digest: string) => `Plan ${digest} (Web API to Production)`;
  const other = "b".repeat(32);

  test.each([
    {
      rule: "asked for after the plan, with its digest",
      created: 2000,
      instructions: line(plan.digest),
      why: undefined,
    },
    {
      rule: "asked for at the instant the plan was made",
      created: 1000,
      instructions: line(plan.digest),
      why: undefined,
    },
    { rule: "asked for after the plan, without any digest", created: 2000, instructions: "Go?", why: undefined },
    {
      rule: "with several digests, the plan's among them",
      created: 2000,
      instructions: `${line(other)}\n${line(plan.digest)}`,
      why: undefined,
    },
    { rule: "asked for before the plan", created: 999, instructions: "Go?", why: /before the plan a+ was made$/ },
    {
      rule: "asked for before the plan, although the instructions show its digest",
      created: 999,
      instructions: line(plan.digest),
      why: /before the plan/,
    },
    {
      rule: "with the digest of another plan alone",
      created: 2000,
      instructions: line(other),
      why: /with other plans \(b+\) than a+$/,
    },
    {
      rule: "with the digest of another child's plan alone",
      created: 2000,
      instructions: `Plan ${other} (Database to Production)`,
      why: /with other plans/,
    },
  ])("$rule", ({ created, instructions, why }) => {
    const found = whyNotOfPlan(interruption({ created, instructions, isPending: false, result: "Proceed" }), plan);

    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(why);
  });
});

describe("the last refusal in a task", () => {
  const answer = (id: string, created: number, result: string | undefined, more: Partial<Interruption> = {}) =>
    interruption({ id: asId(id), created, result, isPending: false, ...more });

  test.each([
    { rule: "no answer at all", answers: [], refusal: undefined },
    { rule: "Proceed", answers: [answer("I-1", 1, "Proceed")], refusal: undefined },
    { rule: "Proceed, then Abort", answers: [answer("I-1", 1, "Proceed"), answer("I-2", 2, "Abort")], refusal: "I-2" },
    {
      rule: "Proceed, then Abort, with the newest listed first",
      answers: [answer("I-2", 2, "Abort"), answer("I-1", 1, "Proceed")],
      refusal: "I-2",
    },
    {
      rule: "Abort, then Proceed",
      answers: [answer("I-1", 1, "Abort"), answer("I-2", 2, "Proceed")],
      refusal: undefined,
    },
    {
      rule: "Proceed and Abort at the same instant",
      answers: [answer("I-1", 1, "Proceed"), answer("I-2", 1, "Abort")],
      refusal: "I-2",
    },
    {
      rule: "Proceed, then an answer without a result",
      answers: [answer("I-1", 1, "Proceed"), answer("I-2", 2, undefined)],
      refusal: "I-2",
    },
    {
      rule: "a pending intervention is no refusal",
      answers: [answer("I-1", 1, "Proceed"), answer("I-2", 2, undefined, { isPending: true })],
      refusal: undefined,
    },
    {
      rule: "the answer to a guided failure is no refusal",
      answers: [answer("I-1", 1, "Proceed"), answer("I-2", 2, "Abort", { type: "GuidedFailure" })],
      refusal: undefined,
    },
  ])("$rule", ({ answers, refusal }) => {
    expect(lastRefusal(answers)?.id).toBe(refusal);
  });
});
