import type { Variables } from "../step-host/octostache.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { LogLine } from "../step-host/step-log.ts";
import type { runStep } from "../step-host/run-step.ts";
import type { Encryption } from "../step-host/work-directory.ts";
import type { ParentStep } from "./parent-steps.ts";
import type { Guide, Person } from "./parent-task.ts";

/** A deployment of a parent project, and the process it runs. */
export interface ParentDeployment {
  /** Names as in the portal. Without a space, the server's default space. */
  readonly space?: string;
  readonly project: string;
  readonly release: string;
  readonly environment: string;
  readonly tenant?: string;
  /** Id of a deployment that exists already and waits for its process, such as one that another parent has created. */
  readonly existing?: string;
  /** Name of the user who creates the deployment; by default the administrator. */
  readonly createdBy?: string;
  /** Names of deployment targets. */
  readonly specificMachines?: readonly string[];
  readonly excludedMachines?: readonly string[];
  readonly steps: readonly ParentStep[];
  /** Variables of the parent project. Values are Octostache text. */
  readonly variables?: Variables;
  /** Names of project variables whose values are secrets. */
  readonly sensitive?: readonly string[];
  /**
   * Called when a manual intervention is raised: the user in the result answers through the public API. Without a result the deployment
   * waits for another user.
   */
  readonly people?: Person;
  /** Whether a script step that fails after its last retry raises a guided failure. Default: no. */
  readonly guidedFailure?: boolean;
  /** Called when a guided failure is raised; works like `people`. */
  readonly guide?: Guide;
  /** Aborting cancels the deployment, as a user in the portal would. */
  readonly signal?: AbortSignal;
  readonly encryption?: Encryption;
  /** Runs the script of a step. Default: as an agent does. */
  readonly runScript?: typeof runStep;
  readonly onLine?: (step: string, line: LogLine) => void;
  readonly onStep?: (step: string, status: StepStatus) => void;
}
