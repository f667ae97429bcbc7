import type { Interruption } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import type { Access, Place } from "./access.ts";

/**
 * Whether a user may take responsibility for an interruption and answer it: with `InterruptionSubmit` always, with
 * `InterruptionViewSubmitResponsible` as a member of a responsible team. When no team is named, all users who may deploy may answer
 * (docs default-permissions).
 */
export function mayAnswer(core: Core, interruption: Interruption, access: Access): boolean {
  const place = placeOf(core, interruption);
  if (access.may("InterruptionSubmit", place)) return true;
  const mayWhenResponsible = access.may("InterruptionViewSubmitResponsible", place);
  if (interruption.responsibleTeamIds.length === 0) return mayWhenResponsible || access.may("DeploymentCreate", place);
  return mayWhenResponsible && interruption.responsibleTeamIds.some((id) => access.teamIds.has(id));
}

export function mayView(core: Core, interruption: Interruption, access: Access): boolean {
  return access.may("InterruptionView", placeOf(core, interruption)) || mayAnswer(core, interruption, access);
}

function placeOf(core: Core, interruption: Interruption): Place {
  const task = core.state.history.tasks.get(interruption.taskId);
  return {
    spaceId: interruption.spaceId,
    projectId: task?.projectId ?? null,
    environmentId: task?.environmentId ?? null,
    tenantId: task?.tenantId ?? null,
  };
}
