import type {
  Attempt,
  Channel,
  DeploymentCondition,
  DeploymentMode,
  DeploymentPreview,
  Environment,
  Instant,
  NotFoundPolicy,
  Project,
  Release,
  Tenant,
} from "../model.ts";
import type { Fingerprint } from "./approved-plan.ts";
import { gatherCautions } from "./warnings.ts";
import { type CurrentState, decide, type DeployReason, type SkipReason } from "./decide.ts";
import type { ExplainedRejection, Findings } from "./findings.ts";
import type { StepIdentity } from "./marker.ts";
import type { ActiveFreeze } from "./freezes.ts";
import { othersAtWork } from "./concurrent-deployments.ts";
import { isOnlyLimited, type RunLimits } from "./deployment-scope.ts";
import { type VariableChange, variableChange } from "./variable-change.ts";
import { type Appointment, type PlannedStart, plannedStart } from "./planned-start.ts";

/** What the run intends, and everything an operator needs to agree or disagree. A what-if run prints it, a real run acts on it. */
/** What was read for the plan and counts for the deployment as well while it is fresh. */
export interface Foreseen {
  /** Absent: it could not be read. */
  readonly preview?: DeploymentPreview | undefined;
  /** Those at the start of the deployment; absent: they could not be read. */
  readonly freezes?: readonly ActiveFreeze[] | undefined;
  /** When it was read, in milliseconds of `Clock.elapsed`. */
  readonly at: number;
}

export interface Plan {
  readonly order: Order;
  /** Absent: nothing was ever deployed there. */
  readonly current?: CurrentState | undefined;
  /** Absent: no release was found. */
  readonly selected?: SelectedRelease | undefined;
  readonly decision: Decision;
  readonly limits: RunLimits;
  /** What the server said ahead of the deployment; absent: it was not asked. */
  readonly foreseen?: Foreseen | undefined;
  /** When the deployment would start; absent: at once. */
  readonly start?: PlannedStart | undefined;
  readonly cautions: readonly string[];
  /** What would keep the deployment from being created or from starting. */
  readonly blockers: readonly Blocker[];
  /** Where the selected release has been, one sentence each; only looked up in a what-if run. */
  readonly whereabouts: readonly string[];
  /** Markdown; empty when nothing is to be deployed. */
  readonly notes: string;
  readonly approval: Approval;
  readonly made: Instant;
  readonly passedOver: readonly ExplainedRejection[];
  /** Releases that match the pattern and were never deployed where they had to be, newest first. */
  readonly notDeployed: readonly Release[];
}

/** A plan that has a release to deploy. */
export type DeployingPlan = Plan & { readonly selected: SelectedRelease };

/** A reason why the deployment could not be created or could not start. */
export interface Blocker {
  readonly reason: "Frozen" | "Blocked" | "PermissionMissing";
  /** A whole sentence. */
  readonly text: string;
}

/** What people approved in the parent means for this run. */
export interface Approval {
  /** Of the approved plan this run carries out. */
  readonly digest?: string | undefined;
  /** When that plan was made: whoever was asked before approved something else. */
  readonly made?: Instant | undefined;
  /** The approved plan chose the release; nothing else was looked for. */
  readonly binds?: true | undefined;
  /** What is deployed is not what was approved, so nobody's approval counts for the child: why, as a whole sentence. */
  readonly off?: string | undefined;
}

/** What a plan is about, in ids: a plan of anything else is never used. */
export interface PlanIdentity {
  /** Absent in a runbook run. */
  readonly parentRelease: string | null;
  readonly space: string;
  readonly project: string;
  readonly destination: string;
  readonly tenant: string | null;
  readonly channel: string | null;
  readonly mode: string;
}

export interface SelectedRelease {
  readonly release: Release;
  /** The deployment that made it the choice; absent: it is the newest created. */
  readonly attempt?: Attempt | undefined;
  /** How that deployment was limited, to go on a sentence about it; absent: it was whole, or a whole one stands behind it. */
  readonly limited?: string | undefined;
  /** It was never deployed to the destination, for this tenant; absent: it may have been. */
  readonly isNewThere?: boolean | undefined;
  /** Absent: its variables did not change, or this run does not care. */
  readonly variables?: VariableChange | undefined;
}

