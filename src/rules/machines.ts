import type { Environment, Named, PreviewStep } from "../model.ts";
import { quoted, shortened } from "../text/format.ts";
import { matchName } from "./match-name.ts";

/** Names or ids of deployment targets. */
export interface MachineNames {
  readonly specific: readonly string[];
  readonly excluded: readonly string[];
}

export interface MachineQuestion {
  /** Entered names must exist. Entered specific machines take precedence over the parent's. */
  readonly typed: MachineNames;
  /** The machines of the parent's deployment, which need not belong to this child. */
  readonly parents: MachineNames;
  /** What deploying the release would run, and where. */
  readonly steps: readonly PreviewStep[];
  /** All machines of the destination, to recognise entered names that the child does not use. */
  readonly existing: readonly Named<"Machine">[];
  readonly destination: Environment;
  /** Whether to ignore the specific machines if none of them belongs to the child. */
  readonly ignoreMismatch: boolean;
}

/** The machines of a run, or the problems of the entered names. */
export type MachineChoice =
  | {
      readonly kind: "machines";
      /** Absent means all machines. Empty means that none is left. */
      readonly machines?: readonly Named<"Machine">[] | undefined;
      /** Why none is left, as the end of a sentence. */
      readonly noneFits?: string | undefined;
      readonly excluded: readonly Named<"Machine">[];
      readonly warnings: readonly string[];
    }
  /** One sentence per unknown name. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/**
 * The machines of the child's deployment: the specific machines that belong to the child, are available and are not excluded. The mismatch may
 * be ignored only if none of them belongs to the child: an unavailable machine must not send a deployment to all others.
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

/** The targets of the child, and a search for names among all machines. */
function openTargets({ steps, existing }: MachineQuestion) {
  const targets = byId(steps.flatMap(({ machines, unavailable }) => [...machines, ...unavailable]));
  // Targets of a preview have no slug, so machines of the environment replace them.
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
  const mismatch = `none of the specific machines (${names}) is a target`;
  const warning = `The specific machines (${names}) are ignored, because none of them is a target in ${destination.name}.`;
  return ignoreMismatch
    ? { kind: "machines", excluded, warnings: [warning] }
    : { kind: "machines", machines: [], noneFits: mismatch, excluded: [], warnings: [] };
}

/** The usable ones of the child's specific machines. */
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
