import type { Surroundings } from "./dependencies.ts";
import type { Attempt, Instant } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { watchTask } from "./watch-deployment.ts";

export interface Patience {
  /** When the waiting began; several deployments one after another share one limit. */
  readonly begin: Instant;
  /** Milliseconds; absent: no limit. */
  readonly limit?: number | undefined;
}

/** Waits for somebody else's deployment, which is never cancelled, approved or retried. `false`: it did not end in time. */
export async function waitForOthers(
  { deployment }: Attempt,
  { begin, limit }: Patience,
  space: SpaceGateway,
  surroundings: Surroundings,
): Promise<boolean> {
  if (deployment.taskId === undefined) return true;
  const left = limit === undefined ? undefined : Math.max(0, begin + limit - surroundings.clock.now());
  const watched = await watchTask(deployment.taskId, { queue: left, run: left }, space.whileWatching(), surroundings);
  return watched.kind === "finished";
}
