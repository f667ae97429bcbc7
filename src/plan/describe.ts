import { completionOf } from "./attempts.ts";
import type { ExplainedRejection } from "./findings.ts";
import { count, instantText, placeText } from "./words.ts";
import type { DeployReason, SkipReason } from "./decide.ts";
import { digestLine } from "./digest-line.ts";
import { namesOfMachines } from "./machines.ts";
import type { Plan, SelectedRelease } from "./plan.ts";
import { startText } from "./planned-start.ts";

/** A sentence and how loudly it is said. */
export interface Line {
  readonly level: "verbose" | "info" | "highlight" | "wait" | "warning" | "error";
  readonly text: string;
}

/** Above this many, passed-over releases are summed up by reason. */
const passedOverLimit = 50;

/**
 * The plan as the task log shows it: why not the others, what it brings, what to be careful about, what stands in the way, the intention,
 * and last the digest by which people and later runs recognise it.
 */
export function describePlan(plan: Plan, digest: string): readonly Line[] {
  return [
    ...describePassedOver(plan.passedOver).map((text): Line => ({ level: "verbose", text })),
    ...[...describeOrigin(plan), ...describeTenant(plan), ...describeApproval(plan)].map((text): Line => ({
      level: "info",
      text,
    })),
    ...[...describeLimits(plan), ...describeStart(plan)].map((text): Line => ({ level: "info", text })),
    ...plan.whereabouts.map((text): Line => ({ level: "info", text: `Has been in ${text}` })),
    ...(plan.notes === "" ? [] : [{ level: "verbose", text: plan.notes } as const]),
    ...plan.cautions.map((text): Line => ({ level: "warning", text })),
    ...plan.blockers.map(({ text }): Line => ({ level: "warning", text: `This stands in the way: ${text}` })),
    { level: levelOf(plan), text: planSentence(plan) },
    { level: "info", text: digestLine(digest, plan.order) },
  ];
}

function describeTenant({ order: { project, droppedTenant } }: Plan): readonly string[] {
  if (droppedTenant === undefined) return [];
  return [`${project.name} is deployed without tenants, so also without ${droppedTenant}.`];
}

function describeLimits({ limits: { machines = [], excluded } }: Plan): readonly string[] {
  return [
    ...(machines.length === 0 ? [] : [`Only to the machines: ${namesOfMachines(machines)}.`]),
    ...(excluded.length === 0 ? [] : [`To all machines but: ${namesOfMachines(excluded)}.`]),
  ];
}

function describeApproval({ approval, order }: Plan): readonly string[] {
  if (approval.digest === undefined) return [];
  return order.skip === "NotInApprovedPlan"
    ? [`People approved the plan ${approval.digest}, in which nothing was to be deployed.`]
    : [`This carries out the plan ${approval.digest}, which people approved.`];
}

function describeStart({ start, selected, decision, order }: Plan): readonly string[] {
  if (decision.kind !== "deploy") return [];
  return [
    ...(selected?.variables === "outdated"
      ? [
          `Variables changed since ${selected.release.version} got its snapshot: it ${order.whatIf ? "would be" : "is"} refreshed before the deployment, for every environment.`,
        ]
      : []),
    ...(start?.kind === "at" ? [`It ${order.whatIf ? "would start" : "is to start"} at ${startText(start)}.`] : []),
  ];
}

/** The intention in one sentence: current, selected, where, and why. */
export function planSentence(plan: Plan): string {
  const { order, decision, selected } = plan;
  const step =
    selected === undefined
      ? order.project.name
      : `${order.project.name} ${transition(plan, selected)} in ${placeText(order)}`;
  switch (decision.kind) {
    case "deploy":
      return `${step}: ${order.whatIf ? "would be deployed" : "deploying"}, because ${deployReason(decision.reason, plan)}.`;
    case "attach":
      return `${step}: this step already started ${decision.attempt.deployment.id}, which is not finished; ${order.whatIf ? "a real run would follow it" : "following it"}.`;
    case "wait-for":
      return `${step}: waiting for ${decision.attempt.deployment.id}, which ${decision.attempt.deployment.deployedBy || "somebody else"} created, to end; then the decision is made again.`;
    case "skip":
      return `${step}: nothing to deploy, because ${skipReason(decision.reason, plan)}.`;
    case "not-found":
      return describeNotFound(plan);
  }
}

/** The intention, and what stands in its way. */
export function planMessage(plan: Plan): string {
  return [planSentence(plan), ...plan.blockers.map(({ text }) => text)].join(" ");
}

/** Every release that was passed over, and why. */
export function describePassedOver(passedOver: readonly ExplainedRejection[]): readonly string[] {
  if (passedOver.length <= passedOverLimit)
    return passedOver.map((each) => `Passed over ${nameOf(each)}: ${rejectionText(each)}.`);
  const counts = new Map<string, number>();
  for (const each of passedOver) {
    const text = rejectionText({ ...each, inTheWay: undefined });
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, number]) => `Passed over ${count(number, "release")}: ${text}.`);
}

function describeOrigin({ selected, order, decision }: Plan): readonly string[] {
  if (selected === undefined) return [];
  const isThere = order.mode === "Redeploy" || (decision.kind === "deploy" && decision.reason === "Redeploy");
  const why = order.mode === "Redeploy" ? "in the mode Redeploy" : "when machines get what the others run";
  const ignored = isThere && order.pattern !== "" ? [`The release number ${order.pattern} is ignored ${why}.`] : [];
  return [`${originText(selected, order)}.`, ...ignored];
}

