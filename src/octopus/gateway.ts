import type {
  Activity,
  Artifact,
  Channel,
  Deployment,
  DeploymentFreeze,
  DeploymentTemplate,
  Environment,
  Id,
  Instant,
  Interruption,
  Named,
  PermissionGrant,
  Phase,
  PhaseProgress,
  DeploymentPreview,
  Project,
  Release,
  ReleaseChange,
  ReleaseProgress,
  ServerTask,
  Space,
  Supersession,
  Tenant,
  Variable,
  User,
} from "../model.ts";

/**
 * All requests to an Octopus Server, in our own terms. No PascalCase names, pages or HTTP details pass this interface.
 *
 * Reads are retried on network errors, 408, 429 and 5xx for as long as `Patience` says. Writes are retried only if it is certain that the
 * server did nothing (connection refused, 429). Errors: `PermissionError` (401, 403), `NotOctopusError`,
 * `ServerUnavailableError`, `RequestRefusedError` (other 4xx) and, for writes only, `UnknownWriteError`: connection lost after sending,
 * time limit, 408, any 5xx, an answer that cannot be read. A single resource that does not exist is `undefined`, never an error.
 */
export interface OctopusGateway {
  /** The server's portal, without a trailing slash: links are built on it. */
  readonly portalUrl: string;

  /** All spaces whose name contains the text; when none has exactly this name, also the one whose id or slug it is. Case-insensitive. */
  spacesNamed(text: string): Promise<readonly Space[]>;
  /** All spaces the API key may see. */
  allSpaces(): Promise<readonly Space[]>;
  /** Everything that belongs to one space. Its reads have the patience of planning. */
  inSpace(id: Id<"Space">): SpaceGateway;
}

/** All requests about one space. Errors and absence are those of `OctopusGateway`. */
export interface SpaceGateway {
  readonly spaceId: Id<"Space">;

  /** The same space, whose reads are repeated for as long as `Patience.polling` says. */
  whilePolling(): SpaceGateway;

  /** All projects whose name contains the text; when none has exactly this name, also the one whose id or slug it is. Case-insensitive. */
  projectsNamed(text: string): Promise<readonly Project[]>;
  allProjects(): Promise<readonly Project[]>;
  /** All environments except ephemeral ones. */
  allEnvironments(): Promise<readonly Environment[]>;
  /** Environments of pull requests and branches; none if the server does not have this feature or does not tell. */
  ephemeralEnvironments(): Promise<readonly Environment[]>;
  /** All tenants whose name contains the text; when none has exactly this name, also the one whose id or slug it is. Case-insensitive. */
  tenantsNamed(text: string): Promise<readonly Tenant[]>;
  allTenants(): Promise<readonly Tenant[]>;
  /** Deployment targets; those the API key may not see are missing. An empty list of ids asks nothing. */
  machinesById(ids: readonly Id<"Machine">[]): Promise<readonly Named<"Machine">[]>;
  machinesIn(environment: Id<"Environment">): Promise<readonly Named<"Machine">[]>;
  /** Absent means that the server does not know the project's deployment settings. */
  supersessionOf(project: Id<"Project">): Promise<Supersession | undefined>;
  channelsOf(project: Id<"Project">): Promise<readonly Channel[]>;
  /** Phases in order, with implicit and "any environment" phases filled in (`lifecycles/{id}/preview`). */
  lifecyclePhases(lifecycle: Id<"Lifecycle">): Promise<readonly Phase[]>;

