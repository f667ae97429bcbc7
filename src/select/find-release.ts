import { chooseRelease } from "./choose-release.ts";
import type { DeploymentHistory } from "./deployment-history.ts";
import type { Attempt, Release } from "../model.ts";
import { mayBeNarrowed } from "../resolve/targeting.ts";
import { byCompletion, succeeded } from "../rules/attempts.ts";
import type { Findings, Found } from "../rules/findings.ts";
import { overlapping } from "../rules/decide.ts";
import { isNarrower, scopeText, everything } from "../rules/deployment-scope.ts";
import { type DeploymentReader, openDeploymentReader } from "./deployment-reader.ts";
import { readCurrent, requireSightOfDestination } from "./read-current.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";

/** The findings, and a second search for the same child. */
export interface Searched extends Findings {
  /** Searches again for another context. What was read before is not read again. */
  readonly again: (context: Context) => Promise<Searched>;
}

/**
 * Chooses the release and reads what the destination runs. Throws `PermissionError` where an empty list may only mean that the API key
 * lacks a right.
 * @param whenNew called as soon as a deployment seems likely, to read ahead
 */
export async function findRelease(context: Context, whenNew?: () => void): Promise<Searched> {
  return await search(openDeploymentReader(context), context, whenNew);
}

async function search(reader: DeploymentReader, context: Context, whenNew?: () => void): Promise<Searched> {
  await reader.readFirstPages();
  if (looksNew(reader, context)) whenNew?.();
  const again = (other: Context) => search(openDeploymentReader(other, reader), other);
  return { ...(await findWith(reader, context)), again };
}

async function findWith(reader: DeploymentReader, context: Context): Promise<Findings> {
  const { scope, found, current } = await readChoiceAndCurrent(context, reader);
  if (found.kind === "selected" && current === undefined) await requireSightOfDestination(context);
  const variablesModified = await readVariablesModified(context, reader, found);
  return {
    found,
    current,
    scope,
    ...(await readAboutChoice(context, reader, found)),
    variablesModified,
    isNewThere: found.kind === "selected" && isNewTo(reader.destination, found.release),
    inDestination: reader.destination.attempts(),
    inSource: reader.source?.attempts() ?? [],
  };
}

/**
 * Reads both at the same time where possible: a run without a narrower scope need not wait for the choice, unless the choice reads the same
 * history.
 */
async function readChoiceAndCurrent(
  context: Context,
  reader: DeploymentReader,
): Promise<Pick<Findings, "found" | "scope" | "current">> {
  const choosing = chooseRelease(context, reader);
  const waits = mayBeNarrowed(context) || context.route.kind === "redeploy";
  const scoping = waits ? choosing.then(({ scope }) => scope) : everything;
  const [choice, current] = await Promise.all([choosing, readCurrent(reader, scoping)]);
  return { ...choice, current };
}

/** Whether variables were edited since the release got its snapshot. Absent means that this run may not refresh it. */
async function readVariablesModified(
  { settings }: Pick<Context, "settings">,
  { releaseCache }: DeploymentReader,
  found: Found,
): Promise<boolean | undefined> {
  if (!settings.targeting.refreshSnapshot || found.kind !== "selected") return undefined;
  return (await releaseCache.template(found.release.id))?.variablesModified;
}

/** What an operator should know about the deployment of the chosen release in its source. Only names are read. */
async function readAboutChoice(
  { space }: Pick<Context, "space">,
  { releaseCache, source }: DeploymentReader,
  found: Found,
): Promise<Pick<Findings, "limited" | "rival">> {
  if (source === undefined || found.kind === "none" || found.isRepeated === true) return {};
  if (found.attempt === undefined) return {};
  const { attempt } = found;
  const inSource = source.attempts();
  const rival = overlapping(attempt, inSource)?.deployment;
  const { specificMachineIds, excludedMachineIds } = attempt.deployment;
  const isLimited = isNarrower(attempt, inSource, everything);
  const [machines, release] = await Promise.all([
    // If the names cannot be read, ids are shown.
    isLimited ? recover(space.machinesById([...specificMachineIds, ...excludedMachineIds]), () => []) : [],
    rival && releaseCache.release(rival.releaseId),
  ]);
  const names = new Map(machines.map(({ id, name }) => [id, name]));
  return {
    limited: isLimited ? scopeText(attempt.deployment, (id) => names.get(id) ?? id) : undefined,
    rival: rival && release && { release, deployment: rival },
  };
}

/** Whether the last release in the source differs from the last one in the destination, as far as the first pages tell. */
function looksNew({ source, destination }: DeploymentReader, { settings }: Pick<Context, "settings">): boolean {
  if (source === undefined || settings.child.pattern.text !== "") return false;
  const last = (attempts: readonly Attempt[]) => attempts.filter(succeeded).sort(byCompletion)[0]?.deployment.releaseId;
  const newest = last(source.attempts());
  return newest !== undefined && newest !== last(destination.attempts());
}

/** A deployment is never older than its release, so a release created after the oldest deployment read has no older one. */
function isNewTo(destination: DeploymentHistory, { id, assembled }: Release): boolean {
  const isRead = destination.isComplete() || assembled > (destination.oldest() ?? assembled);
  return isRead && destination.attempts().every(({ deployment }) => deployment.releaseId !== id);
}
