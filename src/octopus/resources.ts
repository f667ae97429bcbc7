import * as z from "zod/mini";
import type * as model from "../model.ts";
import { flag, id, ids, instant, oneOf, optionalId, optionalInstant, optionalText, text, texts } from "./fields.ts";

// Only what we use, renamed to our nouns. What a server may leave out has the value it stands for; everything else is ignored.
// Field names: https://octopus.com/docs/api, one page per resource.

export const ServerInformation = z.object({ version: z.string().check(z.minLength(1)) });

export const Space: z.ZodMiniType<model.Space> = z.pipe(
  z.object({ Id: id<"Space">(), Name: text, Slug: optionalText, TaskQueueStopped: flag }),
  z.transform((space) => ({
    id: space.Id,
    name: space.Name,
    slug: space.Slug,
    taskQueueStopped: space.TaskQueueStopped,
  })),
);

export const Spaces = z.array(Space);

export const Project: z.ZodMiniType<model.Project> = z.pipe(
  z.object({
    Id: id<"Project">(),
    Name: text,
    Slug: optionalText,
    IsDisabled: flag,
    LifecycleId: id<"Lifecycle">(),
    ProjectGroupId: optionalId<"ProjectGroup">(),
    TenantedDeploymentMode: oneOf(["Untenanted", "TenantedOrUntenanted", "Tenanted"], "Untenanted"),
  }),
  z.transform((project) => ({
    id: project.Id,
    name: project.Name,
    slug: project.Slug,
    isDisabled: project.IsDisabled,
    lifecycleId: project.LifecycleId,
    projectGroupId: project.ProjectGroupId,
    tenantedDeploymentMode: project.TenantedDeploymentMode,
  })),
);

export const Projects = z.array(Project);

export const Channel: z.ZodMiniType<model.Channel> = z.pipe(
  z.object({
    Id: id<"Channel">(),
    Name: text,
    Slug: optionalText,
    ProjectId: id<"Project">(),
    IsDefault: flag,
    LifecycleId: optionalId<"Lifecycle">(),
    Type: oneOf(["Lifecycle", "EphemeralEnvironment"], "Lifecycle"),
  }),
  z.transform((channel) => ({
    id: channel.Id,
    name: channel.Name,
    slug: channel.Slug,
    projectId: channel.ProjectId,
    isDefault: channel.IsDefault,
    lifecycleId: channel.LifecycleId,
    type: channel.Type,
  })),
);

export const Environment: z.ZodMiniType<model.Environment> = z.pipe(
  z.object({ Id: id<"Environment">(), Name: text, Slug: optionalText, SortOrder: z.nullish(z.number()) }),
  z.transform((environment) => ({
    id: environment.Id,
    name: environment.Name,
    slug: environment.Slug,
    sortOrder: environment.SortOrder ?? 0,
  })),
);

export const Environments = z.array(Environment);

export const Tenant: z.ZodMiniType<model.Named<"Tenant">> = z.pipe(
  z.object({ Id: id<"Tenant">(), Name: text, Slug: optionalText }),
  z.transform((tenant) => ({ id: tenant.Id, name: tenant.Name, slug: tenant.Slug })),
);

export const Tenants = z.array(Tenant);

const Phase: z.ZodMiniType<model.Phase> = z.pipe(
  z.object({
    Name: text,
    AutomaticDeploymentTargets: ids<"Environment">(),
    OptionalDeploymentTargets: ids<"Environment">(),
    IsOptionalPhase: flag,
  }),
  z.transform((phase) => ({
    name: phase.Name,
    environmentIds: [...phase.AutomaticDeploymentTargets, ...phase.OptionalDeploymentTargets],
    isOptional: phase.IsOptionalPhase,
  })),
);

export const LifecyclePreview = z.pipe(
  z.object({ Phases: z.array(Phase) }),
  z.transform((lifecycle) => lifecycle.Phases),
);

const SelectedPackage: z.ZodMiniType<model.SelectedPackage> = z.pipe(
  z.object({ ActionName: text, PackageReferenceName: text, Version: text }),
  z.transform((selected) => ({
    actionName: selected.ActionName,
    packageReferenceName: selected.PackageReferenceName,
    version: selected.Version,
  })),
);