  release(id: Id<"Release">): Promise<Release | undefined>;
  /** Newest created first. Pages are fetched as they are asked for. */
  releasesOfChannel(channel: Id<"Channel">, search?: ReleaseSearch): AsyncIterable<Page<Release>>;
  deploymentTemplate(release: Id<"Release">): Promise<DeploymentTemplate | undefined>;
  /** Refreshes the variable snapshot. The server refuses if the process or, by the release's token, the snapshot has changed. */
  refreshVariables(release: Pick<Release, "id" | "version" | "snapshotToken">): Promise<Release>;
  /** The release notes and build information of a release. */
  releaseChange(id: Id<"Release">): Promise<ReleaseChange | undefined>;
  /** Where a release was deployed, phase by phase, newest first in each (`releases/{id}/progression`): slow after many deployments. */
  phasesOfRelease(id: Id<"Release">): Promise<readonly PhaseProgress[]>;
  /** Whether a release has an unresolved defect. */
  hasDefect(id: Id<"Release">): Promise<boolean>;
  /** What deploying a release to an environment would do. */
  deploymentPreview(
    release: Id<"Release">,
    environment: Id<"Environment">,
    tenant: Id<"Tenant"> | undefined,
  ): Promise<DeploymentPreview>;
  /** Names of the manual intervention steps of a process, or of a snapshot of one. Absent means no such process. */
  manualStepsOf(process: string): Promise<readonly string[] | undefined>;
  /** Whether a manual intervention of a process, or of a snapshot of one, keeps other deployments waiting. Absent means no such process. */
  blocksOthers(process: string): Promise<boolean | undefined>;
  /** Recent releases of a project, up to `depth` of each environment (at most 100), and whether a defect blocks them (`progression/{projectId}`). */
  progressionOf(project: Id<"Project">, depth: number): Promise<readonly ReleaseProgress[]>;

  /** Newest created first. Pages are fetched as they are asked for and grow from `firstPage` (default 30) up to 700. */
  deployments(filter: DeploymentFilter): AsyncIterable<Page<Deployment>>;
  /** As `deployments`, for all projects of the space. */
  deploymentsOfAll(): AsyncIterable<Page<Deployment>>;
  /** The newest deployments of a release to all environments and tenants. */
  newestDeploymentsOfRelease(release: Id<"Release">): Promise<Page<Deployment>>;
  /** Deployments of a release to all environments and tenants. */
  deploymentsOfRelease(release: Id<"Release">): Promise<readonly Deployment[]>;
  deploymentsById(ids: readonly Id<"Deployment">[]): Promise<readonly Deployment[]>;
  deployment(id: Id<"Deployment">): Promise<Deployment | undefined>;
  /** The tasks that still exist among those asked for, in no particular order. An empty list asks nothing. */
  tasksById(ids: readonly Id<"ServerTask">[]): Promise<readonly ServerTask[]>;
  /** Deployment tasks of a project in one environment that ended at or after an instant. */
  deploymentTasksCompletedSince(filter: CompletedTaskFilter): Promise<readonly ServerTask[]>;
  task(id: Id<"ServerTask">): Promise<ServerTask | undefined>;
  /** The task's log as a tree, each node cut to its last `tail` lines, with a `Gap` line before them. Absent means the whole log. */
  taskLog(id: Id<"ServerTask">, tail?: number): Promise<readonly Activity[]>;
  /** The deployments ahead of a queued one. */
  tasksQueuedBefore(id: Id<"ServerTask">): Promise<readonly QueuedTask[]>;
  /** Whether the space's task queue is stopped. */
  queueIsStopped(): Promise<boolean>;
  /** Name of the user who cancelled a task; absent when the server does not tell. */
  cancellerOf(id: Id<"ServerTask">): Promise<string | undefined>;

  /** Files the server task left behind. */
  artifactsOf(task: Id<"ServerTask">): Promise<readonly Artifact[]>;
  /** Content of an artifact that is JSON; anything else is an error. */
  artifactContent(id: Id<"Artifact">): Promise<unknown>;
  /** Variables a deployment ran with, and what its steps put out; absent when retention removed them. */
  variables(set: Id<"VariableSet">): Promise<readonly Variable[] | undefined>;

  /** The interruptions of a task, pending and answered, newest first; those the API user may not see are missing. */
  interruptionsOf(task: Id<"ServerTask">): Promise<readonly Interruption[]>;
  interruption(id: Id<"Interruption">): Promise<Interruption | undefined>;
  /** Takes responsibility, also from another user: the last one wins. */
  takeResponsibility(id: Id<"Interruption">): Promise<void>;
  /** Answers as the responsible user: `Result` of a manual intervention, `Guidance` of a guided failure, and `Notes`. */
  submitInterruption(id: Id<"Interruption">, values: Readonly<Record<string, string>>): Promise<void>;

