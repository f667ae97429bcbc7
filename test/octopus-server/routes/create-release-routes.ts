import * as z from "zod";
import type { Channel, Project } from "../documents/configuration.ts";
import type { SelectedPackage } from "../documents/execution.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { releaseResource } from "../resources/execution.ts";
import { createRelease, defaultChannel, packagesOfProcess } from "../rules/create-release.ts";
import { nextVersion } from "../rules/versions.ts";
import { byAnyName, inSpace } from "../state.ts";
import { releaseOf } from "./lookup.ts";

export const createReleaseRoutes: readonly Route[] = [
  space("POST", "releases", "ReleaseResource", "D26 releases, SW", create),
  space("PUT", "releases/{id}", "ReleaseResource", "SW", modify),
  space("POST", "releases/create/v1", "CreateReleaseResponse", "D26 releases, TS", createV1),
];

const ReleaseBody = bodyObject({
  ProjectId: z.string(),
  ChannelId: optionalText,
  Version: z.string().min(1).max(349),
  ReleaseNotes: optionalText,
  IgnoreChannelRules: z.boolean().optional(),
  SelectedPackages: z
    .array(
      bodyObject({
        ActionName: optionalText,
        StepName: optionalText,
        PackageReferenceName: optionalText,
        Version: z.string(),
      }),
    )
    .optional(),
  VersionControlReference: bodyObject({ GitRef: z.string(), GitCommit: optionalText }).optional(),
});

const CommandV1 = bodyObject({
  ProjectName: z.string().optional(),
  ProjectIdOrName: z.string().optional(),
  ReleaseVersion: optionalText,
  ChannelName: optionalText,
  ChannelIdOrName: optionalText,
  PackageVersion: optionalText,
  Packages: z.array(z.string()).optional(),
  GitRef: optionalText,
  GitCommit: optionalText,
  ReleaseNotes: optionalText,
  IgnoreIfAlreadyExists: z.boolean().optional(),
});

// One to four numeric parts, then perhaps a pre-release and metadata.
const versionPattern = /^v?\d+(\.\d+){0,3}(([-+_]|\.(?=[a-z]))[\w.+-]*)?$/i;

function create(call: SpaceCall): Reply {
  const body = parseBody(ReleaseBody, call.body);
  const project = call.instance.state.projects.get(body.ProjectId);
  if (project === undefined || project.spaceId !== call.space.id)
    throw invalid(`The project '${body.ProjectId}' was not found.`);
  const channel =
    body.ChannelId === undefined
      ? defaultChannel(call.instance, project)
      : call.instance.state.channels.get(body.ChannelId);
  if (channel === undefined || channel.projectId !== project.id)
    throw invalid(`The channel '${body.ChannelId}' was not found in the project '${project.name}'.`);
  const packages = body.SelectedPackages?.map((selected) => {
    const name = selected.ActionName ?? selected.StepName ?? "";
    return {
      actionName: name,
      stepName: selected.StepName ?? name,
      packageReferenceName: selected.PackageReferenceName ?? "",
      version: selected.Version,
    };
  });
  const git = body.VersionControlReference;
  return created(
    make(call, project, channel, {
      version: body.Version,
      releaseNotes: body.ReleaseNotes,
      packages: packages ?? packagesOfProcess(call.instance, project, body.Version),
      git: git === undefined ? undefined : { ref: git.GitRef, commit: git.GitCommit ?? "" },
      ignoreChannelRules: body.IgnoreChannelRules ?? call.query.flag("ignoreChannelRules"),
    }).resource,
  );
}

interface Details {
  readonly version: string;
  readonly releaseNotes: string | undefined;
  readonly packages: readonly SelectedPackage[];
  readonly git: { readonly ref: string; readonly commit: string } | undefined;
  readonly ignoreChannelRules: boolean | undefined;
}

