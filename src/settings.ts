import type { DeploymentCondition, DeploymentMode, Id, NotFoundPolicy } from "./model.ts";
import type { TimeLimits } from "./plan/judge-task.ts";
import type { ReleasePattern } from "./plan/release-pattern.ts";

/** Everything one run of the step was told: parsed, valid, and still in names where the operator gave names. */
export interface Settings {
  readonly server: ServerSettings;
  readonly parent: Parent;
  readonly child: ChildSettings;
  /** Make the plan, publish it and stop. */
  readonly whatIf: boolean;
  readonly wait: WaitPolicy;
  readonly limits: TimeLimits;
  /** Lines about behaviour this version does not have yet, for the verbose log. */
  readonly remarks: readonly string[];
}

export interface ServerSettings {
  readonly url: string;
  readonly credential: Credential;
}

export interface Credential {
  readonly kind: "api-key" | "access-token";
  readonly value: string;
}

export interface ChildSettings {
  readonly space: string;
  readonly project: string;
  /** Absent: the project's default channel. */
  readonly channel?: string | undefined;
  readonly destination: string;
  /** Absent: the previous phase of the lifecycle. */
  readonly source?: string | undefined;
  readonly pattern: ReleasePattern;
  readonly notFound: NotFoundPolicy;
  readonly mode: DeploymentMode;
  readonly condition: DeploymentCondition;
}

export type WaitPolicy = "Yes" | "No" | "ThroughSchedule";

/** The deployment or runbook run this step belongs to, as Octopus' system variables describe it. Outside Octopus most are absent. */
export interface Parent {
  readonly serverUrl?: string | undefined;
  readonly spaceId?: Id<"Space"> | undefined;
  readonly spaceName?: string | undefined;
  readonly projectId?: Id<"Project"> | undefined;
  readonly projectName?: string | undefined;
  readonly releaseNumber?: string | undefined;
  readonly environmentName?: string | undefined;
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly actionId?: string | undefined;
  readonly stepName?: string | undefined;
}
