import * as z from "zod";
import { addProjectGroup } from "../documents/add-configuration.ts";
import type { ProjectGroup } from "../documents/configuration.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { projectGroupResource } from "../resources/configuration.ts";
import { inSpace } from "../state.ts";
import { demandSight, oneOf } from "./lookup.ts";

export const projectGroupRoutes: readonly Route[] = [
  space("GET", "projectgroups", "ResourceCollection_of_ProjectGroupResource", "SW", list),
  space("GET", "projectgroups/all", "[ProjectGroupResource]", "SW", all),
  space("GET", "projectgroups/{id}", "ProjectGroupResource", "SW", (call) =>
    ok(projectGroupResource(call.instance, groupOf(call))),
  ),
  space("POST", "projectgroups", "ProjectGroupResource", "SW", create),
];

const ProjectGroupBody = bodyObject({ Name: z.string().min(1), Description: optionalText });

function visible(call: SpaceCall): readonly ProjectGroup[] {
  if (!call.access.may("ProjectGroupView", { spaceId: call.space.id })) return [];
  return byName(inSpace(call.instance.state.projectGroups, call.space.id));
}

function list(call: SpaceCall): Reply {
  return ok(
    page(call, "ProjectGroup", named(call, visible(call)), (group) => projectGroupResource(call.instance, group)),
  );
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visible(call)).map((group) => projectGroupResource(call.instance, group)));
}

function groupOf(call: SpaceCall): ProjectGroup {
  const group = oneOf(call, call.instance.state.projectGroups, call.param("id"));
  demandSight(call, "ProjectGroupView", { spaceId: call.space.id }, call.param("id"));
  return group;
}

function create(call: SpaceCall): Reply {
  call.access.demand("ProjectGroupCreate", { spaceId: call.space.id });
  const body = parseBody(ProjectGroupBody, call.body);
  if (
    inSpace(call.instance.state.projectGroups, call.space.id).some(
      ({ name }) => name.toLowerCase() === body.Name.toLowerCase(),
    )
  ) {
    throw invalid(`A project group with the name '${body.Name}' already exists. Please choose a different name.`);
  }
  const group = addProjectGroup(call.instance, {
    spaceId: call.space.id,
    name: body.Name,
    description: body.Description ?? "",
  });
  return created(projectGroupResource(call.instance, group));
}