function make(call: SpaceCall, project: Project, channel: Channel, details: Details) {
  call.access.demand("ReleaseCreate", { spaceId: call.space.id, projectId: project.id });
  if (project.isDisabled) throw invalid(`The project '${project.name}' is disabled. A release cannot be created.`);
  if (!versionPattern.test(details.version)) throw invalid(`'${details.version}' is not a valid version number.`);
  const taken = call.instance.state.history
    .releasesOf({ projectId: project.id })
    .some(({ version }) => version.toLowerCase() === details.version.toLowerCase());
  if (taken) throw invalid(`Release '${details.version}' already exists. Please use a different version.`);
  const release = createRelease(call.instance, { project, channel, ...details, by: call.user.username });
  return { release, resource: releaseResource(call.instance, release) };
}

const ReleaseChanges = bodyObject({ Version: optionalText, ReleaseNotes: optionalText });

function modify(call: SpaceCall): Reply {
  const release = releaseOf(call);
  call.access.demand("ReleaseEdit", { spaceId: release.spaceId, projectId: release.projectId });
  const body = parseBody(ReleaseChanges, call.body);
  release.version = body.Version ?? release.version;
  release.releaseNotes = body.ReleaseNotes ?? "";
  release.lastModifiedOn = call.instance.timeline.now();
  release.lastModifiedBy = call.user.username;
  return ok(releaseResource(call.instance, release));
}

/** Creates a release by names (executions API). */
function createV1(call: SpaceCall): Reply {
  const body = parseBody(CommandV1, call.body);
  const { instance } = call;
  const projectName = body.ProjectName ?? body.ProjectIdOrName ?? "";
  const project = byAnyName(inSpace(instance.state.projects, call.space.id), projectName);
  if (project === undefined) throw invalid(`The project '${projectName}' was not found.`);
  const channelName = body.ChannelName ?? body.ChannelIdOrName;
  const channel =
    channelName === undefined
      ? defaultChannel(instance, project)
      : inSpace(instance.state.channels, call.space.id).find(
          ({ id, name, projectId }) =>
            projectId === project.id && [id, name].some((text) => text.toLowerCase() === channelName.toLowerCase()),
        );
  if (channel === undefined)
    throw invalid(`The channel '${channelName}' was not found in the project '${project.name}'.`);
  const existing = instance.state.history.releasesOf({ projectId: project.id });
  const version = body.ReleaseVersion ?? nextVersion(existing.map((release) => release.version));
  const same = existing.find((release) => release.version.toLowerCase() === version.toLowerCase());
  if (same !== undefined && body.IgnoreIfAlreadyExists === true) return answerV1(same.id, same.version);
  const { release } = make(call, project, channel, {
    version,
    releaseNotes: body.ReleaseNotes,
    packages: packagesFor(call, project, body.PackageVersion ?? version, body.Packages ?? []),
    git: body.GitRef === undefined ? undefined : { ref: body.GitRef, commit: body.GitCommit ?? "" },
    ignoreChannelRules: undefined,
  });
  return answerV1(release.id, release.version);
}

/** The packages of the process, with overrides: `step:version` or `step:package reference:version`; `*` or nothing means any. */
function packagesFor(
  call: SpaceCall,
  project: Project,
  version: string,
  overrides: readonly string[],
): readonly SelectedPackage[] {
  return packagesOfProcess(call.instance, project, version).map((selected) => {
    const override = overrides
      .map((text) => text.split(":"))
      .find(([step, second, third]) => {
        const reference = third === undefined ? undefined : second;
        const anyStep = step === "*" || step === "" || step?.toLowerCase() === selected.actionName.toLowerCase();
        return anyStep && (reference === undefined || reference === "*" || reference === selected.packageReferenceName);
      });
    return override === undefined ? selected : { ...selected, version: override.at(-1) ?? version };
  });
}

function answerV1(releaseId: string, releaseVersion: string): Reply {
  return ok({ ReleaseId: releaseId, ReleaseVersion: releaseVersion });
}
