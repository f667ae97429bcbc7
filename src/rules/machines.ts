import type { Environment, Named, PreviewStep } from "../model.ts";
import { quoted, shortened } from "../text/format.ts";
import { matchName } from "./match-name.ts";

/** Names or ids of deployment targets. */
export interface MachineNames {
  readonly specific: readonly string[];
  readonly excluded: readonly string[];
}

export interface MachineQuestion {
  /** Typed names must be right, and its specific machines win over the parent's. */
  readonly typed: MachineNames;
  /** What the parent's deployment was limited to need not concern this child. */
  readonly parents: MachineNames;
  /** What deploying the release would run, and where. */
  readonly steps: readonly PreviewStep[];
  /** Machines of the destination, so that what was typed can be recognised although the child does not use it. */
  readonly existing: readonly Named<"Machine">[];
  readonly destination: Environment;
  /** When none of the specific machines belongs to the child: go on as if none had been given. */
  readonly ignoreMismatch: boolean;
}

/** The machines of a run, or what is wrong with those that were typed. */
export type MachineChoice =
  | {
      readonly kind: "machines";
      /** Absent means all of them. Empty: none is left. */
      readonly machines?: readonly Named<"Machine">[] | undefined;
      /** Why none is left, as the end of a sentence. */
      readonly noneFits?: string | undefined;
      readonly excluded: readonly Named<"Machine">[];
      readonly warnings: readonly string[];
    }
  /** One sentence per name that cannot be meant. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/**
 * The machines the child is deployed to: those of the specific ones that belong to the child, are available and are not excluded. Only when
 * none of them belongs to the child at all may the mismatch be ignored: one that is merely unavailable never lets a deployment go to all
 * others.
 */
export function chooseMachines(question: MachineQuestion): MachineChoice {
  const { typed, parents, steps, destination } = question;
  const { find, targetsNamed } = openTargets(question);
  const problems = [...typed.specific, ...typed.excluded]
    .filter((name) => find(name) === undefined)
    .map((name) => `Deployment target ${quoted(name)} was not found in ${destination.name}.`);
  if (problems.length > 0) return { kind: "problems", problems };

  const excluded = targetsNamed([...typed.excluded, ...parents.excluded]);
  const wanted = typed.specific.length > 0 ? typed.specific : parents.specific;
  if (wanted.length === 0) return { kind: "machines", excluded, warnings: [] };
  const own = targetsNamed(wanted);
  if (own.length === 0) return mismatched(wanted, excluded, question);
  const available = byId(steps.flatMap((step) => step.machines));
  return narrowed(own, (machine) => available.has(machine.id) && !excluded.includes(machine));
}

type Machine = Named<"Machine">;

function byId(machines: readonly Machine[]): ReadonlyMap<Machine["id"], Machine> {
  return new Map(machines.map((machine) => [machine.id, machine]));
}

/** The targets of the child, and everything that a name may mean. */
function openTargets({ steps, existing }: MachineQuestion) {
  const targets = byId(steps.flatMap(({ machines, unavailable }) => [...machines, ...unavailable]));
  // The targets of a preview have no slugs; a machine that exists in the environment has one and replaces its target here.
  const known = [...byId([...targets.values(), ...existing]).values()];
  const find = (name: string) => {
    const match = matchName(name, known);
    return match.kind === "found" ? match.value : undefined;
  };
  const targetsNamed = (names: readonly string[]) => {
    const ids = new Set(names.map((name) => find(name)?.id));
    return [...targets.values()].filter(({ id }) => ids.has(id));
  };
  return { find, targetsNamed };
}

/** None of the specific machines belongs to the child. */
function mismatched(
  wanted: readonly string[],
  excluded: readonly Machine[],
  { destination, ignoreMismatch }: MachineQuestion,
): MachineChoice {
  const names = shortened(wanted.join(", "));
  const mismatch = `none of the specific machines (${names}) is a target of it`;
  const warning = `The specific machines (${names}) are ignored, because none of them is a target in ${destination.name}.`;
  return ignoreMismatch
    ? { kind: "machines", excluded, warnings: [warning] }
    : { kind: "machines", machines: [], noneFits: mismatch, excluded: [], warnings: [] };
}

/** Those of the child's specific machines that can be deployed to. */
function narrowed(own: readonly Machine[], isUsable: (machine: Machine) => boolean): MachineChoice {
  const machines = own.filter(isUsable);
  const leftOut = namesOfMachines(own.filter((machine) => !isUsable(machine)));
  const noneFits = machines.length > 0 ? undefined : `the specific machines (${leftOut}) are unavailable or excluded`;
  const warnings =
    leftOut === "" || noneFits !== undefined ? [] : [`Not deployed to ${leftOut}, because unavailable or excluded.`];
  return { kind: "machines", machines, noneFits, excluded: [], warnings };
}

export function namesOfMachines(machines: readonly Named<"Machine">[]): string {
  return machines.map(({ name }) => name).join(", ");
}
