import { judgeConcurrent, type Viewpoint } from "./concurrent-deployments.ts";
import { decide } from "./decide.ts";
import { isNarrower } from "./deployment-scope.ts";
import type { ExplainedRejection, Findings } from "./findings.ts";
import { isOfSameTask } from "./marker.ts";
import type { Decision, Order, Plan, SelectedRelease } from "./plan.ts";
import { type PlannedStart, plannedStart } from "./planned-start.ts";
import { isUndoOfTask } from "./undo.ts";
import { variableChange } from "./variable-change.ts";
import { gatherWarnings } from "./warnings.ts";

/** The plan for an order, from everything known at one instant. */
export function composePlan(order: Order, findings: Findings, { identity, now }: Viewpoint): Plan {
  const { found, current } = findings;
  const start = plannedStart(order.appointment, now);
  const facts = {
    order,
    current,
    start,
    inDestination: findings.inDestination,
    scope: findings.scope,
    passedOver: closestFirst(found.passedOver),
    blockers: [],
    whereabouts: [],
    notes: "",
    approval: {},
    earlier: findings.inDestination.filter((each) => isOfSameTask(each, identity)),
    made: now,
  };
  if (found.kind === "none") {
    const decision: Decision =
      order.skip !== undefined
        ? { kind: "skip", reason: order.skip }
        : { kind: "not-found", policy: order.notFound, gaveUp: found.gaveUp };
    return { ...facts, decision, warnings: order.warnings, notDeployed: found.notDeployed };
  }
  // A choice that was made before names no deployment that it undoes.
  const undone = order.mode === "Previous" ? current?.attempt?.deployment.id : undefined;
  const { release, attempt, undo = order.undo ?? undone } = found;
  const variables = variableChange(release, findings, order.planned);
  const selected = { release, attempt, undo, limited: findings.limited, isNewThere: findings.isNewThere, variables };
  const decision = decisionFor({ order, selected, findings, identity, now, start });
  const warnings = gatherWarnings({ order, selected, findings, decision, identity, now, start });
  return { ...facts, selected, decision, warnings, notDeployed: [] };
}

interface DecisionQuestion extends Viewpoint {
  readonly order: Order;
  readonly selected: SelectedRelease;
  readonly findings: Findings;
  readonly start: PlannedStart | undefined;
}

function decisionFor({ order, selected, findings, identity, now, start }: DecisionQuestion): Decision {
  const { current, scope, inDestination, found } = findings;
  if (scope.noneFits !== undefined) return { kind: "skip", reason: "NoMatchingMachine" };
  const intended = {
    releaseId: selected.release.id,
    environmentId: order.destination.id,
    tenantId: order.tenant?.id,
    scope,
    start,
    undo: selected.undo,
  };
  const repeated = order.mode === "Previous" ? inDestination.find((each) => isUndoOfTask(each, identity)) : undefined;
  if (repeated !== undefined) return { kind: "adopt", attempt: repeated };
  const concurrent = judgeConcurrent(inDestination, intended, { identity, now });
  if (concurrent.kind === "adopt") return concurrent;
  if (concurrent.kind === "wait-for" && !order.whatIf) return concurrent;

  const { mode, condition } = order;
  const isRepeated = found.kind === "selected" && found.isRepeated;
  const verdict = decide({
    mode,
    condition,
    selected: selected.release,
    isRepeated,
    current,
    isFallback: isFallback(selected, findings),
    variablesChanged: selected.variables !== undefined,
  });
  if (verdict.kind === "not-found") return { kind: "not-found", policy: order.notFound, gaveUp: false };
  return verdict;
}

/** Releases that match come before the others, because log and message name only the first few. */
function closestFirst(passedOver: readonly ExplainedRejection[]): readonly ExplainedRejection[] {
  const matches = passedOver.filter(({ rejection }) => isMatchPassedOver(rejection));
  return [...matches, ...passedOver.filter(({ rejection }) => !isMatchPassedOver(rejection))];
}

/** Whether the release was chosen only because newer matches were passed over, or by a deployment with a narrower scope. */
function isFallback({ attempt }: SelectedRelease, { found, inSource, scope }: Findings): boolean {
  return (
    found.passedOver.some(({ rejection }) => isMatchPassedOver(rejection)) ||
    (attempt !== undefined && isNarrower(attempt, inSource, scope))
  );
}

/** Whether a release was passed over although it matches and was, as far as known, deployed to the source. */
function isMatchPassedOver(rejection: ExplainedRejection["rejection"]): boolean {
  return rejection !== "other-version";
}
