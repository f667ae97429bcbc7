import type { Instant } from "../model.ts";
import { isLive } from "./attempts.ts";
import { overlapping } from "./decide.ts";
import type { Findings } from "./findings.ts";
import { count, instantText, placeText } from "./words.ts";
import { compareVersionTexts } from "./octopus-version.ts";
import { isScheduled, scheduledForLater } from "./others-at-work.ts";
import { type PlannedStart, startCautions } from "./planned-start.ts";
import type { Decision, Order, SelectedRelease } from "./plan.ts";

/** What an operator should know before agreeing, one sentence each, none of them a reason to stop. */
export function gatherCautions(
  order: Order,
  selected: SelectedRelease,
  findings: Findings,
  decision: Decision,
  now: Instant,
  start: PlannedStart | undefined,
): readonly string[] {
  return [
    ...order.cautions,
    ...findings.limits.cautions,
    ...(findings.variablesModified === true && selected.variables !== "outdated"
      ? ["Variables changed since the approved plan was made: the snapshot of the release is not refreshed."]
      : []),
    ...(decision.kind === "deploy" ? startCautions(order.appointment, start) : []),
    ...aboutSource(order, selected, findings),
    ...aboutDirection(selected, findings, decision),
    ...aboutDestination(order, findings, decision, now),
  ];
}

function aboutSource(
  { sources }: Order,
  { release, attempt }: SelectedRelease,
  { inSource }: Findings,
): readonly string[] {
  if (attempt === undefined) return [];
  const { deployment, task } = attempt;
  const environment = sources.find(({ id }) => id === deployment.environmentId)?.name;
  const place = environment === undefined ? "" : ` to ${environment}`;
  const skipped = deployment.skippedActionIds.length;
  const rival = overlapping(attempt, inSource);
  return [
    ...(skipped === 0
      ? []
      : [`The deployment of ${release.version}${place} (${deployment.id}) skipped ${count(skipped, "step")}.`]),
    ...(task === undefined
      ? [
          `The server no longer has the task of ${deployment.id}, which deployed ${release.version}${place}: it counts as of its creation.`,
        ]
      : []),
    ...(rival === undefined
      ? []
      : [
          `${deployment.id} of ${release.version}${place} and ${rival.deployment.id} of another release (${rival.deployment.releaseId}) ` +
            `ran at the same time: ${release.version} finished last, but may not be what runs there.`,
        ]),
  ];
}

function aboutDirection({ release }: SelectedRelease, { current }: Findings, decision: Decision): readonly string[] {
  if (decision.kind !== "deploy" || current === undefined) return [];
  if (compareVersionTexts(release.version, current.release.version) >= 0) return [];
  return [`This is a step back: ${current.release.version} \u2192 ${release.version}.`];
}

function aboutDestination(
  order: Order,
  { inDestination }: Findings,
  decision: Decision,
  now: Instant,
): readonly string[] {
  const attached = decision.kind === "attach" ? decision.attempt.deployment.id : undefined;
  const unfinished = inDestination.filter((attempt) => isLive(attempt) && attempt.deployment.id !== attached);
  const later = scheduledForLater(unfinished, now).map(
    ({ deployment }) =>
      `${deployment.id} (${deployment.releaseId}) is scheduled for ${placeText(order)} at ${instantText(deployment.queueTime ?? now)}.`,
  );
  const running = unfinished.filter((attempt) => !isScheduled(attempt, now));
  const others = running.map(
    ({ deployment }) =>
      `${deployment.id} (${deployment.releaseId}), created by ${deployment.deployedBy || "somebody else"}, is being deployed to ${placeText(order)} right now.`,
  );
  return decision.kind === "wait-for" ? later : [...others, ...later];
}
