import { unknownToAll } from "../rules/gate.ts";
import { titleOf } from "../step/parameters.ts";
import { quotedList } from "../text/format.ts";
import type { Planned } from "./planned.ts";
import type { Member } from "./resolve-members.ts";

/**
 * A value that no child prompts for blocks the whole run, so it becomes a blocker of the first child that is deployed. If the prompts of some
 * child are unknown, the value is only a warning.
 */
export function withSharedValues(planned: readonly Planned[], members: readonly Member[]): readonly Planned[] {
  const sharing = members.flatMap(({ child: { settings } }, index) =>
    settings.targeting.sharesPromptedValues ? [planned.find((each) => each.index === index)?.plan] : [],
  );
  const { names, isCertain } = unknownToAll(sharing);
  const bearer = planned.find(({ plan }) => plan?.unknownPrompts !== undefined && plan.decision.kind === "deploy");
  if (bearer?.plan === undefined || names.length === 0) return planned;
  const who = isCertain ? "no child project prompts" : "no child project that was asked prompts";
  const text = `${titleOf("ChildProject.Prompted.Variables")}: ${who} for ${quotedList(names)}.`;
  const { warnings, blockers } = bearer.plan;
  const plan = isCertain
    ? { ...bearer.plan, blockers: [...blockers, { reason: "Blocked", text } as const] }
    : { ...bearer.plan, warnings: [...warnings, text] };
  return planned.map((each) => (each === bearer ? { ...bearer, plan } : each));
}
