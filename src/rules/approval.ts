import type { Id, Instant, Interruption, Named, Phase, User } from "../model.ts";
import { isApproval } from "./approved-plan.ts";
import { allDigestsShown } from "./digest-line.ts";
import { instantText, listed } from "../text/format.ts";

/** A user whose answer in the parent counts, and the user's teams in the child's space. */
export interface Approver {
  readonly user: User;
  readonly teams: readonly Named<"Team">[];
  /** When the parent asked for the approval: the API does not tell when it was given. */
  readonly asked: Instant;
}

/** Whether a release that goes to the destination had to be deployed to the approval environment first. */
export function isApprovalDue(
  phases: readonly Phase[],
  approval: Id<"Environment">,
  destination: Id<"Environment"> | undefined,
): boolean {
  const numberOf = (id: Id<"Environment">) => phases.findIndex(({ environmentIds }) => environmentIds.includes(id));
  const phase = numberOf(approval);
  const end = destination === undefined ? -1 : numberOf(destination);
  return phase >= 0 && phases[phase]?.isOptional === false && (end < 0 || phase < end);
}

/** A user who approved, and when the parent first asked for an approval that this user gave. */
export interface FirstApproval {
  readonly userId: Id<"User">;
  readonly asked: Instant;
}

/** Users who answered *Proceed* to a manual intervention, each once, in order of their first answer. */
export function firstApprovals(interruptions: readonly Interruption[]): readonly FirstApproval[] {
  const inOrder = interruptions
    .filter(isApproval)
    .sort(inOrderOfAsking)
    .flatMap(({ responsibleUserId: userId, created: asked }) => (userId === undefined ? [] : [{ userId, asked }]));
  return inOrder.filter(({ userId }, index) => inOrder.findIndex((each) => each.userId === userId) === index);
}

/** The plan that a run carries out, to tell which approvals are for it. */
export interface PlanInForce {
  readonly digest: string;
  /** When it was made. */
  readonly made: Instant;
}

/** Why a *Proceed* does not approve a plan, as the end of a sentence. `undefined` means that it approves the plan. */
export function whyNotOfPlan({ created, instructions }: Interruption, plan: PlanInForce): string | undefined {
  if (created < plan.made) return `was asked for before the plan ${plan.digest} was made`;
  const shown = allDigestsShown(instructions);
  if (shown.length === 0 || shown.includes(plan.digest)) return undefined;
  return `was asked for with other plans (${shown.join(", ")}) than ${plan.digest}`;
}

/** The manual intervention that was answered last, if the answer is not *Proceed*. Of several raised at once, any one. */
export function lastRefusal(interruptions: readonly Interruption[]): Interruption | undefined {
  const answered = interruptions.filter(({ type, isPending }) => type === "ManualIntervention" && !isPending);
  const last = Math.max(...answered.map(({ created }) => created));
  return answered.find((each) => each.created === last && !isApproval(each));
}

/** Oldest first. */
export function inOrderOfAsking(a: Interruption, b: Interruption): number {
  return a.created - b.created || a.id.localeCompare(b.id, "en", { numeric: true });
}

/** Why an approval does not count, as the end of a sentence. `undefined` means that it counts. */
export function whyNotAnApprover(
  user: User,
  apiUserId: Id<"User">,
  excludedRequesters: readonly Id<"User">[],
): string | undefined {
  if (user.id === apiUserId) return `is the account this step uses${oneLevel}`;
  if (user.isService) return `is a service account${oneLevel}`;
  if (!user.isActive) return "is not active";
  return excludedRequesters.includes(user.id) ? "requested the deployment and may not approve it" : undefined;
}

/** A service account answers on behalf of other users. */
const oneLevel = ". Approvals pass one level only, so a user has to answer here";

/** A user by name; display names alone may be shared. */
export function userText({ displayName, username, id }: User): string {
  if (username === "" || username === displayName) return displayName || id;
  return displayName === "" ? username : `${displayName} (${username})`;
}

/** Whether the step answers a manual intervention, and on whose behalf. */
export type ApprovalJudgement =
  | { readonly kind: "approve"; readonly approvers: readonly Approver[] }
  /** The responsible teams have to answer. The refusal is a whole sentence about the intervention. */
  | { readonly kind: "leave"; readonly refusal: string }
  /** The responsible teams have to answer, because too few approvers are in these teams. */
  | { readonly kind: "too-few"; readonly teamIds: readonly Id<"Team">[] };

export interface ApprovalQuestion {
  readonly interruption: Interruption;
  readonly approvers: readonly Approver[];
  readonly minimumApprovers: number;
  /** Teams of the API user. Its membership lets it answer and is not an approval. */
  readonly apiUserTeamIds: readonly Id<"Team">[];
  /** Name of the user who has taken responsibility. */
  readonly holder?: string | undefined;
}

