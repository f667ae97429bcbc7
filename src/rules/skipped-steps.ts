import type { PreviewStep } from "../model.ts";
import { quoted, quotedList } from "../text/format.ts";
import { matchName } from "./match-name.ts";

/** The steps to skip, or the problems of the entered names. */
export type SkipChoice =
  | { readonly kind: "skip"; readonly actionIds: readonly string[] }
  /** One sentence per name that cannot be skipped. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Finds the entered steps among those that a deployment would run. An unknown name is a problem. */
export function chooseSkippedSteps(wanted: readonly string[], steps: readonly PreviewStep[]): SkipChoice {
  const actionIds: string[] = [];
  const problems: string[] = [];
  for (const name of wanted) {
    const match = matchName(name, steps);
    if (match.kind === "ambiguous") problems.push(`Step to skip ${quoted(name)} could be any of several steps.`);
    else if (match.kind === "none") problems.push(`Step to skip ${quoted(name)} was not found: ${namesOf(steps)}.`);
    else if (match.value.canBeSkipped) actionIds.push(match.value.id);
    else problems.push(`Step to skip "${match.value.name}" is required and cannot be skipped.`);
  }
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "skip", actionIds: [...new Set(actionIds)] };
}

function namesOf(steps: readonly PreviewStep[]): string {
  if (steps.length === 0) return "the deployment would run none";
  return `the deployment would run ${quotedList(steps.map(({ name }) => name))}`;
}
