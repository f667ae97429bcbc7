import { answerInterruption } from "./answer-interruption.ts";
import type { Run } from "../run.ts";
import { type Approvers, findApprovers } from "./find-approvers.ts";
import type { TaskPoller } from "../monitor/task-poller.ts";
import type { Id, Instant, Interruption, ServerTask } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { type Approver, auditNote, judgeIntervention, refusalOf, userText } from "../rules/approval.ts";
import { parentText, stepText } from "../resolve/parent-text.ts";
import { placeText } from "../text/format.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { logOnChange } from "../monitor/log-on-change.ts";
import type { Observer } from "../monitor/poll-task.ts";

/**
 * How old the list of approvers may be, in milliseconds: when it is about to approve something (`freshFor`), when it approves nothing
 * (`staleAfter`), and when parts of it could not be read (`incompleteAfter`).
 */
const freshFor = 5_000;
const staleAfter = 900_000;
const incompleteAfter = 180_000;

/**
 * Milliseconds for which an interruption is left alone after the server refused an answer, or after an answer of which it is unknown
 * whether it took effect.
 */
const holdOff = 120_000;

/** The observer that answers the child's manual interventions, and in whose name it did. */
export interface Approvals {
  readonly observe: Observer;
  /** Those in whose name something was approved so far, in order, each once. */
  approvedBy(): readonly string[];
}

export interface ApprovalTerms {
  /** What is deployed, and where: `Web API 1.0 to Production`. */
  readonly what: string;
  /** Fingerprint of the plan people approved. */
  readonly digest?: string | undefined;
  /** When that plan was made. */
  readonly made?: Instant | undefined;
  /** Why nothing is approved in this run, as a whole sentence. */
  readonly off?: string | undefined;
  /** Those in whose name earlier attempts were approved. */
  readonly approvedBefore: readonly string[];
}

/**
 * Answers pending manual interventions of the child on behalf of the approvers of the parent deployment. Reads nothing about approvers
 * while no intervention is pending. An intervention that cannot be answered is logged with a link, once per change, and is looked at again
 * until the deployment ends.
 */
