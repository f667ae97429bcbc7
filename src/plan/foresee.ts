import type { Environment, PermissionGrant, PhaseProgress } from "../model.ts";
import { completionOf, succeeded } from "./attempts.ts";
import { type ActiveFreeze, freezeText } from "./freezes.ts";
import { missingPermission } from "./permissions.ts";
import type { Blocker, Order, Plan } from "./plan.ts";
import { startProblem } from "./planned-start.ts";
import { instantText, placeText } from "./words.ts";

/** What was found out ahead of a deployment. What nobody asked for, or could not read, is absent. */
export interface Outlook {
  /** At the instant the deployment would start. */
  readonly freezes: readonly ActiveFreeze[];
  readonly overridesFreezes: boolean;
  readonly promptedProblems: readonly string[];
  /** Steps of the child that ask people when this run has ended. */
  readonly unanswered?: readonly string[] | undefined;
  readonly taskQueueStopped?: boolean | undefined;
  readonly phases?: readonly PhaseProgress[] | undefined;
  readonly grants?: readonly PermissionGrant[] | undefined;
  /** Rights this run may come to need besides creating the deployment, and for what. */
  readonly laterNeeds: readonly { readonly permission: string; readonly purpose: string }[];
  readonly environments: readonly Environment[];
}

/** What would keep the deployment of a plan from being created or from starting. */
export function blockersOf({ order, selected, start }: Plan, outlook: Outlook): readonly Blocker[] {
  const { project, tenant, destination } = order;
  const blocked = (text: string): Blocker => ({ reason: "Blocked", text });
  const phase = outlook.phases?.find(({ environmentIds }) => environmentIds.includes(destination.id));
  const needs = ["DeploymentCreate"];
  const place = { project, environmentIds: [destination.id], tenantId: tenant?.id };
  // A real run judges the time when it is about to create the deployment, after looking for one that exists already.
  const untimely = order.whatIf ? startProblem(start) : undefined;
  const missing = outlook.grants === undefined ? undefined : missingPermission(needs, place, outlook.grants);
  return [
    ...(project.isDisabled ? [blocked(`The project ${project.name} is disabled.`)] : []),
    ...(tenant?.isDisabled === true ? [blocked(`The tenant ${tenant.name} is disabled.`)] : []),
    ...(outlook.overridesFreezes ? [] : outlook.freezes).map((freeze): Blocker => ({
      reason: "Frozen",
      text: `Deployments of ${project.name} to ${placeText(order)} are prevented by ${freezeText(freeze)}.`,
    })),
    ...(outlook.taskQueueStopped === true
      ? [blocked("The task queue of the child's space is stopped: no deployment starts there.")]
      : []),
    ...(phase?.isBlocked === true
      ? [
          blocked(
            `An unresolved defect blocks ${selected?.release.version ?? "the release"} in ${phaseName(outlook, phase)}.`,
          ),
        ]
      : []),
    ...(untimely === undefined ? [] : [blocked(untimely)]),
    ...outlook.promptedProblems.map((problem) => blocked(`Prompted variables: ${problem}`)),
    ...(missing === undefined
      ? []
      : [
          {
            reason: "PermissionMissing" as const,
            text: `The API key lacks the permission ${missing} for ${project.name} in ${placeText(order)}.`,
          },
        ]),
  ];
}

function phaseName({ environments }: Outlook, { environmentIds }: PhaseProgress): string {
  return environments
    .filter(({ id }) => environmentIds.includes(id))
    .map(({ name }) => name)
    .join(", ");
}

/** Rights that are missing for what may become necessary later: worth a caution, no reason to stop. */
export function laterCautions(
  { order }: Plan,
  { grants, laterNeeds, freezes, overridesFreezes, unanswered = [] }: Outlook,
): readonly string[] {
  const { project, tenant, destination } = order;
  const place = { project, environmentIds: [destination.id], tenantId: tenant?.id };
  const lacking =
    grants === undefined
      ? []
      : laterNeeds.filter(({ permission }) => missingPermission([permission], place, grants) !== undefined);
  const rights = lacking.map(({ permission, purpose }) => `${permission} (to ${purpose})`).join(" and ");
  return [
    ...(lacking.length === 0 ? [] : [`The API key lacks ${rights} for ${project.name} in ${placeText(order)}.`]),
    ...(unanswered.length === 0
      ? []
      : [
          `The child asks people (${unanswered.join(", ")}) and is not waited for: let the step wait (ThroughSchedule), or run it again then, to answer for those who approved.`,
        ]),
    ...(overridesFreezes ? freezes : []).map((freeze) => `This overrides ${freezeText(freeze)}.`),
  ];
}

/** Where a release has been for the same tenant, or untenanted: its newest deployment to each environment. */
export function whereaboutsOf({ tenant }: Order, { phases = [], environments }: Outlook): readonly string[] {
  return phases.flatMap(({ environmentIds, attempts }) =>
    environmentIds.flatMap((environmentId) => {
      const newest = attempts.find(
        ({ deployment }) => deployment.environmentId === environmentId && deployment.tenantId === tenant?.id,
      );
      if (newest === undefined) return [];
      const name = environments.find(({ id }) => id === environmentId)?.name ?? environmentId;
      const state = newest.task?.state ?? (succeeded(newest) ? "Success" : "Failed");
      return [`${name}: ${state}, ${instantText(completionOf(newest))} (${newest.deployment.id})`];
    }),
  );
}
