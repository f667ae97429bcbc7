import * as z from "zod";
import type { Artifact } from "../documents/execution.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { invalid, notFound } from "../http/refusal.ts";
import { created, nothing, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { artifactResource } from "../resources/trail.ts";
import type { Place } from "../rules/access.ts";
import { inSpace, numberOf } from "../state.ts";
import { demandSight, taskPlace } from "./lookup.ts";

export const artifactRoutes: readonly Route[] = [
  space("GET", "artifacts", "ResourceCollection_of_ArtifactResource", "R19, SW", list),
  space("GET", "artifacts/{id}", "ArtifactResource", "SW", (call) =>
    ok(artifactResource(call.instance, artifactOf(call))),
  ),
  space("POST", "artifacts", "ArtifactResource", "SW", create),
  space("GET", "artifacts/{id}/content", undefined, "SW", content),
  space("PUT", "artifacts/{id}/content", undefined, "SW", upload),
];

const ArtifactBody = bodyObject({
  Filename: z.string().min(1),
  ServerTaskId: optionalText,
  Source: optionalText,
  LogCorrelationId: optionalText,
});

function placeOf(call: SpaceCall, taskId: string | null): Place {
  const task = call.instance.state.history.tasks.get(taskId ?? "");
  return task === undefined ? { spaceId: call.space.id } : taskPlace(task);
}

/** `regarding` is a task or a deployment. Newest first, unless `order=asc`. */
function list(call: SpaceCall): Reply {
  const { history, artifacts } = call.instance.state;
  const ids = call.query.list("ids");
  const filtered = call.instance.switches().artifactsFilteredByRegarding;
  const regarding = filtered ? call.query.text("regarding") : undefined;
  const taskId = history.deployments.get(regarding ?? "")?.taskId ?? regarding;
  const part = call.query.text("partialName")?.toLowerCase();
  const found = inSpace(artifacts, call.space.id)
    .filter(
      (artifact) =>
        (ids === undefined || ids.includes(artifact.id)) &&
        (taskId === undefined || artifact.serverTaskId === taskId) &&
        (part === undefined || artifact.filename.toLowerCase().includes(part)) &&
        call.access.may("ArtifactView", placeOf(call, artifact.serverTaskId)),
    )
    .sort((a, b) => b.created - a.created || numberOf(b.id) - numberOf(a.id));
  if (call.query.text("order")?.toLowerCase() === "asc") found.reverse();
  return ok(page(call, "Artifact", found, (artifact) => artifactResource(call.instance, artifact)));
}

function artifactOf(call: SpaceCall): Artifact {
  const id = call.param("id");
  const artifact = call.instance.state.artifacts.get(id);
  if (artifact === undefined || artifact.spaceId !== call.space.id) throw notFound(id);
  demandSight(call, "ArtifactView", placeOf(call, artifact.serverTaskId), id);
  return artifact;
}

function create(call: SpaceCall): Reply {
  const body = parseBody(ArtifactBody, call.body);
  const { state } = call.instance;
  if (body.ServerTaskId !== undefined && !state.history.tasks.has(body.ServerTaskId)) {
    throw invalid(`The task '${body.ServerTaskId}' was not found.`);
  }
  call.access.demand("ArtifactCreate", placeOf(call, body.ServerTaskId ?? null));
  const keepsCorrelation = call.instance.switches().artifactsKeepSentLogCorrelationId;
  const artifact: Artifact = {
    id: state.nextId("Artifacts"),
    spaceId: call.space.id,
    filename: body.Filename,
    source: body.Source ?? null,
    serverTaskId: body.ServerTaskId ?? null,
    created: call.instance.timeline.now(),
    logCorrelationId: keepsCorrelation ? (body.LogCorrelationId ?? null) : null,
    createdById: call.user.id,
    content: null,
  };
  state.artifacts.set(artifact.id, artifact);
  return created(artifactResource(call.instance, artifact));
}

function content(call: SpaceCall): Reply {
  const artifact = artifactOf(call);
  if (artifact.content === null) return nothing(204);
  return {
    status: 200,
    headers: { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(artifact.filename)}` },
    content: { kind: "bytes", bytes: artifact.content, type: "application/octet-stream" },
  };
}

function upload(call: SpaceCall): Reply {
  const artifact = artifactOf(call);
  call.access.demand("ArtifactCreate", placeOf(call, artifact.serverTaskId));
  artifact.content = call.rawBody;
  return nothing(204);
}
