import { type Outcome, reasonOf, type StartedDeployment } from "../rules/outcome.ts";
import { planMessage } from "../rules/describe.ts";
import type { Plan } from "../rules/plan.ts";
import { digestLine, digestToShow } from "../rules/digest-line.ts";
import { type ChildResult, markdownTable, namesOf, outputKey, resultTable, trainEnd } from "../rules/train.ts";
import { childNotes, cutMarkdown } from "../rules/train-notes.ts";
import { sentences } from "../text/format.ts";
import { planArtifact } from "./plan-artifact.ts";

/**
 * The step's own output variables, declared once: every run sets all of them, and the README table lists them. These are the values of a run
 * without a plan.
 */
export const emptyOutputs = {
  ReleaseToPromote: "N/A",
  ReleaseNotes: "",
  ChildReleaseToDeploy: "False",
  Outcome: "Failed",
  Reason: "Blocked",
  Message: "",
  CurrentRelease: "N/A",
  ReleaseId: "",
  DeploymentId: "",
  TaskId: "",
  TaskState: "",
  DeploymentUrl: "",
  ApprovedBy: "",
  ReleasePlan: "",
  Summary: "",
  Deployed: "",
  Failed: "",
  Skipped: "",
  NotStarted: "",
  RolledBack: "",
};

export type OutputName = keyof typeof emptyOutputs;
export type Outputs = Readonly<Record<OutputName, string>>;

/** What each output variable holds, in Markdown, for the README. */
export const outputHelp: Readonly<Record<OutputName, string>> = {
  ReleaseToPromote:
    "Version of the release that the step selected; `N/A` if it selected none. In *Release number or pattern* of another step `N/A` means *no release*. For several child projects: one line `<name> <version>` for each that changes, or `N/A`.",
  ReleaseNotes:
    "Markdown: the release notes, or, if nothing is deployed, one sentence with the reason and the current release.",
  ChildReleaseToDeploy:
    "`True` if the step created or joined a deployment, or would have in a what-if run; otherwise `False`. Intended for run conditions.",
  Outcome:
    "How the step ended: `Deployed`, `Started`, `Scheduled`, `WhatIf`, `Skipped`, `Failed`, `TimedOut` or `Canceled`.",
  Reason: "Why, in one word: `NewRelease`, `AlreadyCurrent`, `NoMatchingRelease` and so on.",
  Message: "How the step ended and why, in a sentence.",
  CurrentRelease:
    "Version that was current in the destination before; `N/A` if there was none. In *Release number or pattern* of another step `N/A` means *no release*.",
  ReleaseId: "ID of the selected release, or empty.",
  DeploymentId: "ID of the child deployment, or empty.",
  TaskId: "ID of the child deployment's server task, or empty.",
  TaskState: "Last known state of that server task, or empty.",
  DeploymentUrl: "Link to the child deployment in the Octopus portal, or empty.",
  ApprovedBy: "The users on whose behalf the step approved the child's manual interventions, or empty.",
  ReleasePlan: "The plan as JSON; for several child projects an array.",
  Summary: "How each child project ended, as a Markdown table.",
  Deployed: "Names of the child projects that were deployed, one per line.",
  Failed: "Names of the child projects that failed, timed out or were cancelled, one per line.",
  Skipped: "Names of the child projects that were skipped, one per line.",
  NotStarted: "Names of the child projects that were not started, one per line.",
  RolledBack: "Names of the child projects that were rolled back, one per line.",
};

/**
 * The outputs once the plan is final, and once there is a deployment. A run that ends with an error later publishes these values with its own
 * outcome, reason and message.
 */
export function outputsOfPlan(plan: Plan, started?: StartedDeployment): Outputs {
  const { selected, current, order, blockers } = plan;
  const deploys = plan.decision.kind === "deploy" || plan.decision.kind === "adopt";
  // Another step may use these as its release number, so a refused release must not appear.
  const chosen = plan.decision.kind === "not-found" ? undefined : selected?.release;
  const message = planMessage(plan);
  const { json, digest } = planArtifact(plan);
  return {
    ...emptyOutputs,
    ReleaseToPromote: chosen?.version ?? "N/A",
    ReleaseNotes: deploys ? childNotes(plan, digestLine(digestToShow(plan, digest), order)) : message,
    ChildReleaseToDeploy:
      started !== undefined || (deploys && order.whatIf && blockers.length === 0) ? "True" : "False",
    Reason: reasonOf(plan),
    Message: message,
    CurrentRelease: current?.release.version ?? "N/A",
    ReleaseId: chosen?.id ?? "",
    DeploymentId: started?.deployment.id ?? "",
    TaskId: started?.task?.id ?? started?.deployment.taskId ?? "",
    TaskState: started?.task?.state ?? "",
    DeploymentUrl: started?.url ?? "",
    ApprovedBy: started?.approvedBy?.join(", ") ?? "",
    ReleasePlan: json,
  };
}

