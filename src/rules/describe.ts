import { completionOf } from "./attempts.ts";
import type { ExplainedRejection } from "./findings.ts";
import type { Line } from "../text/line.ts";
import { capitalised, plural, instantText, placeText, sentences } from "../text/format.ts";
import type { DeployReason, SkipReason } from "./decide.ts";
import { digestLine } from "./digest-line.ts";
import { namesOfMachines } from "./machines.ts";
import type { Order, Plan, SelectedRelease } from "./plan.ts";
import { isNoRelease } from "./release-pattern.ts";
import { startText } from "./planned-start.ts";
import { candidatesOf } from "./tenancy.ts";

/** Above this many, passed-over releases are summed up by reason. */
const passedOverLimit = 50;

/** How many of them are logged as information, because operators first ask why the newest was not chosen. */
const passedOverInInfo = 3;

/**
 * The plan in the task log: releases that were passed over, terms, changes, warnings, blockers, the intention, and last the digest.
 * @param digest absent means that the plan is part of a plan for several children
 */
export function describePlan(plan: Plan, digest?: string): readonly Line[] {
  const { order, decision, start } = plan;
  const at = (level: Line["level"], texts: readonly string[]) => texts.map((text): Line => ({ level, text }));
  return [
    ...describePassedOver(plan.passedOver).map((text, index): Line => ({
      level: index < passedOverInInfo ? "info" : "verbose",
      text,
    })),
    ...at("info", describeTerms(plan)),
    ...at(
      "highlight",
      sentences(decision.kind === "deploy" && start?.kind === "at" && `Scheduled start: ${startText(start)}.`),
    ),
    ...at("verbose", sentences(plan.notes)),
    ...at("warning", plan.warnings),
    // A real run ends with an error that says the same.
    ...at(order.whatIf ? "warning" : "verbose", plan.blockers.map(blockedText)),
    ...at(levelOf(plan), [planSentence(plan, digest !== undefined)]),
    // Only approvers need the digest.
    ...at(
      order.whatIf || plan.approval.digest ? "info" : "verbose",
      digest === undefined ? [] : [digestLine(digest, order)],
    ),
  ];
}

function blockedText({ text }: Plan["blockers"][number]): string {
  return `Blocked: ${text}`;
}

/** Origin, tenant, approval, targets and earlier deployments. */
function describeTerms(plan: Plan): readonly string[] {
  const { order, selected, decision, approval } = plan;
  const { pattern, droppedTenant } = order;
  const { machines = [], excluded, specificTagIds, excludedTagIds } = plan.scope;
  const isRedeploy = order.mode === "Redeploy";
  const isRepeated = isRedeploy || (decision.kind === "deploy" && decision.reason === "Redeploy");
  const outdated = selected?.variables === "outdated" ? selected.release.version : undefined;
  return sentences(
    selected && order.isGiven !== true && decision.kind !== "not-found" && originText(selected, order),
    selected !== undefined &&
      isRepeated &&
      pattern !== "" &&
      `Release number ${pattern} ignored: ${isRedeploy ? "Redeploy mode" : "the machines get the release that the environment already runs"}.`,
    droppedTenant && `Tenant ${droppedTenant} ignored: ${order.project.name} is deployed without tenants.`,
    approval.digest &&
      order.skip !== "NotInApprovedPlan" &&
      `${decision.kind === "deploy" ? "Deploying" : "Using"} the approved plan ${approval.digest}.`,
    machines.length > 0 && `Only these machines: ${namesOfMachines(machines)}.`,
    specificTagIds.length > 0 && `Only targets with the tags: ${specificTagIds.join(", ")}.`,
    excludedTagIds.length > 0 && `No targets with the tags: ${excludedTagIds.join(", ")}.`,
    excluded.length > 0 && `All machines except: ${namesOfMachines(excluded)}.`,
    decision.kind === "deploy" &&
      outdated &&
      `Variables changed since ${outdated} got its snapshot. The snapshot is refreshed before the deployment, for all environments.`,
    plan.whereabouts.length > 0 && `Previous deployments: ${plan.whereabouts.join("; ")}.`,
  );
}

/**
 * The intention in one sentence: current, selected, where, and why.
 * @param isNamed otherwise the line begins with the name of the child
 */