export function approveInterventions(
  context: Context,
  terms: ApprovalTerms,
  poller: TaskPoller,
  { step, clock }: Pick<Run, "step" | "clock">,
): Approvals {
  const { settings, octopus, space } = context;
  const off = settings.approvals.useParents ? terms.off : "Approving is switched off in the step's parameters.";
  const { digest, made } = terms;
  const inForce = digest === undefined || made === undefined ? undefined : { digest, made };
  const approved = new Set(terms.approvedBefore);
  const names = new Map<Id<"User">, string | undefined>();
  const changes = logOnChange(step);
  const leftAloneUntil = new Map<Id<"Interruption">, number>();
  let known: { readonly at: number; readonly approvers: Approvers } | undefined;

  async function observe(task: ServerTask): Promise<void> {
    if (!task.hasPendingInterruptions || task.isCompleted) return;
    await recover(answerPending(task), ({ message, remedy }) => {
      const text = `The child's interruptions could not be dealt with: ${message} ${remedy}`;
      changes.log("trouble", [{ level: "warning", text }]);
    });
  }

  async function answerPending(task: ServerTask): Promise<void> {
    const interruptions = await poller.interruptions();
    if (interruptions === undefined) return;
    const pending = interruptions.filter(({ isPending }) => isPending).sort((a, b) => a.created - b.created);
    if (pending.length === 0) {
      const text = `The child waits for an answer to an interruption that the API key does not see (InterruptionView). ${linkTo(task.id)}`;
      changes.log("hidden", [{ level: "wait", text }]);
    }
    let hasAnswered = false;
    for (const listed of pending) {
      // Whatever was answered just now may have answered others with it.
      const interruption = hasAnswered ? await space.interruption(listed.id) : listed;
      if (interruption?.isPending === true && (await dealWith(interruption))) hasAnswered = true;
    }
    changes.log("trouble", []);
  }

  async function dealWith(interruption: Interruption): Promise<boolean> {
    const { id, type } = interruption;
    if (clock.elapsed() < (leftAloneUntil.get(id) ?? 0)) return false;
    // Guided failures may be somebody else's business in this run.
    if (type === "GuidedFailure" && settings.guidedFailure.response !== "Wait") return false;
    if (type !== "ManualIntervention") {
      leave(interruption, "It is none that approvals of the parent answer.");
      return false;
    }
    const holder = await holderOf(interruption);
    const refusal = off ?? refusalOf(interruption, holder);
    if (refusal !== undefined) {
      leave(interruption, refusal);
      return false;
    }
    const isIncomplete = known?.approvers.remarks.some(({ level }) => level === "warning");
    const age = isIncomplete === true ? incompleteAfter : staleAfter;
    let judgement = judge(interruption, await approversAgedAtMost(age), holder);
    if (judgement.kind === "approve") judgement = judge(interruption, await approversAgedAtMost(freshFor), holder);
    if (judgement.kind === "leave") {
      leave(interruption, judgement.refusal);
      return false;
    }
    return await approve(interruption, judgement.approvers);
  }

  function judge(interruption: Interruption, { approvers, apiUserTeamIds }: Approvers, holder: string | undefined) {
    const { minimumApprovers } = settings.approvals;
    return judgeIntervention({ interruption, approvers, minimumApprovers, apiUserTeamIds, holder });
  }

  async function approve(interruption: Interruption, approvers: readonly Approver[]): Promise<boolean> {
    leftAloneUntil.set(interruption.id, clock.elapsed() + holdOff);
    const notes = auditNote({
      approvers,
      approvedIn: approvedIn(context, known?.approvers.taskId ?? ""),
      submittedBy: stepText(settings.parent),
      what: terms.what,
      planDigest: digest,
      link: taskUrl(octopus, settings.parent.spaceId ?? space.spaceId, known?.approvers.taskId ?? ""),
    });
    const answered = await answerInterruption(interruption, { Result: "Proceed", Notes: notes }, space);
    switch (answered.kind) {
      case "submitted": {
        const approving = approvers.map(({ user }) => userText(user));
        for (const name of approving) approved.add(name);
        step.info(`${interruptionText(interruption)} was approved on behalf of ${approving.join(", ")}.`);
        return true;
      }
      case "gone":
        step.info(`${interruptionText(interruption)} was answered by somebody else meanwhile.`);
        return true;
      case "refused":
        leave(interruption, answered.refusal);
        return false;
    }
  }

  async function approversAgedAtMost(age: number): Promise<Approvers> {
    const now = clock.elapsed();
    if (known !== undefined && now - known.at <= age) return known.approvers;
    const approvers = await findApprovers(context, inForce);
    known = { at: now, approvers };
    changes.log("approvers", approvers.remarks);
    return approvers;
  }

  async function holderOf({ hasResponsibility, responsibleUserId }: Interruption): Promise<string | undefined> {
    if (hasResponsibility || responsibleUserId === undefined) return undefined;
    if (!names.has(responsibleUserId)) {
      const user = await recover(space.user(responsibleUserId), () => undefined);
      names.set(responsibleUserId, user && userText(user));
    }
    return names.get(responsibleUserId);
  }

  function leave(interruption: Interruption, refusal: string): void {
    const text = `${interruptionText(interruption)} is left to people. ${refusal} ${linkTo(interruption.taskId)}`;
    changes.log(interruption.id, [{ level: "wait", text }]);
  }

  function linkTo(taskId: Id<"ServerTask">): string {
    return `[Answer it in Octopus](${taskUrl(octopus, space.spaceId, taskId)})`;
  }

  return { observe, approvedBy: () => [...approved] };
}

function interruptionText({ title, id }: Interruption): string {
  return `The child's interruption "${title}" (${id})`;
}

/** The deployment in which the approvals were given: `Release Orchestration 2021.1.0 to Prod Approval (ServerTasks-7)`. */
function approvedIn({ settings: { parent }, approvalPlace: place }: Context, taskId: string): string {
  if (place.kind === "own-task") return parentText(parent, parent.environmentName, taskId);
  return parentText(parent, placeText({ destination: place.environment, tenant: place.tenant }), taskId);
}

function taskUrl({ portalUrl }: OctopusGateway, spaceId: string, taskId: string): string {
  return `${portalUrl}/app#/${spaceId}/tasks/${taskId}`;
}
