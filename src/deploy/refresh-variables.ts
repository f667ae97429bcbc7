import { RequestRefusedError, ServerUnavailableError, UnknownWriteError } from "../errors.ts";
import type { Release } from "../model.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { StepRuntime } from "../step/runtime.ts";

/** Gives the release the variables as they are now, in every environment. Throws before anything is deployed when the server does not. */
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
      "Run the step again if another user changed the release in the meantime. Otherwise create a new release, or do not refresh the variable snapshot.",
    );
  }
}
