import type { DeploymentFreeze, FreezeScope, Instant } from "../model.ts";
import { instantText } from "../text/format.ts";

/** A freeze that prevents deployments from starting, and when it ends, if that is known. */
export interface ActiveFreeze {
  readonly freeze: DeploymentFreeze;
  readonly until?: Instant | undefined;
}

/**
 * The freezes of a project, environment and tenant that are active at an instant. For recurring freezes the server has to be asked for that
 * instant.
 */
export function freezesAt(
  freezes: readonly DeploymentFreeze[],
  scope: FreezeScope,
  instant: Instant,
): readonly ActiveFreeze[] {
  return freezes.filter((freeze) => concerns(freeze, scope)).flatMap((freeze) => holdsAt(freeze, instant));
}

/** How far the server's clock and ours may differ, in milliseconds. */
const clockDifference = 300_000;

/**
 * The freezes because of which the server refused a deployment: those that are active at its start by the server's clock, and those of the
 * project that the refusal names.
 */
export function freezesMeant(
  freezes: readonly DeploymentFreeze[],
  scope: FreezeScope,
  refusal: { readonly instant: Instant; readonly words: string },
): readonly ActiveFreeze[] {
  const { instant, words } = refusal;
  return freezes.flatMap((freeze) => {
    const [held] = concerns(freeze, scope)
      ? [instant, instant - clockDifference, instant + clockDifference].flatMap((each) => holdsAt(freeze, each))
      : [];
    if (held !== undefined) return [held];
    return isOfProject(freeze, scope) && isNamedIn(words, freeze.name) ? [{ freeze }] : [];
  });
}

/** `the deployment freeze "Xmas" until 2027-01-03 00:00 UTC` */
export function freezeText({ freeze, until }: ActiveFreeze): string {
  return `the deployment freeze "${freeze.name}"${until === undefined ? "" : ` until ${instantText(until)}`}`;
}

/** Whether a freeze applies to a place. */
export function concerns({ scopes }: DeploymentFreeze, { projectId, environmentId, tenantId }: FreezeScope): boolean {
  return scopes.some(
    (scope) =>
      scope.projectId === projectId &&
      scope.environmentId === environmentId &&
      (scope.tenantId === undefined || scope.tenantId === tenantId),
  );
}

function isOfProject({ scopes, ownerId }: DeploymentFreeze, { projectId }: FreezeScope): boolean {
  return ownerId === projectId || scopes.some((scope) => scope.projectId === projectId);
}

/** The known occurrences: the first one, and the one that the server tells. */
export function occurrencesOf({ start, end, recurrence }: DeploymentFreeze): readonly Occurrence[] {
  const told = recurrence?.occurrence;
  return told === undefined ? [{ start, end }] : [{ start, end }, told];
}

/** A time in which a freeze is active. */
type Occurrence = Pick<DeploymentFreeze, "start" | "end">;

/** A recurring freeze without an occurrence is active once it has begun, because the server was asked for that instant. */
function holdsAt(freeze: DeploymentFreeze, instant: Instant): readonly ActiveFreeze[] {
  const { start, recurrence } = freeze;
  const occurrence = occurrencesOf(freeze).find((each) => each.start <= instant && instant < each.end);
  if (occurrence !== undefined) return [{ freeze, until: occurrence.end }];
  return recurrence !== undefined && recurrence.occurrence === undefined && start <= instant ? [{ freeze }] : [];
}

/** Whole words only, because a freeze may be called "A". */
function isNamedIn(words: string, name: string): boolean {
  const pattern = name.trim().replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return pattern !== "" && new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, "iu").test(words);
}