/** Why the step could not answer a pending manual intervention even if it was approved, as a whole sentence. `undefined` means that it could. */
export function refusalOf(interruption: Interruption, holder: string | undefined): string | undefined {
  const { responsibleTeamIds, hasResponsibility, responsibleUserId } = interruption;
  if (responsibleTeamIds.length === 0)
    return "It names no responsible team. Name teams in the child's manual intervention step.";
  if (hasResponsibility) return undefined;
  if (responsibleUserId !== undefined) return `${holder ?? responsibleUserId} has taken responsibility.`;
  return lacksRight(interruption) ? "The service account may not answer." : undefined;
}

/** Whether the service account lacks the permission or team to answer an intervention. */
export function lacksRight(interruption: Interruption): boolean {
  const { responsibleTeamIds, hasResponsibility, responsibleUserId, canTakeResponsibility } = interruption;
  return (
    responsibleTeamIds.length > 0 && !hasResponsibility && responsibleUserId === undefined && !canTakeResponsibility
  );
}

/**
 * Why the server does not let the service account answer an intervention for these teams, and what to do about it.
 * @param ownTeams of the account, by name. Absent means they cannot be read
 */
export function lackingRight(teams: readonly string[], ownTeams: readonly string[] | undefined): string {
  const right = "InterruptionViewSubmitResponsible";
  const names = teams.join(" or ");
  if (ownTeams === undefined) return `The service account lacks ${right} or is not in ${names}.`;
  return teams.some((name) => ownTeams.includes(name))
    ? `The service account lacks ${right}. Give it a role with this permission.`
    : `The service account is not in ${names}. Add it to one of the responsible teams.`;
}

/** Which teams were asked, and which teams the approvers are in. */
export function shortageText(
  teams: readonly string[],
  minimumApprovers: number,
  approvers: readonly Pick<Approver, "user" | "teams">[],
): string {
  const needed = minimumApprovers === 1 ? "an approver" : `${minimumApprovers} approvers`;
  const names = approvers.map(({ user, teams: own }) => {
    const special = own.filter(({ id }) => id !== "teams-everyone");
    return `${userText(user)} [${special.map(({ name }) => name).join(", ") || "no team"}]`;
  });
  const who = names.length === 0 ? "No approval in the parent counts" : `${listed(names)} approved in the parent`;
  return `It needs ${needed} from ${teams.join(" or ")}. ${who}.`;
}

/**
 * Whether a pending manual intervention of the child may be answered on behalf of the parent's approvers. In doubt it may not.
 */
export function judgeIntervention(question: ApprovalQuestion): ApprovalJudgement {
  const { interruption, approvers, minimumApprovers, holder } = question;
  const leave = (refusal: string) => ({ kind: "leave", refusal }) as const;
  const refusal = refusalOf(interruption, holder);
  if (refusal !== undefined) return leave(refusal);
  const teams = teamsThatCount(question);
  const entitled = approvers.filter(({ teams: own }) => own.some(({ id }) => teams.includes(id)));
  if (entitled.length >= minimumApprovers) return { kind: "approve", approvers: entitled };
  return { kind: "too-few", teamIds: teams };
}

/**
 * The responsible teams without those of the API user, unless there are no others: the service account's teams exist to let it answer, and not
 * all of their members should approve.
 */
function teamsThatCount({ interruption, apiUserTeamIds }: ApprovalQuestion): readonly Id<"Team">[] {
  const withoutOwn = interruption.responsibleTeamIds.filter((id) => !apiUserTeamIds.includes(id));
  return withoutOwn.length > 0 ? withoutOwn : interruption.responsibleTeamIds;
}

export interface AuditFacts {
  readonly approvers: readonly Approver[];
  /** The deployment of the parent in which they approved. */
  readonly approvedIn: string;
  /** The step and deployment of the parent that answered. */
  readonly submittedBy: string;
  readonly what: string;
  readonly planDigest?: string | undefined;
  readonly link: string;
}

/** The note in the child's intervention, which names the approvers behind the service account. */
export function auditNote({ approvers, approvedIn, submittedBy, what, planDigest, link }: AuditFacts): string {
  const plan = planDigest === undefined ? "" : ` Plan: ${planDigest}.`;
  const names = approvers.map(({ user, asked }) => `${userText(user)}, asked ${instantText(asked)},`);
  return `Approved by ${names.join(" ")} in ${approvedIn}, for ${what}. Submitted on their behalf by ${submittedBy}.${plan} ${link}`;
}
