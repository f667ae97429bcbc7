import * as z from "zod/mini";
import type * as model from "../model.ts";
import {
  flag,
  id,
  ids,
  instant,
  listOf,
  oneOf,
  optionalId,
  optionalInstant,
  optionalText,
  resource,
  text,
  texts,
} from "./fields.ts";

// Only what we use, in our nouns. What a server may leave out has the value it stands for; everything else is ignored.
// Field names: https://octopus.com/docs/api, one page per resource.

export const ServerInformation = z.object({ version: z.string().check(z.minLength(1)) });

export const Space: z.ZodMiniType<model.Space> = resource({
  id: id<"Space">(),
  name: text,
  slug: optionalText,
  taskQueueStopped: flag,
});

export const Spaces = z.array(Space);

export const Project: z.ZodMiniType<model.Project> = resource({
  id: id<"Project">(),
  name: text,
  slug: optionalText,
  isDisabled: flag,
  lifecycleId: id<"Lifecycle">(),
  projectGroupId: optionalId<"ProjectGroup">(),
  tenantedDeploymentMode: oneOf(["Untenanted", "TenantedOrUntenanted", "Tenanted"], "Untenanted"),
});

export const Projects = z.array(Project);

export const Channel: z.ZodMiniType<model.Channel> = resource({
  id: id<"Channel">(),
  name: text,
  slug: optionalText,
  projectId: id<"Project">(),
  isDefault: flag,
  lifecycleId: optionalId<"Lifecycle">(),
  type: oneOf(["Lifecycle", "EphemeralEnvironment"], "Lifecycle"),
});

export const Environment: z.ZodMiniType<model.Environment> = z.pipe(
  resource({ id: id<"Environment">(), name: text, slug: optionalText, sortOrder: z.nullish(z.number()) }),
  z.transform((environment) => ({ ...environment, sortOrder: environment.sortOrder ?? 0 })),
);

export const Environments = z.array(Environment);

export const Tenant: z.ZodMiniType<model.Named<"Tenant">> = resource({
  id: id<"Tenant">(),
  name: text,
  slug: optionalText,
});

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

const SelectedPackage: z.ZodMiniType<model.SelectedPackage> = resource({
  actionName: text,
  packageReferenceName: text,
  version: text,
});

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
  resource({
    id: id<"Release">(),
    projectId: id<"Project">(),
    channelId: id<"Channel">(),
    version: z.string(),
    releaseNotes: text,
    assembled: instant,
    selectedPackages: listOf(SelectedPackage),
    selectedGitResources: listOf(SelectedGitResource),
    versionControlReference: z.nullish(z.object({ GitRef: text, GitCommit: text })),
    projectDeploymentProcessSnapshotId: text,
    projectVariableSetSnapshotId: text,
    libraryVariableSetSnapshotIds: texts,
  }),
  z.transform(
    ({
      selectedPackages,
      selectedGitResources,
      versionControlReference,
      projectDeploymentProcessSnapshotId,
      projectVariableSetSnapshotId,
      libraryVariableSetSnapshotIds,
      ...release
    }) => ({
      ...release,
      packages: selectedPackages,
      gitResources: selectedGitResources,
      gitReference: gitReferenceText(versionControlReference),
      snapshotIds: [
        projectDeploymentProcessSnapshotId,
        projectVariableSetSnapshotId,
        ...libraryVariableSetSnapshotIds,
      ].filter((snapshot) => snapshot !== ""),
    }),
  ),
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
  resource({ promoteTo: listOf(Promotion), isVariableSetModified: flag, isLibraryVariableSetModified: flag }),
  z.transform(({ promoteTo, isVariableSetModified, isLibraryVariableSetModified }) => ({
    promoteTo,
    variablesModified: isVariableSetModified || isLibraryVariableSetModified,
  })),
);

const ReleaseProgress: z.ZodMiniType<model.ReleaseProgress> = resource({
  release: Release,
  hasUnresolvedDefect: flag,
});

export const Progression = z.pipe(
  z.object({ Releases: z.array(ReleaseProgress) }),
  z.transform((progression) => progression.Releases),
);

export const Deployment: z.ZodMiniType<model.Deployment> = z.pipe(
  resource({
    id: id<"Deployment">(),
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
    skipActions: texts,
    queueTime: optionalInstant,
    failureEncountered: flag,
    manifestVariableSetId: optionalId<"VariableSet">(),
  }),
  z.transform(({ skipActions, ...deployment }) => ({ ...deployment, skippedActionIds: skipActions })),
);
