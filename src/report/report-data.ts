import type { Instant, ServerTask } from "../model.ts";
import { isSuccess, type OutcomeKind } from "../rules/outcome.ts";
import type { ChildResult, TrainEnd } from "../rules/train.ts";
import { nextSteps } from "./next-steps.ts";
import type { Report, ReportApproval, ReportAttempt, ReportChild, ReportParent, ReportRollBack } from "./report.ts";

/** The facts of a run that has ended. */
export interface ReportInput {
  readonly mode: Report["mode"];
  readonly parent: ReportParent;
  /** How the step ended. */
  readonly end: TrainEnd;
  readonly made: Instant;
  readonly ended: Instant;
  readonly policy: Report["policy"];
  readonly digest?: string | null | undefined;
  readonly approvals: readonly InputApproval[];
  readonly children: readonly InputChild[];
}

export type InputApproval = Pick<ReportApproval, "by" | "digest" | "url"> & { readonly asked?: Instant | undefined };

/** One child. Absent values are taken from its outcome. */
export interface InputChild {
  readonly result: ChildResult;
  /** When its turn came. Absent means when its deployment was created. */
  readonly began?: Instant | undefined;
  readonly rollBack?: ReportRollBack | undefined;
  readonly waits?: readonly (Span & { readonly what: string })[] | undefined;
  /** Oldest first. Absent means none. */
  readonly attempts?: readonly InputAttempt[] | undefined;
  /** Absent means the error of the server task, if it failed. */
  readonly error?: string | undefined;
}

export type InputAttempt = Pick<ReportAttempt, "kind" | "number" | "outcome" | "deploymentId" | "taskId" | "url"> &
  Partial<Span>;

/** Without an end the span goes on. */
interface Span {
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/** The report on a run, for `reportJson` and `reportHtml`. */
export function reportOf({ mode, parent, end, made, ended, policy, digest, ...input }: ReportInput): Report {
  const children = input.children.map(childOf);
  return {
    version: 1,
    mode,
    parent,
    verdict: { outcome: end.kind, reason: end.reason, message: end.message },
    made: isoText(made) ?? "",
    ended: isoText(ended) ?? "",
    policy,
    digest: digest ?? null,
    approvals: input.approvals.map((each) => ({ ...each, asked: isoText(each.asked) })),
    children,
    nextSteps: nextSteps(mode, children),
  };
}

/** `<parent> <release or runbook> <environment>[ <tenant>] <step>.<plan or run>.report`: what follows is `.html` or `.json`. */
export function reportName({ parent, mode }: Pick<Report, "parent" | "mode">): string {
  const { project, release, runbook, environment, tenant, step } = parent;
  const names = [project, release ?? runbook, environment, tenant, step].filter((name) => (name ?? "") !== "");
  return `${names.join(" ")}.${mode}.report`;
}

function childOf(child: InputChild): ReportChild {
  const { name, level, outcome } = child.result;
  const { plan, started } = outcome;
  return {
    name,
    level,
    from: plan?.current?.release.version ?? null,
    to: plan?.decision.kind === "not-found" ? null : (plan?.selected?.release.version ?? null),
    outcome: outcome.kind,
    reason: outcome.reason,
    message: outcome.message,
    rollBack: child.rollBack ?? null,
    url: started?.url ?? null,
    ...timesOf(child),
    waits: (child.waits ?? []).map(({ what, ...span }) => ({ ...textOf(span), from: isoText(span.from) ?? "", what })),
    attempts: (child.attempts ?? []).map(({ from, to, ...attempt }) => ({ ...attempt, ...textOf({ from, to }) })),
    warnings: plan?.warnings ?? [],
    notes: plan?.notes ?? "",
    error: child.error ?? errorOf(started?.task, outcome.kind),
  };
}

function timesOf({ result: { outcome, took }, began }: InputChild): Pick<ReportChild, "started" | "ended"> {
  const { deployment, task } = outcome.started ?? {};
  const start = began ?? deployment?.created;
  const end = start !== undefined && took !== undefined ? start + took : task?.completedTime;
  return { started: isoText(start), ended: isoText(end) };
}

function errorOf(task: ServerTask | undefined, kind: OutcomeKind): string | null {
  return isSuccess({ kind }) || task === undefined || task.errorMessage === "" ? null : task.errorMessage;
}

function textOf({ from, to }: Partial<Span>): Pick<ReportAttempt, "from" | "to"> {
  return { from: isoText(from), to: isoText(to) };
}

/** `null` also for a number that is not an instant, because a report must not fail the run. */
function isoText(instant: Instant | undefined): string | null {
  return instant !== undefined && Math.abs(instant) <= 8.64e15 ? new Date(instant).toISOString() : null;
}
