import type { Attempt, Deployment, Pause, Release } from "../model.ts";
import { completionOf, isLive, succeeded } from "./attempts.ts";
import { undoneBy } from "./marker.ts";
import { newestUnproven } from "./current-release.ts";
import { limitedSource } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { instantText, placeText, sentences } from "../text/format.ts";
import { namesOfMachines } from "./machines.ts";
import { compareVersionTexts } from "./octopus-version.ts";
import { isParent, isScheduled, scheduledForLater, type Viewpoint } from "./concurrent-deployments.ts";
import { type PlannedStart, startWarnings } from "./planned-start.ts";
import type { Decision, Order, SelectedRelease } from "./plan.ts";

export interface WarningsQuestion extends Viewpoint {
  readonly order: Order;
  readonly selected: SelectedRelease;
  readonly findings: Findings;
  readonly decision: Decision;
  readonly start: PlannedStart | undefined;
}

/** What an operator should know before the deployment, one sentence each. None stops the run. */
export function gatherWarnings(question: WarningsQuestion): readonly string[] {
  const { order, selected, findings, decision, start } = question;
  const isDeploying = decision.kind === "deploy";
  const { current } = findings;
  return [
    ...order.warnings,
    ...findings.scope.warnings,
    ...sentences(
      findings.variablesModified &&
        selected.variables !== "outdated" &&
        "Variables changed since the plan was made, so the release's snapshot is not refreshed.",
    ),
    ...(isDeploying ? startWarnings(order.appointment, start) : []),
    ...aboutSource(question),
    ...sentences(
      isDeploying &&
        current &&
        compareVersionTexts(selected.release.version, current.release.version) < 0 &&
        `Downgrade: ${current.release.version} \u2192 ${selected.release.version}.`,
    ),
    ...aboutDestination(question),
    ...aboutMachines(question),
  ];
}

/** Warns of a run for a new machine that leaves the machine empty. */
function aboutMachines({ order, decision, findings: { scope } }: WarningsQuestion): readonly string[] {
  const isLeftEmpty =
    decision.kind === "skip" && decision.reason !== "NoMatchingMachine" && order.condition !== "SpecificMachines";
  return isLeftEmpty && scope.machines !== undefined
    ? [
        `Nothing is deployed to ${namesOfMachines(scope.machines)}. For new machines, set "Deploy if" to SpecificMachines.`,
      ]
    : [];
}

function aboutSource({ order, selected, decision, findings: { rival, found } }: WarningsQuestion): readonly string[] {
  const { release, attempt } = selected;
  if (attempt === undefined) return [];
  const placeOf = ({ environmentId }: Deployment) =>
    order.sources.find(({ id }) => id === environmentId)?.name ?? "the source";
  const what = ({ version }: Release, { id }: Deployment) => `${version} (${id})`;
  const unproven = found.passedOver.find(({ rejection }) => rejection === "unproven");
  const later = unproven?.candidate.attempt?.deployment;
  const both = rival && `${what(release, attempt.deployment)} and ${what(rival.release, rival.deployment)}`;
  return sentences(
    later &&
      `${unproven?.release?.version ?? later.releaseId} was deployed to ${placeOf(later)} later (${later.id}), but its server task is gone, so nothing proves that it succeeded.`,
    // Where nothing is deployed for this reason, the message says it.
    decision.kind !== "not-found" && limitedSource(selected, order),
    rival &&
      `${both} were deployed to ${placeOf(rival.deployment)} at the same time. ${release.version} finished last, but may not be what runs there.`,
  );
}

function aboutDestination({ order, selected, findings, decision, now, identity }: WarningsQuestion): readonly string[] {
  const { inDestination, current } = findings;
  const versionOf = ({ id, releaseId }: Deployment) =>
    [selected, current].find((each) => each?.release.id === releaseId)?.release.version ??
    inDestination.find(({ deployment }) => deployment.id === id)?.version;
  const what = (deployment: Deployment) => `${deployment.id} (${versionOf(deployment) ?? "version not known"})`;
  const adopted = decision.kind === "adopt" ? decision.attempt.deployment.id : undefined;
  const unfinished = inDestination.filter((attempt) => isLive(attempt) && attempt.deployment.id !== adopted);
  const later = scheduledForLater(unfinished, now).map(
    ({ deployment }) =>
      `${what(deployment)} is scheduled for ${placeText(order)} at ${instantText(deployment.queueTime ?? now)}.`,
  );
  const unproven = newestUnproven(inDestination, current?.attempt);
  const unknown = sentences(
    unproven &&
      `${what(unproven)} is the newest deployment to ${placeText(order)}, but its server task is gone, so nothing proves that it succeeded.`,
  );
  const undone = inDestination.find(
    (each) => succeeded(each) && undoneRelease(each, inDestination) === selected.release.id,
  );
  const wasUndone = sentences(
    undone &&
      isChanging(decision) &&
      `${selected.release.version} was rolled back in ${placeText(order)} on ${instantText(completionOf(undone))} (${undone.deployment.id}).`,
  );
  if (decision.kind === "wait-for") return [...unknown, ...wasUndone, ...later];
  const isNews = (attempt: Attempt) => attempt.supersededWhen !== undefined || !isParent(attempt, identity);
  const running = unfinished.filter((attempt) => !isScheduled(attempt, now) && isNews(attempt));
  const concurrent = running.map(({ deployment, pause, supersededWhen }) =>
    sentences(
      pause !== undefined
        ? pauseText(deployment, pause, placeText(order))
        : `${what(deployment)}, created by ${deployment.deployedBy || "another user"}, is being deployed to ${placeText(order)} right now.`,
      supersededWhen && supersessionTexts[supersededWhen],
    ).join(" "),
  );
  return [...unknown, ...wasUndone, ...concurrent, ...later];
}

/** The release that a deployment undid. `undefined` means none, or not known. */
function undoneRelease(undo: Attempt, attempts: readonly Attempt[]): string | undefined {
  const id = undoneBy(undo);
  return id === null ? undefined : attempts.find(({ deployment }) => deployment.id === id)?.deployment.releaseId;
}

function isChanging({ kind }: Decision): boolean {
  return kind === "deploy" || kind === "wait-for";
}

const supersessionTexts: Record<NonNullable<Attempt["supersededWhen"]>, string> = {
  created: "By the project's settings, the server will cancel it when this deployment is created.",
  succeeded:
    "By the project's settings, the server will cancel it if it is still paused when this deployment succeeds.",
};

function pauseText({ id, deployedBy }: Deployment, { waitsFor, version, url }: Pause, place: string): string {
  const texts: Record<Pause["waitsFor"], string> = {
    intervention: `is waiting for a manual intervention. ${overwrites}`,
    answer: `is waiting for an answer to an interruption. ${overwrites}`,
    guidance: "failed half deployed and is waiting for guidance. Retry there would overwrite this deployment",
    precondition: `is waiting for a precondition, such as the approval of its change request. ${overwrites}`,
  };
  return `${id} (${version}) to ${place}, created by ${deployedBy || "another user"}, ${texts[waitsFor]}. See ${url}.`;
}

const overwrites = "It will overwrite this deployment when it continues";
