import type { Instant, Interruption } from "../model.ts";
import { contentsOf } from "./decide.ts";
import { coversTargets, everything, type Targets, targetsOf } from "./deployment-scope.ts";
import { compareVersionTexts } from "./octopus-version.ts";
import type { Fingerprint, Plan, PlanIdentity, SelectedRelease } from "./plan.ts";
import type { ReleasePattern } from "./release-pattern.ts";
import { placeText } from "../text/format.ts";

/** The part of a plan that is approved, and that its digest covers. */
export interface Intention {
  readonly identity: PlanIdentity;
  /** `nothing` means that no release was found, or that none had to be deployed. */
  readonly decision: "deploy" | "nothing";
  readonly reason: string;
  readonly current: { readonly id: string; readonly version: string } | null;
  readonly selected: Fingerprint | null;
  /** Ids of the actions that are left out, in order. Absent means none. */
  readonly skippedSteps?: readonly string[] | undefined;
  /** What the deployment is limited to. Absent means all deployment targets. */
  readonly targets?: Targets | undefined;
}

/** A plan as a what-if run stored it. */
export interface StoredPlan {
  readonly intention: Intention;
  readonly digest: string;
}

export interface ApprovedPlan extends StoredPlan {
  /** When the server received the artifact: the date in the plan itself could have been changed. */
  readonly made: Instant;
}

/** The result of the search for an approved plan. Explanations are whole sentences. */
export type PlanLookup =
  /** The policy or the mode needs no approved plan. */
  | { readonly kind: "not-asked" }
  | {
      readonly kind: "none";
      readonly explanation: string;
      /** A plan is expected: the approvals come from another environment of the parent's lifecycle. */
      readonly isDue: boolean;
      /** The approval deployment is missing although it is required, or it approved nothing. */
      readonly isWithheld?: boolean | undefined;
      /** The API key saw no interruption, perhaps because it may see none. */
      readonly mayBeHidden?: boolean | undefined;
    }
  /** A plan exists, or may exist, that cannot be used. */
  | { readonly kind: "unreadable"; readonly explanation: string }
  | { readonly kind: "found"; readonly approved: ApprovedPlan };

/** `Use` deploys the approved release or nothing. `Fail` and `Warn` compare today's release with the approved one. `Ignore` reads no plan. */
export type PlanPolicy = "Use" | "Fail" | "Warn" | "Ignore";

/** How far an approved plan binds this run. */
export type PlanConstraint =
  | {
      readonly kind: "free";
      readonly remark?: string | undefined;
      readonly warning?: ApprovalWarning | undefined;
      /** Before anything is created, the API key must be known to see approvals. */
      readonly mayBeHidden?: boolean | undefined;
    }
  /** The approved release or nothing is deployed. */
  | { readonly kind: "bound"; readonly approved: ApprovedPlan }
  /** Today's release is compared with the plan. */
  | { readonly kind: "compared"; readonly approved: ApprovedPlan; readonly ifDifferent: "stop" | "warn" }
  | { readonly kind: "stop"; readonly explanation: string };

/** A warning, as a whole sentence, and what it means for the approvals. */
interface ApprovalWarning {
  readonly text: string;
  /** The deployed release may not be the approved one, so nothing is approved automatically. */
  readonly approvesNothing: boolean;
}

/**
 * What a policy does with the result of the search. If an approved plan is expected and missing, `Fail` stops and `Warn` warns. An unreadable
 * plan stops every policy except `Warn`. `Use` carries a plan out; the others compare it.
 */
export function constraintOf(policy: PlanPolicy, lookup: PlanLookup): PlanConstraint {
  switch (lookup.kind) {
    case "not-asked":
      return { kind: "free" };
    case "none":
      if (policy === "Fail" && lookup.isDue) return { kind: "stop", explanation: lookup.explanation };
      if (lookup.isWithheld === true)
        return { kind: "free", warning: { text: lookup.explanation, approvesNothing: true } };
      if (policy === "Warn" && lookup.isDue)
        return { kind: "free", warning: { text: lookup.explanation, approvesNothing: false } };
      return { kind: "free", remark: lookup.explanation, mayBeHidden: lookup.mayBeHidden };
    case "unreadable":
      return policy === "Warn"
        ? { kind: "free", warning: { text: lookup.explanation, approvesNothing: true } }
        : { kind: "stop", explanation: lookup.explanation };
    case "found": {
      const { approved } = lookup;
      if (policy === "Use") return { kind: "bound", approved };
      return { kind: "compared", approved, ifDifferent: policy === "Fail" ? "stop" : "warn" };
    }
  }
}

/** What a plan intends, in ids and versions. */
export function intentionOf(
  plan: Pick<Plan, "order" | "current" | "selected" | "decision" | "scope">,
  reason: string,
): Intention {
  const { order, current, selected, decision, scope } = plan;
  const targets = targetsOf(scope);
  return {
    identity: order.identity,
    decision: decision.kind === "deploy" || decision.kind === "adopt" ? "deploy" : "nothing",
    reason,
    current: current === undefined ? null : { id: current.release.id, version: current.release.version },
    selected: selected === undefined ? null : fingerprintOf(selected),
    // Without skipped steps or a limit a plan keeps the digest that earlier versions of the step gave it.
    ...(scope.skippedActionIds.length === 0 ? {} : { skippedSteps: [...scope.skippedActionIds].sort() }),
    ...(coversTargets(targets, targetsOf(everything)) ? {} : { targets }),
  };
}

