import * as z from "zod";
import { addProject } from "../documents/add-configuration.ts";
import type { Project } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { projectResource } from "../resources/configuration.ts";
import { inSpace } from "../state.ts";
import { projectOf, projectPlace } from "./lookup.ts";

export const projectRoutes: readonly Route[] = [
  space("GET", "projects", "ResourceCollection_of_ProjectResource", "D26 projects", list),
  space("GET", "projects/all", "[ProjectResource]", "D26 projects", all),
  space("GET", "projects/{id}", "ProjectResource", "D26 projects, CLI", (call) =>
    ok(projectResource(call.instance, projectOf(call))),
  ),
  space("POST", "projects", "ProjectResource", "SW", create),
  space("PUT", "projects/{id}", "ProjectResource", "SW", modify),
  space(
    "GET",
    "projects/{id}/deploymentsettings",
    "DeploymentSettingsResource",
    "D26 projects, D26 deployment-settings",
    settings,
  ),
  space(
    "PUT",
    "projects/{id}/deploymentsettings",
    "DeploymentSettingsResource",
    "D26 deployment-settings",
    modifySettings,
  ),
];

const Mode = z.enum(["Untenanted", "TenantedOrUntenanted", "Tenanted"]);
const GuidedFailure = z.enum(["EnvironmentDefault", "Off", "On"]);
const Connectivity = bodyObject({
  SkipMachineBehavior: z.enum(["None", "SkipUnavailableMachines"]).optional(),
  AllowDeploymentsToNoTargets: z.boolean().optional(),
  ExcludeUnhealthyTargets: z.boolean().optional(),
});

const ProjectBody = bodyObject({
  Name: z.string().min(1).max(200),
  Slug: optionalText,
  Description: optionalText,
  IsDisabled: z.boolean().optional(),
  ProjectGroupId: optionalText,
  LifecycleId: optionalText,
  TenantedDeploymentMode: Mode.optional(),
  DefaultGuidedFailureMode: GuidedFailure.optional(),
  IncludedLibraryVariableSetIds: idList,
  ProjectConnectivityPolicy: Connectivity.optional(),
  VersioningStrategy: bodyObject({ Template: optionalText }).optional(),
});

const SettingsBody = bodyObject({
  DefaultGuidedFailureMode: GuidedFailure.optional(),
  ConnectivityPolicy: Connectivity.optional(),
  CancelQueuedTasks: z.boolean().optional(),
  CancelRunningTasks: z.boolean().optional(),
});

function visible(call: SpaceCall): readonly Project[] {
  const projects = inSpace(call.instance.state.projects, call.space.id);
  return byName(projects.filter((project) => call.access.may("ProjectView", projectPlace(project))));
}

function list(call: SpaceCall): Reply {
  const part = call.query.text("name")?.toLowerCase();
  const projects = named(call, visible(call)).filter(
    ({ name }) => part === undefined || name.toLowerCase().includes(part),
  );
  return ok(page(call, "Project", projects, (project) => projectResource(call.instance, project)));
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visible(call)).map((project) => projectResource(call.instance, project)));
}

function create(call: SpaceCall): Reply {
  call.access.demand("ProjectCreate", { spaceId: call.space.id });
  const body = parseBody(ProjectBody, call.body);
  const { state } = call.instance;
  demandFreeName(call, body.Name, undefined);
  const lifecycleId = body.LifecycleId ?? "";
  const projectGroupId = body.ProjectGroupId ?? "";
  if (state.lifecycles.get(lifecycleId)?.spaceId !== call.space.id)
    throw invalid("A lifecycle must be specified for the project.");
  if (state.projectGroups.get(projectGroupId)?.spaceId !== call.space.id)
    throw invalid("A project group must be specified for the project.");
  const project = addProject(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
    isDisabled: body.IsDisabled ?? false,
    lifecycleId,
    projectGroupId,
    tenantedDeploymentMode: body.TenantedDeploymentMode ?? "Untenanted",
    guidedFailureMode: body.DefaultGuidedFailureMode ?? "EnvironmentDefault",
    libraryVariableSetIds: body.IncludedLibraryVariableSetIds ?? [],
  });
  applyConnectivity(project, body.ProjectConnectivityPolicy);
  return created(projectResource(call.instance, project));
}

