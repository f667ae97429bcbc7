import { freezesBehind } from "../plan/active-freezes.ts";
import type { Run } from "../run.ts";
import { FrozenError, isRefusal, type StepError } from "../errors.ts";
import type { Deployment } from "../model.ts";
import type { BeforeRepeating, DeploymentRequest } from "../octopus/gateway.ts";
import { freezeText } from "../rules/freezes.ts";
import type { Context } from "../resolve/resolve-context.ts";

/**
 * Creates the deployment. If the server refuses because of a freeze that was not known, the request is repeated once with that freeze
 * overridden. Throws `FrozenError` if no override reason is given, or if the API key sees no such freeze.
 */
export async function createDespiteFreezes(
  context: Context,
  request: DeploymentRequest,
  { run, look }: { readonly run: Pick<Run, "step" | "clock">; readonly look: BeforeRepeating },
): Promise<Deployment> {
  const { space } = context;
  const refusal = await space.createDeployment(request, look).catch(freezeRefusal);
  if ("id" in refusal) return refusal;
  const overriding = await overridden({ context, request, refusal }, run);
  const again = await space.createDeployment(overriding, look).catch(freezeRefusal);
  if ("id" in again) return again;
  throw frozen(again, "All visible freezes were overridden, but the server names another one.");
}

/** The request with the freezes behind a refusal overridden. */
async function overridden(
  {
    context,
    request,
    refusal,
  }: { readonly context: Context; readonly request: DeploymentRequest; readonly refusal: StepError },
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<DeploymentRequest> {
  const reason = context.settings.freezeOverrideReason;
  if (reason === undefined)
    throw frozen(refusal, 'Or enter a reason in the parameter "Deployment freeze: override reason".');
  const { message: words } = refusal;
  const known = request.freezeOverride?.freezeIds ?? [];
  const meant = await freezesBehind(context, { start: request.start?.at, now: clock.now(), words });
  const more = meant.filter(({ freeze }) => !known.includes(freeze.id));
  if (more.length === 0) {
    throw frozen(refusal, "An override reason was given, but the API key sees no freeze to override.");
  }
  step.warning(`Overriding ${more.map(freezeText).join(", ")}. Reason: ${reason}`);
  return { ...request, freezeOverride: { freezeIds: [...known, ...more.map(({ freeze }) => freeze.id)], reason } };
}

/** Octopus has no status or code for this, so only the text of the refusal tells. */
function freezeRefusal(error: unknown): StepError {
  if (isRefusal(error) && /\b(?:freezes?|frozen)\b/i.test(error.message)) return error;
  throw error;
}

function frozen({ message }: StepError, more: string): FrozenError {
  return new FrozenError(`${message} Nothing was created.`, `Deploy again when the freeze is over. ${more}`);
}
