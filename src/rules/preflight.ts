import type { Environment, PermissionGrant, Phase, PhaseProgress } from "../model.ts";
import { completionOf } from "./attempts.ts";
import { type ActiveFreeze, freezeText } from "./freezes.ts";
import { missingPermission } from "./permissions.ts";
import type { Blocker, Order, Plan, SelectedRelease } from "./plan.ts";
import { startProblem } from "./planned-start.ts";
import { instantText, placeText, quotedList, sentences } from "../text/format.ts";

/** What was read ahead of a deployment. Values that were not read are absent. */
export interface PreflightFindings {
  /** The freezes at the start of the deployment. */
  readonly freezes: readonly ActiveFreeze[];
  readonly overridesFreezes: boolean;
  readonly promptedProblems: readonly string[];
  /** Manual intervention steps that the child reaches after this run has ended. */
  readonly unanswered?: readonly string[] | undefined;
  readonly phases?: readonly PhaseProgress[] | undefined;
  readonly grants?: readonly PermissionGrant[] | undefined;
  /** Permissions that this run may need later, and their purpose. */
  readonly laterNeeds: readonly { readonly permission: string; readonly purpose: string }[];
  /** Why the target tags of the parent's deployment are unknown, as a whole sentence. */
  readonly hiddenTags?: string | undefined;
  /** A missing permission to read the approved plan later. */
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
 * Whether a release that the server allows in the destination may have an unresolved defect. The server lets such a release into no new phase:
 * https://octopus.com/docs/releases/prevent-release-progression
 * @param phase the phase of the destination. Absent means not known
 */
export function mayCarryDefect({ isNewThere }: SelectedRelease, phase: Phase | undefined): boolean {
  return isNewThere !== true || phase === undefined || phase.isOptional || phase.environmentIds.length > 1;
}

/**
 * Warnings about a defect that the server lets pass, and about permissions that are missing later.
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

/** The permissions that are missing later, in a sentence. `undefined` means that none is known to be missing. */
export function lackingLater(
  order: Order,
  needs: PreflightFindings["laterNeeds"],
  grants: PreflightFindings["grants"],
): string | undefined {
  const lacking = needs.filter(({ permission }) => grants && missingPermission([permission], placeOf(order), grants));
  const rights = lacking.map(({ permission, purpose }) => `${permission} (to ${purpose})`).join(" and ");
  return rights === "" ? undefined : lackText(rights, order);
}

/** The newest deployment of a release to each environment, for the same tenant or untenanted. */
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