function modify(call: SpaceCall): Reply {
  const project = projectOf(call);
  call.access.demand("ProjectEdit", projectPlace(project));
  const body = parseBody(ProjectBody, call.body);
  demandFreeName(call, body.Name, project);
  project.name = body.Name;
  project.description = body.Description ?? "";
  project.isDisabled = body.IsDisabled ?? project.isDisabled;
  project.lifecycleId = body.LifecycleId ?? project.lifecycleId;
  project.projectGroupId = body.ProjectGroupId ?? project.projectGroupId;
  project.tenantedDeploymentMode = body.TenantedDeploymentMode ?? project.tenantedDeploymentMode;
  project.guidedFailureMode = body.DefaultGuidedFailureMode ?? project.guidedFailureMode;
  project.libraryVariableSetIds = body.IncludedLibraryVariableSetIds ?? project.libraryVariableSetIds;
  applyConnectivity(project, body.ProjectConnectivityPolicy);
  call.instance.access.forget();
  return ok(projectResource(call.instance, project));
}

function applyConnectivity(project: Project, policy: z.output<typeof Connectivity> | undefined): void {
  if (policy === undefined) return;
  project.skipMachineBehavior = policy.SkipMachineBehavior ?? project.skipMachineBehavior;
  project.allowDeploymentsToNoTargets = policy.AllowDeploymentsToNoTargets ?? project.allowDeploymentsToNoTargets;
  project.excludeUnhealthyTargets = policy.ExcludeUnhealthyTargets ?? project.excludeUnhealthyTargets;
}

function demandFreeName(call: SpaceCall, name: string, except: Project | undefined): void {
  const taken = inSpace(call.instance.state.projects, call.space.id).some(
    (project) => project !== except && project.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw invalid(`A project with the name '${name}' already exists. Please choose a different name.`);
}

function settings(call: SpaceCall): Reply {
  return ok(settingsResource(call, projectOf(call)));
}

function modifySettings(call: SpaceCall): Reply {
  const project = projectOf(call);
  call.access.demand("ProjectEdit", projectPlace(project));
  const body = parseBody(SettingsBody, call.body);
  project.guidedFailureMode = body.DefaultGuidedFailureMode ?? project.guidedFailureMode;
  project.cancelQueuedTasks = body.CancelQueuedTasks ?? project.cancelQueuedTasks;
  project.cancelRunningTasks = body.CancelRunningTasks ?? project.cancelRunningTasks;
  applyConnectivity(project, body.ConnectivityPolicy);
  return ok(settingsResource(call, project));
}

function settingsResource(call: SpaceCall, project: Project): unknown {
  return {
    Id: `deploymentsettings-${project.id}`,
    SpaceId: project.spaceId,
    ProjectId: project.id,
    DefaultGuidedFailureMode: project.guidedFailureMode,
    ConnectivityPolicy: {
      SkipMachineBehavior: project.skipMachineBehavior,
      TargetRoles: [],
      AllowDeploymentsToNoTargets: project.allowDeploymentsToNoTargets,
      ExcludeUnhealthyTargets: project.excludeUnhealthyTargets,
    },
    DefaultToSkipIfAlreadyInstalled: false,
    FailTargetDiscovery: false,
    ForcePackageDownload: false,
    ReleaseNotesTemplate: null,
    DeploymentChangesTemplate: null,
    VersioningStrategy: { Template: project.versionTemplate, DonorPackage: null },
    CancelQueuedTasks: project.cancelQueuedTasks,
    CancelRunningTasks: project.cancelRunningTasks,
    Links: { Self: `${call.instance.api}/${project.spaceId}/projects/${project.id}/deploymentsettings` },
  };
}
