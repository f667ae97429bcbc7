import type { Environment, PermissionGrant, Phase, PhaseProgress } from "../model.ts";
import { completionOf } from "./attempts.ts";
import { type ActiveFreeze, freezeText } from "./freezes.ts";
import { missingPermission } from "./permissions.ts";
import type { Blocker, Order, Plan, SelectedRelease } from "./plan.ts";
import { startProblem } from "./planned-start.ts";
import { instantText, placeText, quotedList, sentences } from "../text/format.ts";

/** What was found out ahead of a deployment. What was not asked for, or could not be read, is absent. */
export interface PreflightFindings {
  /** At the instant the deployment would start. */
  readonly freezes: readonly ActiveFreeze[];
  readonly overridesFreezes: boolean;
  readonly promptedProblems: readonly string[];
  /** Manual intervention steps of the child that are reached when this run has ended. */
  readonly unanswered?: readonly string[] | undefined;
  readonly phases?: readonly PhaseProgress[] | undefined;
  readonly grants?: readonly PermissionGrant[] | undefined;
  /** Rights this run may come to need besides creating the deployment, and for what. */
  readonly laterNeeds: readonly { readonly permission: string; readonly purpose: string }[];
  /** Why the target tags of the parent's deployment are not known, as a whole sentence: the run might go further than the parent. */
  readonly hiddenTags?: string | undefined;
  /** A right that is missing to see the approved plan later. */
  readonly hiddenPlan?: string | undefined;
  readonly environments: readonly Environment[];
}

/** What would keep the deployment of a plan from being created or from starting. */
export function blockersOf({ order, start }: Plan, findings: PreflightFindings): readonly Blocker[] {
  const { project, tenant, whatIf } = order;
  const { grants } = findings;
  const blocked = (text: string): Blocker => ({ reason: "Blocked", text });
  const missing = grants && missingPermission(["DeploymentCreate"], placeOf(order), grants);
  return [
    ...sentences(
      project.isDisabled && `The project ${project.name} is disabled.`,
      tenant?.isDisabled && `The tenant ${tenant.name} is disabled.`,
    ).map(blocked),
    ...(findings.overridesFreezes ? [] : findings.freezes).map((freeze): Blocker => ({
      reason: "Frozen",
      text: `Deployments of ${project.name} to ${placeText(order)} are prevented by ${freezeText(freeze)}.`,
    })),
    ...sentences(
      // A real run judges the time when it is about to create the deployment, after the search for one that exists already.
      whatIf && startProblem(start),
      ...findings.promptedProblems.map((problem) => `Prompted variables: ${problem}`),
    ).map(blocked),
    ...sentences(findings.hiddenTags, missing && lackText(`the permission ${missing}`, order)).map((text): Blocker => ({
      reason: "PermissionMissing",
      text,
    })),
  ];
}

function placeOf({ project, tenant, destination }: Order) {
  return { project, environmentIds: [destination.id], tenantId: tenant?.id };
}

function lackText(rights: string, order: Order): string {
  return `The API key lacks ${rights} for ${order.project.name} in ${placeText(order)}.`;
}

/**
 * Whether a release that the server lets into the destination may have an unresolved defect. The server keeps such a release where it has
 * got to, so one that is new to the destination's phase has none: https://octopus.com/docs/releases/prevent-release-progression
 * @param phase the destination's. Absent means not known
 */
export function mayCarryDefect({ isNewThere }: SelectedRelease, phase: Phase | undefined): boolean {
  return isNewThere !== true || phase === undefined || phase.isOptional || phase.environmentIds.length > 1;
}

/**
 * Defects that the server lets pass, and rights that are missing for what may become necessary later. Worth a warning, no reason to stop.
 */
export function laterWarnings(
  { order, selected }: Plan,
  { phases = [], grants, laterNeeds, hiddenPlan, freezes, overridesFreezes, unanswered = [] }: PreflightFindings,
): readonly string[] {
  const reached = phases.find(({ environmentIds }) => environmentIds.includes(order.destination.id));
  return sentences(
    reached?.isBlocked &&
      `${selected?.release.version ?? "The release"} has an unresolved defect. Octopus still allows it in ${order.destination.name}, because it has already been in that phase.`,
    lackingLater(order, laterNeeds, grants),
    hiddenPlan && `The API key lacks ${hiddenPlan} in the parent project, so later runs cannot see what was approved.`,
    unanswered.length > 0 &&
      `The manual intervention ${quotedList(unanswered)} will not be approved automatically, because the step does not wait for the deployment. Choose ThroughSchedule, or run the step again then.`,
    ...(overridesFreezes ? freezes : []).map((freeze) => `This overrides ${freezeText(freeze)}.`),
  );
}

/** The rights that are missing for what may become necessary later, in a sentence. `undefined` means none is known to be. */
export function lackingLater(
  order: Order,
  needs: PreflightFindings["laterNeeds"],
  grants: PreflightFindings["grants"],
): string | undefined {
  const lacking = needs.filter(({ permission }) => grants && missingPermission([permission], placeOf(order), grants));
  const rights = lacking.map(({ permission, purpose }) => `${permission} (to ${purpose})`).join(" and ");
  return rights === "" ? undefined : lackText(rights, order);
}

/** Where a release has been. That is its newest deployment to each environment, for the same tenant or untenanted. */
export function whereaboutsOf(
  { tenant, whatIf }: Order,
  { phases = [], environments }: PreflightFindings,
): readonly string[] {
  return (whatIf ? phases : []).flatMap(({ environmentIds, attempts }) =>
    environmentIds.flatMap((environmentId) => {
      const newest = attempts.find(
        ({ deployment }) => deployment.environmentId === environmentId && deployment.tenantId === tenant?.id,
      );
      if (newest === undefined) return [];
      const name = environments.find(({ id }) => id === environmentId)?.name ?? environmentId;
      const state = newest.task?.state ?? "not known";
      return [`${name} \u2013 ${state}, ${instantText(completionOf(newest))} (${newest.deployment.id})`];
    }),
  );
}
