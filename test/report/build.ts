import type { Report, ReportAttempt, ReportChild } from "../../src/report/report.ts";
import { type InputChild, type ReportInput, reportOf } from "../../src/report/report-data.ts";
import type { Outcome, OutcomeKind, Reason } from "../../src/rules/outcome.ts";
import { trainEnd } from "../../src/rules/train.ts";
import { attempt, plan, release } from "../rules/build.ts";

const start = Date.parse("2021-01-14T19:00:00Z");

/** The instant so many minutes after the start of the run. */
export const at = (minute: number) => start + minute * 60_000;

interface ChildFacts extends Omit<InputChild, "result"> {
  readonly level?: number;
  readonly took?: number;
  readonly outcome?: Partial<Outcome>;
  readonly versions?: readonly [string, string];
}

/** A child that was deployed in five minutes, unless told otherwise. */
export function child(name: string, facts: ChildFacts = {}): InputChild {
  const { level = 1, took = 5, outcome, versions = ["2021.1.0.11", "2021.1.1.1"], ...others } = facts;
  const [from, to] = versions;
  const { deployment, task } = attempt({ id: `Deployments-${name.length}`, end: 5 });
  return {
    result: {
      name,
      level,
      took: took * 60_000,
      outcome: {
        kind: "Deployed",
        reason: "NewRelease",
        message: `${to} was deployed.`,
        plan: plan(
          { kind: "deploy", reason: "NewRelease" },
          { current: { release: release(from) }, selected: { release: release(to) } },
        ),
        started: {
          deployment: { ...deployment, created: at(0) },
          task: task && { ...task, completedTime: at(took) },
          url: `https://octopus.example/app#/Spaces-1/deployments/${deployment.id}`,
        },
        ...outcome,
      },
    },
    ...others,
  };
}

export function ended(kind: OutcomeKind, reason: Reason, message: string): Partial<Outcome> {
  return { kind, reason, message };
}

export function input(children: readonly InputChild[], differences: Partial<ReportInput> = {}): ReportInput {
  return {
    mode: "run",
    parent: {
      project: "Release Orchestration",
      release: "2021.1.1",
      runbook: null,
      environment: "Production",
      tenant: null,
      step: "Deploy the release",
      taskId: "ServerTasks-4711",
      url: "https://octopus.example/app#/Spaces-1/tasks/ServerTasks-4711",
    },
    end: trainEnd(children.map(({ result }) => result)),
    made: at(0),
    ended: at(48),
    policy: { onFailure: "Stop", atTheSameTime: 4, passes: null },
    digest: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    approvals: [
      {
        by: "Paul Oliver",
        digest: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        asked: at(-60),
        url: "https://octopus.example/app#/Spaces-1/deployments/Deployments-99",
      },
    ],
    children,
    ...differences,
  };
}

