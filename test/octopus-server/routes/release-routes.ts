import * as z from "zod";
import type { Channel, Environment, Tenant } from "../documents/configuration.ts";
import type { Release } from "../documents/execution.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { badRequest, conflict, invalid, notFound } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { resource } from "../resources/common.ts";
import { deploymentResource, releaseResource } from "../resources/execution.ts";
import { previewOf } from "../rules/preview.ts";
import { promotableEnvironments } from "../rules/promotion.ts";
import { modificationsSince, refreshVariables } from "../rules/snapshots.ts";
import { hasTags } from "../rules/targets.ts";
import { inSpace } from "../state.ts";
import { channelOf, deploymentPlace, environmentOf, oneOf, projectOf, releaseOf } from "./lookup.ts";

export const releaseRoutes: readonly Route[] = [
  space("GET", "releases/{id}", "ReleaseResource", "D26 releases", (call) =>
    ok(releaseResource(call.instance, releaseOf(call))),
  ),
  space("GET", "projects/{id}/releases", "ResourceCollection_of_ReleaseResource", "D26 releases", listOfProject),
  space("GET", "projects/{id}/releases/{version}", "ReleaseResource", "D26 releases", byVersion),
  space("GET", "channels/{id}/releases", "ResourceCollection_of_ReleaseResource", "D26 releases", listOfChannel),
  space("GET", "releases/{id}/deployments", "ResourceCollection_of_DeploymentResource", "D26 releases", deployments),
  space(
    "GET",
    "releases/{id}/deployments/template",
    "DeploymentTemplateResource",
    "D26 releases, D26 deployments",
    template,
  ),
  space("GET", "releases/{id}/deployments/preview/{environment}", "DeploymentPreviewResource", "D26 releases", preview),
  space(
    "GET",
    "releases/{id}/deployments/preview/{environment}/{tenant}",
    "DeploymentPreviewResource",
    "D26 releases",
    preview,
  ),
  space("POST", "releases/{id}/deployments/previews", "[DeploymentPreviewResource]", "D26 releases", previews),
  space("POST", "releases/{id}/snapshot-variables", "ReleaseResource", "D26 releases", snapshotVariables),
  space("GET", "releases/{id}/defects", "ResourceCollection_of_DefectResource", "SW", defects),
  space("POST", "releases/{id}/defects", "DefectResource", "SW", reportDefect),
  space("POST", "releases/{id}/defects/resolve", "DefectResource", "SW", resolveDefect),
  space("DELETE", "releases/{id}", undefined, "SW", remove),
];

function releasesPage(call: SpaceCall, releases: readonly Release[]): Reply {
  const text = call.query.text("searchByVersion")?.toLowerCase();
  const found = text === undefined ? releases : releases.filter(({ version }) => version.toLowerCase().includes(text));
  return ok(page(call, "Release", found, (release) => releaseResource(call.instance, release)));
}

function listOfProject(call: SpaceCall): Reply {
  const project = projectOf(call);
  const visible = call.access.may("ReleaseView", { spaceId: project.spaceId, projectId: project.id });
  return releasesPage(call, visible ? call.instance.state.history.releasesOf({ projectId: project.id }) : []);
}

function listOfChannel(call: SpaceCall): Reply {
  return ofChannel(call, channelOf(call, call.param("id")));
}

function ofChannel(call: SpaceCall, { id, spaceId, projectId }: Channel): Reply {
  const visible = call.access.may("ReleaseView", { spaceId, projectId });
  return releasesPage(call, visible ? call.instance.state.history.releasesOf({ channelId: id }) : []);
}

function byVersion(call: SpaceCall): Reply {
  const project = projectOf(call);
  const wanted = call.param("version").toLowerCase();
  const found = call.instance.state.history
    .releasesOf({ projectId: project.id })
    .find(({ id, version }) => version.toLowerCase() === wanted || id.toLowerCase() === wanted);
  if (found === undefined) throw notFound(call.param("version"));
  return ok(releaseResource(call.instance, releaseOf(call, found.id)));
}

function deployments(call: SpaceCall): Reply {
  const release = releaseOf(call);
  const found = call.instance.state.history
    .deploymentsOf({ releaseId: release.id })
    .filter((deployment) => call.access.may("DeploymentView", deploymentPlace(deployment)));
  return ok(page(call, "Deployment", found, (deployment) => deploymentResource(call.instance, deployment)));
}