export function planSentence(plan: Plan, isNamed = true): string {
  const { order, decision, selected } = plan;
  const place = placeText(order);
  const names = sentences((isNamed || !selected) && order.project.name, selected?.release.version);
  const what = `${names.join(" ")} to ${place}`;
  switch (decision.kind) {
    case "deploy":
      return deployText(plan, what, decision.reason);
    case "adopt":
      return `${order.whatIf ? "A real run would continue" : "Continuing"} with ${decision.attempt.deployment.id}, this step's earlier deployment of ${what}.`;
    case "wait-for": {
      const { id, deployedBy } = decision.attempt.deployment;
      return `Waiting for another deployment of ${order.project.name} to ${place} to finish (${id}, created by ${deployedBy || "another user"}).`;
    }
    case "skip":
      return `${skipText(plan, decision.reason)} Skipped.`;
    case "not-found":
      return describeNotFound(plan);
  }
}

function deployText(plan: Plan, what: string, reason: DeployReason): string {
  const { order, blockers, scope } = plan;
  if (blockers.length > 0) return `Cannot deploy ${what} yet.`;
  const isAgain = plan.selected?.release.id === plan.current?.release.id;
  const verb = isAgain ? "redeploy" : "deploy";
  const start = order.whatIf ? `Would ${verb}` : `${capitalised(verb)}ing`;
  const only = reason === "Redeploy" && scope.machines !== undefined ? ` on ${namesOfMachines(scope.machines)}` : "";
  return `${start} ${what}${only} (${reasonText(reason, plan)}).`;
}

/** The intention, and what blocks it. */
export function planMessage(plan: Plan): string {
  return [planSentence(plan), ...plan.blockers.map(blockedText)].join(" ");
}

/** Why each release was passed over. */
export function describePassedOver(passedOver: readonly ExplainedRejection[]): readonly string[] {
  if (passedOver.length <= passedOverLimit)
    return passedOver.map((each) => `Passed over ${versionText(each)}: ${rejectionText(each)}.`);
  const counts = new Map<string, number>();
  for (const each of passedOver) {
    const { releaseId } = each.candidate;
    const text = rejectionText({ ...each, inTheWay: undefined, candidate: { releaseId } });
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, number]) => `Passed over ${plural(number, "release")}: ${text}.`);
}

/** The version, or the deployment if the version was not read. */
function versionText({ release, candidate: { attempt, releaseId } }: ExplainedRejection): string {
  return release?.version ?? (attempt ? `the release of ${attempt.deployment.id}` : releaseId);
}

/** How the deployment of the chosen release in its source was limited. */
export function limitedSource({ release, attempt, limited }: SelectedRelease, order: Order): string | undefined {
  if (attempt === undefined || limited === undefined) return undefined;
  const place = order.sources.find(({ id }) => id === attempt.deployment.environmentId)?.name ?? "the source";
  return `${attempt.deployment.id}, which deployed ${release.version} to ${place}, ${limited}. It is unknown what the rest of ${place} runs.`;
}

function originText({ release, attempt }: SelectedRelease, order: Plan["order"]): string {
  if (attempt === undefined) {
    return `Selected ${release.version}, the newest release of the channel ${order.channel?.name ?? "?"} that can be deployed to ${placeText(order)}.`;
  }
  const environment = [...order.sources, order.destination].find(({ id }) => id === attempt.deployment.environmentId);
  return `Selected ${release.version}, last deployed to ${environment?.name ?? "the source"} on ${instantText(completionOf(attempt))} (${attempt.deployment.id}).`;
}

function levelOf({ decision, blockers, order }: Plan): Line["level"] {
  if (decision.kind === "not-found") return notFoundLevels[decision.policy];
  if (decision.kind === "wait-for") return "wait";
  return blockers.length > 0 && !order.whatIf ? "verbose" : "highlight";
}

// The run ends with the error, which says the same.
const notFoundLevels = { Error: "verbose", Warning: "warning", Skip: "info" } as const;

/** Why the release is deployed, in a few words. */
function reasonText(reason: DeployReason, { current, selected, order, scope, inDestination }: Plan): string {
  const place = placeText(order);
  const version = current?.release.version ?? "unknown";
  const isCurrent = selected?.release.id === current?.release.id;
  const now = isCurrent ? "already current" : `currently ${version}`;
  const { id, releaseId } = current?.incomplete?.deployment ?? { id: "see its deployments", releaseId: undefined };
  const failed = releaseId === selected?.release.id ? "its last deployment" : "a later deployment";
  const isFirst = inDestination.length === 0;
  const first = isFirst ? `first deployment to ${place}` : `no successful deployment to ${place} is known`;
  const texts: Record<typeof reason, string> = {
    NewRelease: current === undefined ? first : now,
    PartiallyDeployed: `${now}, but deployed only in part: ${id}`,
    LastAttemptFailed: `${now}, but ${failed} failed: ${id}`,
    HistoryUnknown: `${now}, but the result of a later deployment is unknown: ${id}`,
    VariablesChanged: `${now}, but its variables changed`,
    Forced: `${now}; ${order.mode === "Promote" ? "Deploy if = Always" : `mode ${order.mode}`}`,
    Redeploy:
      scope.machines === undefined || order.mode === "Redeploy" ? "mode Redeploy" : `to match the rest of ${place}`,
  };
  return texts[reason];
}

