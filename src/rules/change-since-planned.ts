import { intentionOf, violationOf } from "./approved-plan.ts";
import { reasonOf } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/**
 * What changed between two plans of a run for the same child and release, as the end of a sentence; `undefined`: nothing that matters. That the
 * release has become current, or that this step's own deployment of it is under way, is no change; nor is what a deployment did that the
 * earlier plan waited for.
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
  if (!hasWaited && isOther) return `${current?.release.version ?? "something else"} became current`;
  if (!hasWaited && isSpoiled && current?.incomplete !== undefined)
    return `the deployment ${current.incomplete.deployment.id} changed the environment`;
  const isAllowed = !now.passedOver.some(({ rejection }) => rejection === "not-promotable");
  const planned = { intention: intentionOf(before, reasonOf(before)), digest: "", made: before.made };
  return violationOf(planned, now, isAllowed);
}
