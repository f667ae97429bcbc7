import { InternalError, PlanChangedError } from "../errors.ts";
import { explainPassedOver } from "./explain-passed-over.ts";
import type { DeploymentHistory } from "./deployment-history.ts";
import type { Attempt, Id, Release } from "../model.ts";
import { resolveScope, mayBeNarrowed, mayRepeat } from "../resolve/targeting.ts";
import { type Current, currentRelease, newestCoveringSuccess } from "../rules/current-release.ts";
import type { Findings, Found } from "../rules/findings.ts";
import { overlapping } from "../rules/decide.ts";
import { covers, isNarrower, scopeText, everything, type DeploymentScope } from "../rules/deployment-scope.ts";
import { type DeploymentReader, openDeploymentReader } from "./deployment-reader.ts";
import { type Candidate, selectRelease, type Selection } from "../rules/select-release.ts";
import { isPromotable } from "../rules/tenancy.ts";
import { recover } from "../recover.ts";
import type { ReleaseCache } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { sourceCandidates } from "./promotion-candidates.ts";

/**
 * Chooses the release and reads what the destination runs. Throws `PermissionError` where an empty list may only mean that the API key
 * lacks a right.
 */
export async function findRelease(context: Context): Promise<Findings> {
  const reader = openDeploymentReader(context);
  await reader.readFirstPages();
  const choosing = choose(context, reader);
  // Runs without limits need not wait for the choice to know what counts as a whole deployment, unless it reads the same history.
  const waits = mayBeNarrowed(context) || context.route.kind === "redeploy";
  const limiting = waits ? choosing.then(({ limits }) => limits) : everything;
  const [{ found, limits: scope }, current] = await Promise.all([choosing, readCurrent(reader, limiting)]);
  // Without the right to see deployments in the destination, every run would take it for empty and deploy the same release again.
  if (found.kind === "selected" && current === undefined) await requireSightOfDestination(context);
  const variablesModified =
    context.settings.targeting.refreshSnapshot && found.kind === "selected"
      ? (await reader.releaseCache.template(found.release.id))?.variablesModified
      : undefined;
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

/** What an operator should know about the deployment that made a release the choice. Most need no request: only names are looked up. */
async function readAboutChoice(
  { space }: Context,
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
    // Names are a courtesy: an id will do.
    isLimited ? recover(space.machinesById([...specificMachineIds, ...excludedMachineIds]), () => []) : [],
    rival && releaseCache.release(rival.releaseId),
  ]);
  const names = new Map(machines.map(({ id, name }) => [id, name]));
  return {
    limited: isLimited ? scopeText(attempt.deployment, (id) => names.get(id) ?? id) : undefined,
    rival: rival && release && { release, deployment: rival },
  };
}

/** A deployment is never older than its release, so what was created after the oldest deployment read cannot have an older one. */
function isNewTo(destination: DeploymentHistory, { id, assembled }: Release): boolean {
  const isRead = destination.isComplete() || assembled > (destination.oldest() ?? assembled);
  return isRead && destination.attempts().every(({ deployment }) => deployment.releaseId !== id);
}

interface Choice {
  readonly found: Found;
  readonly limits: DeploymentScope;
}

/** The release, and what the run is limited to by what deploying that release would run. */
async function choose(context: Context, reader: DeploymentReader): Promise<Choice> {
  const { route, settings } = context;
  const withLimits = async (found: Found): Promise<Choice> => {
    const isLimited = found.kind === "selected" && mayBeNarrowed(context);
    return { found, limits: isLimited ? await resolveScope(context, found.release) : everything };
  };
  if (route.kind === "redeploy" && mayBeNarrowed(context)) {
    // What is whole for this run shows only once its limits are known, and those need a release: any that is there.
    const { found, limits } = await withLimits(await chooseThere(context, reader, "any"));
    return { found: found.kind === "none" ? found : await chooseThere(context, reader, limits), limits };
  }
  if ((route.kind === "promote" || route.kind === "newest-created") && mayRepeat(settings)) {
    const { found, limits } = await withLimits(await chooseThere(context, reader, everything));
    // No list of machines means that none of the given ones fits and that the settings ignore the mismatch.
    const isRepeated = found.kind === "selected" && limits.machines !== undefined;
    if (isRepeated) return { found: { ...found, isRepeated }, limits };
  }
  return await withLimits(await chooseRelease(context, reader));
}

async function chooseRelease(context: Context, reader: DeploymentReader): Promise<Found> {
  const { route } = context;
  switch (route.kind) {
    case "redeploy":
      return await chooseThere(context, reader, everything);
    case "no-release":
    case "nothing":
      return noRelease;
    case "approved":
      return await chooseApproved(context, reader, route.releaseId);
    case "newest-created":
    case "promote":
      return await judged(context, reader, await select(context, reader));
  }
}

const noRelease = { kind: "none", passedOver: [], gaveUp: false, notDeployed: [] } as const;
const toSeeDeployments = ["DeploymentView", "TaskView"];

async function select(context: Context, { releaseCache, source, taskCache }: DeploymentReader): Promise<Selection> {
  const { route, tenant, destination } = context;
  const from = (candidates: AsyncIterable<Candidate>) =>
    selectRelease(candidates, {
      matchesPattern: (release) => releaseCache.matches(release),
      isPromotable: async (release) => isPromotable(await releaseCache.template(release), destination, tenant),
    });
  if (route.kind !== "promote") return await from(newestCreated(releaseCache));
  if (source === undefined) throw new InternalError("Source environments without a channel.");
  const selection = await from(sourceCandidates(source, releaseCache, taskCache));
  const nothingMatched = selection.passedOver.every(({ rejection }) => rejection === "other-version");
  if (selection.kind === "none" && route.elseNewestCreated && nothingMatched)
    return await from(newestCreated(releaseCache));
  if (source.deployments().length === 0) {
    const place = route.whose === "anyone" ? { ...context, tenant: undefined } : context;
    const observation = "No deployment to the source environments was found";
    await requirePermissions(place, route.sources, toSeeDeployments, observation);
  }
  return selection;
}

