import * as z from "zod";
import { addSpace } from "../documents/add-space.ts";
import type { Space } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid, notFound } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { system } from "../http/route.ts";
import type { Call, Route } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { spaceResource } from "../resources/people.ts";

export const spaceRoutes: readonly Route[] = [
  system("GET", "spaces", "ResourceCollection_of_SpaceResource", "D26 spaces", list),
  system("GET", "spaces/all", "[SpaceResource]", "D26 spaces", all),
  system("GET", "spaces/{id}", "SpaceResource", "D26 spaces", (call) =>
    ok(spaceResource(call.instance, spaceOf(call))),
  ),
  system("POST", "spaces", "SpaceResource", "SW", create),
  system("PUT", "spaces/{id}", "SpaceResource", "SW", modify),
];

const SpaceBody = bodyObject({
  Name: z.string().min(1).max(20),
  Slug: optionalText,
  Description: optionalText,
  IsDefault: z.boolean().optional(),
  TaskQueueStopped: z.boolean().optional(),
  SpaceManagersTeams: idList,
  SpaceManagersTeamMembers: idList,
});

function visible(call: Call): readonly Space[] {
  return byName([...call.instance.state.spaces.values()].filter(({ id }) => call.access.seesSpace(id)));
}

function list(call: Call): Reply {
  const name = call.query.text("name")?.toLowerCase();
  const spaces = call.instance.switches().spacesFilteredByIds ? named(call, visible(call)) : visible(call);
  const exact = spaces.filter((space) => name === undefined || space.name.toLowerCase() === name);
  return ok(page(call, "Space", exact, (space) => spaceResource(call.instance, space)));
}

function all(call: Call): Reply {
  return ok(named(call, visible(call)).map((space) => spaceResource(call.instance, space)));
}

function spaceOf(call: Call): Space {
  const identifier = call.param("id").toLowerCase();
  const found = visible(call).find(({ id, slug }) => id.toLowerCase() === identifier || slug === identifier);
  if (found === undefined) throw notFound(call.param("id"));
  return found;
}

function create(call: Call): Reply {
  call.access.demand("SpaceCreate", { spaceId: null });
  const body = parseBody(SpaceBody, call.body);
  demandFreeName(call, body.Name, undefined);
  const managers = [...(body.SpaceManagersTeams ?? []), ...(body.SpaceManagersTeamMembers ?? [])];
  if (managers.length === 0) throw invalid("At least one team or user must be specified as space manager.");
  const space = addSpace(call.instance, {
    name: body.Name,
    description: body.Description ?? "",
    isDefault: false,
    taskQueueStopped: body.TaskQueueStopped ?? false,
    managersTeamIds: [...(body.SpaceManagersTeams ?? [])],
    managersUserIds: [...(body.SpaceManagersTeamMembers ?? [])],
  });
  return created(spaceResource(call.instance, space));
}

function modify(call: Call): Reply {
  call.access.demand("SpaceEdit", { spaceId: null });
  const space = spaceOf(call);
  const body = parseBody(SpaceBody, call.body);
  demandFreeName(call, body.Name, space);
  space.name = body.Name;
  space.description = body.Description ?? "";
  space.taskQueueStopped = body.TaskQueueStopped ?? space.taskQueueStopped;
  call.instance.engine.dispatch();
  return ok(spaceResource(call.instance, space));
}

function demandFreeName(call: Call, name: string, except: Space | undefined): void {
  const taken = [...call.instance.state.spaces.values()].some(
    (space) => space !== except && space.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw invalid(`A space with the name '${name}' already exists. Please choose a different name.`);
}
