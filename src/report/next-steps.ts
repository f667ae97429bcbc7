import type { Report, ReportChild } from "./report.ts";

/** What the reader should do after the run: one sentence per cause, with the names of the children. */
export function nextSteps(mode: Report["mode"], children: readonly Pick<ReportChild, Facts>[]): readonly string[] {
  const steps = new Map<string, string[]>();
  for (const child of children)
    for (const step of stepsFor(child)) steps.set(step, [...(steps.get(step) ?? []), child.name]);
  const sentences = [...steps].map(([step, names]) => `${names.join(", ")}: ${step}`);
  return [...sentences, ...lastStep(mode, children)];
}

type Facts = "name" | "outcome" | "reason" | "rollBack";

function stepsFor({ outcome, reason, rollBack }: Pick<ReportChild, Facts>): readonly string[] {
  const undone = rollBack?.outcome ?? "RolledBack";
  return [
    ...(isBad(outcome) ? [byReason[reason] ?? byOutcome[outcome] ?? []].flat() : []),
    ...(outcome === "Started" || outcome === "Scheduled"
      ? ["watch the deployment in Octopus, because the step did not wait."]
      : []),
    ...(undone === "RolledBack" ? [] : ["check which release is current, because the roll back did not succeed."]),
  ];
}

function isBad(outcome: string): boolean {
  return ["Failed", "TimedOut", "Canceled", "NotStarted"].includes(outcome);
}

const byReason: Readonly<Record<string, string | undefined>> = {
  PlanChanged: "make a new plan and have it approved.",
  Frozen: "wait until the freeze ends, or enter an override reason.",
  PermissionMissing: "give the API key the permission that the message names.",
  Blocked: "fix the cause that the message names.",
  NoMatchingRelease: "create the release, or change the release number.",
  ProjectMissing: "create the project, or remove the line from the list.",
};

const byOutcome: Readonly<Record<string, string | undefined>> = {
  Failed: "read the error below and the task log, then fix the cause.",
  TimedOut: "see what the deployment waits for, or raise the limit.",
  Canceled: "find out who cancelled the deployment, and why.",
};

function lastStep(mode: Report["mode"], children: readonly Pick<ReportChild, Facts>[]): readonly string[] {
  const failed = children.some(({ outcome }) => isBad(outcome));
  if (mode === "plan" && failed) return ["Then plan again."];
  if (failed) return ["Then deploy again: child projects that are up to date are skipped."];
  if (mode === "plan" && children.some(({ outcome }) => outcome === "WhatIf"))
    return ["Have the plan approved, then run the step that deploys it."];
  return [];
}
