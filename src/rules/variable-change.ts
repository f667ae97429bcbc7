import type { Fingerprint, VariableChange } from "./plan.ts";
import type { Findings } from "./findings.ts";
import type { Release } from "../model.ts";

/**
 * Whether a run that may refresh the snapshot finds the variables of the release changed. `undefined` means that they did not change, or that the
 * run may not refresh. An approved plan allows the change that it showed, and one refresh.
 * @param planned the release in the approved plan, `null` if it has none. Absent means that there is no such plan
 */
export function variableChange(
  { id, modified = 0, snapshotIds }: Release,
  { current, variablesModified }: Pick<Findings, "current" | "variablesModified">,
  planned: Fingerprint | null | undefined,
): VariableChange | undefined {
  if (variablesModified === undefined) return undefined;
  const isNewer = current?.release.id === id && modified > current.attempt.deployment.created;
  const refreshed = isNewer ? "refreshed" : undefined;
  const today = variablesModified ? "outdated" : refreshed;
  if (planned === undefined) return today;
  if (planned?.variables === undefined) return undefined;
  const wasRefreshed = planned.id === id && [...snapshotIds].sort().join() !== planned.snapshots.join();
  return planned.variables === "refreshed" || wasRefreshed ? refreshed : today;
}
