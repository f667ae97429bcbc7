import { obstacleOf } from "../rules/gate.ts";
import type { PlannedMember } from "./planned.ts";

/** What the plan does with a child, in a few words. */
export function happensTo({ kind, plan, refusal }: Pick<PlannedMember, "kind" | "plan" | "refusal">): string {
  if (kind === "missing") return "skipped: the project does not exist";
  if (plan === undefined) return refusal === undefined ? "not planned" : "cannot be planned";
  if (obstacleOf(plan) !== undefined) return "blocked";
  switch (plan.decision.kind) {
    case "deploy":
      return "deployed";
    case "adopt":
      return "already being deployed by this step";
    case "wait-for":
      return "deployed when another deployment has ended";
    case "skip":
      return `skipped: ${plan.decision.reason}`;
    case "not-found":
      return "no release";
  }
}
