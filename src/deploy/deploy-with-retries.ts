import type { Run } from "../run.ts";
import { DeploymentInDoubtError, StepError } from "../errors.ts";
import { adviceOf } from "../failure.ts";
import { waitForDeployment } from "./wait-for-deployment.ts";
import type { Deployment } from "../model.ts";
import { parseMarker } from "../rules/marker.ts";
import type { Outcome } from "../rules/outcome.ts";
import { whyNotAgain } from "../rules/retry-deployment.ts";
import { counts, ownDeployments } from "../rules/tenancy.ts";
import { recover } from "../recover.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { type Started, startDeployment, type StartOrder } from "./start-deployment.ts";

/** Waits for the child deployment to end, and deploys again after a failure, as often as the settings say. */
export async function deployWithRetries(
  { started: first, ...order }: Omit<StartOrder, "number"> & { readonly started: Started },
  run: Run,
): Promise<Outcome> {
  const { context } = order;
  const { step } = run;
  const { retries } = context.settings;
  let started = first;
  let approvedBy: readonly string[] = [];
  for (;;) {
    const outcome = await waitForDeployment({ ...order, started, approvedBefore: approvedBy }, run);
    approvedBy = outcome.started?.approvedBy ?? [];
    // An adopted deployment counts by its own marker, so that a repeated step gets no additional retries.
    const number = parseMarker(started.attempt.deployment.comments)?.attempt ?? 1;
    if (outcome.kind !== "Failed" || number > retries) return outcome;
    const reason = await recover(whyNotRepeated(context, outcome), ({ message }) => `the cause is unknown. ${message}`);
    if (reason !== undefined) {
      step.warning(`Not deployed again: ${reason}.`);
      return outcome;
    }
    const again = await recover(startDeployment({ ...order, number: number + 1 }, run), (error) => error);
    if (again instanceof StepError) {
      const message = `${outcome.message} The child could not be deployed again. ${adviceOf(again, true)}`;
      const besides = again instanceof DeploymentInDoubtError ? again.known : undefined;
      return { ...outcome, message, besides };
    }
    step.warning(`${outcome.message} Deploying again: retry ${number} of ${retries}.`);
    started = again;
  }
}

/**
 * Why the failed deployment must not be repeated, as the end of a sentence. `undefined` means that it may be.
 * Throws a `StepError` if that is unknown, and then nothing is deployed again.
 */
export async function whyNotRepeated(context: Context, { started }: Outcome): Promise<string | undefined> {
  const { space, project, tenant, destination } = context;
  if (started?.task === undefined) return "its result is unknown";
  const interruptions = await space.interruptionsOf(started.task.id);
  // An empty list may mean that the API key cannot see the intervention at which the deployment was aborted.
  if (interruptions.length === 0)
    await requirePermissions(
      { space, project, tenant, environments: [destination], needed: ["InterruptionView"] },
      "No aborted intervention was found",
    );
  const filter = { projectId: project.id, environmentIds: [destination.id], tenantId: tenant?.id };
  let newest: readonly Deployment[] = [];
  for await (const page of space.deployments(filter)) {
    newest = page.items.filter((each) => counts(each, ownDeployments(tenant)));
    if (newest.length > 0) break;
  }
  return whyNotAgain({ failed: started.deployment, task: started.task, interruptions, newest });
}
