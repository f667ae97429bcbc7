import type { Core } from "../instance.ts";

/**
 * The environments whose targets, steps and variables apply in an environment: itself, and the parent of an ephemeral one (docs, ephemeral
 * environments; issue 10185).
 */
export function scopesOf(core: Core, environmentId: string): readonly string[] {
  const parent = core.state.environments.get(environmentId)?.parentEnvironmentId ?? null;
  return parent === null ? [environmentId] : [environmentId, parent];
}

export function isEphemeral(core: Core, environmentId: string): boolean {
  return core.state.environments.get(environmentId)?.type === "Ephemeral";
}
