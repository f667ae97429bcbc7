import * as z from "zod";
import { randomUUID } from "node:crypto";
import type { Variable, VariableSet } from "../documents/process.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { conflict, notFound } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { manifestOf, variableSetResource } from "../resources/variables.ts";
import type { Place } from "../rules/access.ts";
import { changeVariables } from "../rules/snapshots.ts";
import { deploymentPlace, demandSight } from "./lookup.ts";

export const variableRoutes: readonly Route[] = [
  space("GET", "variables/{id}", "VariableSetResource", "D26 deployments, SW", (call) =>
    ok(variableSetResource(call.instance, setOf(call, call.param("id")))),
  ),
  space("PUT", "variables/{id}", "VariableSetResource", "SW", modify),
];

const VariableSetBody = bodyObject({
  Version: z.number().int().optional(),
  Variables: z.array(
    bodyObject({
      Id: optionalText,
      Name: z.string().min(1),
      Value: optionalText,
      Description: optionalText,
      Type: optionalText,
      IsSensitive: z.boolean().optional(),
      Scope: z.record(z.string(), z.array(z.string())).optional(),
      Prompt: bodyObject({
        Label: optionalText,
        Description: optionalText,
        Required: z.boolean().optional(),
        DisplaySettings: z.record(z.string(), z.string()).optional(),
      }).optional(),
    }),
  ),
});

/** A variable set by its id: live, a snapshot, or the manifest of a deployment. Throws the 404. */
function setOf(call: SpaceCall, id: string): VariableSet {
  const { history, variableSets } = call.instance.state;
  const deployment = history.deployments.get(id.replace(/^variableset-/, ""));
  const set = deployment === undefined ? variableSets.get(id) : manifestOf(call.instance, deployment);
  if (set === undefined || set.spaceId !== call.space.id) throw notFound(id);
  const place = deployment === undefined ? placeOf(call, set) : deploymentPlace(deployment);
  demandSight(call, permissionFor(set, "View"), place, id);
  return set;
}

function placeOf(call: SpaceCall, { spaceId, ownerId }: VariableSet): Place {
  return call.instance.state.projects.has(ownerId) ? { spaceId, projectId: ownerId } : { spaceId };
}

function permissionFor({ ownerId }: VariableSet, action: "View" | "Edit"): string {
  return ownerId.startsWith("LibraryVariableSets") ? `LibraryVariableSet${action}` : `Variable${action}`;
}

function modify(call: SpaceCall): Reply {
  return change(call, setOf(call, call.param("id")));
}

function change(call: SpaceCall, set: VariableSet): Reply {
  call.access.demand(permissionFor(set, "Edit"), placeOf(call, set));
  const body = parseBody(VariableSetBody, call.body);
  if (body.Version !== undefined && body.Version !== set.version) {
    throw conflict("The variables were changed by somebody else in the meantime. Please refresh and try again.");
  }
  const variables = body.Variables.map((given): Variable => {
    const isSensitive = given.IsSensitive === true || given.Type === "Sensitive";
    const before = set.variables.find(({ id }) => id === given.Id);
    return {
      id: given.Id ?? randomUUID(),
      name: given.Name,
      // Clients never see a sensitive value and cannot send it back, so no value means unchanged.
      value: given.Value ?? (isSensitive ? (before?.value ?? null) : null),
      description: given.Description ?? "",
      isSensitive,
      type: isSensitive ? "Sensitive" : (given.Type ?? "String"),
      scope: given.Scope ?? {},
      prompt:
        given.Prompt === undefined
          ? null
          : {
              label: given.Prompt.Label ?? "",
              description: given.Prompt.Description ?? "",
              required: given.Prompt.Required ?? false,
              displaySettings: given.Prompt.DisplaySettings ?? {},
            },
    };
  });
  return ok(variableSetResource(call.instance, changeVariables(call.instance, set, variables)));
}