/** Adds the words to a selection: the release itself, and why each better one was passed over. */
async function judged(
  context: Context,
  { releaseCache, source }: DeploymentReader,
  selection: Selection,
): Promise<Found> {
  const { destination, settings } = context;
  if (selection.kind === "none") {
    const wasRefused = selection.passedOver.some(({ rejection }) => rejection === "not-promotable");
    const observation = `Matching releases exist and the server lets none of them into "${destination.name}"`;
    if (wasRefused) await requirePermissions(context, [destination], ["DeploymentCreate"], observation);
    // Reads the best release that only failed the pattern, so that the message can name a release that exists.
    const [best] = selection.passedOver;
    if (best?.rejection === "other-version") await releaseCache.release(best.candidate.releaseId);
  }
  const passedOver = await explainPassedOver(context, releaseCache, selection.passedOver, source?.attempts() ?? []);
  if (selection.kind === "selected") {
    const { releaseId, attempt } = selection.candidate;
    return { kind: "selected", release: await releaseCache.release(releaseId), attempt, passedOver };
  }
  const refused = new Set(selection.passedOver.map(({ candidate }) => candidate.releaseId));
  const notDeployed =
    settings.child.pattern.text === "" ? [] : releaseCache.matching().filter(({ id }) => !refused.has(id));
  return { kind: "none", passedOver, gaveUp: selection.gaveUp, notDeployed };
}

async function* newestCreated(releaseCache: ReleaseCache): AsyncGenerator<Candidate> {
  const seen = new Set<Id<"Release">>();
  for (;;) {
    for (const { id: releaseId } of releaseCache.inOrderOfCreation().filter(({ id }) => !seen.has(id))) {
      seen.add(releaseId);
      yield { releaseId };
    }
    if (releaseCache.isReadToTheEnd()) return;
    await releaseCache.readPage();
  }
}

/** What the destination runs, in full; the release is read along the way because every plan names it. */
async function readCurrent(
  reader: DeploymentReader,
  limiting: DeploymentScope | Promise<DeploymentScope>,
): Promise<Findings["current"]> {
  const limits = await limiting;
  const current = await readBack(reader, (...read) => currentRelease(...read, (attempt) => covers(attempt, limits)));
  if (current.kind !== "release") return undefined;
  const attempt = reader.taskCache.attemptOf(current.deployment);
  return { release: await reader.releaseCache.release(current.releaseId), incomplete: current.incomplete, attempt };
}

/** What people approved and nothing else; whether it still may be deployed is judged against their plan. */
async function chooseApproved(
  { space, project, tenant, destination }: Context,
  { releaseCache }: DeploymentReader,
  releaseId: Id<"Release">,
): Promise<Found> {
  const [release, template] = await Promise.all([space.release(releaseId), releaseCache.template(releaseId)]);
  if (release === undefined) {
    throw new PlanChangedError(
      `The approved release ${releaseId} of "${project.name}" was deleted, or the API key may not view it.`,
      "Run the what-if again and let its plan be approved.",
    );
  }
  releaseCache.add([release]);
  const isAllowed = isPromotable(template, destination, tenant);
  const refusal = { rejection: "not-promotable", release, candidate: { releaseId } } as const;
  return { kind: "selected", release, passedOver: isAllowed ? [] : [refusal] };
}

/** What the destination runs already: of the newest success that is whole for runs of these limits. */
async function chooseThere(
  context: Context,
  reader: DeploymentReader,
  limits: DeploymentScope | "any",
): Promise<Found> {
  const { settings } = context;
  const channelId = settings.child.mode === "Redeploy" ? context.channel?.id : undefined;
  const newest = await readBack(reader, (...read) =>
    newestCoveringSuccess(
      ...read,
      (attempt) =>
        (channelId === undefined || attempt.deployment.channelId === channelId) &&
        (limits === "any" || covers(attempt, limits)),
    ),
  );
  if (newest.kind !== "release") {
    await requireSightOfDestination(context);
    return noRelease;
  }
  const release = await reader.releaseCache.release(newest.releaseId);
  return { kind: "selected", release, attempt: reader.taskCache.attemptOf(newest.deployment), passedOver: [] };
}

async function requireSightOfDestination(context: Context): Promise<void> {
  const { destination } = context;
  const observation = `No successful deployment to "${destination.name}" was found`;
  await requirePermissions(context, [destination], toSeeDeployments, observation);
}

/** Reads the destination's history back until a rule can decide, then asks what ended since although it was created earlier. */
async function readBack(
  { destination, taskCache }: DeploymentReader,
  rule: (attempts: readonly Attempt[], isComplete: boolean) => Current,
): Promise<Exclude<Current, { kind: "undecided" }>> {
  let isAsked = false;
  for (;;) {
    const current = rule(destination.attempts(), destination.isComplete());
    if (current.kind === "undecided") {
      await taskCache.load(await destination.readPage());
    } else if (current.kind === "nothing" || isAsked) {
      return current;
    } else {
      await destination.readCompletedSince(current.since);
      isAsked = true;
    }
  }
}
