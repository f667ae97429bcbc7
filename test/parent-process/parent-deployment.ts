import type { Variables } from "../step-host/octostache.ts";
import type { StepStatus } from "../step-host/print-log.ts";
import type { LogLine } from "../step-host/step-log.ts";
import type { runStep } from "../step-host/run-step.ts";
import type { Encryption } from "../step-host/work-directory.ts";
import type { ParentStep } from "./parent-steps.ts";
import type { Guide, Person } from "./parent-task.ts";

/** A deployment of a parent project, and the process it runs. */
export interface ParentDeployment {
  /** Names, as people would pick them in the portal. Space: default the server's default space. */
  readonly space?: string;
  readonly project: string;
  readonly release: string;
  readonly environment: string;
  readonly tenant?: string;
  /** Id of a deployment that exists already and waits for its process, such as one that another parent has created. */
  readonly existing?: string;
  /** User name of whoever creates the deployment; default the administrator. */
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
   * Asked when a manual intervention is raised: whoever it names answers through the public API. Without an answer the deployment
   * waits until somebody else does.
   */
  readonly people?: Person;
  /** Asks people what to do when a script step has failed, and its retries did not help. Default: no. */
  readonly guidedFailure?: boolean;
  /** Asked when guidance is: like `people`, whoever it names answers through the public API. */
  readonly guide?: Guide;
  /** Aborting cancels the deployment, as somebody would in the portal. */
  readonly signal?: AbortSignal;
  readonly encryption?: Encryption;
  /** Runs a step's script; default an agent's way. */
  readonly runScript?: typeof runStep;
  readonly onLine?: (step: string, line: LogLine) => void;
  readonly onStep?: (step: string, status: StepStatus) => void;
}