/** A report of a run whose second of three levels fails, and which is rolled back. */
export function rolledBack(): Report {
  const url = (id: string) => `https://octopus.example/app#/Spaces-1/deployments/${id}`;
  const deployed = (number: number, from: number, to: number, outcome = "Success") =>
    ({ kind: "deployment", number: 1, from: at(from), to: at(to), outcome, ...ids(number) }) as const;
  const undone = (number: number, from: number, to: number) =>
    ({ kind: "undo", number: 1, from: at(from), to: at(to), outcome: "Success", ...ids(number) }) as const;
  const ids = (number: number) => ({
    deploymentId: `Deployments-${number}`,
    taskId: `ServerTasks-${number}`,
    url: url(`Deployments-${number}`),
  });
  const back = { outcome: "RolledBack", to: "2021.1.0.11", why: null };
  return reportOf(
    input(
      [
        child("Database", {
          began: at(0),
          took: 6,
          attempts: [deployed(101, 0, 6)],
          rollBack: { outcome: "NotRolledBack", to: null, why: "The list says `roll back: never`." },
          outcome: {
            plan: plan(
              { kind: "deploy", reason: "NewRelease" },
              {
                current: { release: release("2021.1.0.3") },
                selected: { release: release("2021.1.1.1") },
                warnings: ["2021.1.1.1 was rolled back in Production before."],
                notes: "### Database: 2021.1.0.3 \u2192 2021.1.1.1\n\n**2021.1.1.1**\n\nA column for loyalty points.",
              },
            ),
          },
        }),
        child("Web API", {
          level: 2,
          began: at(6),
          took: 22,
          waits: [{ from: at(8), to: at(20), what: "an approval by DBA" }],
          attempts: [deployed(102, 6, 28), undone(105, 36, 42)],
          rollBack: back,
        }),
        child("Scheduling Service", {
          level: 2,
          began: at(6),
          took: 29,
          outcome: ended("Failed", "NewRelease", "The deployment of 2021.1.1.1 failed twice."),
          attempts: [
            deployed(103, 6, 14, "Failed"),
            { ...deployed(104, 16, 35, "Failed"), kind: "retry", number: 2 },
            undone(106, 36, 48),
          ],
          rollBack: back,
          error: "The step Install failed: exit code 1\n  at Service.Start <line 12> & more",
        }),
        child("Web UI", {
          level: 3,
          attempts: [],
          outcome: {
            ...ended("NotStarted", "SiblingFailed", "Not started, because Scheduling Service in level 2 failed."),
            started: undefined,
          },
        }),
      ],
      { policy: { onFailure: "RollBack", atTheSameTime: 4, passes: null } },
    ),
  );
}

/** A report of so many children, in levels of four. Every fifth child needs a second pass. */
export function large(count: number): Report {
  const children = Array.from({ length: count }, (_, index) => {
    const began = Math.floor(index / 4) * 3;
    const pass = (number: number, from: number, outcome: string) =>
      ({
        kind: number === 1 ? "deployment" : "pass",
        number,
        from: at(from),
        to: at(from + 2 + (index % 4) / 4),
        outcome,
        deploymentId: `Deployments-${index}`,
        taskId: `ServerTasks-${index}`,
        url: "https://octopus.example/app",
      }) as const;
    return child(`Component ${index + 1}`, {
      level: Math.floor(index / 4) + 1,
      began: at(began),
      took: 3,
      attempts: index % 5 === 4 ? [pass(1, began, "Failed"), pass(2, 41, "Success")] : [pass(1, began, "Success")],
    });
  });
  return reportOf(input(children, { policy: { onFailure: "RerunUntilDone", atTheSameTime: 4, passes: 2 } }));
}

const asValues = { version: 1, mode: "run" } as const;

/** A report that has the same hostile text in every field. */
export function hostile(text: string, { count = 2, link = text, attempts = 2 } = {}): Report {
  const moment = { from: "2021-01-14T19:00:00.000Z", to: "2021-01-14T19:30:00.000Z" };
  const each: ReportAttempt = {
    ...moment,
    kind: "pass",
    number: 2,
    outcome: text,
    deploymentId: text,
    taskId: text,
    url: link,
  };
  const one: ReportChild = {
    name: text,
    level: 1,
    from: text,
    to: text,
    outcome: text,
    reason: text,
    message: text,
    rollBack: { outcome: text, to: text, why: text },
    url: link,
    started: moment.from,
    ended: moment.to,
    waits: [{ ...moment, what: text }],
    attempts: Array.from({ length: attempts }, () => each),
    warnings: [text, text],
    notes: text,
    error: text,
  };
  const { from: made, to: end } = moment;
  return {
    ...asValues,
    parent: {
      project: text,
      release: text,
      runbook: text,
      environment: text,
      tenant: text,
      step: text,
      taskId: text,
      url: link,
    },
    verdict: { outcome: text, reason: text, message: text },
    made,
    ended: end,
    policy: { onFailure: text, atTheSameTime: 4, passes: 2 },
    digest: text,
    approvals: [{ by: text, digest: text, asked: made, url: link }],
    children: Array.from({ length: count }, () => one),
    nextSteps: [text],
  };
}
