/** An identifier given out by an Octopus Server. Opaque: identifiers are compared and never taken apart, because old servers use other prefixes. */
export type Id<Kind extends string> = string & { readonly __kind: Kind };

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = number;

/** The only place where text from the server or from Octopus variables becomes an identifier. */
export function asId<Kind extends string>(text: string): Id<Kind> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return text as Id<Kind>;
}

/** Anything an operator may refer to by name, slug or id. */
export interface Named<Kind extends string> {
  readonly id: Id<Kind>;
  readonly name: string;
  /** Servers before 2022 give no slug to some resources. */
  readonly slug?: string | undefined;
}

/**
 * How the release is chosen: last deployed to the source environment, current in the destination, newest created, current before this parent
 * task, or deployed before the current one.
 */
export type DeploymentMode = "Promote" | "Redeploy" | "AlwaysLatest" | "RollBack" | "Previous";

/** When the chosen release is deployed. */
export type DeploymentCondition = "Different" | "Higher" | "PackagesDiffer" | "SpecificMachines" | "Always";

/** What happens when no release is found. */
export type NotFoundPolicy = "Error" | "Warning" | "Skip";

export interface Space extends Named<"Space"> {
  readonly taskQueueStopped: boolean;
}

/** Whether a project is deployed without tenants, with or without, or only for a tenant. */
export type TenantedDeploymentMode = "Untenanted" | "TenantedOrUntenanted" | "Tenanted";

export interface Project extends Named<"Project"> {
  readonly isDisabled: boolean;
  /** Absent means that the server does not tell: a project made from a template has the template's. */
  readonly lifecycleId?: Id<"Lifecycle"> | undefined;
  readonly projectGroupId?: Id<"ProjectGroup"> | undefined;
  readonly tenantedDeploymentMode: TenantedDeploymentMode;
}

export interface Channel extends Named<"Channel"> {
  readonly projectId: Id<"Project">;
  readonly isDefault: boolean;
  /** The channel's releases are for tenants with these tags. Empty means all tenants. */
  readonly tenantTags: readonly string[];
  /** Absent means the project's lifecycle applies, except in ephemeral-environment channels, which have none. */
  readonly lifecycleId?: Id<"Lifecycle"> | undefined;
  readonly type: "Lifecycle" | "EphemeralEnvironment";
}

export type Environment = Named<"Environment">;

export interface Tenant extends Named<"Tenant"> {
  readonly isDisabled: boolean;
  readonly tags: readonly string[];
  /** Environments the tenant is connected to, by project; no entry: not connected to the project. */
  readonly environmentsOf: ReadonlyMap<Id<"Project">, readonly Id<"Environment">[]>;
}

/** A phase as the lifecycle preview shows it: implicit phases and "any environment" phases are filled in. */
export interface Phase {
  readonly name: string;
  readonly environmentIds: readonly Id<"Environment">[];
  readonly isOptional: boolean;
}

export interface SelectedPackage {
  readonly actionName: string;
  readonly packageReferenceName: string;
  readonly version: string;
}

export interface SelectedGitResource {
  readonly actionName: string;
  readonly referenceName: string;
  readonly gitReference: string;
  readonly gitCommit: string;
}

export interface Release {
  readonly id: Id<"Release">;
  readonly projectId: Id<"Project">;
  readonly channelId: Id<"Channel">;
  /** 1 to 4 numeric parts, then perhaps a pre-release and metadata: read it with `parseVersion`. */
  readonly version: string;
  readonly releaseNotes: string;
  /** When the release was created. */
  readonly assembled: Instant;
  readonly packages: readonly SelectedPackage[];
  readonly gitResources: readonly SelectedGitResource[];
  /** Branch and commit of a project kept in Git. */
  readonly gitReference?: string | undefined;
  /** Snapshot of the process the release is deployed with. Absent means that it is kept in Git. */
  readonly processId?: string | undefined;
  /** Snapshots of the variables. */
  readonly snapshotIds: readonly string[];
  /** Sent with a refresh, so that the server refuses when the snapshots have changed. Old servers give none. */
  readonly snapshotToken?: string | undefined;
  /** When the release itself was changed last, as by a refreshed snapshot. */
  readonly modified?: Instant | undefined;
}

/** What a package was built from, as a build server told Octopus. */
export interface BuildInformation {
  readonly packageId: string;
  readonly version: string;
  readonly buildUrl?: string | undefined;
  readonly workItems: readonly LinkedText[];
  readonly commits: readonly LinkedText[];
}

/** A work item or commit. */
export interface LinkedText {
  readonly id: string;
  readonly url?: string | undefined;
  readonly text: string;
}

/** A release that a deployment would bring. */
export interface ReleaseChange {
  readonly version: string;
  readonly releaseNotes: string;
  readonly builds: readonly BuildInformation[];
}

