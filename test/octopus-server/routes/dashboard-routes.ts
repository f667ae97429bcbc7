import type { Project } from "../documents/configuration.ts";
import type { Deployment } from "../documents/execution.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName } from "../resources/collection.ts";
import { resource } from "../resources/common.ts";
import { dashboardItem } from "../resources/dashboard.ts";
import { environmentsInOrder, environmentsOf, lifecycleOf, previewPhases } from "../rules/lifecycle.ts";
import { compareVersions } from "../rules/versions.ts";
import { inSpace } from "../state.ts";
import { deploymentPlace, environmentPlace, projectPlace } from "./lookup.ts";

export const dashboardRoutes: readonly Route[] = [
  space("GET", "dashboard", "DashboardResource", dashboard),
  space("GET", "dashboard/dynamic", "DashboardResource", dynamic),
];

function dashboard(call: SpaceCall): Reply {
  const projectId = call.query.text("projectId");
  const releaseId = call.query.text("releaseId");
  const projects = visibleProjects(call).filter(({ id }) => projectId === undefined || id === projectId);
  const byVersion = call.query.flag("highestLatestVersionPerProjectAndEnvironment") ?? false;
  return answer(call, projects, undefined, { withPrevious: true, byVersion, releaseId });
}

/** Projects and environments are named by id; names find nothing (D26 dashboard). */
function dynamic(call: SpaceCall): Reply {
  const ids = call.query.list("projects");
  const environments = call.query.list("environments");
  const projects = visibleProjects(call).filter(({ id }) => ids === undefined || ids.includes(id));
  const withPrevious = call.query.flag("includePrevious") ?? false;
  return answer(call, projects, environments, { withPrevious, byVersion: false, releaseId: undefined });
}

function visibleProjects(call: SpaceCall): readonly Project[] {
  const projects = inSpace(call.instance.state.projects, call.space.id);
  return byName(projects.filter((project) => call.access.may("ProjectView", projectPlace(project))));
}

interface Manner {
  readonly withPrevious: boolean;
  readonly byVersion: boolean;
  readonly releaseId: string | undefined;
}

function answer(
  call: SpaceCall,
  projects: readonly Project[],
  wanted: readonly string[] | undefined,
  manner: Manner,
): Reply {
  const { instance } = call;
  const environments = environmentsInOrder(instance, call.space.id).filter(
    (environment) =>
      (wanted === undefined || wanted.includes(environment.id)) &&
      call.access.may("EnvironmentView", environmentPlace(environment)),
  );
  const environmentIds = new Set(environments.map(({ id }) => id));
  const items = projects.flatMap((project) => itemsOf(call, project, environmentIds, manner));
  const tenantIds = new Set(items.flatMap(({ deployment: { tenantId } }) => tenantId ?? []));
  const groups = new Set(projects.map(({ projectGroupId }) => projectGroupId));
  const ids = [...environmentIds];
  return ok({
    ...resource(null, { Self: `${instance.api}${call.path.replace(/^\/api/i, "")}` }),
    Projects: projects.map((project) => ({
      ...resource(project.id, { Self: `${instance.api}/${project.spaceId}/projects/${project.id}` }),
      Name: project.name,
      Slug: project.slug,
      ProjectGroupId: project.projectGroupId,
      EnvironmentIds: reachable(call, project).filter((id) => environmentIds.has(id)),
      TenantedDeploymentMode: project.tenantedDeploymentMode,
      CanPerformUntenantedDeployment: project.tenantedDeploymentMode !== "Tenanted",
      IsDisabled: project.isDisabled,
    })),
    ProjectGroups: inSpace(instance.state.projectGroups, call.space.id)
      .filter(({ id }) => groups.has(id))
      .map(({ id, name }) => ({ ...resource(id, {}), Name: name, EnvironmentIds: ids })),
    Environments: environments.map(({ id, name }) => ({ ...resource(id, {}), Name: name })),
    Tenants: inSpace(instance.state.tenants, call.space.id)
      .filter(({ id }) => tenantIds.has(id))
      .map(({ id, name, tags, projectEnvironments }) => ({
        ...resource(id, {}),
        Name: name,
        ProjectEnvironments: projectEnvironments,
        TenantTags: tags,
      })),
    Items: items.map(({ deployment, isCurrent }) =>
      dashboardItem(instance, deployment, { isCurrent, isPrevious: !isCurrent }),
    ),
    PreviousItems: [],
    ProjectLimit: null,
    IsFiltered: false,
  });
}

/** The environments of a project's lifecycles: others have no items. */
function reachable(call: SpaceCall, project: Project): readonly string[] {
  const channels = [...call.instance.state.channels.values()].filter(({ projectId }) => projectId === project.id);
  const lifecycles = channels
    .map((channel) => lifecycleOf(call.instance, channel))
    .filter((lifecycle) => lifecycle !== undefined);
  return [
    ...new Set(lifecycles.flatMap((lifecycle) => previewPhases(call.instance, lifecycle).flatMap(environmentsOf))),
  ];
}

interface Item {
  readonly deployment: Deployment;
  readonly isCurrent: boolean;
}

/** Per environment and tenant the latest deployment, whatever became of it, and on demand the last successful one before it. */
function itemsOf(
  call: SpaceCall,
  project: Project,
  environmentIds: ReadonlySet<string>,
  manner: Manner,
): readonly Item[] {
  const { history } = call.instance.state;
  return reachable(call, project)
    .filter((id) => environmentIds.has(id))
    .flatMap((environmentId) => {
      const all = history
        .deploymentsOf({ projectId: project.id, environmentId })
        .filter(
          (deployment) =>
            (manner.releaseId === undefined || deployment.releaseId === manner.releaseId) &&
            call.access.may("DeploymentView", deploymentPlace(deployment)),
        );
      const ordered = manner.byVersion ? highestFirst(call, all) : all;
      const tenantIds = [...new Set(ordered.map(({ tenantId }) => tenantId))];
      return tenantIds.flatMap((wanted) => {
        const deployments = ordered.filter(({ tenantId }) => tenantId === wanted);
        return currentAndPrevious(call, deployments, manner.withPrevious);
      });
    });
}

function highestFirst(call: SpaceCall, deployments: readonly Deployment[]): readonly Deployment[] {
  const versionOf = ({ releaseId }: Deployment) => call.instance.state.history.releases.get(releaseId)?.version ?? "";
  return deployments.toSorted((a, b) => compareVersions(versionOf(b), versionOf(a)));
}

function currentAndPrevious(
  call: SpaceCall,
  deployments: readonly Deployment[],
  withPrevious: boolean,
): readonly Item[] {
  const { history } = call.instance.state;
  const [current, ...older] = deployments;
  if (current === undefined) return [];
  const succeeded = history.stateOf(current) === "Success";
  const previous =
    withPrevious && !succeeded ? older.find((deployment) => history.stateOf(deployment) === "Success") : undefined;
  return previous === undefined
    ? [{ deployment: current, isCurrent: true }]
    : [
        { deployment: current, isCurrent: true },
        { deployment: previous, isCurrent: false },
      ];
}
