import * as z from "zod";
import { addTagSet, newTags } from "../documents/add-configuration.ts";
import type { TagSet } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { notFound } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { named, page } from "../resources/collection.ts";
import { tagSetResource } from "../resources/configuration.ts";
import { inSpace } from "../state.ts";

export const tagSetRoutes: readonly Route[] = [
  space("GET", "tagsets", "ResourceCollection_of_TagSetResource", "SW", listTagSets),
  space("GET", "tagsets/all", "[TagSetResource]", "SW", allTagSets),
  space("GET", "tagsets/{id}", "TagSetResource", "SW", (call) => ok(tagSetResource(call.instance, tagSetOf(call)))),
  space("POST", "tagsets", "TagSetResource", "SW", createTagSet),
  space("PUT", "tagsets/{id}", "TagSetResource", "SW", modifyTagSet),
];

const TagSetBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  Scopes: idList,
  Tags: z.array(bodyObject({ Name: z.string().min(1), Color: optionalText, Description: optionalText })).optional(),
});

/** Servers without target tags do not have the system's tag set. */
function tagSets(call: SpaceCall): readonly TagSet[] {
  const sets = inSpace(call.instance.state.tagSets, call.space.id);
  return call.instance.switches().targetTags ? sets : sets.filter(({ isSystem }) => !isSystem);
}

function listTagSets(call: SpaceCall): Reply {
  const sets = named(call, tagSets(call));
  return ok(page(call, "TagSet", sets, (set) => tagSetResource(call.instance, set)));
}

function allTagSets(call: SpaceCall): Reply {
  return ok(tagSets(call).map((set) => tagSetResource(call.instance, set)));
}

function tagSetOf(call: SpaceCall): TagSet {
  const set = tagSets(call).find(({ id }) => id === call.param("id"));
  if (set === undefined) throw notFound(call.param("id"));
  return set;
}

function createTagSet(call: SpaceCall): Reply {
  call.access.demand("TagSetCreate", { spaceId: call.space.id });
  const body = parseBody(TagSetBody, call.body);
  const set = addTagSet(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
    ...(body.Scopes === undefined ? {} : { scopes: body.Scopes }),
    tagList: tagsOf(body),
  });
  return created(tagSetResource(call.instance, set));
}

/** A tag whose name stays keeps its id, by which deployments name it. */
function modifyTagSet(call: SpaceCall): Reply {
  const set = tagSetOf(call);
  call.access.demand("TagSetEdit", { spaceId: call.space.id });
  const body = parseBody(TagSetBody, call.body);
  set.name = body.Name;
  set.description = body.Description ?? "";
  set.scopes = body.Scopes ?? set.scopes;
  set.tags = newTags(set.id, tagsOf(body), set.tags);
  return ok(tagSetResource(call.instance, set));
}

function tagsOf(body: z.output<typeof TagSetBody>) {
  return (body.Tags ?? []).map(({ Name, Color, Description }) => ({
    name: Name,
    color: Color,
    description: Description,
  }));
}
