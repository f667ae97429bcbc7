import { RequestRefusedError, ServerUnavailableError, UnknownWriteError } from "../errors.ts";
import type { Release } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { StepRuntime } from "../step/runtime.ts";

/** Updates the release's variable snapshot, for all environments. Throws if the server refuses, before anything is deployed. */
export async function refreshVariables({ space }: Context, release: Release, step: StepRuntime): Promise<void> {
  const { version, snapshotIds } = release;
  try {
    const { snapshotIds: now } = await space.refreshVariables(release);
    step.info(`Refreshed the variable snapshot of ${version}: ${snapshotIds.join(", ")} is now ${now.join(", ")}.`);
  } catch (error) {
    if (error instanceof UnknownWriteError) {
      throw new ServerUnavailableError(
        `${error.message} No deployment was created.`,
        "Run the step again after ten minutes: the step then refreshes only what is out of date.",
      );
    }
    if (!(error instanceof RequestRefusedError)) throw error;
    throw new RequestRefusedError(
      error.status,
      `${error.message} No deployment was created.`,
      "Run the step again if another user changed the release. Otherwise create a new release, or do not refresh the snapshot.",
    );
  }
}
