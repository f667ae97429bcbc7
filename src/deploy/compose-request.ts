import { activeFreezes } from "../plan/active-freezes.ts";
import type { Run } from "../run.ts";
import { ConfigurationError, FrozenError, InternalError } from "../errors.ts";
import type { DeploymentRequest } from "../octopus/gateway.ts";
import { freezeText } from "../rules/freezes.ts";
import type { DeployingPlan, Preflight } from "../rules/plan.ts";
import { type PlannedStart, queueTimes, startInstant } from "../rules/planned-start.ts";
import { fillPromptedForm } from "../rules/prompted-form.ts";
import { placeText } from "../text/format.ts";
import { promptsElsewhere } from "../resolve/prompts-elsewhere.ts";
import type { Context } from "../resolve/resolve-context.ts";

/**
 * The request for the deployment, checked against the server's preview. Throws `ConfigurationError` for parameters that do not fit the release
 * and `FrozenError` if a freeze prevents the deployment. Nothing is created in either case.
 */
export async function composeRequest(
  context: Context,
  plan: DeployingPlan,
  {
    start,
    run: { step, clock },
  }: { readonly start: PlannedStart | undefined; readonly run: Pick<Run, "step" | "clock"> },
): Promise<Omit<DeploymentRequest, "comments">> {
  const { settings, space, project, tenant, destination } = context;
  const {
    selected: { release },
    scope,
  } = plan;
  const fresh = freshPreflight(plan, clock.elapsed());
  const { form, guidedFailureByDefault } =
    fresh.preview ?? (await space.deploymentPreview(release.id, destination.id, tenant?.id));
  const { mode } = settings.guidedFailure;
  const elsewhere = await promptsElsewhere(context, release, form);
  const prompted = fillPromptedForm(settings.targeting.promptedValues, form, elsewhere);
  if (prompted.kind === "problems") {
    throw new ConfigurationError(
      `The prompted variables do not fit the release ${release.version} of "${project.name}": ${prompted.problems.join(" ")}`,
      "Correct the prompted variables in the step's parameters, then deploy again. Nothing was created.",
    );
  }
  const { machines, excluded, specificTagIds, excludedTagIds, skippedActionIds } = scope;
  // To the server an empty list means all machines.
  if (machines?.length === 0) throw new InternalError("A deployment to no machine was asked for.");
  const request = {
    releaseId: release.id,
    environmentId: destination.id,
    tenantId: tenant?.id,
    useGuidedFailure: mode === "Default" ? guidedFailureByDefault : mode === "On",
    skippedActionIds,
    specificMachineIds: machines?.map(({ id }) => id),
    excludedMachineIds: excluded.map(({ id }) => id),
    specificTagIds,
    excludedTagIds,
    formValues: prompted.formValues,
    start: start?.kind === "at" ? queueTimes(start) : undefined,
  };
  const freezes = fresh.freezes ?? (await activeFreezes(context, startInstant(start, clock.now())));
  if (freezes.length === 0) return request;

  const names = freezes.map(freezeText).join(", ");
  const reason = settings.freezeOverrideReason;
  if (reason === undefined) {
    throw new FrozenError(
      `Deployments of "${project.name}" to ${placeText(context)} are prevented by ${names}. Nothing was created.`,
      'Deploy again when the freeze is over, or enter a reason in the parameter "Deployment freeze: override reason".',
    );
  }
  step.warning(`Overriding ${names}. Reason: ${reason}`);
  return { ...request, freezeOverride: { freezeIds: freezes.map(({ freeze }) => freeze.id), reason } };
}

/** How long the preview and freezes that were read for the plan are used, in milliseconds. */
const freshFor = 30_000;

function freshPreflight({ preflight }: DeployingPlan, now: number): Partial<Preflight> {
  return preflight !== undefined && now - preflight.at < freshFor ? preflight : {};
}
