import type { Surroundings } from "./dependencies.ts";
import { ServerUnavailableError, UnknownWriteError } from "./errors.ts";
import type { Attempt, Id } from "./model.ts";
import { attemptsFor, isLive, succeeded } from "./plan/attempts.ts";
import { isOfSameRun, isOfSameStep, isSameDestination, markerText, type StepIdentity } from "./plan/marker.ts";
import type { SelectedRelease } from "./plan/plan.ts";
import type { Context } from "./resolve-context.ts";
import type { Parent } from "./settings.ts";
import { openTaskBook } from "./task-book.ts";

/** How long a deployment that may or may not have been created is looked for. */
const searchLimit = 120_000;
const searchPause = 5_000;

/** The first deployment of a run; retries of a failed one count on. */
const firstAttempt = 1;

export interface Started {
  readonly attempt: Attempt;
  /** It existed already: created by this step earlier, and adopted instead of deploying twice. */
  readonly adopted: boolean;
}

/**
 * Creates the child deployment, or adopts the one this step created before: looks before posting, and looks again when nobody knows
 * whether the post took effect. Never two deployments.
 */
export async function startDeployment(
  context: Context,
  selected: SelectedRelease,
  { step, clock }: Surroundings,
): Promise<Started> {
  const identity = identityOf(context.settings.parent);
  const earlier = await findOwn(
    context,
    selected.release.id,
    identity,
    (own) => isLive(own) || (succeeded(own) && isOfSameRun(own, identity, firstAttempt)),
  );
  if (earlier !== undefined) return { attempt: earlier, adopted: true };
  try {
    const deployment = await context.space.createDeployment({
      releaseId: selected.release.id,
      environmentId: context.destination.id,
      comments: `${creatorText(context.settings.parent)} ${markerText(identity, firstAttempt)}`,
    });
    return { attempt: { deployment }, adopted: false };
  } catch (error) {
    if (!(error instanceof UnknownWriteError)) throw error;
    step.warning(`${error.message} Looking for the deployment before doing anything else.`);
    return {
      attempt: await searchForOwn(context, selected.release.id, identity, { step, clock }, error),
      adopted: true,
    };
  }
}

/** Recognises this step's deployments by the parent's project and the step's action; a run by the parent's task. */
export function identityOf({ projectId, actionId, taskId }: Parent): StepIdentity {
  return { projectId, actionId, taskId };
}

/** For people reading the child deployment: who is behind the service account. */
function creatorText({ projectName, releaseNumber, environmentName, stepName, taskId }: Parent): string {
  const release = releaseNumber === undefined ? "" : ` ${releaseNumber}`;
  const environment = environmentName === undefined ? "" : ` to ${environmentName}`;
  const stepText = stepName === undefined ? "" : `, step "${stepName}"`;
  const task = taskId === undefined ? "" : ` (${taskId})`;
  return `Created by ${projectName ?? "a release orchestration"}${release}${environment}${stepText}${task}.`;
}

async function findOwn(
  { space, project, destination }: Context,
  release: Id<"Release">,
  identity: StepIdentity,
  counts: (own: Attempt) => boolean,
): Promise<Attempt | undefined> {
  const book = openTaskBook(space, async () => undefined);
  for await (const { items } of space.deployments({ projectId: project.id, environmentIds: [destination.id] })) {
    const own = attemptsFor(
      undefined,
      items.map((deployment) => book.attemptOf(deployment)),
    ).filter(
      (attempt) => isOfSameStep(attempt, identity) && isSameDestination(attempt, release, destination.id, undefined),
    );
    await book.learn(own.map(({ deployment }) => deployment));
    // The newest page is enough: what this run or an earlier one left unfinished is among the newest deployments.
    return own.map(({ deployment }) => book.attemptOf(deployment)).find(counts);
  }
  return undefined;
}

/** Two minutes of looking: a server that was restarting, or committed late, shows the deployment in that time. */
async function searchForOwn(
  context: Context,
  release: Id<"Release">,
  identity: StepIdentity,
  { step, clock }: Surroundings,
  failure: UnknownWriteError,
): Promise<Attempt> {
  const start = clock.now();
  for (;;) {
    const own = await findOwn(context, release, identity, (attempt) => isOfSameRun(attempt, identity, firstAttempt));
    if (own !== undefined) {
      step.info(`Found it: ${own.deployment.id} was created after all.`);
      return own;
    }
    if (clock.now() - start >= searchLimit) break;
    await clock.sleep(searchPause);
  }
  throw new ServerUnavailableError(
    `${failure.message} No deployment by this step appeared within two minutes.`,
    "Run the step again when the server is well: that is safe, for it looks for its own deployment first and never deploys twice.",
  );
}
