/** The documents that releases and deployments make: also tasks, interruptions, events and artifacts. Times are epoch milliseconds. */

export interface Release {
  readonly id: string;
  readonly number: number;
  readonly spaceId: string;
  readonly projectId: string;
  channelId: string;
  version: string;
  releaseNotes: string;
  readonly assembled: number;
  ignoreChannelRules: boolean;
  processSnapshotId: string;
  variableSnapshotId: string;
  librarySnapshotIds: readonly string[];
  packages: readonly SelectedPackage[];
  gitResources: readonly SelectedGitResource[];
  /** A function, because bulk histories would not fit into memory otherwise. */
  buildInformation: () => readonly BuildInformation[];
  git: GitReference | null;
  readonly defects: Defect[];
  lastModifiedOn: number;
  lastModifiedBy: string;
}

export interface SelectedPackage {
  readonly actionName: string;
  readonly stepName: string;
  readonly packageReferenceName: string;
  readonly version: string;
}

export interface SelectedGitResource {
  readonly actionName: string;
  readonly referenceName: string;
  readonly gitReference: string;
  readonly gitCommit: string;
}

export interface GitReference {
  readonly ref: string;
  readonly commit: string;
}

export interface BuildInformation {
  readonly packageId: string;
  readonly version: string;
  readonly buildNumber: string;
  readonly buildUrl: string | null;
  readonly buildEnvironment: string;
  readonly branch: string;
  readonly vcsType: string;
  readonly vcsRoot: string | null;
  readonly vcsCommitNumber: string;
  readonly vcsCommitUrl: string | null;
  readonly issueTrackerName: string | null;
  readonly workItems: readonly WorkItem[];
  readonly commits: readonly Commit[];
}

export interface WorkItem {
  readonly id: string;
  readonly linkUrl: string | null;
  readonly description: string;
  readonly source: string;
}

export interface Commit {
  readonly id: string;
  readonly linkUrl: string | null;
  readonly comment: string;
}

export interface Defect {
  readonly id: string;
  readonly description: string;
  status: "Unresolved" | "Resolved";
}

export interface Deployment {
  readonly id: string;
  readonly number: number;
  readonly spaceId: string;
  readonly projectId: string;
  readonly releaseId: string;
  readonly channelId: string;
  readonly environmentId: string;
  readonly tenantId: string | null;
  /** Null when the deployment never ran, or when retention removed the task and the server forgot the id as well. */
  taskId: string | null;
  readonly created: number;
  readonly deployedBy: string;
  readonly deployedById: string;
  readonly comments: string;
  readonly formValues: Readonly<Record<string, string>>;
  readonly queueTime: number | null;
  readonly queueTimeExpiry: number | null;
  readonly useGuidedFailure: boolean;
  readonly forcePackageDownload: boolean;
  readonly forcePackageRedeployment: boolean;
  readonly skipActions: readonly string[];
  readonly specificMachineIds: readonly string[];
  readonly excludedMachineIds: readonly string[];
  readonly specificTargetTagIds: readonly string[];
  readonly excludedTargetTagIds: readonly string[];
  deployedToMachineIds: readonly string[];
  /** Whether a step has failed and the deployment has not ended yet: it waits for guidance, or runs its steps for failures. */
  failureEncountered: boolean;
  /** The state in which the deployment ended. Null until then, and always if it never ran. Retention does not remove it with the task. */
  ended: TaskState | null;
  readonly priority: string;
  /** Freezes that were overridden for the deployment. */
  readonly overriddenFreezeIds: readonly string[];
  readonly processSnapshotId: string;
  outputs: readonly OutputVariable[];
}

export interface OutputVariable {
  readonly actionName: string;
  readonly name: string;
  readonly value: string;
  readonly isSensitive: boolean;
}

export type TaskState = "Queued" | "Executing" | "Cancelling" | "Success" | "Failed" | "Canceled" | "TimedOut";

export interface ServerTask {
  readonly id: string;
  readonly number: number;
  readonly spaceId: string;
  readonly name: string;
  readonly description: string;
  readonly deploymentId: string | null;
  readonly projectId: string | null;
  readonly environmentId: string | null;
  readonly tenantId: string | null;
  state: TaskState;
  readonly queueTime: number;
  readonly queueTimeExpiry: number | null;
  startTime: number | null;
  completedTime: number | null;
  lastUpdatedTime: number | null;
  errorMessage: string;
  hasWarningsOrErrors: boolean;
  /** What the task waits for before it may start, such as `Approval`. */
  preconditions: readonly string[];
  /** Null for a task of the past until its log is read: one is made up then. */
  log: Activity | null;
}

export type ActivityStatus =
  "Pending" | "Running" | "Success" | "Failed" | "Skipped" | "SuccessWithWarning" | "Canceled";

export interface LogLine {
  readonly category: string;
  readonly occurredAt: number;
  readonly text: string;
}

export interface Activity {
  readonly id: string;
  readonly name: string;
  status: ActivityStatus;
  started: number | null;
  ended: number | null;
  readonly showAtSummaryLevel: boolean;
  progressPercentage: number;
  progressMessage: string;
  readonly lines: LogLine[];
  readonly children: Activity[];
}

export type InterruptionType = "ManualIntervention" | "GuidedFailure";

export interface Interruption {
  readonly id: string;
  readonly number: number;
  readonly spaceId: string;
  readonly title: string;
  readonly type: InterruptionType;
  readonly created: number;
  isPending: boolean;
  readonly taskId: string;
  readonly relatedDocumentIds: readonly string[];
  readonly responsibleTeamIds: readonly string[];
  responsibleUserId: string | null;
  readonly correlationId: string;
  /** Interruptions of one group are answered together. */
  readonly linkedGroup: string | null;
  readonly instructions: string;
  /** The submitted values by form element. */
  values: Readonly<Record<string, string | null>>;
  submittedById: string | null;
  readonly failedStep: string | null;
}

export interface EventDocument {
  readonly id: string;
  readonly number: number;
  readonly spaceId: string | null;
  readonly category: string;
  readonly userId: string;
  readonly username: string;
  readonly isService: boolean;
  readonly occurred: number;
  readonly message: string;
  readonly references: readonly { readonly id: string; readonly start: number; readonly length: number }[];
  readonly relatedDocumentIds: readonly string[];
  readonly changeDetails: unknown;
}

export interface Artifact {
  readonly id: string;
  readonly spaceId: string;
  filename: string;
  /** The machine or worker that collected the file. Null: it was uploaded through the API. */
  readonly source: string | null;
  readonly serverTaskId: string | null;
  readonly created: number;
  readonly logCorrelationId: string | null;
  readonly createdById: string;
  content: Buffer | null;
}
