import { completionOf } from "./attempts.ts";
import type { ExplainedRejection } from "./findings.ts";
import type { Line } from "../text/line.ts";
import { plural, instantText, placeText, sentences } from "../text/format.ts";
import type { DeployReason, SkipReason } from "./decide.ts";
import { digestLine } from "./digest-line.ts";
import { namesOfMachines } from "./machines.ts";
import type { Order, Plan, SelectedRelease } from "./plan.ts";
import { isNoRelease } from "./release-pattern.ts";
import { startText } from "./planned-start.ts";

/** Above this many, passed-over releases are summed up by reason. */
const passedOverLimit = 50;

/** So many lines about them are seen without the verbose log: why the newest was not chosen is what people ask first. */
const passedOverInInfo = 3;

/**
 * The plan as the task log shows it: why not the others, what it brings, what to be careful about, what blocks it, the intention, and last
 * the digest by which approvers and later runs recognise it.
 * @param digest absent: it is part of a plan for several children
 */
export function describePlan(plan: Plan, digest?: string): readonly Line[] {
  const at = (level: Line["level"], texts: readonly string[]) => texts.map((text): Line => ({ level, text }));
  return [
    ...describePassedOver(plan.passedOver).map((text, index): Line => ({
      level: index < passedOverInInfo ? "info" : "verbose",
      text,
    })),
    ...at("info", describeTerms(plan)),
    ...at("verbose", sentences(plan.notes)),
    ...at("warning", plan.warnings),
    ...at(
      "warning",
      plan.blockers.map(({ text }) => `This stands in the way: ${text}`),
    ),
    ...at(levelOf(plan), [planSentence(plan)]),
    ...at("info", digest === undefined ? [] : [digestLine(digest, plan.order)]),
  ];
}

/** From where, for whom, by whose approval, to what, when, and where it has been. */
function describeTerms(plan: Plan): readonly string[] {
  const { order, selected, decision, start, approval } = plan;
  const { pattern, droppedTenant, whatIf } = order;
  const { machines = [], excluded, specificTagIds, excludedTagIds } = plan.scope;
  const isRedeploy = order.mode === "Redeploy";
  const isThere = isRedeploy || (decision.kind === "deploy" && decision.reason === "Redeploy");
  const outdated = selected?.variables === "outdated" ? selected.release.version : undefined;
  return sentences(
    selected && approval.binds === undefined && originText(selected, order),
    selected !== undefined &&
      isThere &&
      pattern !== "" &&
      `The release number ${pattern} is ignored ${isRedeploy ? "in the mode Redeploy" : "when machines get what the others run"}.`,
    droppedTenant && `${order.project.name} is deployed without tenants, so also without ${droppedTenant}.`,
    approval.digest &&
      (order.skip === "NotInApprovedPlan"
        ? `People approved the plan ${approval.digest}, in which nothing was to be deployed.`
        : `This carries out the plan ${approval.digest}, which people approved.`),
    machines.length > 0 && `Only to the machines: ${namesOfMachines(machines)}.`,
    specificTagIds.length > 0 && `Only to targets with the tags: ${specificTagIds.join(", ")}.`,
    excludedTagIds.length > 0 && `To no targets with the tags: ${excludedTagIds.join(", ")}.`,
    excluded.length > 0 && `To all machines but: ${namesOfMachines(excluded)}.`,
    decision.kind === "deploy" &&
      outdated &&
      `Variables changed since ${outdated} got its snapshot: it ${whatIf ? "would be" : "is"} refreshed before the deployment, for every environment.`,
    decision.kind === "deploy" &&
      start?.kind === "at" &&
      `It ${whatIf ? "would start" : "is to start"} at ${startText(start)}.`,
    ...plan.whereabouts.map((text) => `Has been in ${text}`),
  );
}

/** The intention in one sentence: current, selected, where, and why. */
export function planSentence(plan: Plan): string {
  const { order, decision, selected, blockers } = plan;
  const step =
    selected === undefined
      ? order.project.name
      : `${order.project.name} ${transition(plan, selected)} in ${placeText(order)}`;
  switch (decision.kind) {
    case "deploy":
      return `${step}: ${blockers.length > 0 ? "to be deployed" : order.whatIf ? "would be deployed" : "deploying"}, because ${reasonText(decision.reason, plan)}.`;
    case "adopt":
      return `${step}: this step already started ${decision.attempt.deployment.id}, which is not finished; ${order.whatIf ? "a real run would follow it" : "following it"}.`;
    case "wait-for":
      return `${step}: waiting for ${decision.attempt.deployment.id}, which ${decision.attempt.deployment.deployedBy || "somebody else"} created, to end; then the decision is made again.`;
    case "skip":
      return `${step}: nothing to deploy, because ${reasonText(decision.reason, plan)}.`;
    case "not-found":
      return describeNotFound(plan);
  }
}

/** The intention, and what stands in its way. */
export function planMessage(plan: Plan): string {
  const obstacles = plan.blockers.map(({ text }) => text).join(" ");
  return sentences(planSentence(plan), obstacles && `This stands in the way: ${obstacles}`).join(" ");
}

/** Every release that was passed over, and why. */
export function describePassedOver(passedOver: readonly ExplainedRejection[]): readonly string[] {
  if (passedOver.length <= passedOverLimit)
    return passedOver.map(
      (each) => `Passed over ${each.release?.version ?? each.candidate.releaseId}: ${rejectionText(each)}.`,
    );
  const counts = new Map<string, number>();
  for (const each of passedOver) {
    const { releaseId } = each.candidate;
    const text = rejectionText({ ...each, inTheWay: undefined, candidate: { releaseId } });
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, number]) => `Passed over ${plural(number, "release")}: ${text}.`);
}

