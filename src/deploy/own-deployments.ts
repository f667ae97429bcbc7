import { DeploymentInDoubtError, StepError, type UnknownWriteError } from "../errors.ts";
import { runAgain } from "../failure.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isOfSameStep, isOfSameTask, type StepIdentity, undoneBy } from "../rules/marker.ts";
import type { Run } from "../run.ts";
import { lookThere, type NewestThere, withTasks } from "./deployments-there.ts";

/** How long the step searches for a deployment that may have been created, and the pause between two searches, in milliseconds. */
const searchLimit = 120_000;
const searchPause = 5_000;

/** Size of the first page of the search for our own deployments: mostly enough. */
const ownPage = 5;

/** The newest deployments, and those among them that this step created. */
export interface OwnLook extends NewestThere {
  readonly own: readonly Attempt[];
}

/** This step's deployments of the release to the destination that are not known yet, newest first. */
export async function findOwn(...question: Parameters<typeof lookForOwn>): Promise<readonly Attempt[]> {
  return (await lookForOwn(...question)).own;
}

/**
 * Looks for this step's deployments of the release. The step is recognised by the parent's project and the step's action, a run of it by the
 * parent's task: see `rules/marker.ts`.
 */
export async function lookForOwn(
  context: Context,
  release: Id<"Release">,
  known?: ReadonlySet<string>,
): Promise<OwnLook> {
  const { settings, undo, targetTags } = context;
  // No run for this release of the parent created anything before the release was deployed for the first time.
  const look = await lookThere(context, { since: targetTags.since, firstPage: ownPage });
  const isOwn = (deployment: Deployment) =>
    deployment.releaseId === release &&
    known?.has(deployment.id) !== true &&
    isOfSameStep({ deployment }, settings.parent) &&
    undoneBy({ deployment }) === (undo ?? null);
  return { ...look, own: await withTasks(look.newest.filter(isOwn), context) };
}

/** A deployment that may or may not have been created. */
export interface LostCreation {
  readonly context: Context;
  readonly release: Id<"Release">;
  /** Ids of the deployments that existed before. */
  readonly known: ReadonlySet<string>;
  readonly failure: UnknownWriteError;
}

/**
 * Searches for the deployment for two minutes: a server that restarted, or that commits late, shows it within that time.
 * Throws `DeploymentInDoubtError` when it does not appear, or when the search is refused.
 */
export async function searchForNew(
  { context, release, known, failure }: LostCreation,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<Attempt> {
  const identity = context.settings.parent;
  const patient = { ...context, space: context.space.whilePolling() };
  for (let looked = 0; looked <= searchLimit; looked += searchPause) {
    const own = await recover(findOwn(patient, release, known), (error) => error);
    if (own instanceof StepError) {
      throw inDoubt(`${failure.message} Whether the deployment exists could not be found out. ${own.message}`, {
        identity,
        known,
      });
    }
    const created = own.find((each) => isOfSameTask(each, identity));
    if (created !== undefined) {
      step.verbose(failure.message);
      step.info(`Found it: ${created.deployment.id}.`);
      return created;
    }
    await clock.sleep(searchPause);
  }
  throw inDoubt(`${failure.message} No deployment by this step appeared within two minutes.`, { identity, known });
}

/** A server may carry out a request late, so a second run must not follow at once. */
function inDoubt(
  explanation: string,
  { identity, known }: { readonly identity: StepIdentity; readonly known: ReadonlySet<string> },
): DeploymentInDoubtError {
  const { projectId, actionId } = identity;
  return new DeploymentInDoubtError(
    `${explanation} A deployment may exist all the same.`,
    projectId === undefined || actionId === undefined
      ? "Check in Octopus whether the deployment exists before you run this again."
      : runAgain,
    known,
  );
}
