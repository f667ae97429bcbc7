import * as z from "zod";
import type * as model from "../model.ts";
import { flag, id, ids, instant, oneOf, optionalId, optionalInstant, optionalText, text, texts } from "./fields.ts";

// Only what we use, renamed to our nouns. What a server may leave out has the value it stands for; everything else is ignored.
// Field names: https://octopus.com/docs/api, one page per resource.

export const ServerInformation = z.object({ version: z.string().min(1) });

export const Space: z.ZodType<model.Space> = z
  .object({ Id: id<"Space">(), Name: text, Slug: optionalText, TaskQueueStopped: flag })
  .transform((space) => ({
    id: space.Id,
    name: space.Name,
    slug: space.Slug,
    taskQueueStopped: space.TaskQueueStopped,
  }));

export const Spaces = z.array(Space);

export const Project: z.ZodType<model.Project> = z
  .object({
    Id: id<"Project">(),
    Name: text,
    Slug: optionalText,
    IsDisabled: flag,
    LifecycleId: id<"Lifecycle">(),
    ProjectGroupId: optionalId<"ProjectGroup">(),
    TenantedDeploymentMode: oneOf(["Untenanted", "TenantedOrUntenanted", "Tenanted"], "Untenanted"),
  })
  .transform((project) => ({
    id: project.Id,
    name: project.Name,
    slug: project.Slug,
    isDisabled: project.IsDisabled,
    lifecycleId: project.LifecycleId,
    projectGroupId: project.ProjectGroupId,
    tenantedDeploymentMode: project.TenantedDeploymentMode,
  }));

export const Projects = z.array(Project);

export const Channel: z.ZodType<model.Channel> = z
  .object({
    Id: id<"Channel">(),
    Name: text,
    Slug: optionalText,
    ProjectId: id<"Project">(),
    IsDefault: flag,
    LifecycleId: optionalId<"Lifecycle">(),
    Type: oneOf(["Lifecycle", "EphemeralEnvironment"], "Lifecycle"),
  })
  .transform((channel) => ({
    id: channel.Id,
    name: channel.Name,
    slug: channel.Slug,
    projectId: channel.ProjectId,
    isDefault: channel.IsDefault,
    lifecycleId: channel.LifecycleId,
    type: channel.Type,
  }));

export const Environment: z.ZodType<model.Environment> = z
  .object({ Id: id<"Environment">(), Name: text, Slug: optionalText, SortOrder: z.number().nullish() })
  .transform((environment) => ({
    id: environment.Id,
    name: environment.Name,
    slug: environment.Slug,
    sortOrder: environment.SortOrder ?? 0,
  }));

export const Environments = z.array(Environment);

const Phase: z.ZodType<model.Phase> = z
  .object({
    Name: text,
    AutomaticDeploymentTargets: ids<"Environment">(),
    OptionalDeploymentTargets: ids<"Environment">(),
    IsOptionalPhase: flag,
  })
  .transform((phase) => ({
    name: phase.Name,
    environmentIds: [...phase.AutomaticDeploymentTargets, ...phase.OptionalDeploymentTargets],
    isOptional: phase.IsOptionalPhase,
  }));

export const LifecyclePreview = z.object({ Phases: z.array(Phase) }).transform((lifecycle) => lifecycle.Phases);

const SelectedPackage: z.ZodType<model.SelectedPackage> = z
  .object({ ActionName: text, PackageReferenceName: text, Version: text })
  .transform((selected) => ({
    actionName: selected.ActionName,
    packageReferenceName: selected.PackageReferenceName,
    version: selected.Version,
  }));

const SelectedGitResource: z.ZodType<model.SelectedGitResource> = z
  .object({
    ActionName: text,
    GitResourceReferenceName: text,
    GitReferenceResource: z.object({ GitRef: text, GitCommit: text }).nullish(),
  })
  .transform((selected) => ({
    actionName: selected.ActionName,
    referenceName: selected.GitResourceReferenceName,
    gitReference: selected.GitReferenceResource?.GitRef ?? "",
    gitCommit: selected.GitReferenceResource?.GitCommit ?? "",
  }));

export const Release: z.ZodType<model.Release> = z
  .object({
    Id: id<"Release">(),
    ProjectId: id<"Project">(),
    ChannelId: id<"Channel">(),
    Version: z.string(),
    ReleaseNotes: text,
    Assembled: instant,
    SelectedPackages: z.array(SelectedPackage).nullish(),
    SelectedGitResources: z.array(SelectedGitResource).nullish(),
  })
  .transform((release) => ({
    id: release.Id,
    projectId: release.ProjectId,
    channelId: release.ChannelId,
    version: release.Version,
    releaseNotes: release.ReleaseNotes,
    assembled: release.Assembled,
    packages: release.SelectedPackages ?? [],
    gitResources: release.SelectedGitResources ?? [],
  }));

const Promotion = z.object({ Id: id<"Environment">() }).transform((promotion) => promotion.Id);

export const DeploymentTemplate: z.ZodType<model.DeploymentTemplate> = z
  .object({
    PromoteTo: z.array(Promotion).nullish(),
    IsVariableSetModified: flag,
    IsLibraryVariableSetModified: flag,
  })
  .transform((template) => ({
    promoteTo: template.PromoteTo ?? [],
    variablesModified: template.IsVariableSetModified || template.IsLibraryVariableSetModified,
  }));

const ReleaseProgress: z.ZodType<model.ReleaseProgress> = z
  .object({ Release, HasUnresolvedDefect: flag })
  .transform((progress) => ({ release: progress.Release, hasUnresolvedDefect: progress.HasUnresolvedDefect }));

export const Progression = z
  .object({ Releases: z.array(ReleaseProgress) })
  .transform((progression) => progression.Releases);

export const Deployment: z.ZodType<model.Deployment> = z
  .object({
    Id: id<"Deployment">(),
    ReleaseId: id<"Release">(),
    ChannelId: id<"Channel">(),
    EnvironmentId: id<"Environment">(),
    TenantId: optionalId<"Tenant">(),
    TaskId: optionalId<"ServerTask">(),
    Created: instant,
    Comments: text,
    DeployedBy: text,
    SpecificMachineIds: ids<"Machine">(),
    ExcludedMachineIds: ids<"Machine">(),
    SkipActions: texts,
    QueueTime: optionalInstant,
    FailureEncountered: flag,
  })
  .transform((deployment) => ({
    id: deployment.Id,
    releaseId: deployment.ReleaseId,
    channelId: deployment.ChannelId,
    environmentId: deployment.EnvironmentId,
    tenantId: deployment.TenantId,
    taskId: deployment.TaskId,
    created: deployment.Created,
    comments: deployment.Comments,
    deployedBy: deployment.DeployedBy,
    specificMachineIds: deployment.SpecificMachineIds,
    excludedMachineIds: deployment.ExcludedMachineIds,
    skippedActionIds: deployment.SkipActions,
    queueTime: deployment.QueueTime,
    failureEncountered: deployment.FailureEncountered,
  }));
