import type { Attempt, Named } from "../model.ts";

/** What limits a run besides its destination. */
export interface RunLimits {
  /** Absent: all machines. Empty: none is left, and nothing may be deployed. */
  readonly machines?: readonly Named<"Machine">[] | undefined;
  /** Why none is left, as the end of a sentence. */
  readonly noneFits?: string | undefined;
  /** Empty when `machines` is given: the excluded machines are not among those. */
  readonly excluded: readonly Named<"Machine">[];
  readonly skippedActionIds: readonly string[];
  readonly cautions: readonly string[];
}

/** A run of all steps on all machines. */
export const noLimits: RunLimits = { excluded: [], skippedActionIds: [], cautions: [] };

/** Whether a deployment did everything that a run of these limits would do: it was limited no further. */
export function isFullFor({ deployment }: Attempt, { machines, excluded, skippedActionIds }: RunLimits): boolean {
  const { specificMachineIds, excludedMachineIds } = deployment;
  const own = machines?.map(({ id }) => id);
  const leftOut = excluded.map(({ id }) => id);
  return (
    (specificMachineIds.length === 0 || own?.every((id) => specificMachineIds.includes(id)) === true) &&
    excludedMachineIds.every((id) => (own === undefined ? leftOut.includes(id) : !own.includes(id))) &&
    deployment.skippedActionIds.every((id) => skippedActionIds.includes(id))
  );
}
