import { InternalError, PlanChangedError } from "../errors.ts";
import { explainPassedOver } from "./explain-passed-over.ts";
import type { Attempt, Deployment, Id } from "../model.ts";
import { resolveScope, mayBeNarrowed, mayRepeat } from "../resolve/targeting.ts";
import { undoneBy } from "../rules/marker.ts";
import { isUndoOfTask } from "../rules/undo.ts";
import { newestCoveringSuccess, previousRelease } from "../rules/current-release.ts";
import type { Found } from "../rules/findings.ts";
import { covers, everything, type DeploymentScope } from "../rules/deployment-scope.ts";
import type { DeploymentReader } from "./deployment-reader.ts";
import { type Candidate, selectRelease, type Selection } from "../rules/select-release.ts";
import type { Route } from "../rules/route.ts";
import { isPromotable } from "../rules/tenancy.ts";
import type { ReleaseCache } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isTakingBackItself } from "./previous-in-own-project.ts";
import { sourceCandidates } from "./promotion-candidates.ts";
import { readBack, requireSightOfDestination, toSeeDeployments } from "./read-current.ts";

/** The release, and the deployment scope of a run that deploys it. */
export interface Choice {
  readonly found: Found;
  readonly scope: DeploymentScope;
}

/**
 * Chooses the release and the scope of a run that deploys it. Throws `PermissionError` if an empty list may only mean that the API key lacks
 * a permission.
 */
export async function chooseRelease(context: Context, reader: DeploymentReader): Promise<Choice> {
  const { route, settings } = context;
  if (route.kind === "redeploy" && mayBeNarrowed(context)) return await chooseInScope(context, reader);
  if ((route.kind === "promote" || route.kind === "newest-created") && mayRepeat(settings)) {
    const repeated = await chooseRepeated(context, reader);
    if (repeated !== undefined) return repeated;
  }
  return await withScope(context, await chooseByRoute(context, reader));
}

async function withScope(context: Context, found: Found): Promise<Choice> {
  const isLimited = found.kind === "selected" && mayBeNarrowed(context);
  return { found, scope: isLimited ? await resolveScope(context, found.release) : everything };
}

/** The scope depends on a release, so the first search takes any current release, and the second one a release whose deployment covers the scope. */
async function chooseInScope(context: Context, reader: DeploymentReader): Promise<Choice> {
  const { found, scope } = await withScope(context, await chooseCurrent(context, reader, "any"));
  return { found: found.kind === "none" ? found : await chooseCurrent(context, reader, scope), scope };
}

/** The current release, for machines that should run it too. `undefined` means that there is no such release, or no such machine. */
async function chooseRepeated(context: Context, reader: DeploymentReader): Promise<Choice | undefined> {
  const { found, scope } = await withScope(context, await chooseCurrent(context, reader, everything));
  // No list of machines means that none of the given ones fits and that the settings ignore the mismatch.
  const isRepeated = found.kind === "selected" && scope.machines !== undefined;
  return isRepeated ? { found: { ...found, isRepeated }, scope } : undefined;
}

/** The release before the current one. In the project's own process the release of the running parent does not count either. */
async function choosePrevious(context: Context, reader: DeploymentReader): Promise<Found> {
  const { parent } = context.settings;
  const repeated = reader.destination.attempts().find((attempt) => isUndoOfTask(attempt, parent));
  if (repeated !== undefined) {
    const again = await reader.releaseCache.release(repeated.deployment.releaseId);
    return {
      kind: "selected",
      release: again,
      attempt: repeated,
      undo: undoneBy(repeated) ?? undefined,
      passedOver: [],
    };
  }
  if (await isTakingBackItself(context)) return noRelease;
  const { releaseId } = parent;
  const not = releaseId === undefined ? [] : [releaseId];
  const rule = { covers: (attempt: Attempt) => covers(attempt, everything), not };
  let undo: Deployment | undefined;
  const found = await readBack(reader, (...read) => {
    const previous = previousRelease(...read, rule);
    undo = previous.current;
    return previous;
  });
  if (found.kind !== "release") {
    await requireSightOfDestination(context);
    return noRelease;
  }
  const release = await reader.releaseCache.release(found.releaseId);
  const attempt = reader.taskCache.attemptOf(found.deployment);
  return { kind: "selected", release, attempt, undo: undo?.id, passedOver: [] };
}

async function chooseByRoute(context: Context, reader: DeploymentReader): Promise<Found> {
  const { route } = context;
  switch (route.kind) {
    case "redeploy":
      return await chooseCurrent(context, reader, everything);
    case "previous":
      return await choosePrevious(context, reader);
    case "no-release":
    case "nothing":
      return noRelease;
    case "approved":
      return await chooseApproved(context, reader, route);
    case "newest-created":
      return await explained(context, reader, await select(context, reader, newestCreated(reader.releaseCache)));
    case "promote":
      return await explained(context, reader, await selectPromoted(context, reader, route));
  }
}

const noRelease = { kind: "none", passedOver: [], gaveUp: false, notDeployed: [] } as const;

