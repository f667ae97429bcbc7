/** Deployment processes and variable sets. Each has a live version, and snapshots that belong to releases. */

export interface Process {
  readonly id: string;
  readonly spaceId: string;
  readonly projectId: string;
  readonly version: number;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly condition: string;
  readonly startTrigger: string;
  readonly packageRequirement: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly actions: readonly Action[];
}

export interface Action {
  readonly id: string;
  readonly name: string;
  readonly actionType: string;
  readonly notes: string | null;
  readonly isDisabled: boolean;
  /** A required step cannot be skipped. */
  readonly isRequired: boolean;
  readonly environmentIds: readonly string[];
  readonly excludedEnvironmentIds: readonly string[];
  readonly channelIds: readonly string[];
  readonly tenantTags: readonly string[];
  readonly packages: readonly PackageReference[];
  readonly properties: Readonly<Record<string, string>>;
  /** Names of further properties, whose values nobody may see. */
  readonly sensitiveProperties?: readonly string[];
  readonly canBeUsedForProjectVersioning: boolean;
  readonly workerPoolId: string | null;
}

export interface PackageReference {
  readonly id: string;
  /** Blank: the action's primary package. */
  readonly name: string;
  readonly packageId: string;
  readonly feedId: string;
}

export interface VariableSet {
  readonly id: string;
  readonly spaceId: string;
  readonly ownerId: string;
  readonly version: number;
  readonly variables: readonly Variable[];
}

export interface Variable {
  readonly id: string;
  readonly name: string;
  readonly value: string | null;
  readonly description: string;
  readonly isSensitive: boolean;
  readonly type: string;
  /** Ids by kind of scope: `Environment`, `Channel`, `TenantTag` … */
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly prompt: VariablePrompt | null;
}

export interface VariablePrompt {
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  readonly displaySettings: Readonly<Record<string, string>>;
}

export interface LibraryVariableSet {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
}
