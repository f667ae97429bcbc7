import { answerInterruption } from "./answer-interruption.ts";
import { openApproverCache } from "./approver-cache.ts";
import { type JudgedInterruption, openInterruptionJudge } from "./judge-interruption.ts";
import type { Run } from "../run.ts";
import type { ApproversPlace } from "./find-approvers.ts";
import type { TaskPoller } from "../monitor/task-poller.ts";
import type { Id, Instant, Interruption, ServerTask } from "../model.ts";
import { type Approver, auditNote, type PlanInForce, userText } from "../rules/approval.ts";
import { taskUrl } from "../resolve/deployment-url.ts";
import { parentText, stepText } from "../resolve/parent-text.ts";
import { listed, placeText } from "../text/format.ts";
import { recover } from "../recover.ts";
import { logOnChange } from "../monitor/log-on-change.ts";
import type { Observer } from "../monitor/poll-task.ts";

/**
 * Milliseconds for which an interruption is left alone after the server refused an answer, or after an answer of which it is unknown
 * whether it took effect.
 */
const holdOff = 120_000;

/** The observer that approves the child's manual interventions, and the users on whose behalf it did. */
export interface Approvals {
  readonly observe: Observer;
  /** The users on whose behalf something was approved so far, in order, each once. */
  approvedBy(): readonly string[];
}

export interface ApprovalTerms {
  /** Reads the interruptions of the child. */
  readonly poller: TaskPoller;
  /** What is deployed, and where: `Web API 1.0 to Production`. */
  readonly what: string;
  /** Digest of the approved plan. */
  readonly digest?: string | undefined;
  /** When that plan was made. */
  readonly made?: Instant | undefined;
  /** Why this run approves nothing, as a whole sentence. */
  readonly off?: string | undefined;
  /** The users on whose behalf earlier attempts were approved. */
  readonly approvedBefore: readonly string[];
}

/**
 * Answers pending manual interventions of the child on behalf of the approvers of the parent deployment. Reads nothing about approvers
 * while no intervention is pending. An intervention that cannot be answered is logged with a link, once per change, and is read again
 * until the deployment ends.
 */
export function approveInterventions(
  context: ApproversPlace,
  terms: ApprovalTerms,
  { step, clock }: Pick<Run, "step" | "clock">,
): Approvals {
  const { settings, octopus, space } = context;
  const off = settings.approvals.useParents ? terms.off : "The step's parameters switch automatic approval off.";
  const changes = logOnChange(step);
  const judge = openInterruptionJudge(context, openApproverCache(context, planInForce(terms), { clock, changes }), off);
  const leftAloneUntil = new Map<Id<"Interruption">, number>();
  const approved = new Set(terms.approvedBefore);

  async function observe(task: ServerTask): Promise<void> {
    if (!task.hasPendingInterruptions || task.isCompleted) return;
    await recover(answerPending(task), ({ message, remedy }) => {
      const text = `The child deployment's interruptions could not be answered: ${message} ${remedy}`;
      changes.log("trouble", [{ level: "warning", text }]);
    });
  }

  async function answerPending(task: ServerTask): Promise<void> {
    const interruptions = await terms.poller.interruptions();
    if (interruptions === undefined) return;
    const pending = interruptions.filter(({ isPending }) => isPending).sort((a, b) => a.created - b.created);
    if (pending.length === 0) logHidden(task.id);
    else await answerEach(pending);
    changes.log("trouble", []);
  }

  /** One answer may also answer linked interruptions, so each is read again after an answer. */
  async function answerEach(pending: readonly Interruption[]): Promise<void> {
    let hasAnswered = false;
    for (const each of pending) {
      const interruption = hasAnswered ? await space.interruption(each.id) : each;
      if (interruption?.isPending === true && (await answer(interruption))) hasAnswered = true;
    }
  }

  /** Whether the interruption is answered now. */
  async function answer(interruption: Interruption): Promise<boolean> {
    if (isLeftAlone(interruption)) return false;
    const judgement = await judge(interruption);
    if (judgement.kind === "approve") return await approve(interruption, judgement);
    logLeft(interruption, judgement.refusal);
    return false;
  }

  function isLeftAlone({ id, type }: Interruption): boolean {
    // Another observer answers guided failures, if the settings say so.
    const isAnsweredElsewhere = type === "GuidedFailure" && settings.guidedFailure.response !== "Wait";
    return isAnsweredElsewhere || clock.elapsed() < (leftAloneUntil.get(id) ?? 0);
  }

  async function approve(interruption: Interruption, { approvers, approvedIn = "" }: Approved): Promise<boolean> {
    leftAloneUntil.set(interruption.id, clock.elapsed() + holdOff);
    const notes = auditNote({
      approvers,
      approvedIn: approvalText(context, approvedIn),
      submittedBy: stepText(settings.parent),
      what: terms.what,
      planDigest: terms.digest,
      link: taskUrl(octopus, settings.parent.spaceId ?? space.spaceId, approvedIn),
    });
    const answered = await answerInterruption(interruption, { Result: "Proceed", Notes: notes }, space);
    switch (answered.kind) {
      case "submitted":
        logApproved(interruption, approvers);
        return true;
      case "gone":
        step.info(`${interruptionText(interruption)} was answered by another user in the meantime.`);
        return true;
      case "refused":
        logLeft(interruption, answered.refusal);
        return false;
    }
  }

  function logApproved(interruption: Interruption, approvers: readonly Approver[]): void {
    const names = approvers.map(({ user }) => userText(user));
    for (const name of names) approved.add(name);
    step.info(`Approved ${interruptionText(interruption)} on behalf of ${listed(names)}.`);
  }

  function logLeft(interruption: Interruption, refusal: string): void {
    const text = `Not approved automatically: ${interruptionText(interruption)}. ${refusal} ${linkTo(interruption.taskId)}`;
    changes.log(interruption.id, [{ level: "wait", text }]);
  }

  function logHidden(taskId: Id<"ServerTask">): void {
    const text = `The child deployment is waiting for an answer. The API key lacks InterruptionView. ${linkTo(taskId)}`;
    changes.log("hidden", [{ level: "wait", text }]);
  }

  function linkTo(taskId: Id<"ServerTask">): string {
    return `[Answer it in Octopus](${taskUrl(octopus, space.spaceId, taskId)})`;
  }

  return { observe, approvedBy: () => [...approved] };
}

type Approved = Extract<JudgedInterruption, { kind: "approve" }>;

function planInForce({ digest, made }: ApprovalTerms): PlanInForce | undefined {
  return digest === undefined || made === undefined ? undefined : { digest, made };
}

function interruptionText({ title, id }: Interruption): string {
  return `"${title}" (${id})`;
}

/** The deployment in which the approvals were given: `Release Orchestration 2021.1.0 to Prod Approval (ServerTasks-7)`. */
function approvalText({ settings, approvalPlace: place }: ApproversPlace, taskId: string): string {
  const { parent } = settings;
  if (place.kind === "own-task") return parentText(parent, parent.environmentName, taskId);
  return parentText(parent, placeText({ destination: place.environment, tenant: place.tenant }), taskId);
}