/** The current release: that of the newest success that covers a scope. */
async function chooseCurrent(
  context: Context,
  reader: DeploymentReader,
  scope: DeploymentScope | "any",
): Promise<Found> {
  const { settings } = context;
  const channelId = settings.child.mode === "Redeploy" ? context.channel?.id : undefined;
  const newest = await readBack(reader, (...read) =>
    newestCoveringSuccess(
      ...read,
      (attempt) =>
        (channelId === undefined || attempt.deployment.channelId === channelId) &&
        (scope === "any" || covers(attempt, scope)),
    ),
  );
  if (newest.kind !== "release") {
    await requireSightOfDestination(context);
    return noRelease;
  }
  const release = await reader.releaseCache.release(newest.releaseId);
  return { kind: "selected", release, attempt: reader.taskCache.attemptOf(newest.deployment), passedOver: [] };
}

/** The approved release and no other. Whether it may still be deployed is checked against the approved plan. */
async function chooseApproved(
  { space, project, tenant, destination }: Pick<Context, "space" | "project" | "tenant" | "destination">,
  { releaseCache }: Pick<DeploymentReader, "releaseCache">,
  { releaseId, version = releaseId }: Extract<Route, { kind: "approved" }>,
): Promise<Found> {
  const [release, template] = await Promise.all([
    releaseCache.known(releaseId) ?? space.release(releaseId),
    releaseCache.template(releaseId),
  ]);
  if (release === undefined) {
    throw new PlanChangedError(
      `The approved release ${version} of "${project.name}" was deleted, or the API key lacks ReleaseView.`,
      "Run the what-if again and have its plan approved.",
    );
  }
  releaseCache.add([release]);
  const isAllowed = isPromotable(template, destination, tenant);
  const refusal = { rejection: "not-promotable", release, candidate: { releaseId } } as const;
  return { kind: "selected", release, passedOver: isAllowed ? [] : [refusal] };
}

/** The best of the candidates that matches the pattern and that the server lets into the destination. */
async function select(
  { tenant, destination }: Pick<Context, "tenant" | "destination">,
  { releaseCache }: Pick<DeploymentReader, "releaseCache">,
  candidates: AsyncIterable<Candidate>,
): Promise<Selection> {
  return await selectRelease(candidates, {
    matchesPattern: (release) => releaseCache.matches(release),
    isPromotable: async (release) => isPromotable(await releaseCache.template(release), destination, tenant),
  });
}

async function selectPromoted(
  context: Context,
  reader: DeploymentReader,
  { sources, whose, elseNewestCreated }: Extract<Context["route"], { kind: "promote" }>,
): Promise<Selection> {
  const { releaseCache, source } = reader;
  if (source === undefined) throw new InternalError("Source environments without a channel.");
  const selection = await select(context, reader, sourceCandidates(source, reader));
  const nothingMatched = selection.passedOver.every(({ rejection }) => rejection === "other-version");
  if (selection.kind === "none" && elseNewestCreated && nothingMatched)
    return await select(context, reader, newestCreated(releaseCache));
  if (source.deployments().length === 0) {
    const { space, project } = context;
    const tenant = whose === "anyone" ? undefined : context.tenant;
    await requirePermissions(
      { space, project, tenant, environments: sources, needed: toSeeDeployments },
      "No deployment to the source environments was found",
    );
  }
  return selection;
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

/** Adds to a selection the release itself, and why each better one was passed over. */
async function explained(context: Context, reader: DeploymentReader, selection: Selection): Promise<Found> {
  const { releaseCache, source } = reader;
  if (selection.kind === "none") await prepareExplanation(context, releaseCache, selection);
  const inSource = source?.attempts() ?? [];
  const passedOver = await explainPassedOver(context, selection.passedOver, { releaseCache, inSource });
  if (selection.kind === "selected") {
    const { releaseId, attempt } = selection.candidate;
    return { kind: "selected", release: await releaseCache.release(releaseId), attempt, passedOver };
  }
  const refused = new Set(selection.passedOver.map(({ candidate }) => candidate.releaseId));
  const isAsked = context.settings.child.pattern.text !== "";
  const notDeployed = isAsked ? releaseCache.matching().filter(({ id }) => !refused.has(id)) : [];
  return { kind: "none", passedOver, gaveUp: selection.gaveUp, notDeployed };
}

/**
 * Throws `PermissionError` if releases were refused for a missing permission. Reads the best release that only failed the pattern, so that the
 * message can name it.
 */
async function prepareExplanation(
  { space, project, tenant, destination }: Pick<Context, "space" | "project" | "tenant" | "destination">,
  releaseCache: ReleaseCache,
  { passedOver }: Selection,
): Promise<void> {
  if (passedOver.some(({ rejection }) => rejection === "not-promotable")) {
    await requirePermissions(
      { space, project, tenant, environments: [destination], needed: ["DeploymentCreate"] },
      `Octopus allows no matching release in "${destination.name}"`,
    );
  }
  const [best] = passedOver;
  if (best?.rejection === "other-version") await releaseCache.release(best.candidate.releaseId);
}
