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
import type { CurrentState, DeployReason, SkipReason } from "./decide.ts";
import type { DeploymentScope } from "./deployment-scope.ts";
import type { ExplainedRejection } from "./findings.ts";
import type { ActiveFreeze } from "./freezes.ts";
import type { Appointment, PlannedStart } from "./planned-start.ts";

/** What was read for the plan and counts for the deployment as well while it is fresh. */
export interface Preflight {
  /** Absent means that it could not be read. */
  readonly preview?: DeploymentPreview | undefined;
  /** Those at the start of the deployment. Absent means that they could not be read. */
  readonly freezes?: readonly ActiveFreeze[] | undefined;
  /** When it was read, in milliseconds of `Clock.elapsed`. */
  readonly at: number;
}

/** What the run intends, and everything an operator needs to agree or disagree. A what-if run prints it, a real run acts on it. */
export interface Plan {
  readonly order: Order;
  /** Absent means that nothing was ever deployed there. */
  readonly current?: (CurrentState & { readonly attempt?: Attempt | undefined }) | undefined;
  /** Absent means that no release was found. */
  readonly selected?: SelectedRelease | undefined;
  readonly decision: Decision;
  /** Deployments to the destination when the plan was made, newest created first. */
  readonly inDestination: readonly Attempt[];
  readonly scope: DeploymentScope;
  /** What the server said ahead of the deployment. Absent means that it was not asked. */
  readonly preflight?: Preflight | undefined;
  /** When the deployment would start. Absent means at once. */
  readonly start?: PlannedStart | undefined;
  readonly warnings: readonly string[];
  /** What would keep the deployment from being created or from starting. */
  readonly blockers: readonly Blocker[];
  /** Of the values for several children: names that this one does not prompt for. Absent means not asked, or it has values of its own. */
  readonly unknownPrompts?: readonly string[] | undefined;
  /** Where the selected release has been, one sentence each; only read in a what-if run. */
  readonly whereabouts: readonly string[];
  /** Markdown; empty when nothing is to be deployed. */
  readonly notes: string;
  readonly approval: Approval;
  /** What an earlier run of this step in the same parent task created there. */
  readonly earlier: readonly Attempt[];
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

/** What the approvals in the parent mean for this run. */
export interface Approval {
  /** Of the approved plan this run carries out. */
  readonly digest?: string | undefined;
  /** When that plan was made: whoever was asked before approved something else. */
  readonly made?: Instant | undefined;
  /** The approved plan chose the release; no other was considered. */
  readonly binds?: true | undefined;
  /** What is deployed is not what was approved, so no approval counts for the child: why, as a whole sentence. */
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
  /** The deployment that made it the choice. Absent means that it is the newest created. */
  readonly attempt?: Attempt | undefined;
  /** The current deployment, which this one takes back. Absent means it takes back none. */
  readonly undo?: string | undefined;
  /** How that deployment was limited, to go on a sentence about it. Absent means that it covered everything, or one that did stands behind it. */
  readonly limited?: string | undefined;
  /** It was never deployed to the destination, for this tenant. Absent means that it may have been. */
  readonly isNewThere?: boolean | undefined;
  /** Absent means its variables did not change, or this run does not care. */
  readonly variables?: VariableChange | undefined;
}

/** What was asked for. */
export interface Order {
  readonly project: Project;
  readonly channel?: Channel | undefined;
  /** Absent means untenanted. */
  readonly tenant?: Tenant | undefined;
  /** Name of a tenant the run was given although the project knows none. */
  readonly droppedTenant?: string | undefined;
  readonly destination: Environment;
  /** Environments the release must come from. Empty means none. */
  readonly sources: readonly Environment[];
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
  readonly pattern: string;
  readonly notFound: NotFoundPolicy;
  readonly whatIf: boolean;
  readonly identity: PlanIdentity;
  /** The deployment that this one takes back. Absent means it takes back none. */
  readonly undo?: string | undefined;
  /** Why nothing is deployed, whatever there is. Absent means that that is to be decided. */
  readonly skip?: SkipReason | undefined;
  /** The release as an approved plan has it. Absent means that there is no such plan. */
  readonly planned?: Fingerprint | null | undefined;
  /** Absent means at once. */
  readonly appointment?: Appointment | undefined;
  /** Warnings about the order itself. */
  readonly warnings: readonly string[];
}

export type Decision =
  | { readonly kind: "deploy"; readonly reason: DeployReason }
  /** This step created a deployment of this release earlier, and it is not finished. */
  | { readonly kind: "adopt"; readonly attempt: Attempt }
  /** A concurrent deployment to the same place: wait for it, then plan again. */
  | {
      readonly kind: "wait-for";
      readonly attempt: Attempt;
      /** The wait is over and it has not ended: what it does, and the limit, in sentences. */
      readonly unended?: string;
    }
  | { readonly kind: "skip"; readonly reason: SkipReason }
  | { readonly kind: "not-found"; readonly policy: NotFoundPolicy; readonly gaveUp: boolean };

/** A release as it was planned. If anything of it differs, it is not what was approved. */
export interface Fingerprint {
  readonly id: string;
  readonly version: string;
  /** Packages and git resources of each step. */
  readonly contents: readonly string[];
  readonly git: string | null;
  /** Snapshot of the process. */
  readonly process: string | null;
  /** Of the variables. */
  readonly snapshots: readonly string[];
  readonly variables?: VariableChange | undefined;
}

/**
 * Why the variables of a release are not those it was last deployed with. `outdated`: they were edited since the release got its snapshot,
 * which is refreshed before the deployment. `refreshed`: it was refreshed after the release was deployed there.
 */
export type VariableChange = "outdated" | "refreshed";
