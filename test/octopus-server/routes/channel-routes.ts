import * as z from "zod";
import { addChannel } from "../documents/add-configuration.ts";
import type { Channel } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { channelResource } from "../resources/configuration.ts";
import { inSpace } from "../state.ts";
import { channelOf, projectOf } from "./lookup.ts";

export const channelRoutes: readonly Route[] = [
  space("GET", "channels", "ResourceCollection_of_ChannelResource", "D26 channels", list),
  space("GET", "channels/all", "[ChannelResource]", "D26 channels", all),
  space("GET", "channels/{id}", "ChannelResource", "D26 channels", (call) =>
    answer(call, channelOf(call, call.param("id"))),
  ),
  space("POST", "channels", "ChannelResource", "SW", create),
  space("PUT", "channels/{id}", "ChannelResource", "SW", modify),
  space("GET", "projects/{id}/channels", "ResourceCollection_of_ChannelResource", "D26 channels", listOfProject),
];

const ChannelBody = bodyObject({
  ProjectId: optionalText,
  Name: z.string().min(1),
  Description: optionalText,
  IsDefault: z.boolean().optional(),
  LifecycleId: optionalText,
  TenantTags: idList,
  Type: z.enum(["Lifecycle", "EphemeralEnvironment"]).optional(),
  ParentEnvironmentId: optionalText,
  Rules: z
    .array(
      bodyObject({
        VersionRange: optionalText,
        Tag: optionalText,
        ActionPackages: z
          .array(bodyObject({ DeploymentAction: z.string(), PackageReference: optionalText }))
          .optional(),
      }),
    )
    .optional(),
});

function answer(call: SpaceCall, channel: Channel): Reply {
  return ok(channelResource(call.instance, channel));
}

function visible(call: SpaceCall): readonly Channel[] {
  const channels = inSpace(call.instance.state.channels, call.space.id);
  return byName(channels.filter(({ spaceId, projectId }) => call.access.may("ProcessView", { spaceId, projectId })));
}

function list(call: SpaceCall): Reply {
  return ok(page(call, "Channel", named(call, visible(call)), (channel) => channelResource(call.instance, channel)));
}

function all(call: SpaceCall): Reply {
  return ok(named(call, visible(call)).map((channel) => channelResource(call.instance, channel)));
}

function listOfProject(call: SpaceCall): Reply {
  const project = projectOf(call);
  const channels = named(call, visible(call)).filter(({ projectId }) => projectId === project.id);
  return ok(page(call, "Channel", channels, (channel) => channelResource(call.instance, channel)));
}

function create(call: SpaceCall): Reply {
  const body = parseBody(ChannelBody, call.body);
  const project = call.instance.state.projects.get(body.ProjectId ?? "");
  if (project === undefined || project.spaceId !== call.space.id)
    throw invalid("A project must be specified for the channel.");
  call.access.demand("ProcessEdit", { spaceId: call.space.id, projectId: project.id });
  demandLifecycle(call, body.LifecycleId);
  demandParent(call, body);
  const siblings = inSpace(call.instance.state.channels, call.space.id).filter(
    ({ projectId }) => projectId === project.id,
  );
  if (siblings.some(({ name }) => name.toLowerCase() === body.Name.toLowerCase())) {
    throw invalid(`A channel with the name '${body.Name}' already exists in this project.`);
  }
  const channel = addChannel(call.instance, {
    spaceId: call.space.id,
    projectId: project.id,
    name: body.Name,
    description: body.Description ?? "",
    isDefault: body.IsDefault ?? false,
    lifecycleId: body.Type === "EphemeralEnvironment" ? null : (body.LifecycleId ?? null),
    tenantTags: body.TenantTags ?? [],
    type: body.Type ?? "Lifecycle",
    parentEnvironmentId: body.ParentEnvironmentId ?? null,
    rules: rulesOf(call, body),
  });
  return created(channelResource(call.instance, channel));
}

function modify(call: SpaceCall): Reply {
  const channel = channelOf(call, call.param("id"));
  call.access.demand("ProcessEdit", { spaceId: call.space.id, projectId: channel.projectId });
  const body = parseBody(ChannelBody, call.body);
  demandLifecycle(call, body.LifecycleId);
  channel.name = body.Name;
  channel.description = body.Description ?? "";
  channel.lifecycleId = channel.type === "EphemeralEnvironment" ? null : (body.LifecycleId ?? null);
  channel.tenantTags = body.TenantTags ?? [];
  channel.rules = rulesOf(call, body);
  if (body.IsDefault === true) {
    for (const other of call.instance.state.channels.values()) {
      if (other.projectId === channel.projectId) other.isDefault = other === channel;
    }
  }
  return answer(call, channel);
}

function rulesOf(call: SpaceCall, body: z.output<typeof ChannelBody>): Channel["rules"] {
  return (body.Rules ?? []).map((rule) => ({
    id: call.instance.state.nextId("ChannelRules"),
    versionRange: rule.VersionRange ?? "",
    tag: rule.Tag ?? "",
    actionPackages: (rule.ActionPackages ?? []).map((entry) => ({
      action: entry.DeploymentAction,
      packageReference: entry.PackageReference ?? "",
    })),
  }));
}

/** A channel for ephemeral environments has a parent environment instead of a lifecycle (GO pkg/channels/channel_type.go). */
function demandParent(call: SpaceCall, body: z.output<typeof ChannelBody>): void {
  if (body.Type !== "EphemeralEnvironment") return;
  const parent = call.instance.state.environments.get(body.ParentEnvironmentId ?? "");
  if (parent?.spaceId !== call.space.id || parent.type !== "Parent") {
    throw invalid("A parent environment must be specified for a channel for ephemeral environments.");
  }
}

function demandLifecycle(call: SpaceCall, id: string | undefined): void {
  if (id !== undefined && call.instance.state.lifecycles.get(id)?.spaceId !== call.space.id) {
    throw invalid(`The lifecycle '${id}' was not found.`);
  }
}
