import * as z from "zod";
import { addEnvironment } from "../documents/add-configuration.ts";
import type { Environment } from "../documents/configuration.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { badRequest, invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { named, page } from "../resources/collection.ts";
import { environmentResource, environmentV2Resource } from "../resources/configuration.ts";
import { inSpace } from "../state.ts";
import { environmentOf, environmentPlace } from "./lookup.ts";

export const environmentRoutes: readonly Route[] = [
  space("GET", "environments", "ResourceCollection_of_EnvironmentResource", "D26 environments", list),
  space("GET", "environments/all", "[EnvironmentResource]", "D26 environments", all),
  space("GET", "environments/v2", "EnvironmentsV2Response", "D26 environments", listV2),
  space("GET", "environments/{id}", "EnvironmentResource", "D26 environments", (call) =>
    ok(environmentResource(call.instance, environmentOf(call, call.param("id")))),
  ),
  space("POST", "environments", "EnvironmentResource", "SW", create),
  space("PUT", "environments/{id}", "EnvironmentResource", "SW", modify),
];

const EnvironmentBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  SortOrder: z.number().int().optional(),
  UseGuidedFailure: z.boolean().optional(),
});

function visible(call: SpaceCall): readonly Environment[] {
  const environments = inSpace(call.instance.state.environments, call.space.id);
  return environments
    .filter((environment) => call.access.may("EnvironmentView", environmentPlace(environment)))
    .sort((a, b) => a.sortOrder - b.sortOrder);
}

function visibleStatic(call: SpaceCall): readonly Environment[] {
  return visible(call).filter(({ type }) => type === "Static");
}

function list(call: SpaceCall): Reply {
  const part = call.query.text("name")?.toLowerCase();
  const environments = named(call, visibleStatic(call)).filter(
    ({ name }) => part === undefined || name.toLowerCase().includes(part),
  );
  const render = (environment: Environment) => environmentResource(call.instance, environment);
  return ok(page(call, "Environment", environments, render, 10));
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visibleStatic(call)).map((environment) => environmentResource(call.instance, environment)));
}

/** Version 2 lists every type of environment and requires `skip` and `take`; its envelope has neither id nor links (D26 environments). */
function listV2(call: SpaceCall): Reply {
  for (const name of ["skip", "take"]) {
    if (!call.query.has(name)) throw badRequest(`The '${name}' parameter is required.`);
  }
  const types = call.query.list("type")?.map((type) => type.toLowerCase());
  const exact = call.query.text("name")?.toLowerCase();
  const severalIds = (call.query.list("ids")?.length ?? 0) > 1;
  const blind = severalIds && !call.instance.switches().environmentsV2FindsSeveralIds;
  const rank = { Static: 0, Parent: 1, Ephemeral: 2 };
  const environments = named(call, visible(call))
    .filter(
      ({ name, type }) =>
        !blind &&
        (types === undefined || types.includes(type.toLowerCase())) &&
        (exact === undefined || name.toLowerCase() === exact),
    )
    .toSorted((a, b) => rank[a.type] - rank[b.type] || a.sortOrder - b.sortOrder);
  const { Links: _links, ...envelope } = page(call, "Environment", environments, (environment) =>
    environmentV2Resource(call.instance, environment),
  );
  return ok(envelope);
}

function create(call: SpaceCall): Reply {
  call.access.demand("EnvironmentCreate", { spaceId: call.space.id });
  const body = parseBody(EnvironmentBody, call.body);
  demandFreeName(call, body.Name, undefined);
  const environment = addEnvironment(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
    useGuidedFailure: body.UseGuidedFailure ?? false,
  });
  return created(environmentResource(call.instance, environment));
}

function modify(call: SpaceCall): Reply {
  const environment = environmentOf(call, call.param("id"));
  call.access.demand("EnvironmentEdit", environmentPlace(environment));
  const body = parseBody(EnvironmentBody, call.body);
  demandFreeName(call, body.Name, environment);
  environment.name = body.Name;
  environment.description = body.Description ?? "";
  environment.sortOrder = body.SortOrder ?? environment.sortOrder;
  environment.useGuidedFailure = body.UseGuidedFailure ?? environment.useGuidedFailure;
  return ok(environmentResource(call.instance, environment));
}

function demandFreeName(call: SpaceCall, name: string, except: Environment | undefined): void {
  const taken = inSpace(call.instance.state.environments, call.space.id).some(
    (environment) => environment !== except && environment.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw invalid(`An environment with the name '${name}' already exists. Please choose a different name.`);
}
