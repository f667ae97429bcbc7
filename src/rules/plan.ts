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

/** What was read for the plan and is used again for the deployment, while it is recent. */
export interface Preflight {
  /** Absent means that the preview could not be read. */
  readonly preview?: DeploymentPreview | undefined;
  /** The freezes at the start of the deployment. Absent means that they could not be read. */
  readonly freezes?: readonly ActiveFreeze[] | undefined;
  /** When it was read, in milliseconds of `Clock.elapsed`. */
  readonly at: number;
}

/** What the run intends, and everything that an approver needs. A what-if run prints the plan, a real run carries it out. */
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
  /** Absent means that the server was not asked ahead of the deployment. */
  readonly preflight?: Preflight | undefined;
  /** When the deployment would start. Absent means at once. */
  readonly start?: PlannedStart | undefined;
  readonly warnings: readonly string[];
  /** What would keep the deployment from being created or from starting. */
  readonly blockers: readonly Blocker[];
  /** Names of shared values that this child does not prompt for. Absent if that is unknown, or if the child has values of its own. */
  readonly unknownPrompts?: readonly string[] | undefined;
  /** Earlier deployments of the selected release, one text each; only read in a what-if run. */
  readonly whereabouts: readonly string[];
  /** Release notes in Markdown; empty if nothing is deployed. */
  readonly notes: string;
  readonly approval: Approval;
  /** Deployments that an earlier run of this step in the same parent task created there. */
  readonly earlier: readonly Attempt[];
  readonly made: Instant;
  readonly passedOver: readonly ExplainedRejection[];
  /** Releases that match the pattern and were never deployed to the source, newest first. */
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
  /** Digest of the approved plan that this run carries out. */
  readonly digest?: string | undefined;
  /** When that plan was made: earlier approvals were for something else. */
  readonly made?: Instant | undefined;
  /** Why no approval counts for the child, as a whole sentence: the approved plan differs, or is unknown. */
  readonly off?: string | undefined;
}

/** The subject of a plan, in ids. A plan with another subject is never used. */
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
  /** The deployment for which the release was chosen. Absent means that the release is the newest created. */
  readonly attempt?: Attempt | undefined;
  /** The current deployment, if the new one undoes it. */
  readonly undo?: string | undefined;
  /** How that deployment was limited, as the end of a sentence about it. Absent means that an unlimited deployment of the release exists. */
  readonly limited?: string | undefined;
  /** Whether the release was never deployed to the destination for this tenant. Absent means that this is unknown. */
  readonly isNewThere?: boolean | undefined;
  /** Absent means that the variables did not change, or that this run ignores changes. */
  readonly variables?: VariableChange | undefined;
}

/** What the parameters ask for. */
export interface Order {
  readonly project: Project;
  readonly channel?: Channel | undefined;
  /** Absent means untenanted. */
  readonly tenant?: Tenant | undefined;
  /** Name of a given tenant that is ignored, because the project is deployed without tenants. */
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
  /** The release was chosen before, in an approved plan or by an earlier run. */
  readonly isGiven?: boolean | undefined;
  /** The deployment that is undone. Absent means none. */
  readonly undo?: string | undefined;
  /** Why nothing is deployed in any case. Absent means that this is still to be decided. */
  readonly skip?: SkipReason | undefined;
  /** The release in the approved plan. Absent means that there is no such plan. */
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
      /** Set if the wait ended early: the limit, and the state of the deployment, in sentences. */
      readonly unended?: string;
    }
  | { readonly kind: "skip"; readonly reason: SkipReason }
  | { readonly kind: "not-found"; readonly policy: NotFoundPolicy; readonly gaveUp: boolean };

/** A release as planned. If any part differs, the release is not the approved one. */
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
 * Why the variables of a release differ from those of its last deployment. `outdated` means that they were edited since the snapshot, which is
 * refreshed before the deployment. `refreshed` means that the snapshot was refreshed after the last deployment.
 */
export type VariableChange = "outdated" | "refreshed";
