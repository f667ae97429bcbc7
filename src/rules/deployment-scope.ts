import type { Attempt, Deployment, Id, Named } from "../model.ts";
import { byCompletion, succeeded } from "./attempts.ts";
import { plural, sentences } from "../text/format.ts";

/** Which machines and steps a run deploys to its destination. */
export interface DeploymentScope {
  /** Absent means all machines. Empty means that no machine is left, and nothing may be deployed. */
  readonly machines?: readonly Named<"Machine">[] | undefined;
  /** Why no machine is left, as the end of a sentence. */
  readonly noneFits?: string | undefined;
  /** Empty if `machines` is given, because the excluded machines were removed from those. */
  readonly excluded: readonly Named<"Machine">[];
  /** Target tags of the parent's deployment. */
  readonly specificTagIds: readonly Id<"TargetTag">[];
  readonly excludedTagIds: readonly Id<"TargetTag">[];
  readonly skippedActionIds: readonly string[];
  readonly warnings: readonly string[];
}

export const everything: DeploymentScope = {
  excluded: [],
  specificTagIds: [],
  excludedTagIds: [],
  skippedActionIds: [],
  warnings: [],
};

/** Whether a run of this scope deploys the complete process to all targets. */
export function isWhole({
  machines,
  excluded,
  specificTagIds,
  excludedTagIds,
  skippedActionIds,
}: DeploymentScope): boolean {
  const lists = [excluded, specificTagIds, excludedTagIds, skippedActionIds];
  return machines === undefined && lists.every((list) => list.length === 0);
}

/** The ids that limit a deployment to some targets. Empty lists mean no limit. */
export type Targets = Readonly<
  Record<"specificMachineIds" | "excludedMachineIds" | "specificTagIds" | "excludedTagIds", readonly string[]>
>;

export function targetsOf({ machines = [], excluded, specificTagIds, excludedTagIds }: DeploymentScope): Targets {
  const [specificMachineIds = [], excludedMachineIds = []] = [machines, excluded].map((each) =>
    each.map(({ id }) => id).sort(),
  );
  return { specificMachineIds, excludedMachineIds, specificTagIds, excludedTagIds };
}

/** Whether a deployment did everything that a run of this scope would do. */
export function covers({ deployment }: Attempt, scope: DeploymentScope): boolean {
  const hasNone = scope.machines?.length === 0;
  return (
    (hasNone || coversTargets(deployment, targetsOf(scope))) &&
    deployment.skippedActionIds.every((id) => scope.skippedActionIds.includes(id))
  );
}

/** Whether `targets` are all among `wider`. */
export function coversTargets(wider: Targets, targets: Targets): boolean {
  const { specificMachineIds: own, excludedMachineIds: leftOut } = targets;
  return (
    (wider.specificMachineIds.length === 0 ||
      (own.length > 0 && own.every((id) => wider.specificMachineIds.includes(id)))) &&
    wider.excludedMachineIds.every((id) => (own.length === 0 ? leftOut.includes(id) : !own.includes(id))) &&
    isNoFurther(wider.specificTagIds, targets.specificTagIds) &&
    isNoFurther(wider.excludedTagIds, targets.excludedTagIds)
  );
}

/** Only the server knows how tags of several sets combine, so only the same tags mean the same targets. */
function isNoFurther(tags: readonly string[], own: readonly string[]): boolean {
  if (tags.length === 0) return true;
  return tags.every((tag) => own.includes(tag)) && own.every((tag) => tags.includes(tag));
}

/**
 * Whether a successful deployment had a narrower scope than a run, and no earlier deployment of the same release covers that scope, so that it
 * is unknown what the rest of the environment runs. A redeployment to a new machine does not make the scope narrower.
 */
export function isNarrower(chosen: Attempt, others: readonly Attempt[], scope: DeploymentScope): boolean {
  const { environmentId, tenantId, releaseId } = chosen.deployment;
  const decisive = [chosen, ...others]
    .filter(({ deployment }) => deployment.environmentId === environmentId && deployment.tenantId === tenantId)
    .filter((each) => succeeded(each) && byCompletion(chosen, each) <= 0)
    .sort(byCompletion)
    .find((each) => covers(each, scope) || each.deployment.releaseId !== releaseId);
  return decisive?.deployment.releaseId !== releaseId;
}

/** How a deployment was limited, as the end of a sentence about it. `undefined` means that it was not. */
export function scopeText(deployment: Deployment, nameOf: (id: Id<"Machine">) => string): string | undefined {
  const { specificMachineIds, excludedMachineIds, specificTagIds, excludedTagIds, skippedActionIds } = deployment;
  const listed = (words: string, names: readonly string[]) => names.length > 0 && `${words} ${names.join(", ")}`;
  const parts = sentences(
    listed("went only to the machines", specificMachineIds.map(nameOf)),
    listed("left out the machines", excludedMachineIds.map(nameOf)),
    listed("went only to targets with the tags", specificTagIds),
    listed("left out targets with the tags", excludedTagIds),
    skippedActionIds.length > 0 && `skipped ${plural(skippedActionIds.length, "step")}`,
  );
  return parts.length === 0 ? undefined : parts.join(" and ");
}