/** The environments a release may be deployed to now, without those that the API key may not deploy to (D26 releases). */
function template(call: SpaceCall): Reply {
  const { instance, access } = call;
  const release = releaseOf(call);
  const self = `${instance.api}/${release.spaceId}/releases/${release.id}/deployments`;
  const project = instance.state.projects.get(release.projectId);
  const channel = instance.state.channels.get(release.channelId);
  const modified = modificationsSince(instance, release);

  function targets(tenant: Tenant | null): readonly unknown[] {
    const place = { spaceId: release.spaceId, projectId: release.projectId, tenantId: tenant?.id ?? null };
    return promotableEnvironments(instance, release, tenant)
      .filter((environmentId) => access.may("DeploymentCreate", { ...place, environmentId }))
      .map((id) => ({
        ...resource(id, { Preview: `${self}/preview/${id}${tenant === null ? "" : `/${tenant.id}`}` }),
        Name: instance.state.environments.get(id)?.name ?? "",
      }));
  }

  const tenants =
    project?.tenantedDeploymentMode === "Untenanted"
      ? []
      : inSpace(instance.state.tenants, release.spaceId).filter(
          (tenant) =>
            Object.hasOwn(tenant.projectEnvironments, release.projectId) &&
            !tenant.isDisabled &&
            hasTags(tenant, channel?.tenantTags ?? []) &&
            access.may("TenantView", { spaceId: tenant.spaceId, tenantId: tenant.id }),
        );
  return ok({
    ...resource(null, { Self: `${self}/template` }),
    IsDeploymentProcessModified: modified.process,
    IsVariableSetModified: modified.variables,
    IsLibraryVariableSetModified: modified.libraryVariables,
    IsGitResourceModified: false,
    DeploymentNotes: null,
    PromoteTo: targets(null),
    TenantPromotions: tenants.map((tenant) => ({
      ...resource(tenant.id, {}),
      Name: tenant.name,
      PromoteTo: targets(tenant),
    })),
  });
}

function preview(call: SpaceCall): Reply {
  const release = releaseOf(call);
  const environment = environmentOf(call, call.param("environment"));
  const tenantId = call.param("tenant");
  const tenant = tenantId === "" ? null : oneOf(call, call.instance.state.tenants, tenantId);
  return ok(previewOf(call.instance, release, environment, tenant, call.query.flag("includeDisabledSteps") ?? false));
}

const PreviewsBody = bodyObject({
  DeploymentPreviews: z.array(bodyObject({ EnvironmentId: z.string(), TenantId: optionalText })),
  IncludeDisabledSteps: z.boolean().optional(),
});

/** Answers several destinations in one request, in its order. */
function previews(call: SpaceCall): Reply {
  const release = releaseOf(call);
  const body = parseBody(PreviewsBody, call.body);
  const pairs = body.DeploymentPreviews.map(({ EnvironmentId, TenantId }): readonly [Environment, Tenant | null] => [
    environmentOf(call, EnvironmentId),
    TenantId === undefined || TenantId === "" ? null : oneOf(call, call.instance.state.tenants, TenantId),
  ]);
  const includeDisabled = body.IncludeDisabledSteps ?? false;
  return ok(
    pairs.map(([environment, tenant]) => previewOf(call.instance, release, environment, tenant, includeDisabled)),
  );
}

const SnapshotBody = bodyObject({ VariableSnapshotConcurrencyToken: optionalText });
function snapshotVariables(call: SpaceCall): Reply {
  const release = refreshable(call, parseBody(SnapshotBody, call.body ?? {}).VariableSnapshotConcurrencyToken);
  refreshVariables(call.instance, release, call.user.username);
  return ok(releaseResource(call.instance, release));
}

/** The release whose variable snapshot a call refreshes. Throws the refusal when it may not be refreshed now. */
function refreshable(call: SpaceCall, token: string | undefined): Release {
  const release = releaseOf(call);
  call.access.demand("ReleaseEdit", { spaceId: release.spaceId, projectId: release.projectId });
  if (token !== undefined && token !== Buffer.from(release.variableSnapshotId).toString("base64")) {
    throw conflict("The variable snapshot has been changed by somebody else in the meantime.");
  }
  if (modificationsSince(call.instance, release).process) {
    throw badRequest("The project's deployment process must not have changed since the release was created.");
  }
  return release;
}

const DefectBody = bodyObject({ Description: optionalText });

function defectResource(call: SpaceCall, release: Release, index: number): unknown {
  const defect = release.defects[index];
  return {
    ...resource(defect?.id ?? null, { Self: `${call.instance.api}/${release.spaceId}/releases/${release.id}/defects` }),
    Description: defect?.description ?? "",
    Status: defect?.status ?? "Resolved",
  };
}

function defects(call: SpaceCall): Reply {
  const release = releaseOf(call);
  const indexes = release.defects.map((_, index) => index);
  return ok(page(call, "Defect", indexes, (index) => defectResource(call, release, index)));
}

function reportDefect(call: SpaceCall): Reply {
  const release = releaseOf(call);
  call.access.demand("DefectReport", { spaceId: release.spaceId, projectId: release.projectId });
  const body = parseBody(DefectBody, call.body ?? {});
  release.defects.push({
    id: call.instance.state.nextId("Defects"),
    description: body.Description ?? "",
    status: "Unresolved",
  });
  return ok(defectResource(call, release, release.defects.length - 1));
}

function resolveDefect(call: SpaceCall): Reply {
  const release = releaseOf(call);
  call.access.demand("DefectResolve", { spaceId: release.spaceId, projectId: release.projectId });
  const index = release.defects.findLastIndex(({ status }) => status === "Unresolved");
  const defect = release.defects[index];
  if (defect === undefined) throw invalid("There is no unresolved defect for this release.");
  defect.status = "Resolved";
  return ok(defectResource(call, release, index));
}

function remove(call: SpaceCall): Reply {
  const release = releaseOf(call);
  call.access.demand("ReleaseDelete", { spaceId: release.spaceId, projectId: release.projectId });
  const { history } = call.instance.state;
  for (const deployment of history.deploymentsOf({ releaseId: release.id })) history.removeDeployment(deployment);
  history.removeRelease(release);
  return ok({});
}