/** The release in the approved plan: `null` if that plan deploys none, `undefined` if no approved plan concerns this run. */
export function plannedBy(constraint: PlanConstraint): Fingerprint | null | undefined {
  return constraint.kind === "bound" || constraint.kind === "compared"
    ? constraint.approved.intention.selected
    : undefined;
}

export function fingerprintOf({ release, variables }: SelectedRelease): Fingerprint {
  return {
    id: release.id,
    version: release.version,
    contents: [...contentsOf(release)].sort(),
    git: release.gitReference ?? null,
    process: release.processId ?? null,
    snapshots: [...release.snapshotIds].sort(),
    variables,
  };
}

/** Whether a manual intervention was answered with *Proceed*. */
export function isApproval({ type, isPending, result }: Interruption): boolean {
  return type === "ManualIntervention" && !isPending && result === "Proceed";
}

/** How today's intention differs from the approved one, as the end of a sentence. `undefined` means that they agree. */
export function differenceFrom(approved: Intention, today: Intention): string | undefined {
  if (approved.decision === "nothing") {
    return today.decision === "nothing"
      ? undefined
      : `it deploys nothing, but this run would deploy ${versionOf(today)}`;
  }
  const isAtRest = today.decision === "nothing";
  if (isAtRest && today.current?.id === approved.selected?.id) return undefined;
  if (approved.selected?.id !== today.selected?.id) {
    return `${versionOf(approved)} was approved, but this run would deploy ${isAtRest ? "nothing" : versionOf(today)}`;
  }
  if (isAtRest || approved.selected === null || today.selected === null) return undefined;
  const isNewDowngrade = isDowngrade(today) && !isDowngrade(approved) && today.reason !== "Attached";
  if (isNewDowngrade) return `${today.current?.version} is current now, which is higher`;
  return changeOf(approved.selected, today.selected) ?? otherScope(approved, today);
}

/** How this run skips other steps or has more targets than was approved, as the end of a sentence. `undefined` means that it does not. */
function otherScope(approved: Intention, today: Intention): string | undefined {
  const [approvedTargets, targets] = [approved, today].map((each) => each.targets ?? targetsOf(everything));
  if (approvedTargets && targets && !coversTargets(approvedTargets, targets))
    return "it is limited to some deployment targets, and this run would deploy to others";
  const [before, now] = [approved, today].map(({ skippedSteps = [] }) => skippedSteps.join(", ") || "none");
  return before === now ? undefined : `the steps to skip were ${before}, but this run would skip ${now}`;
}

/** Why the release number of this run excludes the approved release, as the end of a sentence. `undefined` means that it does not. */
export function exclusionOf({ decision, selected }: Intention, pattern: ReleasePattern): string | undefined {
  if (decision === "nothing" || selected === null || pattern.matches(selected.version)) return undefined;
  return `the release number of this run, ${pattern.text}, excludes that release`;
}

/** Why a release that was approved may not be deployed any more, as the end of a sentence. `undefined` means that it may. */
export function violationOf(
  { intention }: ApprovedPlan,
  plan: Pick<Plan, "order" | "current" | "selected" | "decision" | "scope">,
  isAllowed: boolean,
): string | undefined {
  const { selected, current, decision } = plan;
  if (selected === undefined || intention.selected === null || decision.kind === "adopt") return undefined;
  if (current?.release.id === selected.release.id && decision.kind !== "deploy") return undefined;
  const changed =
    changeOf(intention.selected, fingerprintOf(selected)) ?? otherScope(intention, intentionOf(plan, intention.reason));
  if (changed !== undefined) return changed;
  const isStepBack =
    current !== undefined && compareVersionTexts(selected.release.version, current.release.version) < 0;
  if (isStepBack && !isDowngrade(intention)) {
    return `${current.release.version}, which is higher, was deployed to ${placeText(plan.order)} since`;
  }
  if (isAllowed) return undefined;
  return `Octopus no longer allows the release in ${placeText(plan.order)}`;
}

function isDowngrade({ current, selected }: Intention): boolean {
  return current !== null && selected !== null && compareVersionTexts(selected.version, current.version) < 0;
}

/** What changed in a release since its approval, as the end of a sentence. `undefined` means nothing that matters. */
function changeOf(planned: Fingerprint, now: Fingerprint): string | undefined {
  const differs = (a: readonly string[], b: readonly string[]) => a.join("\n") !== b.join("\n");
  if (planned.version !== now.version) return `its version was changed to ${now.version}`;
  if (differs(planned.contents, now.contents)) return `the packages of ${now.version} were changed`;
  if (planned.git !== now.git) return `the git reference of ${now.version} was changed`;
  // An approved refresh includes the variables as they are at that time.
  const differsInVariables = planned.variables !== "outdated" && differs(planned.snapshots, now.snapshots);
  return differsInVariables || planned.process !== now.process
    ? `the snapshots of ${now.version} were updated`
    : undefined;
}

function versionOf({ selected }: Intention): string {
  return selected?.version ?? "another release";
}