/** The outputs of a run for one child. */
export function outputsOf(outcome: Outcome): Outputs {
  const { kind, reason, message, common, plan, started, isHeldUp, besides } = outcome;
  return {
    ...(plan === undefined ? emptyOutputs : outputsOfPlan(plan, started)),
    ...(isHeldUp === true ? { ChildReleaseToDeploy: "False" } : {}),
    ...(besides !== undefined ? { ChildReleaseToDeploy: "True" } : {}),
    Outcome: kind,
    Reason: reason,
    Message: sentences(message, common).join(" "),
  };
}

/** The outputs about all children of a run. */
export function summaryOf(
  results: readonly ChildResult[],
): Pick<Outputs, "Summary" | "Deployed" | "Failed" | "Skipped" | "NotStarted" | "RolledBack"> {
  const isBack = ({ rollBack }: ChildResult) => rollBack?.end === "RolledBack";
  return {
    Summary: markdownTable(resultTable(results)),
    Deployed: namesOf(
      results.filter((each) => !isBack(each)),
      "Deployed",
    ),
    Failed: namesOf(results, "Failed", "TimedOut", "Canceled"),
    Skipped: namesOf(results, "Skipped"),
    NotStarted: namesOf(results, "NotStarted"),
    RolledBack: results
      .filter(isBack)
      .map(({ name }) => name)
      .join("\n"),
  };
}

/** A run for several children that has ended, or got as far as its plan. */
export interface TrainOutputs {
  readonly results: readonly ChildResult[];
  /** What approvers read. */
  readonly notes: string;
  /** JSON of the plan's children. Absent means that there is no plan. */
  readonly plan: string | undefined;
  /** The line by which approvers recognise the plan. Absent means that there is no plan. */
  readonly digestLine: string | undefined;
}

/** The outputs of a run for several children. Those that only one child can have are empty, unless there is only one. */
export function outputsOfTrain({ results, notes, plan }: TrainOutputs): Outputs {
  const { kind, reason, message } = trainEnd(results);
  const own = results.map(({ name, outcome }) => ({ name, outputs: outputsOf(outcome) }));
  const changing = own.filter(({ outputs }) => outputs.ChildReleaseToDeploy === "True");
  const approvers = results.flatMap(({ outcome }) => outcome.started?.approvedBy ?? []);
  const versions = changing.map(({ name, outputs }) => `${name} ${outputs.ReleaseToPromote}`).join("\n") || "N/A";
  const [only] = own.length === 1 ? own : [];
  return {
    ...(only?.outputs ?? { ...emptyOutputs, ReleaseToPromote: versions, CurrentRelease: "" }),
    ...summaryOf(results),
    ReleaseNotes: notes,
    ChildReleaseToDeploy: changing.length > 0 ? "True" : "False",
    Outcome: kind,
    Reason: reason,
    Message: message,
    ApprovedBy: [...new Set(approvers)].join(", "),
    ReleasePlan: plan ?? "",
  };
}

const ofStepOnly: readonly string[] = [
  "ReleasePlan",
  "Summary",
  "Deployed",
  "Failed",
  "Skipped",
  "NotStarted",
  "RolledBack",
] satisfies readonly OutputName[];

/** Most characters of one child's notes, and of all children's notes together. */
const [childNotesLimit, allNotesLimit] = [8_000, 160_000];

/** How many characters the notes of each of so many children may have. */
export function notesLimitOf(children: number): number {
  return Math.min(childNotesLimit, Math.floor(allNotesLimit / children));
}

/**
 * The outputs of one child, by their full names: `Child[Web API].Outcome`.
 * @param train the digest line of the plan for several children, which a child's notes show instead of one of their own, and their limit
 */
export function childOutputs(
  { name, outcome, rollBack }: ChildResult,
  train?: { readonly line: string; readonly notesLimit: number },
): readonly (readonly [string, string])[] {
  const { plan } = outcome;
  const own: readonly (readonly [string, string])[] = [
    ...Object.entries(outputsOf(outcome)),
    ["RollBack", rollBack?.end ?? ""],
  ];
  return own.flatMap(([output, value]) => {
    if (ofStepOnly.includes(output)) return [];
    const isLong = output === "ReleaseNotes" && train !== undefined && plan !== undefined && plan.notes !== "";
    const text = isLong ? `${train.line}\n\n${cutMarkdown(childNotes(plan), train.notesLimit, restOfNotes)}` : value;
    return [[`${childPrefix(name)}${output}`, text] as const];
  });
}

const restOfNotes = "_The rest is in the release notes of the step._";

/** How the names of a child's outputs begin. */
export function childPrefix(name: string): string {
  return `Child[${outputKey(name)}].`;
}