/** What was asked for. */
export interface Order {
  readonly project: Project;
  readonly channel?: Channel | undefined;
  /** Absent: untenanted. */
  readonly tenant?: Tenant | undefined;
  /** Name of a tenant the run was given although the project knows none. */
  readonly droppedTenant?: string | undefined;
  readonly destination: Environment;
  /** Environments the release must come from; empty: none. */
  readonly sources: readonly Environment[];
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
  readonly pattern: string;
  readonly notFound: NotFoundPolicy;
  readonly whatIf: boolean;
  readonly identity: PlanIdentity;
  /** Why nothing is deployed, whatever there is; absent: that is to be decided. */
  readonly skip?: SkipReason | undefined;
  /** The release as an approved plan has it; absent: there is no such plan. */
  readonly planned?: Fingerprint | null | undefined;
  /** Absent: at once. */
  readonly appointment?: Appointment | undefined;
  /** What looked odd in the order itself. */
  readonly cautions: readonly string[];
}

export type Decision =
  | { readonly kind: "deploy"; readonly reason: DeployReason }
  /** This step created a deployment of this release earlier, and it is not finished. */
  | { readonly kind: "attach"; readonly attempt: Attempt }
  /** Somebody else deploys to the same place: wait, then plan again. */
  | {
      readonly kind: "wait-for";
      readonly attempt: Attempt;
      /** The wait is over and it has not ended: what it does, and the limit, in sentences. */
      readonly unended?: string;
    }
  | { readonly kind: "skip"; readonly reason: SkipReason }
  | { readonly kind: "not-found"; readonly policy: NotFoundPolicy; readonly gaveUp: boolean };

/** Everything known at one instant, turned into an intention. */
export function makePlan(order: Order, findings: Findings, identity: StepIdentity, now: Instant): Plan {
  const { found, current } = findings;
  const start = plannedStart(order.appointment, now);
  const facts = {
    order,
    current,
    start,
    limits: findings.limits,
    passedOver: found.passedOver,
    blockers: [],
    whereabouts: [],
    notes: "",
    approval: {},
    made: now,
  };
  if (found.kind === "none") {
    const decision: Decision =
      order.skip !== undefined
        ? { kind: "skip", reason: order.skip }
        : { kind: "not-found", policy: order.notFound, gaveUp: found.gaveUp };
    return { ...facts, decision, cautions: order.cautions, notDeployed: found.notDeployed };
  }
  const { release, attempt } = found;
  const variables = variableChange(release, findings, order.planned);
  const selected = { release, attempt, limited: findings.limited, isNewThere: findings.isNewThere, variables };
  const decision = decisionFor(order, selected, findings, identity, now, start);
  const cautions = gatherCautions(order, selected, findings, decision, now, start);
  return { ...facts, selected, decision, cautions, notDeployed: [] };
}

function decisionFor(
  order: Order,
  selected: SelectedRelease,
  { current, limits, inDestination, inSource, found }: Findings,
  identity: StepIdentity,
  now: Instant,
  start: PlannedStart | undefined,
): Decision {
  if (limits.noneFits !== undefined) return { kind: "skip", reason: "NoMatchingMachine" };
  const intended = {
    releaseId: selected.release.id,
    environmentId: order.destination.id,
    tenantId: order.tenant?.id,
    limits,
    start,
  };
  const others = othersAtWork(inDestination, intended, identity, now);
  if (others.kind === "attach") return others;
  if (others.kind === "wait-for" && !order.whatIf) return others;

  const { attempt } = selected;
  const isFallback =
    found.passedOver.some(({ rejection }) => isMatchPassedOver(rejection)) ||
    (attempt !== undefined && isOnlyLimited(attempt, inSource, limits));
  const { mode, condition } = order;
  const isRepeated = found.kind === "selected" && found.isRepeated;
  const verdict = decide({
    mode,
    condition,
    selected: selected.release,
    isRepeated,
    current,
    isFallback,
    variablesChanged: selected.variables !== undefined,
  });
  if (verdict.kind === "not-found") return { kind: "not-found", policy: order.notFound, gaveUp: false };
  return verdict;
}

/** Whether a release was passed over although it matches and was deployed to the source, as far as anybody knows. */
function isMatchPassedOver(rejection: ExplainedRejection["rejection"]): boolean {
  return rejection === "not-promotable" || rejection === "blocked" || rejection === "unproven";
}
