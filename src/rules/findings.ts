import type { Attempt, Deployment, Release } from "../model.ts";
import type { CurrentState } from "./decide.ts";
import type { DeploymentScope } from "./deployment-scope.ts";
import type { Candidate, Rejection } from "./select-release.ts";

/** The release to deploy, and the current one in the destination. */
export interface Findings {
  readonly found: Found;
  readonly current?: (CurrentState & { readonly attempt: Attempt }) | undefined;
  readonly scope: DeploymentScope;
  /** Deployments to the destination, of the same tenant or untenanted, newest created first. */
  readonly inDestination: readonly Attempt[];
  /** How the deployment of the chosen release was limited, as the end of a sentence about it. Absent means that its scope was not narrower. */
  readonly limited?: string | undefined;
  /** Another release that was deployed to the same source at the same time. */
  readonly rival?: { readonly release: Release; readonly deployment: Deployment } | undefined;
  /** Whether the release was never deployed to the destination for this tenant. Absent means that this is unknown. */
  readonly isNewThere?: boolean | undefined;
  /** Whether variables were edited since the release got its snapshot. Absent means that this run may not refresh it. */
  readonly variablesModified?: boolean | undefined;
  /** Deployments to the source environments that were read. */
  readonly inSource: readonly Attempt[];
}

export type Found =
  | {
      readonly kind: "selected";
      readonly release: Release;
      /** The deployment that made the release a candidate. Absent means that the release is the newest created. */
      readonly attempt?: Attempt | undefined;
      /** The current deployment, if the new one undoes it. */
      readonly undo?: string | undefined;
      /** The current release is redeployed to the given machines. */
      readonly isRepeated?: boolean;
      readonly passedOver: readonly ExplainedRejection[];
    }
  | {
      readonly kind: "none";
      readonly passedOver: readonly ExplainedRejection[];
      readonly gaveUp: boolean;
      /** Releases that match the pattern and were never deployed to the source, newest first. */
      readonly notDeployed: readonly Release[];
    };

/** A release that was passed over, with the reason. */
export interface ExplainedRejection {
  readonly rejection: Rejection | "blocked";
  /** Absent if the release was not read, because its version does not matter. */
  readonly release?: Release | undefined;
  readonly candidate: Candidate;
  /** A newer unfinished or failed deployment of the release to its source, which may be why the server refuses the release. */
  readonly inTheWay?: Deployment | undefined;
}
