import type * as client from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import type * as model from "../model.ts";
import { asId } from "../model.ts";
import {
  converted,
  filledText,
  flag,
  id,
  ids,
  instant,
  listOf,
  member,
  oneOf,
  optionalId,
  optionalInstant,
  optionalText,
  optional,
  recordOf,
  resource,
  text,
  texts,
} from "./fields.ts";
import type { FieldsOf, PropertiesOf } from "./fields.ts";

// Only the fields that are used, in our terms. A field that a server may leave out has a default; all others are ignored.
// Field names: https://octopus.com/docs/api, one page per resource.

export const ServerInformation = z.object({ version: filledText });

function named<Kind extends string>() {
  return { id: id<Kind>(), name: text, slug: optionalText };
}

export const Space: z.ZodMiniType<model.Space> = resource({
  ...named<"Space">(),
  taskQueueStopped: flag,
} satisfies FieldsOf<client.Space>);

export const Project: z.ZodMiniType<model.Project> = resource({
  ...named<"Project">(),
  isDisabled: flag,
  lifecycleId: optionalId<"Lifecycle">(),
  projectGroupId: optionalId<"ProjectGroup">(),
  tenantedDeploymentMode: oneOf(["Untenanted", "TenantedOrUntenanted", "Tenanted"], "Untenanted"),
} satisfies FieldsOf<client.Project>);

/** Of `projects/{id}/deploymentsettings`; servers before 2025 cancel nothing. */
export const Supersession: z.ZodMiniType<model.Supersession> = resource({
  queued: ["CancelQueuedTasks", flag],
  running: ["CancelRunningTasks", flag],
} satisfies FieldsOf<
  client.DeploymentSettingsResource,
  "queued" | "running",
  "CancelQueuedTasks" | "CancelRunningTasks"
>);

export const Channel: z.ZodMiniType<model.Channel> = resource({
  ...named<"Channel">(),
  projectId: id<"Project">(),
  isDefault: flag,
  tenantTags: texts,
  lifecycleId: optionalId<"Lifecycle">(),
  type: oneOf(["Lifecycle", "EphemeralEnvironment"], "Lifecycle"),
});

export const Environment: z.ZodMiniType<model.Environment> = resource({
  ...named<"Environment">(),
} satisfies FieldsOf<client.DeploymentEnvironment, never, "Slug">);

const EnvironmentsByProject: z.ZodMiniType<model.Tenant["environmentsOf"]> = converted(
  recordOf(ids<"Environment">()),
  (byProject) => new Map(Object.entries(byProject).map(([project, of]) => [asId<"Project">(project), of])),
);

export const Tenant: z.ZodMiniType<model.Tenant> = resource({
  ...named<"Tenant">(),
  isDisabled: flag,
  tags: ["TenantTags", texts],
  environmentsOf: ["ProjectEnvironments", EnvironmentsByProject],
} satisfies FieldsOf<client.Tenant, "tags" | "environmentsOf", "Slug" | "IsDisabled">);

export const Machine: z.ZodMiniType<model.Named<"Machine">> = resource({
  ...named<"Machine">(),
});

/** A phase names its environments in two lists: those deployed to automatically, and those that a user deploys to. */
export const phaseEnvironments = {
  automatic: ["AutomaticDeploymentTargets", ids<"Environment">()],
  manual: ["OptionalDeploymentTargets", ids<"Environment">()],
} as const;

const Phase: z.ZodMiniType<model.Phase> = converted(
  resource({
    name: text,
    ...phaseEnvironments,
    isOptional: ["IsOptionalPhase", flag],
  } satisfies FieldsOf<client.Phase, "automatic" | "manual" | "isOptional">),
  ({ name, automatic, manual, isOptional }) => ({
    name,
    environmentIds: [...automatic, ...manual],
    isOptional,
  }),
);

export const LifecyclePreview = member("Phases" satisfies keyof client.Lifecycle, z.array(Phase));

const SelectedPackage: z.ZodMiniType<model.SelectedPackage> = resource({
  actionName: text,
  packageReferenceName: text,
  version: text,
} satisfies FieldsOf<client.SelectedPackage>);

