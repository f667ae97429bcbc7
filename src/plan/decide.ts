import type { Attempt, DeploymentCondition, DeploymentMode, Release } from "../model.ts";
import type { Flaw } from "./current-release.ts";
import { compareVersionTexts } from "./octopus-version.ts";

/** Why a release is deployed. */
export type DeployReason =
  "NewRelease" | "PartiallyDeployed" | "LastAttemptFailed" | "VariablesChanged" | "Forced" | "Redeploy";

/** Why nothing is deployed although a release was chosen. */
export type SkipReason =
  | "AlreadyCurrent"
  | "NotHigher"
  | "PackagesUnchanged"
  | "NotInApprovedPlan"
  | "NoMatchingMachine"
  | "TenantNotConnected"
  | "TenantNotInEnvironment";

export type Verdict =
  | { readonly kind: "deploy"; readonly reason: DeployReason }
  | { readonly kind: "skip"; readonly reason: SkipReason }
  /** Chosen only because a newer match was refused, and lower than what runs there: nobody asked for a step back. */
  | { readonly kind: "not-found"; readonly refused: readonly Release[] };

export interface CurrentState {
  readonly release: Release;
  readonly flaw?: Flaw | undefined;
}

export interface Question {
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
  readonly selected: Release;
  /** It is what the destination runs, and what this run's machines are to run as well. */
  readonly isRepeated?: boolean | undefined;
  /** What the destination runs; absent: nothing. */
  readonly current?: CurrentState | undefined;
  /** Newer matching releases that the server refused, newest first. */
  readonly refused: readonly Release[];
  /** Since it was last deployed there; only asked for where the snapshot may be refreshed. */
  readonly variablesChanged?: boolean | undefined;
}

/** Deploy or skip: the table of design section 5. */
export function decide({
  mode,
  condition,
  selected,
  isRepeated,
  current,
  refused,
  variablesChanged,
}: Question): Verdict {
  if (mode === "Redeploy" || isRepeated === true) return { kind: "deploy", reason: "Redeploy" };
  if (current === undefined) return { kind: "deploy", reason: "NewRelease" };
  const direction = compareVersionTexts(selected.version, current.release.version);
  if (mode === "Promote" && refused.length > 0 && direction < 0) return { kind: "not-found", refused };

  const isCurrent = selected.id === current.release.id;
  const forced = { kind: "deploy", reason: isCurrent ? "Forced" : "NewRelease" } as const;
  if (mode === "AlwaysLatest" || condition === "Always") return forced;
  if (current.flaw !== undefined) return { kind: "deploy", reason: isCurrent ? current.flaw.reason : "NewRelease" };
  const isOther = variablesChanged === true && (condition === "Different" || condition === "SpecificMachines");
  if (isCurrent && isOther) return { kind: "deploy", reason: "VariablesChanged" };
  if (isCurrent) return { kind: "skip", reason: "AlreadyCurrent" };
  switch (condition) {
    case "Different":
    case "SpecificMachines":
      return { kind: "deploy", reason: "NewRelease" };
    case "Higher":
      return direction > 0 ? { kind: "deploy", reason: "NewRelease" } : { kind: "skip", reason: "NotHigher" };
    case "PackagesDiffer":
      return contentsDiffer(selected, current.release)
        ? { kind: "deploy", reason: "NewRelease" }
        : { kind: "skip", reason: "PackagesUnchanged" };
  }
}

/** At least one package or git resource differs. A release without any is a change of the process alone, and counts as different. */
function contentsDiffer(a: Release, b: Release): boolean {
  const [ofA, ofB] = [contentsOf(a), new Set(contentsOf(b))];
  return ofA.length === 0 || ofA.length !== ofB.size || ofA.some((each) => !ofB.has(each));
}

/** Every package and git resource of a release, one text each. */
export function contentsOf({ packages, gitResources }: Release): readonly string[] {
  return [
    ...packages.map((each) => `package ${each.actionName}/${each.packageReferenceName} ${each.version}`),
    ...gitResources.map(
      (each) => `git ${each.actionName}/${each.referenceName} ${each.gitReference} ${each.gitCommit}`,
    ),
  ];
}

/**
 * A deployment of another release to the same place that ran at the same time as the chosen one. Which of the two releases is really there
 * is anyone's guess.
 */
export function overlapping(chosen: Attempt, others: readonly Attempt[]): Attempt | undefined {
  const { task } = chosen;
  if (task?.startTime === undefined || task.completedTime === undefined) return undefined;
  const [start, end] = [task.startTime, task.completedTime];
  return others.find(
    (other) =>
      other.deployment.releaseId !== chosen.deployment.releaseId &&
      other.deployment.environmentId === chosen.deployment.environmentId &&
      other.deployment.tenantId === chosen.deployment.tenantId &&
      other.task?.startTime !== undefined &&
      other.task.completedTime !== undefined &&
      other.task.startTime < end &&
      other.task.completedTime > start,
  );
}
