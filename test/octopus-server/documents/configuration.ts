/** The documents that users configure: all but releases, deployments and what these leave behind. Times are epoch milliseconds. */

export interface Space {
  readonly id: string;
  name: string;
  slug: string;
  description: string;
  isDefault: boolean;
  isPrivate: boolean;
  taskQueueStopped: boolean;
  managersTeamIds: string[];
  managersUserIds: string[];
}

export interface User {
  readonly id: string;
  username: string;
  displayName: string;
  emailAddress: string | null;
  isActive: boolean;
  isService: boolean;
  created: number;
  apiKeys: ApiKey[];
}

export interface ApiKey {
  readonly id: string;
  readonly purpose: string;
  readonly key: string;
  readonly created: number;
  readonly expires: number | null;
}

export interface Team {
  readonly id: string;
  name: string;
  description: string;
  /** Null: a system team, which exists in every space. */
  spaceId: string | null;
  memberIds: string[];
  /** Members through a group of an external directory. */
  externalMemberIds: string[];
  externalGroups: { readonly id: string; readonly name: string }[];
  /** Teams that came with the server cannot be deleted. */
  isBuiltIn: boolean;
}

/** A named set of permissions; the API calls it user role. */
export interface UserRole {
  readonly id: string;
  name: string;
  description: string;
  isBuiltIn: boolean;
  spacePermissions: readonly string[];
  systemPermissions: readonly string[];
}

/** A role given to a team. Empty restrictions mean everywhere in the space. */
export interface ScopedUserRole {
  readonly id: string;
  teamId: string;
  userRoleId: string;
  spaceId: string | null;
  projectIds: string[];
  projectGroupIds: string[];
  environmentIds: string[];
  tenantIds: string[];
}

export type EnvironmentType = "Static" | "Parent" | "Ephemeral";

export interface Environment {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  description: string;
  sortOrder: number;
  useGuidedFailure: boolean;
  type: EnvironmentType;
  parentEnvironmentId: string | null;
}

export interface Phase {
  readonly id: string;
  name: string;
  automaticTargets: string[];
  optionalTargets: string[];
  /** 0 means every environment of the phase. */
  minimumBeforePromotion: number;
  isOptional: boolean;
  isPriority: boolean;
}

export interface Lifecycle {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  description: string;
  phases: Phase[];
}

export interface ProjectGroup {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  description: string;
}

export type TenantedDeploymentMode = "Untenanted" | "TenantedOrUntenanted" | "Tenanted";
export type GuidedFailureMode = "EnvironmentDefault" | "Off" | "On";

export interface Project {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  description: string;
  isDisabled: boolean;
  projectGroupId: string;
  lifecycleId: string;
  tenantedDeploymentMode: TenantedDeploymentMode;
  guidedFailureMode: GuidedFailureMode;
  libraryVariableSetIds: string[];
  git: GitSettings | null;
  skipMachineBehavior: "None" | "SkipUnavailableMachines";
  allowDeploymentsToNoTargets: boolean;
  excludeUnhealthyTargets: boolean;
  /** Whether a new deployment cancels older ones to the same environment and tenant that are queued. */
  cancelQueuedTasks: boolean;
  /** Whether the success of a deployment cancels older ones to the same environment and tenant that are paused. */
  cancelRunningTasks: boolean;
  versionTemplate: string;
}

export interface GitSettings {
  readonly url: string;
  readonly defaultBranch: string;
  readonly basePath: string;
}

export interface ChannelRule {
  readonly id: string;
  readonly versionRange: string;
  readonly tag: string;
  readonly actionPackages: readonly { readonly action: string; readonly packageReference: string }[];
}

export interface Channel {
  readonly id: string;
  readonly spaceId: string;
  readonly projectId: string;
  name: string;
  slug: string;
  description: string;
  isDefault: boolean;
  /** Null: the project's lifecycle. */
  lifecycleId: string | null;
  tenantTags: string[];
  rules: ChannelRule[];
  type: "Lifecycle" | "EphemeralEnvironment";
  parentEnvironmentId: string | null;
}

export interface Tenant {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  description: string;
  isDisabled: boolean;
  /** Canonical names: `Tag set/Tag`. */
  tags: string[];
  /** Project id to environment ids; a missing key means not connected. */
  projectEnvironments: Record<string, string[]>;
}

export interface TagSet {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  description: string;
  sortOrder: number;
  /** What the tags are for: `Tenant`, `Target` … */
  scopes: string[];
  /** Managed by the server itself. */
  isSystem: boolean;
  tags: { readonly id: string; readonly name: string; readonly color: string; readonly description: string }[];
}

export type HealthStatus = "Healthy" | "Unavailable" | "Unknown" | "HasWarnings" | "Unhealthy";

export interface Machine {
  readonly id: string;
  readonly spaceId: string;
  name: string;
  slug: string;
  environmentIds: string[];
  roles: string[];
  tenantIds: string[];
  tenantTags: string[];
  participation: TenantedDeploymentMode;
  isDisabled: boolean;
  healthStatus: HealthStatus;
  communicationStyle: string;
  uri: string;
}

export type Weekday = "Sunday" | "Monday" | "Tuesday" | "Wednesday" | "Thursday" | "Friday" | "Saturday";

/** How a freeze repeats. Days and dates are in the time zone of the user who made it: a fixed offset from UTC, without summer time. */
export interface RecurringSchedule {
  readonly type: "Daily" | "Weekly" | "Monthly" | "Annually";
  /** The interval in days, weeks, months or years. */
  readonly unit: number;
  readonly userUtcOffsetInMinutes: number;
  readonly endType: "Never" | "OnDate" | "AfterOccurrences";
  readonly endOnDate: number | null;
  readonly endAfterOccurrences: number | null;
  readonly monthlyScheduleType: "DateOfMonth" | "DayOfMonth" | null;
  /** `1` to `31`, or `L` for the last day. */
  readonly dateOfMonth: string | null;
  /** `1` to `4`, or `L`: the first to fourth, or the last, of a weekday in the month. */
  readonly dayNumberOfMonth: string | null;
  readonly daysOfWeek: readonly Weekday[];
  readonly dayOfWeek: Weekday | null;
}

export interface Freeze {
  readonly id: string;
  name: string;
  description: string | null;
  /** Start and end of the first occurrence. */
  start: number;
  end: number;
  recurringSchedule: RecurringSchedule | null;
  /** The project that owns the freeze. Null: a freeze of the whole server. */
  ownerId: string | null;
  /** Project id to environment ids. */
  projectEnvironments: Record<string, string[]>;
  tenantScopes: { readonly tenantId: string; readonly projectId: string; readonly environmentId: string }[];
}