/** Where a release was deployed, and whether an unresolved defect holds it back in the phase. */
export interface PhaseProgress {
  readonly environmentIds: readonly Id<"Environment">[];
  readonly isBlocked: boolean;
  readonly attempts: readonly Attempt[];
}

/** A file a server task left behind. */
export interface Artifact {
  readonly id: Id<"Artifact">;
  readonly fileName: string;
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly created: Instant;
  /** Collected by a worker while the task ran. A file that a user uploaded belongs to no line of the task's log. */
  readonly isCollected: boolean;
}

/** A variable of a set; a sensitive one has no value. */
export interface Variable {
  readonly name: string;
  readonly value?: string | undefined;
  readonly isSensitive: boolean;
  /** The value contains a prompted value of this run. */
  readonly isEcho: boolean;
  /** Label of the prompt; may be empty. Absent means that the variable is not prompted for. */
  readonly promptLabel?: string | undefined;
}

/** What the server would let a release do now: `releases/{id}/deployments/template`. */
export interface DeploymentTemplate {
  /** Environments the release may be deployed to without a tenant, and which this API key may deploy to. */
  readonly promoteTo: readonly Id<"Environment">[];
  /** The same for each tenant it may be deployed for. */
  readonly tenantPromotions: readonly { readonly id: Id<"Tenant">; readonly promoteTo: readonly Id<"Environment">[] }[];
  readonly variablesModified: boolean;
}

/** A release as a project's progression shows it. */
export interface ReleaseProgress {
  readonly release: Release;
  readonly hasUnresolvedDefect: boolean;
}

export interface Deployment {
  readonly id: Id<"Deployment">;
  readonly projectId?: Id<"Project"> | undefined;
  readonly releaseId: Id<"Release">;
  readonly channelId: Id<"Channel">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
  /** Absent when retention removed the server task, or when the deployment never ran. */
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly created: Instant;
  readonly comments: string;
  readonly deployedBy: string;
  readonly deployedById?: Id<"User"> | undefined;
  readonly specificMachineIds: readonly Id<"Machine">[];
  readonly excludedMachineIds: readonly Id<"Machine">[];
  /** Target tags that the deployment was limited to, and those it excluded. Servers before 2026 know none. */
  readonly specificTagIds: readonly Id<"TargetTag">[];
  readonly excludedTagIds: readonly Id<"TargetTag">[];
  readonly skippedActionIds: readonly string[];
  /** Scheduled start. Absent means at once. */
  readonly queueTime?: Instant | undefined;
  /** When the server gives up on a deployment that has not started. */
  readonly queueTimeExpiry?: Instant | undefined;
  /** The variables that the deployment runs with, and the output variables of its steps. */
  readonly manifestVariableSetId?: Id<"VariableSet"> | undefined;
}

export type TaskState = "Queued" | "Executing" | "Cancelling" | "Success" | "Failed" | "Canceled" | "TimedOut";

/** The work of a deployment, as the server's task queue sees it: https://octopus.com/docs/api/tasks */
export interface ServerTask {
  readonly id: Id<"ServerTask">;
  readonly state: TaskState;
  readonly isCompleted: boolean;
  readonly startTime?: Instant | undefined;
  readonly completedTime?: Instant | undefined;
  readonly errorMessage: string;
  readonly hasPendingInterruptions: boolean;
  /** Kinds of these interruptions, those the API key may not view included; none where the server does not tell. */
  readonly pendingTypes?: readonly Interruption["type"][] | undefined;
  /** The task waits for something outside of the queue, such as the approval of a change request. */
  readonly hasPendingPreconditions: boolean;
  readonly hasWarningsOrErrors: boolean;
  /** Only deployment tasks have one. */
  readonly deploymentId?: Id<"Deployment"> | undefined;
}

/** A deployment together with its server task; no task: retention removed it, it never ran, or it was not read. */
export interface Attempt {
  readonly deployment: Deployment;
  readonly task?: ServerTask | undefined;
  /** Why the deployment is paused: it has given up its place in the queue. Absent means that it runs, or may keep others waiting. */
  readonly pause?: Pause | undefined;
  /** What makes the server cancel this deployment in favour of the run's own. Absent means nothing, as far as the server tells. */
  readonly supersededWhen?: "created" | "succeeded" | undefined;
  /** Version of its release. Absent means that it was not read. */
  readonly version?: string | undefined;
}

/** Which older deployments to the same place a project has the server cancel: https://octopus.com/docs/tasks/superseded-tasks */
export interface Supersession {
  /** Those still in the queue, when a newer one is created. */
  readonly queued: boolean;
  /** Those that are paused, when a newer one has succeeded. */
  readonly running: boolean;
}

export interface Pause {
  /** `answer` means a manual intervention or guidance: the server does not tell which. */
  readonly waitsFor: "intervention" | "guidance" | "answer" | "precondition";
  readonly version: string;
  readonly url: string;
}

export type ActivityStatus =
  "Pending" | "Running" | "Success" | "Failed" | "Skipped" | "SuccessWithWarning" | "Canceled";

