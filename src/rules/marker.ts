import type { Attempt } from "../model.ts";

/**
 * Which step of which parent created a deployment. A step is recognised by the parent's project and the step's action, a run of it by the
 * parent's task. Without project and action no deployment can be recognised as one's own.
 */
export interface StepIdentity {
  readonly projectId?: string | undefined;
  readonly actionId?: string | undefined;
  readonly taskId?: string | undefined;
}

/** What a deployment's comment says about the step that created it. */
export interface Marker {
  readonly projectId: string;
  readonly actionId: string;
  readonly taskId: string;
  /** 1 for the first deployment of a run, 2 for its first retry and so on. */
  readonly attempt: number;
}

const unknown = "-";

/** The machine-readable end of a deployment's comment. */
export function markerText(identity: StepIdentity, attempt: number): string {
  const part = (value: string | undefined) => (value === undefined ? unknown : encodeURIComponent(value));
  return (
    `[deploy-child-project parent=${part(identity.projectId)} action=${part(identity.actionId)}` +
    ` task=${part(identity.taskId)} attempt=${attempt}]`
  );
}

/** The marker in a comment; `undefined` for deployments that no step of ours created. Users may have added text around it. */
export function parseMarker(comments: string): Marker | undefined {
  const found = /\[deploy-child-project parent=(\S+) action=(\S+) task=(\S+) attempt=(\d{1,6})\]/.exec(comments);
  const [projectId, actionId, taskId, attempt] = found?.slice(1) ?? [];
  if (projectId === undefined || actionId === undefined || taskId === undefined) return undefined;
  return { projectId: decode(projectId), actionId: decode(actionId), taskId: decode(taskId), attempt: Number(attempt) };
}

/** Created by this very step of the parent's process, in this or an earlier run of it. */
export function isOfSameStep({ deployment }: Attempt, identity: StepIdentity): boolean {
  // A marker's parts are never absent, so an unknown identity equals none.
  const marker = parseMarker(deployment.comments);
  return marker !== undefined && marker.projectId === identity.projectId && marker.actionId === identity.actionId;
}

/** Created in this task of the parent, by this run of the step or one that Octopus repeated. */
export function isOfSameTask(attempt: Attempt, identity: StepIdentity): boolean {
  return isOfSameStep(attempt, identity) && parseMarker(attempt.deployment.comments)?.taskId === identity.taskId;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
