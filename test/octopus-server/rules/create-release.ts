import type { Channel, Project } from "../documents/configuration.ts";
import type {
  BuildInformation,
  GitReference,
  Release,
  SelectedGitResource,
  SelectedPackage,
} from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { numberOf } from "../state.ts";
import { snapshotProcess, snapshotVariables } from "./snapshots.ts";

export interface ReleaseGiven {
  readonly project: Project;
  readonly channel: Channel;
  readonly version: string;
  readonly releaseNotes?: string | undefined;
  readonly assembled?: number | undefined;
  readonly packages?: readonly SelectedPackage[] | undefined;
  readonly gitResources?: readonly SelectedGitResource[] | undefined;
  readonly buildInformation?: (() => readonly BuildInformation[]) | undefined;
  readonly git?: GitReference | null | undefined;
  readonly ignoreChannelRules?: boolean | undefined;
  readonly by: string;
}

/** Makes a release from the present process and variables of its project. */
export function createRelease(core: Core, given: ReleaseGiven): Release {
  const { project, channel } = given;
  const id = core.state.nextId("Releases");
  const assembled = given.assembled ?? core.timeline.now();
  const release: Release = {
    id,
    number: numberOf(id),
    spaceId: project.spaceId,
    projectId: project.id,
    channelId: channel.id,
    version: given.version,
    releaseNotes: given.releaseNotes ?? "",
    assembled,
    ignoreChannelRules: given.ignoreChannelRules ?? false,
    processSnapshotId: snapshotProcess(core, project),
    variableSnapshotId: snapshotVariables(core, project.id),
    librarySnapshotIds: project.libraryVariableSetIds.map((libraryId) => snapshotVariables(core, libraryId)),
    packages: given.packages ?? [],
    gitResources: given.gitResources ?? [],
    buildInformation: given.buildInformation ?? (() => []),
    git: given.git ?? null,
    defects: [],
    lastModifiedOn: assembled,
    lastModifiedBy: given.by,
  };
  core.state.history.addRelease(release);
  return release;
}

/** One package per reference of the process, all of one version: the packages of a release without a selection. */
export function packagesOfProcess(core: Core, project: Project, version: string): readonly SelectedPackage[] {
  const steps = core.state.processes.get(`deploymentprocess-${project.id}`)?.steps ?? [];
  return steps.flatMap((step) =>
    step.actions.flatMap((action) =>
      action.packages.map((reference) => ({
        actionName: action.name,
        stepName: step.name,
        packageReferenceName: reference.name,
        version,
      })),
    ),
  );
}

export function defaultChannel(core: Core, project: Project): Channel | undefined {
  const channels = [...core.state.channels.values()].filter(({ projectId }) => projectId === project.id);
  return channels.find(({ isDefault }) => isDefault) ?? channels[0];
}
