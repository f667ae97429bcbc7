import type { Attempt } from "../model.ts";

/**
 * Which step of which parent created a deployment. A step is recognised by the parent's project and the step's action, a run of the step by the
 * parent's task. Without project and action no deployment counts as the step's own.
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
  /** Absent means that an earlier version of the step created the deployment. */
  readonly travel?: Travel | undefined;
}

/** The facts on which a run created the deployment, in ids, so that a repetition after a crash uses the same. */
export interface Travel {
  /** The release that was current before. `null` means none. */
  readonly was: string | null;
  readonly release: string;
  /** The chosen releases of all children of the run, in the order of its list. `null` means none for that child. */
  readonly choice: readonly (string | null)[];
  /** The scheduled start in ISO 8601. `null` means at once. */
  readonly start: string | null;
  /** Digest of the run's plan, for readers only. `null` means a run for one child. */
  readonly train: string | null;
  /** 1 unless the run deploys failed children again until all succeed. */
  readonly pass: number;
  /** The deployment that this one undoes. `null` means none. */
  readonly undo: string | null;
}

const unknown = "-";

/** The machine-readable end of a deployment's comment. The first bracket never changes, because every version of the step reads it. */
export function markerText(identity: StepIdentity, attempt: number, travel?: Travel): string {
  const first =
    `[deploy-child-project parent=${part(identity.projectId)} action=${part(identity.actionId)}` +
    ` task=${part(identity.taskId)} attempt=${attempt}]`;
  if (travel === undefined) return first;
  const { was, release, choice, start, train, pass, undo } = travel;
  const parts = [
    `was=${part(was)}`,
    `release=${part(release)}`,
    `choice=${choice.map(part).join(",")}`,
    `start=${part(start)}`,
    ...(pass === 1 ? [] : [`pass=${pass}`]),
    ...(undo === null ? [] : [`undo=${part(undo)}`]),
    `train=${part(train)}`,
  ];
  return `${first} [${parts.join(" ")}]`;
}

/** The marker in a comment; `undefined` for deployments that no step of ours created. Users may have added text around it. */
export function parseMarker(comments: string): Marker | undefined {
  const found =
    /\[deploy-child-project parent=(\S+) action=(\S+) task=(\S+) attempt=(\d{1,6})\](?: \[([^\]]*)\])?/.exec(comments);
  const [projectId, actionId, taskId, attempt, second] = found?.slice(1) ?? [];
  if (projectId === undefined || actionId === undefined || taskId === undefined) return undefined;
  const step = { projectId: decode(projectId), actionId: decode(actionId), taskId: decode(taskId) };
  return { ...step, attempt: Number(attempt), travel: second === undefined ? undefined : parseTravel(second) };
}

/** `undefined` means that the bracket is damaged or not ours. Parts that a later version added are ignored. */
function parseTravel(text: string): Travel | undefined {
  const parts = new Map(text.split(" ").map((each) => [each.split("=", 1)[0], each.slice(each.indexOf("=") + 1)]));
  const [was, release, choice] = [parts.get("was"), parts.get("release"), parts.get("choice")];
  if (was === undefined || release === undefined || release === unknown || choice === undefined) return undefined;
  return {
    was: orNull(was),
    release: decode(release),
    choice: choice.split(",").map(orNull),
    start: orNull(parts.get("start")),
    train: orNull(parts.get("train")),
    pass: /^\d{1,4}$/.test(parts.get("pass") ?? "") ? Number(parts.get("pass")) : 1,
    undo: orNull(parts.get("undo")),
  };
}

function part(value: string | null | undefined): string {
  return value === undefined || value === null ? unknown : encodeURIComponent(value);
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === unknown || text === "" ? null : decode(text);
}

/** Whether this step of the parent's process created the deployment, in this or an earlier run. */
export function isOfSameStep({ deployment }: Attempt, identity: StepIdentity): boolean {
  // The parts of a marker are never absent, so an unknown identity matches no marker.
  const marker = parseMarker(deployment.comments);
  return marker !== undefined && marker.projectId === identity.projectId && marker.actionId === identity.actionId;
}

/** The deployment that this one undoes. `null` means none. */
export function undoneBy({ deployment }: Attempt): string | null {
  return parseMarker(deployment.comments)?.travel?.undo ?? null;
}

/** Whether any step of the parent created the deployment in this task. */
export function isOfTask({ deployment }: Attempt, { projectId, taskId }: StepIdentity): boolean {
  const marker = parseMarker(deployment.comments);
  return marker !== undefined && marker.projectId === projectId && marker.taskId === taskId;
}

/** Whether this step created the deployment in this task, in this run or an earlier one. */
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