/** How the deployment that made a release the choice was limited. */
export function limitedSource({ release, attempt, limited }: SelectedRelease, order: Order): string | undefined {
  if (attempt === undefined || limited === undefined) return undefined;
  const place = order.sources.find(({ id }) => id === attempt.deployment.environmentId)?.name ?? "the source";
  return `${attempt.deployment.id}, which deployed ${release.version} to ${place}, ${limited}: what the rest of ${place} runs is not known.`;
}

function originText({ release, attempt }: SelectedRelease, order: Plan["order"]): string {
  if (attempt === undefined) {
    return `${release.version} is the newest release of the channel ${order.channel?.name ?? "?"} that can be deployed to ${placeText(order)}.`;
  }
  const environment = [...order.sources, order.destination].find(({ id }) => id === attempt.deployment.environmentId);
  return `${release.version} was deployed to ${environment?.name ?? "the source"} successfully at ${instantText(completionOf(attempt))} (${attempt.deployment.id}).`;
}

function levelOf({ decision }: Plan): Line["level"] {
  if (decision.kind === "not-found") return notFoundLevels[decision.policy];
  return decision.kind === "wait-for" ? "wait" : "highlight";
}

// The run ends with the error, which says the same: once is enough.
const notFoundLevels = { Error: "info", Warning: "warning", Skip: "info" } as const;

function transition({ current }: Plan, { release }: SelectedRelease): string {
  return current === undefined || current.release.id === release.id
    ? release.version
    : `${current.release.version} \u2192 ${release.version}`;
}

/** Why, as the end of a sentence about a release. */
function reasonText(reason: DeployReason | SkipReason, { current, selected, order, scope }: Plan): string {
  const there = placeText(order);
  const version = current?.release.version ?? "the current release";
  const state =
    current === undefined ? `nothing was deployed to ${there} successfully before` : `${there} runs ${version}`;
  const isCurrent = `${selected?.release.id === current?.release.id ? "it" : version} is current in ${there}`;
  const incomplete = current?.incomplete?.deployment.id ?? "see its deployments";
  const texts: Record<typeof reason, string> = {
    NewRelease: state,
    PartiallyDeployed: `${isCurrent} but was deployed there only in part (${incomplete})`,
    LastAttemptFailed: `${isCurrent} but a later deployment there failed (${incomplete})`,
    HistoryUnknown: `${version} is current in ${there} but what a later deployment there did is not known (${incomplete})`,
    VariablesChanged: `${isCurrent} but its variables changed since it was deployed there`,
    Forced: `${isCurrent} and is to be deployed always`,
    Redeploy: `it is what ${there} runs${order.mode === "Redeploy" ? " and the mode is Redeploy" : ", and these machines are to run it too"}`,
    NotInApprovedPlan: `the plan people approved says so; ${state}`,
    TenantNotConnected: `${order.tenant?.name} is not connected to it`,
    TenantNotInEnvironment: `${order.tenant?.name} is not connected to ${order.destination.name} in it`,
    NoMatchingMachine: scope.noneFits ?? "no machine is left",
    AlreadyCurrent: `it is already what ${there} runs`,
    NotHigher: `it is not higher than ${version}`,
    PackagesUnchanged: `its packages are the same as those of ${version}`,
  };
  return texts[reason];
}

/** Names everything that was asked for, and which releases came closest. */
function describeNotFound({ order, passedOver, notDeployed, decision, selected, current }: Plan): string {
  const { channel, tenant, pattern, mode } = order;
  const there = placeText(order);
  if (mode !== "Redeploy" && isNoRelease(pattern)) {
    return `No release of ${order.project.name} is deployed to ${there}: the release number is ${pattern}, which means no release. The step whose output is bound there chose none.`;
  }
  const sources = order.sources.map(({ name }) => name).join(" or ");
  const closest = [
    ...passedOver.flatMap((each) => (each.release ? `${each.release.version} (${rejectionText(each)})` : [])),
    ...notDeployed.map(({ version }) => `${version} (never deployed successfully to ${sources})`),
  ].slice(0, 3);
  return sentences(
    `No release of ${order.project.name}${channel ? ` (channel ${channel.name})` : ""}${pattern && ` matching ${pattern}`}` +
      `${sources && ` was deployed successfully to ${sources} and`} ${mode === "Redeploy" ? "runs in" : "may be deployed to"} ${there}.`,
    decision.kind === "not-found" &&
      decision.gaveUp &&
      `The search ended after ${plural(passedOver.length, "release")}.`,
    selected &&
      current &&
      `The next best is ${selected.release.version}, which is lower than ${current.release.version} in ${there}: nobody asked for a step back.`,
    selected && current && limitedSource(selected, order),
    closest.length > 0 && `Closest: ${closest.join("; ")}.`,
    tenant &&
      channel &&
      channel.tenantTags.length > 0 &&
      `The channel ${channel.name} is for tenants with the tags ${channel.tenantTags.join(", ")}; ${tenant.name} has ${tenant.tags.join(", ") || "none"}.`,
  ).join(" ");
}

function rejectionText({ rejection, inTheWay, candidate }: ExplainedRejection): string {
  if (rejection === "unproven") {
    const deployment = candidate.attempt?.deployment.id ?? "its deployment";
    return `the server has no task of ${deployment}, so nothing proves its success`;
  }
  return rejectionTexts[rejection] + (inTheWay === undefined ? "" : `, perhaps because of ${inTheWay.id}`);
}

const rejectionTexts = {
  "other-version": "other version",
  blocked: "blocked by a defect",
  "not-promotable": "the server does not let it into the destination",
};
