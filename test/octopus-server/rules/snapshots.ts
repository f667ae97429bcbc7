import type { Project } from "../documents/configuration.ts";
import type { Process, Step, Variable, VariableSet } from "../documents/process.ts";
import type { Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";

/** The id of the snapshot of a project's present process, which is made unless this version has one. */
export function snapshotProcess(core: Core, project: Project): string {
  const live = core.state.processes.get(`deploymentprocess-${project.id}`);
  if (live === undefined) return "";
  const id = `${live.id}-s-${live.version}-${codeOf(live.version)}`;
  if (!core.state.processes.has(id)) core.state.processes.set(id, { ...live, id });
  return id;
}

/** The id of the snapshot of a variable set's present version, which is made unless this version has one. */
export function snapshotVariables(core: Core, ownerId: string): string {
  const live = core.state.variableSets.get(`variableset-${ownerId}`);
  if (live === undefined) return "";
  const id = `${live.id}-s-${live.version}-${codeOf(live.version)}`;
  if (!core.state.variableSets.has(id)) core.state.variableSets.set(id, { ...live, id });
  return id;
}

/** Five capital letters, as at the end of real snapshot ids; the same for the same version. */
function codeOf(version: number): string {
  return (version * 7_919 + 6_000_000)
    .toString(26)
    .replace(/[0-9a-p]/g, (digit) => String.fromCharCode(65 + parseInt(digit, 26)))
    .slice(-5);
}

/** Replaces the variable snapshots of a release by the present variables of its project and library sets. */
export function refreshVariables(core: Core, release: Release, by: string): void {
  const project = core.state.projects.get(release.projectId);
  release.variableSnapshotId = snapshotVariables(core, release.projectId);
  release.librarySnapshotIds = (project?.libraryVariableSetIds ?? []).map((id) => snapshotVariables(core, id));
  release.lastModifiedOn = core.timeline.now();
  release.lastModifiedBy = by;
}

export interface Modifications {
  readonly process: boolean;
  readonly variables: boolean;
  readonly libraryVariables: boolean;
}

/** What has changed since a release was created or its variables were refreshed. */
export function modificationsSince(core: Core, release: Release): Modifications {
  const { processes, variableSets, projects } = core.state;
  const project = projects.get(release.projectId);
  const libraryIds = (project?.libraryVariableSetIds ?? []).map((id) => `variableset-${id}`);
  return {
    process:
      processes.get(`deploymentprocess-${release.projectId}`)?.version !==
      processes.get(release.processSnapshotId)?.version,
    variables: changed(variableSets, `variableset-${release.projectId}`, release.variableSnapshotId),
    libraryVariables:
      libraryIds.length !== release.librarySnapshotIds.length ||
      libraryIds.some((id, index) => changed(variableSets, id, release.librarySnapshotIds[index] ?? "")),
  };
}

function changed(sets: Map<string, VariableSet>, liveId: string, snapshotId: string): boolean {
  return sets.get(liveId)?.version !== sets.get(snapshotId)?.version;
}

export function changeProcess(core: Core, process: Process, steps: readonly Step[]): Process {
  const next = { ...process, steps, version: process.version + 1 };
  core.state.processes.set(process.id, next);
  return next;
}

export function changeVariables(core: Core, set: VariableSet, variables: readonly Variable[]): VariableSet {
  const next = { ...set, variables, version: set.version + 1 };
  core.state.variableSets.set(set.id, next);
  return next;
}
