import type { Environment, Named, PreviewStep } from "../model.ts";
import { matchName } from "./match-name.ts";

/** Names or ids of deployment targets. */
export interface MachineNames {
  readonly specific: readonly string[];
  readonly excluded: readonly string[];
}

export interface MachineQuestion {
  /** What somebody typed must be right, and its specific machines win over the parent's. */
  readonly typed: MachineNames;
  /** What the parent's deployment was limited to need not concern this child. */
  readonly parents: MachineNames;
  /** What deploying the release would run, and where. */
  readonly steps: readonly PreviewStep[];
  /** Machines of the destination; only looked at when something typed is not among those of the steps. */
  readonly existing: readonly Named<"Machine">[];
  readonly destination: Environment;
  /** When none of the specific machines belongs to the child: go on as if none had been given. */
  readonly ignoreMismatch: boolean;
}

export type MachineChoice =
  | {
      readonly kind: "machines";
      /** Absent: all of them. Empty: none is left. */
      readonly machines?: readonly Named<"Machine">[] | undefined;
      /** Why none is left, as the end of a sentence. */
      readonly noneFits?: string | undefined;
      readonly excluded: readonly Named<"Machine">[];
      readonly cautions: readonly string[];
    }
  /** One sentence per name that cannot be meant. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/**
 * The machines the child is deployed to: those of the specific ones that belong to it, that are available and not excluded. Only when none
 * of them belongs to it at all may the mismatch be ignored: one that is merely unavailable never lets a deployment go to all others.
 */
export function chooseMachines(question: MachineQuestion): MachineChoice {
  const { typed, parents, destination, ignoreMismatch } = question;
  const problems = [...typed.specific, ...typed.excluded]
    .filter((name) => !isTarget(name, question) && matchName(name, question.existing).kind !== "found")
    .map((name) => `There is no deployment target "${name}" in the environment ${destination.name}.`);
  if (problems.length > 0) return { kind: "problems", problems };

  const excluded = targetsNamed([...typed.excluded, ...parents.excluded], question);
  const wanted = typed.specific.length > 0 ? typed.specific : parents.specific;
  if (wanted.length === 0) return { kind: "machines", excluded, cautions: [] };
  const own = targetsNamed(wanted, question);
  const names = wanted.join(", ");
  if (own.length === 0) {
    const mismatch = `none of the specific machines (${names}) is one of its targets in ${destination.name}`;
    const caution = `As ${mismatch}, this goes to all of them, as if no machines had been given.`;
    return ignoreMismatch
      ? { kind: "machines", excluded, cautions: [caution] }
      : { kind: "machines", machines: [], noneFits: mismatch, excluded: [], cautions: [] };
  }
  const available = new Set(question.steps.flatMap(({ machines }) => machines.map(({ id }) => id)));
  const machines = own.filter((machine) => available.has(machine.id) && !excluded.includes(machine));
  const others = namesOfMachines(own.filter((machine) => !machines.includes(machine)));
  if (machines.length === 0) {
    const noneFits = `the specific machines (${others}) are unavailable or excluded`;
    return { kind: "machines", machines, noneFits, excluded: [], cautions: [] };
  }
  const cautions = others === "" ? [] : [`Not deployed to ${others}: unavailable or excluded.`];
  return { kind: "machines", machines, excluded: [], cautions };
}

/** Whether a name means a machine the steps know. */
export function isTarget(name: string, { steps }: Pick<MachineQuestion, "steps">): boolean {
  return matchName(name, targetsOf(steps)).kind === "found";
}

export function namesOfMachines(machines: readonly Named<"Machine">[]): string {
  return machines.map(({ name }) => name).join(", ");
}

/** Each machine that one of the names means and that belongs to the child, once. */
function targetsNamed(names: readonly string[], { steps, existing }: MachineQuestion): readonly Named<"Machine">[] {
  const targets = targetsOf(steps);
  const found = names.map((name) => {
    const match = matchName(name, targets);
    if (match.kind === "found") return match.value;
    // The preview tells no slugs.
    const other = matchName(name, existing);
    return other.kind === "found" ? targets.find(({ id }) => id === other.value.id) : undefined;
  });
  return [...new Set(found)].filter((machine) => machine !== undefined);
}

/** Available or not. */
function targetsOf(steps: readonly PreviewStep[]): readonly Named<"Machine">[] {
  const all = steps.flatMap(({ machines, unavailable }) => [...machines, ...unavailable]);
  return [...new Map(all.map((machine) => [machine.id, machine])).values()];
}
