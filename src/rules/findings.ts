import type { Attempt, Deployment, Release } from "../model.ts";
import type { CurrentState } from "./decide.ts";
import type { DeploymentScope } from "./deployment-scope.ts";
import type { Candidate, Rejection } from "./select-release.ts";

/** What was found on the server: the release to deploy, and what the destination runs. */
export interface Findings {
  readonly found: Found;
  readonly current?: (CurrentState & { readonly attempt: Attempt }) | undefined;
  readonly scope: DeploymentScope;
  /** Deployments to the destination, of the same tenant or untenanted, newest created first. */
  readonly inDestination: readonly Attempt[];
  /** How the deployment that made the release the choice was limited, to go on a sentence about it. Absent means its scope was not narrower. */
  readonly limited?: string | undefined;
  /** Another release whose deployment to the same source ran at the same time. */
  readonly rival?: { readonly release: Release; readonly deployment: Deployment } | undefined;
  /** The release was never deployed to the destination, for this tenant. Absent means that it may have been. */
  readonly isNewThere?: boolean | undefined;
  /** Whether variables were edited since the release got its snapshot. Absent means that this run may not refresh it. */
  readonly variablesModified?: boolean | undefined;
  /** Deployments to the source environments seen on the way. */
  readonly inSource: readonly Attempt[];
}

export type Found =
  | {
      readonly kind: "selected";
      readonly release: Release;
      /** The deployment that made it a candidate. Absent means that it is simply the newest created. */
      readonly attempt?: Attempt | undefined;
      /** The current deployment, which this one takes back. Absent means it takes back none. */
      readonly undo?: string | undefined;
      /** What the destination runs already, and these machines are to run as well. */
      readonly isRepeated?: boolean;
      readonly passedOver: readonly ExplainedRejection[];
    }
  | {
      readonly kind: "none";
      readonly passedOver: readonly ExplainedRejection[];
      readonly gaveUp: boolean;
      /** Releases that match the pattern and were never deployed where they had to be, newest first. */
      readonly notDeployed: readonly Release[];
    };

/** A release that was passed over, with what an operator needs to understand it. */
export interface ExplainedRejection {
  readonly rejection: Rejection | "blocked";
  /** Absent when reading it would cost a request and its version changes nothing. */
  readonly release?: Release | undefined;
  readonly candidate: Candidate;
  /** A newer unfinished or failed deployment of the release to its source environment, which may be why the server refuses it. */
  readonly inTheWay?: Deployment | undefined;
}
