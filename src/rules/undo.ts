import { asId, type Attempt, type Deployment, type Id, type Instant } from "../model.ts";
import { completionOf, isLive, isUnproven, newestDeployment, succeeded } from "./attempts.ts";
import { isSuperseded } from "./describe-task.ts";
import { isOfSameTask, parseMarker, type StepIdentity, undoneBy } from "./marker.ts";

/** What became of taking a child back. */
export type RollBackEnd = "RolledBack" | "RollBackFailed" | "NotRolledBack" | "NothingToRollBackTo";

/** Where a child goes back to when it fails, as approvers approve it, or why it does not, as a whole sentence. */
export type RollBackTarget =
  { readonly to: { readonly id: string; readonly version: string } } | { readonly why: string };

/** What is known when a child may have to be taken back. Deployments are of its destination and tenant, in any order. */
export interface UndoFacts {
  /** What the list says. Absent means unless other tenants rely on it. */
  readonly rollBack: "yes" | "never" | undefined;
  /** The child is deployed without a tenant by a parent that runs for one: the runs of other tenants rely on it. */
  readonly isShared: boolean;
  /** Created by the parent's task that is taken back. */
  readonly own: readonly Attempt[];
  /** All others. */
  readonly others: readonly Attempt[];
  /** Whether this run created one besides these, or how it ended, was not known before `own` was read. Ids. Absent means that it was known. */
  readonly besides: ReadonlySet<string> | undefined;
}

/** Whys are whole sentences. */
export type UndoVerdict =
  /** This task deployed nothing there. */
  | { readonly kind: "untouched" }
  /** Deploys the release that was there before, or goes on with the deployment of it that exists. */
  | { readonly kind: "undo"; readonly deployment: Deployment; readonly to: Id<"Release"> }
  | { readonly kind: "done"; readonly undo: Attempt }
  | { readonly kind: "end"; readonly end: Exclude<RollBackEnd, "RolledBack">; readonly why: string };

/** What taking a child back means now. It goes back to what it ran before this task's first attempt, and never over another user's deployment. */
export function judgeUndo({ rollBack, isShared, own, others, besides }: UndoFacts): UndoVerdict {
  const forward = own.filter((each) => undoneBy(each) === null);
  const undos = own.filter((each) => undoneBy(each) !== null);
  const isInDoubt = besides !== undefined && forward.every(({ deployment }) => besides.has(deployment.id));
  if (isInDoubt && forward.length === 0) return left("It is unknown whether it was deployed, so it is not undone.");
  const newest = newestDeployment(forward.map(({ deployment }) => deployment));
  if (newest === undefined) return { kind: "untouched" };
  const undo = undos.find(succeeded);
  if (undo !== undefined) return { kind: "done", undo };
  const [tried] = undos.filter((each) => !isLive(each));
  if (tried !== undefined)
    return {
      kind: "end",
      end: "RollBackFailed",
      why: `${tried.deployment.id} was to undo it and did not succeed. It is not tried again.`,
    };
  if (rollBack === "never") return left("The list says `roll back: never`.");
  if (isShared && rollBack !== "yes")
    return left("It is untenanted, and the deployments of other tenants rely on it, so it is not undone.");
  if (isInDoubt) return left("It is unknown whether another deployment of it exists, so it is not undone.");
  const unproven = forward.find(isUnproven);
  if (unproven !== undefined) return left(`It is unknown how ${unproven.deployment.id} ended, so it is not undone.`);
  const running = forward.find(isLive);
  if (running !== undefined) return left(`${running.deployment.id} is still running, so it is not undone.`);
  if (forward.every(({ task }) => task?.startTime === undefined)) return nothing("Its deployment never started.");
  const last = forward.find(({ deployment }) => deployment === newest)?.task;
  if (last && isSuperseded(last))
    return left(`The server cancelled ${newest.id} for a newer deployment, so it is not undone.`);
  const oldest = [...forward].sort((a, b) => a.deployment.created - b.deployment.created)[0];
  const since = oldest?.deployment.created ?? 0;
  const later = others.find((each) => isNewerThan(each, since));
  if (later !== undefined)
    return left(
      `${later.deployment.deployedBy || "Somebody else"} deployed there since (${later.deployment.id}), so it is not undone.`,
    );
  const travel = oldest && parseMarker(oldest.deployment.comments)?.travel;
  if (travel === undefined) return left("The release before it cannot be read from its deployment.");
  if (travel.was === null) return nothing("Nothing was deployed there before.");
  if (travel.was === newest.releaseId) return nothing("The same release was there before.");
  return { kind: "undo", deployment: newest, to: asId(travel.was) };
}

/** Whether a deployment did something there since, or may have done so: one that was created earlier may have run later. */
function isNewerThan(attempt: Attempt, since: Instant): boolean {
  const { deployment, task } = attempt;
  if (deployment.created >= since) return isUnproven(attempt) || isLive(attempt) || task?.startTime !== undefined;
  if (task?.startTime === undefined) return false;
  return isLive(attempt) ? !task.hasPendingInterruptions : completionOf(attempt) >= since;
}

/** Whether this step took something back in this task: a repetition would take that back in turn, and so on. */
export function isUndoOfTask(attempt: Attempt, identity: StepIdentity): boolean {
  return undoneBy(attempt) !== null && isOfSameTask(attempt, identity) && (isLive(attempt) || succeeded(attempt));
}

function left(why: string): UndoVerdict {
  return { kind: "end", end: "NotRolledBack", why };
}

function nothing(why: string): UndoVerdict {
  return { kind: "end", end: "NothingToRollBackTo", why };
}
