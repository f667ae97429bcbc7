import type { Deployment, Release } from "../model.ts";
import { fingerprintOf, intentionOf, violationOf } from "./approved-plan.ts";
import { isLive } from "./attempts.ts";
import { reasonOf } from "./outcome.ts";
import type { DeployingPlan, Plan } from "./plan.ts";

/** What is read right before a deployment is created. */
export interface LastLook {
  /** Absent means that the release no longer exists. */
  readonly release: Release | undefined;
  /** The newest deployments to the destination, newest created first. */
  readonly newest: readonly Deployment[];
  /** No older deployments exist. */
  readonly isWhole: boolean;
}

/**
 * Whether the release is as planned and nothing has happened in the destination since: no deployment was under way, and none was created. In
 * doubt the plan has to be made again.
 */
export function isAsPlanned(
  { selected, inDestination }: Pick<DeployingPlan, "selected" | "inDestination">,
  { release, newest, isWhole }: LastLook,
): boolean {
  const known = new Set(inDestination.map(({ deployment }) => deployment.id));
  const oldest = newest.findLastIndex(({ id }) => known.has(id));
  const isUntouched =
    oldest < 0 ? isWhole && newest.length === 0 : newest.slice(0, oldest).every(({ id }) => known.has(id));
  const printOf = (each: Release) => JSON.stringify(fingerprintOf({ ...selected, release: each }));
  const isSame = release !== undefined && printOf(release) === printOf(selected.release);
  return isSame && isUntouched && !inDestination.some(isLive);
}

/**
 * What changed between two plans of a run for the same child and release, as the end of a sentence. `undefined` means nothing that matters. If the
 * release has become current, or this step's own deployment of it is under way, nothing has changed; nor do changes matter that were made by a
 * deployment for which the earlier plan waited.
 */
export function changeSincePlanned(before: Plan, now: Plan): string | undefined {
  const { decision, current } = now;
  if (decision.kind === "adopt" || (decision.kind === "skip" && decision.reason === "AlreadyCurrent")) return undefined;
  if (now.selected === undefined || decision.kind === "not-found")
    return `${before.selected?.release.version ?? "the release"} is no longer there`;
  const hasWaited = before.decision.kind === "wait-for";
  if (!hasWaited && decision.kind === "wait-for")
    return `another user's deployment ${decision.attempt.deployment.id} was started`;
  const isOther = current?.release.id !== before.current?.release.id;
  const isSpoiled = current?.incomplete?.deployment.id !== before.current?.incomplete?.deployment.id;
  if (!hasWaited && isOther) return `${current?.release.version ?? "another release"} became current`;
  if (!hasWaited && isSpoiled && current?.incomplete !== undefined)
    return `the deployment ${current.incomplete.deployment.id} changed the environment`;
  const isAllowed = !now.passedOver.some(({ rejection }) => rejection === "not-promotable");
  const planned = { intention: intentionOf(before, reasonOf(before)), digest: "", made: before.made };
  return violationOf(planned, now, isAllowed);
}
