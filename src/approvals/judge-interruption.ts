import type { Id, Interruption } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import {
  type ApprovalJudgement,
  judgeIntervention,
  lackingRight,
  lacksRight,
  refusalOf,
  shortageText,
  userText,
} from "../rules/approval.ts";
import type { ApproverCache } from "./approver-cache.ts";
import type { Approvers, ApproversPlace } from "./find-approvers.ts";
import { openTeamNames } from "./team-names.ts";

/** A judgement with its reason, and the task in which the approvers approved. */
export type JudgedInterruption = Exclude<ApprovalJudgement, { kind: "too-few" }> & {
  readonly approvedIn?: string | undefined;
};

/**
 * Opens what judges whether an interruption of the child may be answered, and on behalf of whom. Names of users and teams are read when they
 * are needed, each once.
 * @param off why this run approves nothing, as a whole sentence; absent: the run may approve
 */
export function openInterruptionJudge(
  { settings, space }: Pick<ApproversPlace, "settings" | "space">,
  approverCache: ApproverCache,
  off: string | undefined,
): (interruption: Interruption) => Promise<JudgedInterruption> {
  const holderOf = openHolderNames(space);
  const namesOf = openTeamNames(space);
  let ownTeams: Promise<readonly string[] | undefined> | undefined;
  const leave = (refusal: string): JudgedInterruption => ({ kind: "leave", refusal });

  async function judgedBy(
    { approvers, apiUserTeamIds, taskId: approvedIn }: Approvers,
    interruption: Interruption,
    holder: string | undefined,
  ): Promise<JudgedInterruption> {
    const { minimumApprovers } = settings.approvals;
    const judgement = judgeIntervention({ interruption, approvers, minimumApprovers, apiUserTeamIds, holder });
    if (judgement.kind !== "too-few") return { ...judgement, approvedIn };
    return leave(shortageText(await namesOf(judgement.teamIds), minimumApprovers, approvers));
  }

  return async (interruption) => {
    if (interruption.type !== "ManualIntervention") return leave("It is not a manual intervention.");
    if (off !== undefined) {
      const teams = (await namesOf(interruption.responsibleTeamIds)).join(" or ");
      return leave(teams === "" ? off : `${off} It waits for ${teams}.`);
    }
    const holder = await holderOf(interruption);
    if (lacksRight(interruption)) {
      const teams = await namesOf(interruption.responsibleTeamIds);
      return leave(lackingRight(teams, await (ownTeams ??= namesOfOwnTeams(space))));
    }
    const refusal = refusalOf(interruption, holder);
    if (refusal !== undefined) return leave(refusal);
    const atFirst = await judgedBy(await approverCache.toRefuse(), interruption, holder);
    return atFirst.kind === "leave" ? atFirst : await judgedBy(await approverCache.toApprove(), interruption, holder);
  };
}

/** The teams of the API user; `undefined`: they cannot be read. */
async function namesOfOwnTeams(
  space: Pick<SpaceGateway, "ownUser" | "teamsOf">,
): Promise<readonly string[] | undefined> {
  const reading = space.ownUser().then(async ({ id }) => await space.teamsOf(id));
  return (await recover(reading, () => undefined))?.map(({ name }) => name);
}

/** Names the other user who has taken responsibility for an interruption. Each user is read once; one that cannot be read has no name. */
function openHolderNames(
  space: Pick<SpaceGateway, "user">,
): (interruption: Interruption) => Promise<string | undefined> {
  const names = new Map<Id<"User">, string | undefined>();
  return async ({ hasResponsibility, responsibleUserId: id }) => {
    if (hasResponsibility || id === undefined) return undefined;
    if (!names.has(id)) {
      const user = await recover(space.user(id), () => undefined);
      names.set(id, user && userText(user));
    }
    return names.get(id);
  };
}
