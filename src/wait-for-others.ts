import type { Surroundings } from "./dependencies.ts";
import type { Attempt } from "./model.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { watchTask } from "./watch-deployment.ts";

export interface Wait {
  readonly ended: boolean;
  /** Milliseconds. */
  readonly waited: number;
}

/**
 * Waits for somebody else's deployment, which is never cancelled, approved or retried.
 * @param patience milliseconds; absent: no limit
 */
export async function waitForOthers(
  { deployment }: Attempt,
  patience: number | undefined,
  space: SpaceGateway,
  surroundings: Surroundings,
): Promise<Wait> {
  if (deployment.taskId === undefined) return { ended: true, waited: 0 };
  const watch = { limits: {}, patience };
  const { kind, waited } = await watchTask(deployment.taskId, watch, space.whileWatching(), surroundings);
  return { ended: kind === "finished", waited };
}