  ownUser(): Promise<User>;
  user(id: Id<"User">): Promise<User | undefined>;
  /** A team of this space or of the whole server. */
  team(id: Id<"Team">): Promise<Named<"Team"> | undefined>;
  /** Teams of this space and of the whole server, those by way of an external group included. */
  teamsOf(user: Id<"User">): Promise<readonly Named<"Team">[]>;
  /** The API user's rights in this space; absent when the server does not tell. */
  ownPermissions(): Promise<readonly PermissionGrant[] | undefined>;

  /** Deployment freezes of all spaces. Absent means that the server has no such feature, or does not tell. */
  deploymentFreezes(query: FreezeQuery): Promise<readonly DeploymentFreeze[] | undefined>;

  /** @param findExisting called before a request is repeated that the server put off with a 429 */
  createDeployment(request: DeploymentRequest, findExisting?: BeforeRepeating): Promise<Deployment>;
  /** Asks the server to cancel; the answer's state is `Cancelling` or final. */
  cancelTask(id: Id<"ServerTask">): Promise<ServerTask>;
}

/** Finds the deployment if it exists by now. */
export type BeforeRepeating = () => Promise<Deployment | undefined>;

/** A page of a list. Every list has at least one, and the last page says so. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly isLast: boolean;
}

export interface ReleaseSearch {
  /** Text the version contains; the server knows no wildcards. */
  readonly versionContains?: string;
  /** Releases per request; default 30. */
  readonly pageSize?: number;
}

export interface DeploymentFilter {
  readonly projectId: Id<"Project">;
  /** Further projects, and the channels of theirs where there is one of the first. */
  readonly besides?: readonly Pick<DeploymentFilter, "projectId" | "channelId">[];
  readonly environmentIds: readonly Id<"Environment">[];
  readonly channelId?: Id<"Channel"> | undefined;
  /** Absent means with and without a tenant; the server cannot be asked for untenanted ones only. */
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly firstPage?: number | undefined;
}

export interface CompletedTaskFilter {
  readonly projectId: Id<"Project">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly since: Instant;
  /** Includes deployments that did not succeed. */
  readonly orFailed?: boolean;
  /** Deployments whose tasks are left out of the answer. */
  readonly except?: ReadonlySet<Id<"Deployment">>;
}

export interface QueuedTask {
  readonly id: Id<"ServerTask">;
  readonly description: string;
}

export interface FreezeQuery {
  /** Absent means freezes of all projects. */
  readonly projectIds?: readonly Id<"Project">[] | undefined;
  /** The instant at which recurring freezes are judged. Absent means now, by the server's clock. Servers before 2025 do not know it. */
  readonly at?: Instant | undefined;
}

/** What `POST deployments` is asked to create. */
export interface DeploymentRequest {
  readonly releaseId: Id<"Release">;
  readonly environmentId: Id<"Environment">;
  readonly tenantId?: Id<"Tenant"> | undefined;
  readonly comments: string;
  /** Absent means the setting of project and environment. */
  readonly useGuidedFailure?: boolean | undefined;
  /** Ids of the actions of the process that are left out. */
  readonly skippedActionIds?: readonly string[] | undefined;
  /** Absent means all. */
  readonly specificMachineIds?: readonly Id<"Machine">[] | undefined;
  readonly excludedMachineIds?: readonly Id<"Machine">[] | undefined;
  /** Target tags; servers before 2026 know none. */
  readonly specificTagIds?: readonly Id<"TargetTag">[] | undefined;
  readonly excludedTagIds?: readonly Id<"TargetTag">[] | undefined;
  /** Values of prompted variables, by the name of the form's element. */
  readonly formValues?: Readonly<Record<string, string>> | undefined;
  /** Absent means at once. */
  readonly start?: { readonly at: Instant; readonly expires: Instant } | undefined;
  readonly freezeOverride?: FreezeOverride | undefined;
}

/** Freezes to override, and the reason that is recorded. A server without freezes answers 404. */
export interface FreezeOverride {
  readonly freezeIds: readonly Id<"DeploymentFreeze">[];
  readonly reason: string;
}

/** How long failed reads are repeated, in milliseconds: short while planning, long while polling a task. */
export interface Patience {
  readonly planning: number;
  readonly polling: number;
}
