import { activeFreezes } from "./active-freezes.ts";
import type { Surroundings } from "./dependencies.ts";
import { ConfigurationError, FrozenError } from "./errors.ts";
import type { DeploymentRequest } from "./octopus/gateway.ts";
import { freezeText } from "./plan/freezes.ts";
import type { DeployingPlan } from "./plan/plan.ts";
import { type PlannedStart, queueTimes, startInstant } from "./plan/planned-start.ts";
import { chooseSkippedSteps } from "./plan/skipped-steps.ts";
import type { Context } from "./resolve-context.ts";

/**
 * The deployment that is to be created now, checked against what the server says would happen. Throws `ConfigurationError` for parameters
 * that do not fit the release and `FrozenError` when a freeze forbids it: nothing is created then.
 */
export async function composeRequest(
  context: Context,
  { selected: { release } }: DeployingPlan,
  start: PlannedStart | undefined,
  { step, clock }: Surroundings,
): Promise<Omit<DeploymentRequest, "comments">> {
  const { settings, space, project, destination } = context;
  const { steps, guidedFailureByDefault } = await space.deploymentPreview(release.id, destination.id);
  const { mode } = settings.guidedFailure;
  const skip = chooseSkippedSteps(settings.targeting.skippedSteps, steps);
  if (skip.kind === "problems") {
    throw new ConfigurationError(
      `The steps to skip do not fit the release ${release.version} of "${project.name}": ${skip.problems.join(" ")}`,
      "Correct the steps to skip in the step's parameters, then deploy again. Nothing was created.",
    );
  }
  const request = {
    releaseId: release.id,
    environmentId: destination.id,
    useGuidedFailure: mode === "Default" ? guidedFailureByDefault : mode === "On",
    skippedActionIds: skip.actionIds,
    start: start?.kind === "at" ? queueTimes(start) : undefined,
  };
  const freezes = await activeFreezes(context, startInstant(start, clock.now()));
  if (freezes.length === 0) return request;

  const names = freezes.map(freezeText).join(", ");
  const reason = settings.freezeOverrideReason;
  if (reason === undefined) {
    throw new FrozenError(
      `Deployments of "${project.name}" to ${destination.name} are prevented by ${names}. Nothing was created.`,
      "Deploy again when the freeze is over, or give a reason for overriding it in the step's parameters.",
    );
  }
  step.warning(`Overriding ${names}, because: ${reason}`);
  return { ...request, freezeOverride: { freezeIds: freezes.map(({ freeze }) => freeze.id), reason } };
}
