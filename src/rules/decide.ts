import type { Attempt, DeploymentCondition, DeploymentMode, Release } from "../model.ts";
import type { Incomplete } from "./current-release.ts";
import { compareVersionTexts } from "./octopus-version.ts";

/** Why a release is deployed. */
export type DeployReason =
  | "NewRelease"
  | "PartiallyDeployed"
  | "LastAttemptFailed"
  | "HistoryUnknown"
  | "VariablesChanged"
  | "Forced"
  | "Redeploy";

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
  /** Lower than what runs there, and found by falling back: a downgrade is deployed only if it is the newest match. */
  | { readonly kind: "not-found" };

export interface CurrentState {
  readonly release: Release;
  readonly incomplete?: Incomplete | undefined;
}

export interface Question {
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
  readonly selected: Release;
  /** It is what the destination runs, and what this run's machines are to run as well. */
  readonly isRepeated?: boolean | undefined;
  /** What the destination runs. Absent means nothing. */
  readonly current?: CurrentState | undefined;
  /** It was chosen only because newer matches were passed over, or by a limited deployment. */
  readonly isFallback: boolean;
  /** Since it was last deployed there; only asked for where the snapshot may be refreshed. */
  readonly variablesChanged?: boolean | undefined;
}

/**
 * Deploy or skip. Redeploy and a repeated attempt always deploy, and so does a first release. What only a fallback found never goes back to an
 * older release. What the condition would skip is deployed all the same when the current one is incomplete or its variables have changed.
 */
export function decide({
  mode,
  condition,
  selected,
  isRepeated,
  current,
  isFallback,
  variablesChanged,
}: Question): Verdict {
  if (mode === "Redeploy" || isRepeated === true) return { kind: "deploy", reason: "Redeploy" };
  if (current === undefined) return { kind: "deploy", reason: "NewRelease" };
  const direction = compareVersionTexts(selected.version, current.release.version);
  if (mode === "Promote" && isFallback && direction < 0) return { kind: "not-found" };

  const isCurrent = selected.id === current.release.id;
  const forced = { kind: "deploy", reason: isCurrent ? "Forced" : "NewRelease" } as const;
  if (mode === "AlwaysLatest" || mode === "Previous" || condition === "Always") return forced;
  const verdict = byCondition(condition, selected, current.release);
  const { incomplete } = current;
  // What failed last is tried again, even if the condition alone would deploy it.
  const isRetry = incomplete?.reason === "LastAttemptFailed" && incomplete.deployment.releaseId === selected.id;
  if (verdict.kind === "deploy" && !isRetry) return verdict;
  if (incomplete !== undefined) return { kind: "deploy", reason: incomplete.reason };
  const isOther = variablesChanged === true && (condition === "Different" || condition === "SpecificMachines");
  return isCurrent && isOther ? { kind: "deploy", reason: "VariablesChanged" } : verdict;
}

/** What the condition alone says. */
function byCondition(condition: DeploymentCondition, selected: Release, current: Release): Verdict {
  if (selected.id === current.id) return { kind: "skip", reason: "AlreadyCurrent" };
  const isHigher = compareVersionTexts(selected.version, current.version) > 0;
  if (condition === "Higher" && !isHigher) return { kind: "skip", reason: "NotHigher" };
  if (condition === "PackagesDiffer" && !contentsDiffer(selected, current)) {
    return { kind: "skip", reason: "PackagesUnchanged" };
  }
  return { kind: "deploy", reason: "NewRelease" };
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
