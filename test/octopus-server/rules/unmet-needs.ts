import type { Deployment } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { byAnyName, inSpace } from "../state.ts";
import { compareVersions } from "./versions.ts";

/** What a step needs in order to succeed: a current release of another project in the same environment. */
export interface Need {
  /** Name, slug or id. */
  readonly project: string;
  /** The lowest version that will do. Absent means the one being deployed. */
  readonly atLeast?: string | undefined;
}

/** A sentence for each need of a deployment that is not met. */
export function unmetNeeds(core: Core, deployment: Deployment, needs: readonly Need[]): readonly string[] {
  const environment = core.state.environments.get(deployment.environmentId)?.name ?? deployment.environmentId;
  return needs.flatMap(({ project, atLeast }) => {
    const wanted = atLeast ?? versionOf(core, deployment);
    const current = currentVersion(core, deployment, project);
    if (current !== undefined && compareVersions(current, wanted) >= 0) return [];
    const found = current === undefined ? "has no release" : `has ${current}`;
    return `${project} ${wanted} or later is needed in ${environment}, which ${found}.`;
  });
}

/** The version of the newest successful deployment, for the same tenant if the project has tenants. */
function currentVersion(
  core: Core,
  { spaceId, environmentId, tenantId }: Deployment,
  name: string,
): string | undefined {
  const { history, projects } = core.state;
  const project = byAnyName(inSpace(projects, spaceId), name);
  if (project === undefined) return undefined;
  const forUs = project.tenantedDeploymentMode === "Untenanted" ? null : tenantId;
  const current = history
    .deploymentsOf({ projectId: project.id, environmentId })
    .find((deployment) => deployment.tenantId === forUs && history.stateOf(deployment) === "Success");
  return current === undefined ? undefined : versionOf(core, current);
}

function versionOf(core: Core, { releaseId }: Deployment): string {
  return core.state.history.releases.get(releaseId)?.version ?? "";
}
