import * as z from "zod";
import { addLifecycle, newPhase } from "../documents/add-configuration.ts";
import type { Lifecycle } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { lifecycleResource } from "../resources/configuration.ts";
import { previewPhases } from "../rules/lifecycle.ts";
import { inSpace } from "../state.ts";
import { demandSight, oneOf } from "./lookup.ts";

export const lifecycleRoutes: readonly Route[] = [
  space("GET", "lifecycles", "ResourceCollection_of_LifecycleResource", "D26 lifecycles", list),
  space("GET", "lifecycles/all", "[LifecycleResource]", "D26 lifecycles", all),
  space("GET", "lifecycles/{id}", "LifecycleResource", "D26 lifecycles", (call) =>
    ok(lifecycleResource(call.instance, lifecycleOf(call))),
  ),
  space("GET", "lifecycles/{id}/preview", "LifecycleResource", "D26 lifecycles", (call) =>
    ok(previewOf(call, lifecycleOf(call))),
  ),
  space("POST", "lifecycles", "LifecycleResource", "SW", create),
  space("PUT", "lifecycles/{id}", "LifecycleResource", "SW", modify),
];

const LifecycleBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  Phases: z
    .array(
      bodyObject({
        Name: z.string().min(1),
        AutomaticDeploymentTargets: idList,
        OptionalDeploymentTargets: idList,
        MinimumEnvironmentsBeforePromotion: z.number().int().min(0).optional(),
        IsOptionalPhase: z.boolean().optional(),
        IsPriorityPhase: z.boolean().optional(),
      }),
    )
    .optional(),
});

function visible(call: SpaceCall): readonly Lifecycle[] {
  if (!call.access.may("LifecycleView", { spaceId: call.space.id })) return [];
  return byName(inSpace(call.instance.state.lifecycles, call.space.id));
}

function lifecycleOf(call: SpaceCall): Lifecycle {
  const lifecycle = oneOf(call, call.instance.state.lifecycles, call.param("id"));
  demandSight(call, "LifecycleView", { spaceId: call.space.id }, call.param("id"));
  return lifecycle;
}

function list(call: SpaceCall): Reply {
  const exact = call.query.text("name")?.toLowerCase();
  const lifecycles = named(call, visible(call)).filter(
    ({ name }) => exact === undefined || name.toLowerCase() === exact,
  );
  return ok(page(call, "Lifecycle", lifecycles, (lifecycle) => lifecycleResource(call.instance, lifecycle)));
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visible(call)).map((lifecycle) => lifecycleResource(call.instance, lifecycle)));
}

function previewOf(call: SpaceCall, lifecycle: Lifecycle): unknown {
  return lifecycleResource(call.instance, lifecycle, previewPhases(call.instance, lifecycle));
}

function create(call: SpaceCall): Reply {
  call.access.demand("LifecycleCreate", { spaceId: call.space.id });
  const body = parseBody(LifecycleBody, call.body);
  if (
    inSpace(call.instance.state.lifecycles, call.space.id).some(
      ({ name }) => name.toLowerCase() === body.Name.toLowerCase(),
    )
  ) {
    throw invalid(`A lifecycle with the name '${body.Name}' already exists. Please choose a different name.`);
  }
  const lifecycle = addLifecycle(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
    phases: phasesOf(call, body),
  });
  return created(lifecycleResource(call.instance, lifecycle));
}

function modify(call: SpaceCall): Reply {
  const lifecycle = lifecycleOf(call);
  call.access.demand("LifecycleEdit", { spaceId: call.space.id });
  const body = parseBody(LifecycleBody, call.body);
  lifecycle.phases = phasesOf(call, body);
  lifecycle.name = body.Name;
  lifecycle.description = body.Description ?? "";
  return ok(lifecycleResource(call.instance, lifecycle));
}

function phasesOf(call: SpaceCall, body: z.output<typeof LifecycleBody>): Lifecycle["phases"] {
  const phases = (body.Phases ?? []).map((phase) =>
    newPhase({
      name: phase.Name,
      automaticTargets: phase.AutomaticDeploymentTargets ?? [],
      optionalTargets: phase.OptionalDeploymentTargets ?? [],
      minimumBeforePromotion: phase.MinimumEnvironmentsBeforePromotion ?? 0,
      isOptional: phase.IsOptionalPhase ?? false,
      isPriority: phase.IsPriorityPhase ?? false,
    }),
  );
  const used = phases.flatMap(({ automaticTargets, optionalTargets }) => [...automaticTargets, ...optionalTargets]);
  const problems = [
    ...used
      .filter((id) => call.instance.state.environments.get(id)?.spaceId !== call.space.id)
      .map((id) => `The environment '${id}' was not found.`),
    ...used
      .filter((id, index) => used.indexOf(id) !== index)
      .map((id) => `The environment '${id}' is used in more than one phase.`),
  ];
  if (phases.length > 0 && phases.every(({ isOptional }) => isOptional))
    problems.push("At least one phase must not be optional.");
  if (problems.length > 0) throw invalid(...problems);
  return phases;
}
