import * as z from "zod/mini";
import type * as model from "../model.ts";
import { asId } from "../model.ts";
import {
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
  orElse,
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
  tenantTags: texts,
  lifecycleId: optionalId<"Lifecycle">(),
  type: oneOf(["Lifecycle", "EphemeralEnvironment"], "Lifecycle"),
});

export const Environment: z.ZodMiniType<model.Environment> = resource({
  id: id<"Environment">(),
  name: text,
  slug: optionalText,
  sortOrder: orElse(z.number(), 0),
});

export const Environments = z.array(Environment);

const EnvironmentsByProject: z.ZodMiniType<model.Tenant["environmentsOf"]> = z.pipe(
  orElse(z.record(z.string(), ids<"Environment">()), {}),
  z.transform((byProject) => new Map(Object.entries(byProject).map(([project, of]) => [asId<"Project">(project), of]))),
);

export const Tenant: z.ZodMiniType<model.Tenant> = resource(
  {
    id: id<"Tenant">(),
    name: text,
    slug: optionalText,
    isDisabled: flag,
    tags: texts,
    environmentsOf: EnvironmentsByProject,
  },
  { tags: "TenantTags", environmentsOf: "ProjectEnvironments" },
);

export const Tenants = z.array(Tenant);

export const Machine: z.ZodMiniType<model.Named<"Machine">> = resource({
  id: id<"Machine">(),
  name: text,
  slug: optionalText,
});

const Phase: z.ZodMiniType<model.Phase> = z.pipe(
  resource(
    {
      name: text,
      automatic: ids<"Environment">(),
      optional: ids<"Environment">(),
      isOptional: flag,
    },
    {
      automatic: "AutomaticDeploymentTargets",
      optional: "OptionalDeploymentTargets",
      isOptional: "IsOptionalPhase",
    },
  ),
  z.transform(({ name, automatic, optional, isOptional }) => ({
    name,
    environmentIds: [...automatic, ...optional],
    isOptional,
  })),
);

export const LifecyclePreview = member("Phases", z.array(Phase));

const SelectedPackage: z.ZodMiniType<model.SelectedPackage> = resource({
  actionName: text,
  packageReferenceName: text,
  version: text,
});

const GitReference = z.object({ GitRef: text, GitCommit: text });

const SelectedGitResource: z.ZodMiniType<model.SelectedGitResource> = z.pipe(
  resource(
    { actionName: text, referenceName: text, source: orElse(GitReference, undefined) },
    { referenceName: "GitResourceReferenceName", source: "GitReferenceResource" },
  ),
  z.transform(({ actionName, referenceName, source }) => ({
    actionName,
    referenceName,
    gitReference: source?.GitRef ?? "",
    gitCommit: source?.GitCommit ?? "",
  })),
);

export const Release: z.ZodMiniType<model.Release> = z.pipe(
  resource(
    {
      id: id<"Release">(),
      projectId: id<"Project">(),
      channelId: id<"Channel">(),
      version: z.string(),
      releaseNotes: text,
      assembled: instant,
      packages: listOf(SelectedPackage),
      gitResources: listOf(SelectedGitResource),
      source: orElse(GitReference, undefined),
      processId: optionalText,
      variables: text,
      libraries: texts,
      snapshotToken: optionalText,
      modified: optionalInstant,
    },
    {
      packages: "SelectedPackages",
      gitResources: "SelectedGitResources",
      source: "VersionControlReference",
      processId: "ProjectDeploymentProcessSnapshotId",
      variables: "ProjectVariableSetSnapshotId",
      libraries: "LibraryVariableSetSnapshotIds",
      snapshotToken: "VariableSnapshotConcurrencyToken",
      modified: "LastModifiedOn",
    },
  ),
  z.transform(({ source, variables, libraries, ...release }) => ({
    ...release,
    gitReference: source === undefined ? undefined : `${source.GitRef} ${source.GitCommit}`.trim(),
    snapshotIds: [variables, ...libraries].filter((snapshot) => snapshot !== ""),
  })),
);

const promoteTo = listOf(member("Id", id<"Environment">()));

export const DeploymentTemplate: z.ZodMiniType<model.DeploymentTemplate> = z.pipe(
  resource({
    promoteTo,
    tenantPromotions: listOf(resource({ id: id<"Tenant">(), promoteTo })),
    isVariableSetModified: flag,
    isLibraryVariableSetModified: flag,
  }),
  z.transform(({ isVariableSetModified, isLibraryVariableSetModified, ...promotions }) => ({
    ...promotions,
    variablesModified: isVariableSetModified || isLibraryVariableSetModified,
  })),
);

const ReleaseProgress: z.ZodMiniType<model.ReleaseProgress> = resource({
  release: Release,
  hasUnresolvedDefect: flag,
});

export const Progression = member("Releases", z.array(ReleaseProgress));

export const Deployment: z.ZodMiniType<model.Deployment> = resource(
  {
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
    skippedActionIds: texts,
    queueTime: optionalInstant,
    queueTimeExpiry: optionalInstant,
    failureEncountered: flag,
    manifestVariableSetId: optionalId<"VariableSet">(),
  },
  { skippedActionIds: "SkipActions" },
);