const SelectedGitResource: z.ZodMiniType<model.SelectedGitResource> = z.pipe(
  z.object({
    ActionName: text,
    GitResourceReferenceName: text,
    GitReferenceResource: z.nullish(z.object({ GitRef: text, GitCommit: text })),
  }),
  z.transform((selected) => ({
    actionName: selected.ActionName,
    referenceName: selected.GitResourceReferenceName,
    gitReference: selected.GitReferenceResource?.GitRef ?? "",
    gitCommit: selected.GitReferenceResource?.GitCommit ?? "",
  })),
);

export const Release: z.ZodMiniType<model.Release> = z.pipe(
  z.object({
    Id: id<"Release">(),
    ProjectId: id<"Project">(),
    ChannelId: id<"Channel">(),
    Version: z.string(),
    ReleaseNotes: text,
    Assembled: instant,
    SelectedPackages: z.nullish(z.array(SelectedPackage)),
    SelectedGitResources: z.nullish(z.array(SelectedGitResource)),
    VersionControlReference: z.nullish(z.object({ GitRef: text, GitCommit: text })),
    ProjectDeploymentProcessSnapshotId: text,
    ProjectVariableSetSnapshotId: text,
    LibraryVariableSetSnapshotIds: texts,
  }),
  z.transform((release) => ({
    id: release.Id,
    projectId: release.ProjectId,
    channelId: release.ChannelId,
    version: release.Version,
    releaseNotes: release.ReleaseNotes,
    assembled: release.Assembled,
    packages: release.SelectedPackages ?? [],
    gitResources: release.SelectedGitResources ?? [],
    gitReference: gitReferenceText(release.VersionControlReference),
    snapshotIds: [
      release.ProjectDeploymentProcessSnapshotId,
      release.ProjectVariableSetSnapshotId,
      ...release.LibraryVariableSetSnapshotIds,
    ].filter((snapshot) => snapshot !== ""),
  })),
);

function gitReferenceText(reference: { readonly GitRef: string; readonly GitCommit: string } | null | undefined) {
  return reference === null || reference === undefined
    ? undefined
    : `${reference.GitRef} ${reference.GitCommit}`.trim();
}

const Promotion = z.pipe(
  z.object({ Id: id<"Environment">() }),
  z.transform((promotion) => promotion.Id),
);

export const DeploymentTemplate: z.ZodMiniType<model.DeploymentTemplate> = z.pipe(
  z.object({
    PromoteTo: z.nullish(z.array(Promotion)),
    IsVariableSetModified: flag,
    IsLibraryVariableSetModified: flag,
  }),
  z.transform((template) => ({
    promoteTo: template.PromoteTo ?? [],
    variablesModified: template.IsVariableSetModified || template.IsLibraryVariableSetModified,
  })),
);

const ReleaseProgress: z.ZodMiniType<model.ReleaseProgress> = z.pipe(
  z.object({ Release, HasUnresolvedDefect: flag }),
  z.transform((progress) => ({ release: progress.Release, hasUnresolvedDefect: progress.HasUnresolvedDefect })),
);

export const Progression = z.pipe(
  z.object({ Releases: z.array(ReleaseProgress) }),
  z.transform((progression) => progression.Releases),
);

export const Deployment: z.ZodMiniType<model.Deployment> = z.pipe(
  z.object({
    Id: id<"Deployment">(),
    ReleaseId: id<"Release">(),
    ChannelId: id<"Channel">(),
    EnvironmentId: id<"Environment">(),
    TenantId: optionalId<"Tenant">(),
    TaskId: optionalId<"ServerTask">(),
    Created: instant,
    Comments: text,
    DeployedBy: text,
    DeployedById: optionalId<"User">(),
    SpecificMachineIds: ids<"Machine">(),
    ExcludedMachineIds: ids<"Machine">(),
    SkipActions: texts,
    QueueTime: optionalInstant,
    FailureEncountered: flag,
    ManifestVariableSetId: optionalId<"VariableSet">(),
  }),
  z.transform((deployment) => ({
    id: deployment.Id,
    releaseId: deployment.ReleaseId,
    channelId: deployment.ChannelId,
    environmentId: deployment.EnvironmentId,
    tenantId: deployment.TenantId,
    taskId: deployment.TaskId,
    created: deployment.Created,
    comments: deployment.Comments,
    deployedBy: deployment.DeployedBy,
    deployedById: deployment.DeployedById,
    specificMachineIds: deployment.SpecificMachineIds,
    excludedMachineIds: deployment.ExcludedMachineIds,
    skippedActionIds: deployment.SkipActions,
    queueTime: deployment.QueueTime,
    failureEncountered: deployment.FailureEncountered,
    manifestVariableSetId: deployment.ManifestVariableSetId,
  })),
);
