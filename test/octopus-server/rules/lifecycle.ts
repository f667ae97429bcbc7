import { newPhase } from "../documents/add-configuration.ts";
import type { Channel, Environment, Lifecycle, Phase } from "../documents/configuration.ts";
import type { Core } from "../instance.ts";
import { inSpace } from "../state.ts";

/** The static environments of a space in their order. */
export function environmentsInOrder(core: Core, spaceId: string): readonly Environment[] {
  return inSpace(core.state.environments, spaceId)
    .filter(({ type }) => type === "Static")
    .sort((a, b) => a.sortOrder - b.sortOrder);
}

/**
 * The phases as `lifecycles/{id}/preview` shows them: one implicit phase per environment when there are none, and a phase without environments
 * takes every environment that no earlier phase names (D26 lifecycles).
 */
export function previewPhases(core: Core, lifecycle: Lifecycle): readonly Phase[] {
  const environments = environmentsInOrder(core, lifecycle.spaceId);
  if (lifecycle.phases.length === 0) {
    return environments.map(({ id, name }) => newPhase({ id: `${lifecycle.id}/${id}`, name, optionalTargets: [id] }));
  }
  const used = new Set<string>();
  return lifecycle.phases.map((phase) => {
    const own = environmentsOf(phase);
    const filled =
      own.length > 0
        ? phase
        : { ...phase, optionalTargets: environments.map(({ id }) => id).filter((id) => !used.has(id)) };
    for (const id of environmentsOf(filled)) used.add(id);
    return filled;
  });
}

export function environmentsOf(phase: Phase): readonly string[] {
  return [...phase.automaticTargets, ...phase.optionalTargets];
}

/** The lifecycle of a channel: its own, else its project's; undefined for channels of ephemeral environments. */
export function lifecycleOf(core: Core, channel: Channel): Lifecycle | undefined {
  if (channel.type === "EphemeralEnvironment") return undefined;
  const project = core.state.projects.get(channel.projectId);
  return core.state.lifecycles.get(channel.lifecycleId ?? project?.lifecycleId ?? "");
}