const GitReference = z.object({ GitRef: text, GitCommit: text } satisfies PropertiesOf<client.GitReference>);

const SelectedGitResource: z.ZodMiniType<model.SelectedGitResource> = converted(
  resource({
    actionName: text,
    referenceName: ["GitResourceReferenceName", text],
    source: ["GitReferenceResource", optional(GitReference)],
  } satisfies FieldsOf<client.SelectedGitResource, "referenceName" | "source">),
  ({ actionName, referenceName, source }) => ({
    actionName,
    referenceName,
    gitReference: source?.GitRef ?? "",
    gitCommit: source?.GitCommit ?? "",
  }),
);

export const Release: z.ZodMiniType<model.Release> = converted(
  resource({
    id: id<"Release">(),
    projectId: id<"Project">(),
    channelId: id<"Channel">(),
    version: z.string(),
    releaseNotes: text,
    assembled: instant,
    packages: ["SelectedPackages", listOf(SelectedPackage)],
    gitResources: ["SelectedGitResources", listOf(SelectedGitResource)],
    source: ["VersionControlReference", optional(GitReference)],
    processId: ["ProjectDeploymentProcessSnapshotId", optionalText],
    variables: ["ProjectVariableSetSnapshotId", text],
    libraries: ["LibraryVariableSetSnapshotIds", texts],
    snapshotToken: ["VariableSnapshotConcurrencyToken", optionalText],
    modified: ["LastModifiedOn", optionalInstant],
  } satisfies FieldsOf<
    client.Release,
    "packages" | "gitResources" | "source" | "processId" | "variables" | "libraries" | "snapshotToken" | "modified",
    "VariableSnapshotConcurrencyToken" | "LastModifiedOn"
  >),
  ({ source, variables, libraries, ...release }) => ({
    ...release,
    gitReference: source === undefined ? undefined : `${source.GitRef} ${source.GitCommit}`.trim(),
    snapshotIds: [variables, ...libraries].filter((snapshot) => snapshot !== ""),
  }),
);

const promoteTo = listOf(member("Id", id<"Environment">()));

export const DeploymentTemplate: z.ZodMiniType<model.DeploymentTemplate> = converted(
  resource({
    promoteTo,
    tenantPromotions: listOf(resource({ id: id<"Tenant">(), promoteTo })),
    isVariableSetModified: flag,
    isLibraryVariableSetModified: flag,
  }),
  ({ isVariableSetModified, isLibraryVariableSetModified, ...promotions }) => ({
    ...promotions,
    variablesModified: isVariableSetModified || isLibraryVariableSetModified,
  }),
);

const ReleaseProgress: z.ZodMiniType<model.ReleaseProgress> = resource({
  release: Release,
  hasUnresolvedDefect: flag,
});

export const Progression = member("Releases", z.array(ReleaseProgress));

/** Whether one of a release's defects is unresolved. */
export const Defects = converted(member("Items", z.array(member("Status", z.string()))), (states) =>
  states.includes("Unresolved"),
);

export const Deployment: z.ZodMiniType<model.Deployment> = resource({
  id: id<"Deployment">(),
  projectId: optionalId<"Project">(),
  releaseId: id<"Release">(),
  channelId: id<"Channel">(),
  environmentId: id<"Environment">(),
  tenantId: optionalId<"Tenant">(),
  taskId: optionalId<"ServerTask">(),
  created: instant,
  comments: text,
  deployedBy: text,
  deployedById: optionalId<"User">(),
  specificMachineIds: ids<"Machine">(),
  excludedMachineIds: ids<"Machine">(),
  specificTagIds: ["SpecificTargetTagIds", ids<"TargetTag">()],
  excludedTagIds: ["ExcludedTargetTagIds", ids<"TargetTag">()],
  skippedActionIds: ["SkipActions", texts],
  queueTime: optionalInstant,
  queueTimeExpiry: optionalInstant,
  manifestVariableSetId: optionalId<"VariableSet">(),
} satisfies FieldsOf<
  client.Deployment,
  "specificTagIds" | "excludedTagIds" | "skippedActionIds",
  "DeployedBy" | "DeployedById" | "SpecificTargetTagIds" | "ExcludedTargetTagIds"
>);
