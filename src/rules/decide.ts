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
  /** A fallback that would be a downgrade: a lower version is deployed only if it is the newest match. */
  | { readonly kind: "not-found" };

export interface CurrentState {
  readonly release: Release;
  readonly incomplete?: Incomplete | undefined;
}

export interface Question {
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
  readonly selected: Release;
  /** The current release is redeployed to the run's machines. */
  readonly isRepeated?: boolean | undefined;
  /** The current release in the destination. Absent means none. */
  readonly current?: CurrentState | undefined;
  /** The release was chosen only because newer matches were passed over, or by a limited deployment. */
  readonly isFallback: boolean;
  /** Whether variables have changed since the last deployment; only known if the snapshot may be refreshed. */
  readonly variablesChanged?: boolean | undefined;
}

/**
 * Deploy or skip. Redeploy, a redeployment to new machines and a first release are always deployed. A fallback is never a downgrade. A release
 * that the condition would skip is deployed all the same if the current release is incomplete or its variables have changed.
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
  // The reason for a release that failed last is the failure, even if the condition alone would deploy it.
  const isRetry = incomplete?.reason === "LastAttemptFailed" && incomplete.deployment.releaseId === selected.id;
  if (verdict.kind === "deploy" && !isRetry) return verdict;
  if (incomplete !== undefined) return { kind: "deploy", reason: incomplete.reason };
  const isOther = variablesChanged === true && (condition === "Different" || condition === "SpecificMachines");
  return isCurrent && isOther ? { kind: "deploy", reason: "VariablesChanged" } : verdict;
}

/** The decision of the condition alone. */
function byCondition(condition: DeploymentCondition, selected: Release, current: Release): Verdict {
  if (selected.id === current.id) return { kind: "skip", reason: "AlreadyCurrent" };
  const isHigher = compareVersionTexts(selected.version, current.version) > 0;
  if (condition === "Higher" && !isHigher) return { kind: "skip", reason: "NotHigher" };
  if (condition === "PackagesDiffer" && !contentsDiffer(selected, current)) {
    return { kind: "skip", reason: "PackagesUnchanged" };
  }
  return { kind: "deploy", reason: "NewRelease" };
}

/** Whether a package or git resource differs. A release without any changes only the process, and counts as different. */
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
 * A deployment of another release to the same place that ran at the same time as the chosen one, so that it is unknown which of the two
 * releases is current.
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
