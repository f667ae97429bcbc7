import * as z from "zod";
import { addTenant } from "../documents/add-configuration.ts";
import type { Tenant } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { resource } from "../resources/common.ts";
import { tenantResource } from "../resources/configuration.ts";
import { hasTags } from "../rules/targets.ts";
import { inSpace } from "../state.ts";
import { demandSight, oneOf } from "./lookup.ts";

export const tenantRoutes: readonly Route[] = [
  space("GET", "tenants", "ResourceCollection_of_TenantResource", "D26 tenants", list),
  space("GET", "tenants/all", "[TenantResource]", "D26 tenants", all),
  space("GET", "tenants/status", "MultiTenancyStatusResource", "SW", status),
  space("GET", "tenants/{id}", "TenantResource", "D26 tenants", (call) =>
    ok(tenantResource(call.instance, tenantOf(call))),
  ),
  space("POST", "tenants", "TenantResource", "SW", create),
  space("PUT", "tenants/{id}", "TenantResource", "SW", modify),
];

const TenantBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  IsDisabled: z.boolean().optional(),
  TenantTags: idList,
  ProjectEnvironments: z.record(z.string(), z.array(z.string())).optional(),
});

function visible(call: SpaceCall): readonly Tenant[] {
  const tenants = inSpace(call.instance.state.tenants, call.space.id);
  return byName(tenants.filter(({ id, spaceId }) => call.access.may("TenantView", { spaceId, tenantId: id })));
}

function filtered(call: SpaceCall): readonly Tenant[] {
  const part = call.query.text("name")?.toLowerCase();
  const projectId = call.query.text("projectId");
  const tags = call.query.list("tags");
  const isDisabled = call.query.flag("isDisabled");
  return named(call, visible(call)).filter(
    (tenant) =>
      (part === undefined || tenant.name.toLowerCase().includes(part)) &&
      (projectId === undefined || Object.hasOwn(tenant.projectEnvironments, projectId)) &&
      (tags === undefined || hasTags(tenant, tags)) &&
      (isDisabled === undefined || tenant.isDisabled === isDisabled),
  );
}

function list(call: SpaceCall): Reply {
  return ok(page(call, "Tenant", filtered(call), (tenant) => tenantResource(call.instance, tenant)));
}

function all(call: SpaceCall): Reply {
  return ok(filtered(call).map((tenant) => tenantResource(call.instance, tenant)));
}

/** Whether the space has tenants: otherwise the portal shows nothing about tenants. */
function status(call: SpaceCall): Reply {
  const { api, state } = call.instance;
  const self = { Self: `${api}/${call.space.id}/tenants/status` };
  return ok({ ...resource(null, self), Enabled: inSpace(state.tenants, call.space.id).length > 0 });
}

function tenantOf(call: SpaceCall): Tenant {
  const tenant = oneOf(call, call.instance.state.tenants, call.param("id"));
  demandSight(call, "TenantView", { spaceId: tenant.spaceId, tenantId: tenant.id }, call.param("id"));
  return tenant;
}

function create(call: SpaceCall): Reply {
  call.access.demand("TenantCreate", { spaceId: call.space.id });
  const body = parseBody(TenantBody, call.body);
  if (
    inSpace(call.instance.state.tenants, call.space.id).some(
      ({ name }) => name.toLowerCase() === body.Name.toLowerCase(),
    )
  ) {
    throw invalid(`A tenant with the name '${body.Name}' already exists. Please choose a different name.`);
  }
  const tenant = addTenant(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
    isDisabled: body.IsDisabled ?? false,
    tags: demandTags(call, body.TenantTags ?? []),
    projectEnvironments: demandConnections(call, body.ProjectEnvironments ?? {}),
  });
  return created(tenantResource(call.instance, tenant));
}

function modify(call: SpaceCall): Reply {
  const tenant = tenantOf(call);
  call.access.demand("TenantEdit", { spaceId: call.space.id, tenantId: tenant.id });
  const body = parseBody(TenantBody, call.body);
  tenant.tags = demandTags(call, body.TenantTags ?? []);
  tenant.projectEnvironments = demandConnections(call, body.ProjectEnvironments ?? {});
  tenant.name = body.Name;
  tenant.description = body.Description ?? "";
  tenant.isDisabled = body.IsDisabled ?? tenant.isDisabled;
  return ok(tenantResource(call.instance, tenant));
}

function demandTags(call: SpaceCall, tags: readonly string[]): string[] {
  const known = inSpace(call.instance.state.tagSets, call.space.id).flatMap((set) =>
    set.tags.map((tag) => `${set.name}/${tag.name}`.toLowerCase()),
  );
  const unknown = tags.filter((tag) => !known.includes(tag.toLowerCase()));
  if (unknown.length > 0) throw invalid(...unknown.map((tag) => `The tag '${tag}' was not found.`));
  return [...tags];
}

function demandConnections(call: SpaceCall, given: Record<string, string[]>): Record<string, string[]> {
  const { projects, environments } = call.instance.state;
  const problems = Object.entries(given).flatMap(([projectId, environmentIds]) => [
    ...(projects.get(projectId)?.spaceId === call.space.id ? [] : [`The project '${projectId}' was not found.`]),
    ...environmentIds
      .filter((id) => environments.get(id)?.spaceId !== call.space.id)
      .map((id) => `The environment '${id}' was not found.`),
  ]);
  if (problems.length > 0) throw invalid(...problems);
  return given;
}