export interface LogLine {
  readonly category: string;
  readonly occurredAt: Instant;
  readonly text: string;
  /** Rises within a node. */
  readonly number?: number | undefined;
}

/** A node of a task's log: the deployment, a step, a target. */
export interface Activity {
  readonly id: string;
  readonly name: string;
  readonly status: ActivityStatus;
  /** Per cent. */
  readonly progress: number;
  readonly lines: readonly LogLine[];
  readonly children: readonly Activity[];
}

/** A right the API user has, and where. An empty restriction means everywhere in the space; all restrictions apply together. */
export interface PermissionGrant {
  readonly permission: string;
  /** Projects and project groups together: either list may name the project. Both empty means every project. */
  readonly projectIds: readonly Id<"Project">[];
  readonly projectGroupIds: readonly Id<"ProjectGroup">[];
  readonly environmentIds: readonly Id<"Environment">[];
  readonly tenantIds: readonly Id<"Tenant">[];
}

export interface User {
  readonly id: Id<"User">;
  readonly username: string;
  readonly displayName: string;
  readonly isActive: boolean;
  readonly isService: boolean;
}

/** A manual intervention or another question of a server task: https://octopus.com/docs/api/interruptions */
export interface Interruption {
  readonly id: Id<"Interruption">;
  readonly taskId: Id<"ServerTask">;
  readonly title: string;
  readonly type: "ManualIntervention" | "GuidedFailure" | "Other";
  readonly isPending: boolean;
  readonly created: Instant;
  readonly responsibleTeamIds: readonly Id<"Team">[];
  /** Who took responsibility, and so who answered once it is no longer pending. */
  readonly responsibleUserId?: Id<"User"> | undefined;
  /** Whether the API user may take responsibility, or has it. */
  readonly canTakeResponsibility: boolean;
  readonly hasResponsibility: boolean;
  /** Part of the task's log that asked. Whether the repetitions of a guided failure have the same is not known. */
  readonly correlationId: string;
  readonly instructions: string;
  /** The form has buttons, but none for a retry: the server offers about ten. */
  readonly offersNoRetry?: boolean | undefined;
  /** `Proceed` or `Abort` of an answered manual intervention. */
  readonly result?: string | undefined;
}

/** A step of the deployment process, as a deployment would run it. */
export interface PreviewStep extends Named<"Action"> {
  readonly canBeSkipped: boolean;
  /** Deployment targets that the step would run on. Empty means that the step runs on a worker, or nowhere. */
  readonly machines: readonly Named<"Machine">[];
  /** Targets of the step that are left out because of their health. */
  readonly unavailable: readonly Named<"Machine">[];
}

/** A time in which deployments may not start: https://octopus.com/docs/api/deployment-freeze */
export interface DeploymentFreeze {
  readonly id: Id<"DeploymentFreeze">;
  readonly name: string;
  /** Of a recurring freeze: when its first occurrence begins and ends. Its recurrences are not read; the server alone judges them. */
  readonly start: Instant;
  readonly end: Instant;
  readonly scopes: readonly FreezeScope[];
  /** The project or space that the freeze belongs to. Absent means the server. */
  readonly ownerId?: string | undefined;
  /** Absent means that the freeze does not recur. */
  readonly recurrence?: Recurrence | undefined;
}

export interface Recurrence {
  /** The occurrence at the instant that was asked for, or the one nearest to it. Absent means that the server does not tell. */
  readonly occurrence?: { readonly start: Instant; readonly end: Instant } | undefined;
}

/** A place that a freeze applies to. Without a tenant it applies to all tenants. */
export interface FreezeScope {
  readonly projectId: Id<"Project">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
}

/** A prompted variable as the form of a deployment preview shows it. */
export interface PromptedElement {
  /** The key under which the server takes the value: the variable's id, a GUID. */
  readonly name: string;
  readonly variableName: string;
  /** May be empty. */
  readonly label: string;
  readonly required: boolean;
  readonly type: "text" | "multi-line" | "sensitive" | "select" | "checkbox";
  /** What a select offers. Absent or empty means any value. */
  readonly options?: readonly PromptedOption[] | undefined;
  /** The server never tells the default of a sensitive variable. */
  readonly defaultValue?: string | undefined;
}

/** One entry of a select: the value that is sent, and the text that the portal shows. */
export interface PromptedOption {
  readonly value: string;
  readonly label: string;
}

/** What deploying a release somewhere would do: https://octopus.com/docs/api/releases */
export interface DeploymentPreview {
  /** The releases it would bring since the last successful deployment there; empty when there was none. */
  readonly changes: readonly ReleaseChange[];
  /** The variables it prompts for. */
  readonly form: readonly PromptedElement[];
  /** What it would run; disabled steps are not among them. */
  readonly steps: readonly PreviewStep[];
  /** The setting of project and environment. Absent means that the server does not tell. */
  readonly guidedFailureByDefault?: boolean | undefined;
}
