import type { Environment, Machine, Project, Tenant } from "../documents/configuration.ts";
import type { BuildInformation, Release } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { resource } from "../resources/common.ts";
import { buildInformationResource } from "../resources/execution.ts";
import { formOf, promptedVariables } from "./prompts.ts";
import type { Destination } from "./targets.ts";
import { plannedActions } from "./targets.ts";
import type { PlannedAction } from "./targets.ts";

/** The preview of a deployment: its changes, prompts and steps (D26 releases). */
export function previewOf(
  core: Core,
  release: Release,
  environment: Environment,
  tenant: Tenant | null,
  includeDisabledSteps: boolean,
): unknown {
  const destination = destinationOf(release, environment.id, tenant);
  const project = core.state.projects.get(release.projectId);
  const actions = plannedActions(core, core.state.processes.get(release.processSnapshotId), destination);
  const changes = changesFor(core, release, environment.id, tenant);
  return {
    ...resource(null, {}),
    Changes: changes.map(changeResource),
    ChangesMarkdown: changes.map(({ version, releaseNotes }) => `### ${version}\n\n${releaseNotes}`).join("\n\n"),
    Form: formOf(promptedVariables(core, release, destination)),
    StepsToExecute: actions.filter(({ action }) => includeDisabledSteps || !action.isDisabled).map(stepResource),
    UseGuidedFailureModeByDefault: project === undefined ? false : guidedFailureByDefault(project, environment),
  };
}

export function destinationOf(release: Release, environmentId: string, tenant: Tenant | null): Destination {
  const { spaceId, projectId, channelId } = release;
  return { spaceId, projectId, channelId, environmentId, tenant };
}

export function guidedFailureByDefault(project: Project, environment: Environment): boolean {
  if (project.guidedFailureMode === "EnvironmentDefault") return environment.useGuidedFailure;
  return project.guidedFailureMode === "On";
}

/** The releases of the channel since the last successful deployment to the environment, newest first; none for the first deployment. */
function changesFor(core: Core, release: Release, environmentId: string, tenant: Tenant | null): readonly Release[] {
  const { history } = core.state;
  const previous = history
    .deploymentsOf({ projectId: release.projectId, environmentId })
    .find((deployment) => deployment.tenantId === (tenant?.id ?? null) && history.stateOf(deployment) === "Success");
  const current = previous === undefined ? undefined : history.releases.get(previous.releaseId);
  if (current === undefined) return [];
  return history
    .releasesOf({ channelId: release.channelId })
    .filter(({ assembled }) => assembled > current.assembled && assembled <= release.assembled);
}

function changeResource(release: Release): unknown {
  const builds = release.buildInformation();
  return {
    Version: release.version,
    ReleaseNotes: release.releaseNotes,
    BuildInformation: builds.map(withoutIssueTracker),
    Commits: builds
      .flatMap(({ commits }) => commits)
      .map(({ id, linkUrl, comment }) => ({ Id: id, LinkUrl: linkUrl, Comment: comment })),
    WorkItems: builds
      .flatMap(({ workItems }) => workItems)
      .map(({ id, linkUrl, description, source }) => ({
        Id: id,
        LinkUrl: linkUrl,
        Description: description,
        Source: source,
      })),
  };
}

function withoutIssueTracker(build: BuildInformation): object {
  const { IssueTrackerName: _name, ...shown } = buildInformationResource(build);
  return shown;
}

function stepResource(planned: PlannedAction): unknown {
  const { action, machines } = planned;
  return {
    ActionId: action.id,
    ActionName: action.name,
    ActionNumber: planned.number,
    Roles: planned.roles,
    MachineNames: machines.map(({ name }) => name),
    Machines: machines.map((machine) => ({
      ...reference(machine),
      HasLatestCalamari: true,
      HealthStatus: machine.healthStatus,
    })),
    CanBeSkipped: !action.isRequired,
    IsDisabled: action.isDisabled,
    HasNoApplicableMachines: planned.roles.length > 0 && machines.length === 0,
    UnavailableMachines: planned.unavailable.map(reference),
    ExcludedMachines: planned.excluded.map(reference),
    AvailableTagSets: [],
  };
}

function reference({ id, name }: Machine): { readonly Id: string; readonly Name: string } {
  return { Id: id, Name: name };
}
