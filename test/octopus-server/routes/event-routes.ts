import type { EventDocument } from "../documents/execution.ts";
import { notFound } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed } from "../http/route.ts";
import type { MixedCall, Route } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { eventResource } from "../resources/trail.ts";

export const eventRoutes: readonly Route[] = [
  mixed("GET", "events", "ResourceCollection_of_EventResource", "D26 events", list),
  mixed("GET", "events/{id}", "EventResource", "D26 events", one),
];

/** Newest first (D26 events). `excludeDifference` leaves the heavy part of each event out. */
function list(call: MixedCall): Reply {
  const matches = filterOf(call);
  const found = call.instance.state.events
    .filter((event) => isInScope(call, event) && matches(event) && maySee(call, event))
    .toReversed();
  const withDifference = !(call.query.flag("excludeDifference") ?? false);
  return ok(page(call, "Event", found, (event) => eventResource(call.instance, event, withDifference)));
}

function isInScope(call: MixedCall, { spaceId }: EventDocument): boolean {
  if (call.space !== undefined) return spaceId === call.space.id;
  if (spaceId === null) return call.query.flag("includeSystem") ?? true;
  const spaces = call.instance.switches().unscopedListsHonourSpaces ? call.query.list("spaces") : undefined;
  return spaces === undefined || spaces.includes("all") || spaces.includes(spaceId);
}

function filterOf({ query }: MixedCall): (event: EventDocument) => boolean {
  const ids = query.list("ids");
  const regarding = query.list("regarding");
  const regardingAny = query.list("regardingAny");
  const byDocument = ["projects", "projectGroups", "environments", "tenants"].map((name) => query.list(name));
  const users = query.list("users") ?? query.list("user");
  const wanted = query.list("eventCategories")?.map((category) => category.toLowerCase());
  const types = query.list("documentTypes")?.map((type) => type.toLowerCase());
  const from = query.instant("from");
  const to = query.instant("to");
  const fromNumber = query.wholeNumber("fromAutoId", 0);
  const toNumber = query.wholeNumber("toAutoId", Number.MAX_SAFE_INTEGER);
  return (event) =>
    (ids === undefined || ids.includes(event.id)) &&
    (regarding === undefined || regarding.every((id) => event.relatedDocumentIds.includes(id))) &&
    (regardingAny === undefined || regardingAny.some((id) => event.relatedDocumentIds.includes(id))) &&
    byDocument.every(
      (wantedIds) => wantedIds === undefined || wantedIds.some((id) => event.relatedDocumentIds.includes(id)),
    ) &&
    (users === undefined || users.includes(event.userId)) &&
    (wanted === undefined || wanted.includes(event.category.toLowerCase())) &&
    (types === undefined ||
      event.relatedDocumentIds.some((id) => types.includes(id.replace(/-\d+$/, "").toLowerCase()))) &&
    (from === undefined || event.occurred >= from) &&
    (to === undefined || event.occurred < to) &&
    event.number >= fromNumber &&
    event.number <= toNumber;
}

/** An event is visible with `EventView` for its project and environment. */
function maySee(call: MixedCall, event: EventDocument): boolean {
  const { projects, environments } = call.instance.state;
  const projectId = event.relatedDocumentIds.find((id) => projects.has(id));
  const environmentId = event.relatedDocumentIds.find((id) => environments.has(id));
  return call.access.may("EventView", {
    spaceId: event.spaceId,
    ...(projectId === undefined ? {} : { projectId }),
    ...(environmentId === undefined ? {} : { environmentId }),
  });
}

function one(call: MixedCall): Reply {
  const event = call.instance.state.events.find(({ id }) => id === call.param("id"));
  if (event === undefined || !isInScope(call, event) || !maySee(call, event)) throw notFound(call.param("id"));
  return ok(eventResource(call.instance, event, true));
}
