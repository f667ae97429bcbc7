import type { Environment, Id, Machine, Named } from "../model.ts";
import { matchName } from "./match-name.ts";

export interface MachineQuestion {
  /** What was asked for: names or ids of the parameter, which win, or the parent's. */
  readonly wanted: readonly string[];
  /** A list somebody typed must be right; the parent's machines need not concern this child. */
  readonly isTyped: boolean;
  /** Targets the child's preview can deploy to. */
  readonly deployable: readonly Named<"Machine">[];
  /** Machines of the child's space that carry a wanted name or id. */
  readonly existing: readonly Machine[];
  readonly destination: Environment;
}

export type MachineChoice =
  | { readonly kind: "machines"; readonly machines: readonly Named<"Machine">[] }
  /** None of those asked for belongs to what the child deploys to. */
  | { readonly kind: "none-fits" }
  /** One sentence per name that cannot be meant. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Those of the wanted machines the child can deploy to. Ids of another space mean nothing here: names do. */
export function chooseMachines({ wanted, isTyped, deployable, existing, destination }: MachineQuestion): MachineChoice {
  const machines: Named<"Machine">[] = [];
  const problems: string[] = [];
  for (const name of wanted) {
    const match = matchName(name, deployable);
    if (match.kind === "found") machines.push(match.value);
    else if (isTyped) problems.push(...problemWith(name, existing, destination));
  }
  if (problems.length > 0) return { kind: "problems", problems };
  const once = [...new Map(machines.map((machine) => [machine.id, machine])).values()];
  return once.length === 0 ? { kind: "none-fits" } : { kind: "machines", machines: once };
}

/** A machine of the destination that the child merely does not use is no problem: one list serves several children. */
function problemWith(name: string, existing: readonly Machine[], destination: Environment): readonly string[] {
  const match = matchName(name, existing);
  if (match.kind === "none") return [`There is no deployment target "${name}".`];
  const candidates = match.kind === "found" ? [match.value] : match.values;
  return candidates.some(({ environmentIds }) => environmentIds.includes(destination.id))
    ? []
    : [`The deployment target "${name}" is not in the environment ${destination.name}.`];
}

/** Exclusions that concern the child, as ids: the parent's, which were unavailable, and those of the parameter. */
export function excludedMachines(
  excluded: readonly string[],
  deployable: readonly Named<"Machine">[],
): readonly Id<"Machine">[] {
  const found = excluded.flatMap((name) => {
    const match = matchName(name, deployable);
    return match.kind === "found" ? [match.value.id] : [];
  });
  return [...new Set(found)];
}
