import type { Freeze } from "../documents/configuration.ts";
import { parseBody } from "../http/body.ts";
import { badRequest, invalid, notFound } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed } from "../http/route.ts";
import type { MixedCall, Route } from "../http/route.ts";
import { isActive, occurrenceOf } from "../rules/freezes.ts";
import { FreezeBody, freezeResource, scheduleOf } from "./freeze-bodies.ts";

export const freezeRoutes: readonly Route[] = [
  mixed("GET", "deploymentfreezes", "DeploymentFreezesResponse", "D26 deployment-freeze", list),
  mixed("POST", "deploymentfreezes", "DeploymentFreeze", "D26 deployment-freeze", create),
  mixed("GET", "deploymentfreezes/{id}", "DeploymentFreeze", "D26 deployment-freeze", (call) =>
    ok(shown(call, freezeOf(call))),
  ),
  mixed("PUT", "deploymentfreezes/{id}", "DeploymentFreeze", "D26 deployment-freeze", modify),
  mixed("DELETE", "deploymentfreezes/{id}", undefined, "D26 deployment-freeze", remove),
];

/**
 * `skip` and `take` are required, and the envelope differs from that of other lists (D26 deployment-freeze). Freezes that are over are listed
 * only with `includeComplete`; with `effectiveDate`, recurring freezes are listed only if they are in force at that instant.
 */
function list(call: MixedCall): Reply {
  const { query, instance } = call;
  for (const name of ["skip", "take"]) if (!query.has(name)) throw badRequest(`The '${name}' parameter is required.`);
  const { freezesFilteredByEffectiveDate, freezesTellOccurrence, projectFreezesListed } = instance.switches();
  const effective = freezesFilteredByEffectiveDate ? query.instant("effectiveDate") : undefined;
  const now = effective ?? instance.timeline.now();
  const ids = query.list("ids");
  const part = query.text("partialName")?.toLowerCase();
  const projects = query.list("projectIds");
  const environments = query.list("environmentIds");
  const tenants = query.list("tenantIds");
  const includeComplete = query.flag("includeComplete") ?? false;
  const status = query.text("status")?.toLowerCase();
  const found = [...instance.state.freezes.values()].filter(
    (freeze) =>
      (ids === undefined || ids.includes(freeze.id)) &&
      (part === undefined || freeze.name.toLowerCase().includes(part)) &&
      (projectFreezesListed || freeze.ownerId === null) &&
      (includeComplete || status !== undefined || occurrenceOf(freeze, now).end > now) &&
      (effective === undefined || freeze.recurringSchedule === null || isActive(freeze, effective)) &&
      (status === undefined || status === statusOf(freeze, now)) &&
      overlaps(projects, projectsOf(freeze)) &&
      overlaps(environments, environmentsOf(freeze)) &&
      overlaps(
        tenants,
        freeze.tenantScopes.map(({ tenantId }) => tenantId),
      ),
  );
  const skip = query.wholeNumber("skip", 0);
  return ok({
    Count: found.length,
    DeploymentFreezes: found
      .slice(skip, skip + query.wholeNumber("take", 30))
      .map((freeze) => freezeResource(freeze, now, freezesTellOccurrence)),
  });
}

function statusOf(freeze: Freeze, now: number): string {
  const { start, end } = occurrenceOf(freeze, now);
  if (now < start) return "scheduled";
  return now < end ? "active" : "expired";
}

function projectsOf(freeze: Freeze): readonly string[] {
  return [...Object.keys(freeze.projectEnvironments), ...freeze.tenantScopes.map(({ projectId }) => projectId)];
}

function environmentsOf(freeze: Freeze): readonly string[] {
  return [
    ...Object.values(freeze.projectEnvironments).flat(),
    ...freeze.tenantScopes.map(({ environmentId }) => environmentId),
  ];
}

function overlaps(wanted: readonly string[] | undefined, actual: readonly string[]): boolean {
  return wanted === undefined || wanted.some((id) => actual.includes(id));
}

function freezeOf(call: MixedCall): Freeze {
  const freeze = call.instance.state.freezes.get(call.param("id"));
  if (freeze === undefined) throw notFound(call.param("id"));
  return freeze;
}

function shown(call: MixedCall, freeze: Freeze): unknown {
  const { timeline, switches } = call.instance;
  return freezeResource(freeze, timeline.now(), switches().freezesTellOccurrence);
}

function create(call: MixedCall): Reply {
  const freeze = read(call, call.instance.state.nextId("DeploymentFreezes"));
  call.instance.state.freezes.set(freeze.id, freeze);
  return created(shown(call, freeze));
}

function modify(call: MixedCall): Reply {
  const freeze = read(call, freezeOf(call).id);
  call.instance.state.freezes.set(freeze.id, freeze);
  return ok(shown(call, freeze));
}

function remove(call: MixedCall): Reply {
  const freeze = freezeOf(call);
  demandRight(call);
  call.instance.state.freezes.delete(freeze.id);
  return ok({});
}

// No source names the permission. Newer servers have one for freezes, which space managers and administrators have.
function demandRight(call: MixedCall): void {
  const home = call.space ?? [...call.instance.state.spaces.values()].find(({ isDefault }) => isDefault);
  call.access.demand("ProjectEdit", { spaceId: home?.id ?? null });
}

function read(call: MixedCall, id: string): Freeze {
  demandRight(call);
  const body = parseBody(FreezeBody, call.body);
  if (body.End <= body.Start) throw invalid("The end of a deployment freeze must be later than its start.");
  if (body.OwnerId !== undefined && !call.instance.state.projects.has(body.OwnerId))
    throw invalid(`The project '${body.OwnerId}' was not found.`);
  return {
    id,
    name: body.Name,
    description: body.Description ?? null,
    start: body.Start,
    end: body.End,
    recurringSchedule: scheduleOf(body.RecurringSchedule),
    ownerId: body.OwnerId ?? null,
    projectEnvironments: body.ProjectEnvironmentScope ?? {},
    tenantScopes: (body.TenantProjectEnvironmentScope ?? []).map((scope) => ({
      tenantId: scope.TenantId,
      projectId: scope.ProjectId,
      environmentId: scope.EnvironmentId,
    })),
  };
}