/** Why nothing is deployed, as a whole sentence. */
function skipText({ current, selected, order, scope }: Plan, reason: SkipReason): string {
  const { project, tenant, destination } = order;
  const there = placeText(order);
  const version = current?.release.version ?? "the current release";
  const what = `${project.name} ${selected?.release.version ?? ""}`.trim();
  const isSameButMetadata = withoutMetadata(selected?.release.version) === withoutMetadata(version);
  const texts: Record<typeof reason, string> = {
    NotInApprovedPlan: `The approved plan leaves ${project.name} in ${there} unchanged (${current?.release.version ?? "not deployed"}).`,
    TenantNotConnected: `Tenant ${tenant?.name} is not connected to ${project.name}.`,
    TenantNotInEnvironment: `Tenant ${tenant?.name} is not connected to ${destination.name} in ${project.name}.`,
    NoMatchingMachine: `${what} has no target in ${there}: ${scope.noneFits ?? "none is left"}.`,
    AlreadyCurrent: `${what} is already deployed to ${there}.`,
    NotHigher: `${what} is not higher than ${version} in ${there}${isSameButMetadata ? ": only the build metadata differs" : ""}.`,
    PackagesUnchanged: `${what} has the same packages as ${version} in ${there}.`,
  };
  return texts[reason];
}

function withoutMetadata(version: string | undefined): string | undefined {
  return version?.split("+")[0]?.toLowerCase();
}

/** Names everything that the release must match, and which releases came closest. */
function describeNotFound({ order, passedOver, notDeployed, decision, selected, current }: Plan): string {
  const { channel, tenant, pattern, mode } = order;
  const there = placeText(order);
  if (mode !== "Redeploy" && isNoRelease(pattern)) {
    return `No release of ${order.project.name} is deployed to ${there}: the release number is ${pattern}, which means no release.`;
  }
  const sources = order.sources.map(({ name }) => name).join(" or ");
  const refused = (doesMatch: boolean) =>
    passedOver
      .filter(({ rejection }) => (rejection !== "other-version") === doesMatch)
      .flatMap((each) => (each.release ? `${each.release.version} (${rejectionText(each)})` : []));
  const never = notDeployed.map(({ version }) => `${version} (never deployed to ${sources})`);
  const closest = [...refused(true), ...never, ...refused(false)].slice(0, 3);
  const terms = sentences(
    pattern && `number ${pattern}`,
    channel && `channel ${channel.name}`,
    sources && `deployed to ${sources}`,
    `allowed in ${there}`,
  );
  const { name } = order.project;
  const texts = {
    Redeploy: `No complete and successful deployment of ${name}${channel ? ` (channel ${channel.name})` : ""} to ${there} is known.`,
    Previous: `There is no earlier release of ${name} in ${there} to go back to.`,
  };
  return sentences(
    mode === "Redeploy" || mode === "Previous" ? texts[mode] : `No release of ${name} matches: ${terms.join(", ")}.`,
    decision.kind === "not-found" &&
      decision.gaveUp &&
      `The search ended after ${plural(passedOver.length, "release")}.`,
    selected &&
      current &&
      `The next best is ${selected.release.version}, which would be a downgrade from ${current.release.version} in ${there}.`,
    selected && current && limitedSource(selected, order),
    closest.length > 0 && `Closest: ${closest.join("; ")}.`,
    tenant &&
      candidatesOf(tenant, order.project, order.sources) === tenant.id &&
      "Untenanted deployments do not count for a tenant.",
    tenant &&
      channel &&
      channel.tenantTags.length > 0 &&
      `The channel ${channel.name} is for tenants with the tags ${channel.tenantTags.join(", ")}; ${tenant.name} has ${tenant.tags.join(", ") || "none"}.`,
  ).join(" ");
}

function rejectionText({ rejection, inTheWay, candidate }: ExplainedRejection): string {
  if (rejection === "unproven") {
    const deployment = candidate.attempt?.deployment.id ?? "its deployment";
    return `the server task of ${deployment} is gone, so nothing proves that it succeeded`;
  }
  return rejectionTexts[rejection] + (inTheWay === undefined ? "" : `, perhaps because of ${inTheWay.id}`);
}

const rejectionTexts = {
  "other-version": "number does not match",
  blocked: "blocked by a defect",
  "not-promotable": "Octopus does not allow it in the destination",
};
