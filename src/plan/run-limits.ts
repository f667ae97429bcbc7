import type { Attempt, Named } from "../model.ts";

/** What limits a run besides its destination. */
export interface RunLimits {
  /** Absent: all machines. Empty: none is left, and nothing may be deployed. */
  readonly machines?: readonly Named<"Machine">[] | undefined;
  /** Why none is left, as the end of a sentence. */
  readonly noneFits?: string | undefined;
  /** Only without specific machines: from those the excluded ones are taken already. */
  readonly excluded: readonly Named<"Machine">[];
  readonly skippedActionIds: readonly string[];
  readonly cautions: readonly string[];
}

export const noLimits: RunLimits = { excluded: [], skippedActionIds: [], cautions: [] };

/** Whether a deployment did everything that a run of these limits would do. It was limited no further. */
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
