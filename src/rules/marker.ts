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
  /** Absent means that an earlier version of the step created the deployment. */
  readonly travel?: Travel | undefined;
}

/** What the run knew when it created the deployment, in ids, so that a repetition after a crash takes nothing else. */
export interface Travel {
  /** The release that was current there before. `null` means none. */
  readonly was: string | null;
  readonly release: string;
  /** The chosen releases of all children of the run, in the order of its list. `null` means none for that child. */
  readonly choice: readonly (string | null)[];
  /** When it was to start: ISO 8601. `null` means at once. */
  readonly start: string | null;
  /** Digest of the run's plan, for people. `null` means a run for one child. */
  readonly train: string | null;
  /** 1 unless the run deploys failed children again until all succeed. */
  readonly pass: number;
  /** The deployment that this one takes back. `null` means it takes back none. */
  readonly undo: string | null;
}

const unknown = "-";

/** The machine-readable end of a deployment's comment. The first bracket never changes: every version of the step reads it. */
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

/** `undefined` means that it is damaged, or a person wrote those brackets. Parts that a later version added are passed over. */
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

/** Created by this very step of the parent's process, in this or an earlier run of it. */
export function isOfSameStep({ deployment }: Attempt, identity: StepIdentity): boolean {
  // A marker's parts are never absent, so an unknown identity equals none.
  const marker = parseMarker(deployment.comments);
  return marker !== undefined && marker.projectId === identity.projectId && marker.actionId === identity.actionId;
}

/** The deployment that one takes back. `null` means it takes back none. */
export function undoneBy({ deployment }: Attempt): string | null {
  return parseMarker(deployment.comments)?.travel?.undo ?? null;
}

/** Created in this task of the parent, by any of its steps. */
export function isOfTask({ deployment }: Attempt, { projectId, taskId }: StepIdentity): boolean {
  const marker = parseMarker(deployment.comments);
  return marker !== undefined && marker.projectId === projectId && marker.taskId === taskId;
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