function originText({ release, attempt }: SelectedRelease, order: Plan["order"]): string {
  if (attempt === undefined) {
    return `${release.version} is the newest release of the channel ${order.channel?.name ?? "?"} that can be deployed to ${placeText(order)}`;
  }
  const environment = [...order.sources, order.destination].find(({ id }) => id === attempt.deployment.environmentId);
  return `${release.version} was deployed to ${environment?.name ?? "the source"} successfully at ${instantText(completionOf(attempt))} (${attempt.deployment.id})`;
}

function levelOf({ decision }: Plan): Line["level"] {
  switch (decision.kind) {
    case "deploy":
    case "attach":
    case "skip":
      return "highlight";
    case "wait-for":
      return "wait";
    case "not-found":
      return notFoundLevels[decision.policy];
  }
}

const notFoundLevels = { Error: "error", Warning: "warning", Skip: "info" } as const;

function transition({ current }: Plan, { release }: SelectedRelease): string {
  return current === undefined || current.release.id === release.id
    ? release.version
    : `${current.release.version} \u2192 ${release.version}`;
}

function deployReason(reason: DeployReason, { current, order }: Plan): string {
  const there = placeText(order);
  switch (reason) {
    case "NewRelease":
      return current === undefined
        ? `nothing was deployed to ${there} before`
        : `${there} runs ${current.release.version}`;
    case "PartiallyDeployed":
      return `it is current in ${there} but was deployed there only in part (${current?.flaw?.deployment.id ?? "see its deployments"})`;
    case "LastAttemptFailed":
      return `it is current in ${there} but a later deployment there failed (${current?.flaw?.deployment.id ?? "see its deployments"})`;
    case "VariablesChanged":
      return `it is current in ${there} but its variables changed since it was deployed there`;
    case "Forced":
      return `it is current in ${there} and is to be deployed always`;
    case "Redeploy":
      return order.mode === "Redeploy"
        ? `it is what ${there} runs and the mode is Redeploy`
        : `it is what ${there} runs, and these machines are to run it too`;
  }
}

function skipReason(reason: SkipReason, { current, order, limits }: Plan): string {
  const there = placeText(order);
  switch (reason) {
    case "NotInApprovedPlan":
      return `the plan people approved says so; ${current === undefined ? `nothing was deployed to ${there}` : `${there} runs ${current.release.version}`}`;
    case "TenantNotConnected":
      return `${order.tenant?.name} is not connected to it`;
    case "TenantNotInEnvironment":
      return `${order.tenant?.name} is not connected to ${order.destination.name} in it`;
    case "NoMatchingMachine":
      return limits.noneFits ?? "no machine is left";
    case "AlreadyCurrent":
      return `it is already what ${there} runs`;
    case "NotHigher":
      return `it is not higher than ${current?.release.version ?? "the current release"}`;
    case "PackagesUnchanged":
      return `its packages are the same as those of ${current?.release.version ?? "the current release"}`;
  }
}

/** Names everything that was asked for, and which releases came closest. */
function describeNotFound({ order, passedOver, notDeployed, decision, selected, current }: Plan): string {
  const { project, channel, tenant, sources, pattern } = order;
  const there = placeText(order);
  const what = `No release of ${project.name}${channel === undefined ? "" : ` (channel ${channel.name})`}${pattern === "" ? "" : ` matching ${pattern}`}`;
  const from =
    sources.length === 0 ? "" : ` was deployed successfully to ${sources.map(({ name }) => name).join(" or ")} and`;
  const gaveUp =
    decision.kind === "not-found" && decision.gaveUp
      ? [`The search ended after ${count(passedOver.length, "release")}.`]
      : [];
  const lower =
    selected === undefined || current === undefined
      ? []
      : [
          `The next best is ${selected.release.version}, which is lower than ${current.release.version} in ${there}: nobody asked for a step back.`,
        ];
  const closest = [
    ...passedOver
      .filter(({ release }) => release !== undefined)
      .map((each) => `${nameOf(each)} (${rejectionText(each)})`),
    ...notDeployed.map(
      ({ version }) => `${version} (never deployed successfully to ${sources.map(({ name }) => name).join(" or ")})`,
    ),
  ].slice(0, 3);
  const hint = closest.length === 0 ? [] : [`Closest: ${closest.join("; ")}.`];
  const verb = order.mode === "Redeploy" ? `runs in ${there}` : `may be deployed to ${there}`;
  const tags =
    tenant === undefined || channel === undefined || channel.tenantTags.length === 0
      ? []
      : [
          `The channel ${channel.name} is for tenants with the tags ${channel.tenantTags.join(", ")}; ${tenant.name} has ${tenant.tags.join(", ") || "none"}.`,
        ];
  return [`${what}${from} ${verb}.`, ...gaveUp, ...lower, ...hint, ...tags].join(" ");
}

function nameOf({ release, candidate }: ExplainedRejection): string {
  return release?.version ?? candidate.releaseId;
}

function rejectionText({ rejection, inTheWay }: ExplainedRejection): string {
  switch (rejection) {
    case "other-version":
      return "other version";
    case "partial":
      return "deployed only to some machines";
    case "blocked":
      return "blocked by a defect";
    case "not-promotable":
      return inTheWay === undefined
        ? "the server does not let it into the destination"
        : `the server does not let it into the destination, perhaps because of ${inTheWay.id}`;
  }
}
