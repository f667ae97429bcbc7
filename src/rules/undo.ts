import { asId, type Attempt, type Deployment, type Id, type Instant } from "../model.ts";
import { completionOf, isLive, isUnproven, newestDeployment, succeeded } from "./attempts.ts";
import { isSuperseded } from "./describe-task.ts";
import { isOfSameTask, parseMarker, type StepIdentity, undoneBy } from "./marker.ts";

/** How the roll back of a child ended. */
export type RollBackEnd = "RolledBack" | "RollBackFailed" | "NotRolledBack" | "NothingToRollBackTo";

/** The release to which a child goes back if the run fails, as approved, or why it does not, as a whole sentence. */
export type RollBackTarget =
  { readonly to: { readonly id: string; readonly version: string } } | { readonly why: string };

/** The facts for the roll back of a child. Deployments are of its destination and tenant, in any order. */
export interface UndoFacts {
  /** The setting in the list. Absent means yes, unless other tenants rely on the child. */
  readonly rollBack: "yes" | "never" | undefined;
  /** An untenanted child of a tenanted parent: the runs of other tenants rely on it. */
  readonly isShared: boolean;
  /** Deployments by the parent's task that is rolled back. */
  readonly own: readonly Attempt[];
  /** All other deployments. */
  readonly others: readonly Attempt[];
  /** Present if it was unknown, before `own` was read, whether another deployment exists besides these, or how it ended. Ids. */
  readonly besides: ReadonlySet<string> | undefined;
  /** The run went on with a deployment that exists. */
  readonly isAdopted?: boolean | undefined;
}

/** Each `why` is a whole sentence. */
export type UndoVerdict =
  /** This task deployed nothing there. */
  | { readonly kind: "untouched" }
  /** Deploys the release that was current before, or goes on with an existing undo. */
  | { readonly kind: "undo"; readonly deployment: Deployment; readonly to: Id<"Release"> }
  | { readonly kind: "done"; readonly undo: Attempt }
  | { readonly kind: "end"; readonly end: Exclude<RollBackEnd, "RolledBack">; readonly why: string };

/** Why a shared child is not rolled back. */
export const reliedOn = "The child is untenanted, and other tenants rely on it.";

/** Why a child is not rolled back whose deployment the run adopted from another task. */
export const ofAnotherTask = "Another task of this step created the deployment.";

/** What to do to roll a child back. The child goes back to its release before this task's first attempt, never over another user's deployment. */
export function judgeUndo({ rollBack, isShared, own, others, besides, isAdopted }: UndoFacts): UndoVerdict {
  const forward = own.filter((each) => undoneBy(each) === null);
  const undos = own.filter((each) => undoneBy(each) !== null);
  const isInDoubt = besides !== undefined && forward.every(({ deployment }) => besides.has(deployment.id));
  if (isInDoubt && forward.length === 0) return left("It is unknown whether the child was deployed.");
  const newest = newestDeployment(forward.map(({ deployment }) => deployment));
  if (newest === undefined) return isAdopted === true ? left(ofAnotherTask) : { kind: "untouched" };
  const undo = undos.find(succeeded);
  if (undo !== undefined) return { kind: "done", undo };
  const [tried] = undos.filter((each) => !isLive(each));
  if (tried !== undefined)
    return {
      kind: "end",
      end: "RollBackFailed",
      why: `The earlier roll back ${tried.deployment.id} did not succeed and is not tried again.`,
    };
  if (rollBack === "never") return left("The list says `roll back: never`.");
  if (isShared && rollBack !== "yes") return left(reliedOn);
  if (isInDoubt) return left("It is unknown whether another deployment of the child exists.");
  const unproven = forward.find(isUnproven);
  if (unproven !== undefined) return left(`It is unknown how ${unproven.deployment.id} ended.`);
  const running = forward.find(isLive);
  if (running !== undefined) return left(`${running.deployment.id} is still running.`);
  if (forward.every(({ task }) => task?.startTime === undefined)) return nothing("The deployment never started.");
  const last = forward.find(({ deployment }) => deployment === newest)?.task;
  if (last && isSuperseded(last)) return left(`The server cancelled ${newest.id} for a newer deployment.`);
  const oldest = [...forward].sort((a, b) => a.deployment.created - b.deployment.created)[0];
  const since = oldest?.deployment.created ?? 0;
  const later = others.find((each) => isNewerThan(each, since));
  if (later !== undefined)
    return left(`${later.deployment.deployedBy || "Another user"} deployed there since (${later.deployment.id}).`);
  const travel = oldest && parseMarker(oldest.deployment.comments)?.travel;
  if (travel === undefined) return left("The release before cannot be read from the deployment.");
  if (travel.was === null) return nothing("Nothing was deployed there before.");
  if (travel.was === newest.releaseId) return nothing("The same release was current before.");
  return { kind: "undo", deployment: newest, to: asId(travel.was) };
}

/** Whether a deployment has, or may have, changed the destination since. A deployment that was created earlier may have run later. */
function isNewerThan(attempt: Attempt, since: Instant): boolean {
  const { deployment, task } = attempt;
  if (deployment.created >= since) return isUnproven(attempt) || isLive(attempt) || task?.startTime !== undefined;
  if (task?.startTime === undefined) return false;
  return isLive(attempt) ? !task.hasPendingInterruptions : completionOf(attempt) >= since;
}

/** Whether the deployment is an undo by this step in this task, which a repetition must not undo again. */
export function isUndoOfTask(attempt: Attempt, identity: StepIdentity): boolean {
  return undoneBy(attempt) !== null && isOfSameTask(attempt, identity) && (isLive(attempt) || succeeded(attempt));
}

function left(why: string): UndoVerdict {
  return { kind: "end", end: "NotRolledBack", why };
}

function nothing(why: string): UndoVerdict {
  return { kind: "end", end: "NothingToRollBackTo", why };
}
