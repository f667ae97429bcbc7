import { NotFoundError } from "../errors.ts";
import type { Channel, Phase, Project } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import type { ChildSettings } from "../settings.ts";
import { resolveName } from "./resolve-name.ts";

/** The release's channel, and the phases of its lifecycle. */
export interface ChannelAndPhases {
  /** Absent only for a redeployment of whatever channel the destination runs. */
  readonly channel?: Channel;
  /** Absent means that there is no lifecycle, or the mode does not ask for one. */
  readonly phases?: readonly Phase[] | undefined;
}

/** Channel and lifecycle. The project's own lifecycle is read at the same time, because most channels use it. */
export async function resolveChannel(
  child: Pick<ChildSettings, "mode" | "channel">,
  project: Project,
  space: Pick<SpaceGateway, "channelsOf" | "lifecyclePhases">,
): Promise<ChannelAndPhases> {
  if (child.mode !== "Promote" && child.mode !== "AlwaysLatest" && child.channel === undefined) return {};
  const needsLifecycle = child.mode === "Promote";
  const [channels, phases] = await Promise.all([
    space.channelsOf(project.id),
    needsLifecycle && project.lifecycleId ? space.lifecyclePhases(project.lifecycleId) : undefined,
  ]);
  const where = `in the project "${project.name}"`;
  const channel =
    child.channel === undefined
      ? defaultOf(channels, project)
      : await resolveName(child.channel, { what: "channel", where, likely: channels });
  if (!needsLifecycle || channel.type === "EphemeralEnvironment") return { channel };
  const { lifecycleId = project.lifecycleId } = channel;
  if (lifecycleId === undefined)
    throw new NotFoundError(
      `The server tells no lifecycle for the channel "${channel.name}" ${where}.`,
      "Choose a lifecycle in the channel.",
    );
  return { channel, phases: lifecycleId === project.lifecycleId ? phases : await space.lifecyclePhases(lifecycleId) };
}

function defaultOf(channels: readonly Channel[], { name }: Project): Channel {
  const channel = channels.find(({ isDefault }) => isDefault);
  if (channel !== undefined) return channel;
  throw new NotFoundError(
    `The project "${name}" has no default channel that the API key can see.`,
    "Give the service account ProjectView and ProcessView, or name a channel in the step's parameters.",
  );
}
