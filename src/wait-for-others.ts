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
 * Waits for a deployment that this step did not create, and which it therefore never cancels, approves or retries.
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
