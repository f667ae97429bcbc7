import { InternalError, PlanChangedError } from "./errors.ts";
import { explainPassedOver } from "./explain-passed-over.ts";
import type { Attempt, Id } from "./model.ts";
import { limitRun, mayBeLimited, mayRepeat } from "./limit-run.ts";
import { isLimitedToMachines } from "./plan/attempts.ts";
import { type Current, currentRelease, newestFullSuccess } from "./plan/current-release.ts";
import type { Findings, Found } from "./plan/findings.ts";
import { isFullFor, noLimits, type RunLimits } from "./plan/run-limits.ts";
import { type Look, openLook } from "./open-look.ts";
import { type Candidate, selectRelease, type Selection } from "./plan/select-release.ts";
import { isPromotable } from "./plan/tenancy.ts";
import type { ReleaseShelf } from "./release-shelf.ts";
import { requirePermissions } from "./require-permissions.ts";
import type { Context } from "./resolve-context.ts";
import { sourceCandidates } from "./source-candidates.ts";

/** Chooses the release and reads what the destination runs. Throws `PermissionError` where a right is missing. */
export async function findRelease(context: Context): Promise<Findings> {
  const look = openLook(context);
  await look.readFirstPages();
  const choosing = choose(context, look);
  // Runs without limits need not wait for the choice to know what counts as a whole deployment.
  const limiting = mayBeLimited(context.settings) ? choosing.then(({ limits }) => limits) : noLimits;
  const [{ found, limits }, current] = await Promise.all([choosing, readCurrent(look, limiting)]);
  const variablesModified =
    context.settings.targeting.refreshSnapshot && found.kind === "selected"
      ? (await look.shelf.template(found.release.id))?.variablesModified
      : undefined;
  return {
    found,
    current,
    limits,
    variablesModified,
    inDestination: look.destination.attempts(),
    inSource: look.source?.attempts() ?? [],
  };
}

interface Choice {
  readonly found: Found;
  readonly limits: RunLimits;
}

/** The release, and what the run is limited to by what deploying that release would run. */
async function choose(context: Context, look: Look): Promise<Choice> {
  const { route, settings } = context;
  const withLimits = async (found: Found): Promise<Choice> => {
    const isLimited = found.kind === "selected" && mayBeLimited(settings);
    return { found, limits: isLimited ? await limitRun(context, found.release) : noLimits };
  };
  if (route.kind === "redeploy" && mayBeLimited(settings)) {
    // What is whole for this run shows only once its limits are known, and those need a release: any that is there.
    const { found, limits } = await withLimits(await chooseThere(context, look, "any"));
    return { found: found.kind === "none" ? found : await chooseThere(context, look, limits), limits };
  }
  if ((route.kind === "promote" || route.kind === "newest-created") && mayRepeat(settings)) {
    const { found, limits } = await withLimits(await chooseThere(context, look, noLimits));
    // No list of machines: none fits, and that is to be ignored.
    const isRepeated = found.kind === "selected" && limits.machines !== undefined;
    if (isRepeated) return { found: { ...found, isRepeated }, limits };
  }
  return await withLimits(await chooseRelease(context, look));
}

async function chooseRelease(context: Context, look: Look): Promise<Found> {
  const { route } = context;
  switch (route.kind) {
    case "redeploy":
      return await chooseThere(context, look, noLimits);
    case "nothing":
      return { kind: "none", passedOver: [], gaveUp: false, notDeployed: [] };
    case "approved":
      return await chooseApproved(context, look, route.releaseId);
    case "newest-created":
      return await judged(context, look, await select(context, look, newestCreated(look.shelf)));
    case "promote": {
      const selection = await select(context, look, deployedToSource(context, look));
      const nothingMatched = selection.passedOver.every(({ rejection }) => rejection === "other-version");
      if (selection.kind === "none" && route.elseNewestCreated && nothingMatched) {
        return await judged(context, look, await select(context, look, newestCreated(look.shelf)));
      }
      if (look.source?.deployments().length === 0) {
        const observation = "No deployment to the source environments was found";
        await requirePermissions(
          ["DeploymentView", "TaskView"],
          context.project,
          route.sources,
          context.space,
          observation,
          route.whose === "anyone" ? undefined : context.tenant,
        );
      }
      return await judged(context, look, selection);
    }
  }
}

async function select(
  { tenant, destination }: Context,
  { shelf }: Look,
  candidates: AsyncIterable<Candidate>,
): Promise<Selection> {
  const isPartial = ({ attempt }: Candidate) => attempt !== undefined && isLimitedToMachines(attempt);
  return await selectRelease(candidates, isPartial, {
    matchesPattern: async (release) => await shelf.matches(release),
    isPromotable: async (release) => isPromotable(await shelf.template(release), destination, tenant),
  });
}

/** Adds the words to a selection: the release itself, and why each better one was passed over. */
async function judged(context: Context, look: Look, selection: Selection): Promise<Found> {
  const { project, tenant, destination, space } = context;
  const { shelf } = look;
  const wasRefused = selection.passedOver.some(({ rejection }) => rejection === "not-promotable");
  if (selection.kind === "none" && wasRefused) {
    const observation = `Matching releases exist and the server lets none of them into "${destination.name}"`;
    await requirePermissions(["DeploymentCreate"], project, [destination], space, observation, tenant);
  }
  if (selection.kind === "none") await nameTheClosest(shelf, selection);
  const passedOver = await explainPassedOver(context, shelf, selection.passedOver, look.source?.attempts() ?? []);
  if (selection.kind === "selected") {
    const { releaseId, attempt } = selection.candidate;
    return { kind: "selected", release: await shelf.release(releaseId), attempt, passedOver };
  }
  const refused = new Set(selection.passedOver.map(({ candidate }) => candidate.releaseId));
  const notDeployed =
    context.settings.child.pattern.text === "" ? [] : shelf.matching().filter(({ id }) => !refused.has(id));
  return { kind: "none", passedOver, gaveUp: selection.gaveUp, notDeployed };
}

/** Reads the best release that only failed the pattern, so that the message can say what is there instead. */
async function nameTheClosest(shelf: ReleaseShelf, { passedOver }: Selection): Promise<void> {
  const [first] = passedOver;
  if (first?.rejection === "other-version") await shelf.release(first.candidate.releaseId);
}

function deployedToSource(
  { space, project, channel, route }: Context,
  { source, shelf, book }: Look,
): AsyncIterable<Candidate> {
  if (route.kind !== "promote" || source === undefined || channel === undefined) {
    throw new InternalError("Candidates from a source environment were asked for without one.");
  }
  return sourceCandidates({
    space,
    project,
    channelId: channel.id,
    whose: route.whose,
    sources: route.sources,
    history: source,
    shelf,
    book,
    // Failing here would be premature: whoever really asks for the template gets the failure.
    expect: ({ releaseId }) => void shelf.template(releaseId).catch(() => undefined),
  });
}

async function* newestCreated(shelf: ReleaseShelf): AsyncGenerator<Candidate> {
  const seen = new Set<Id<"Release">>();
  for (;;) {
    for (const { id: releaseId } of shelf.inOrderOfCreation().filter(({ id }) => !seen.has(id))) {
      seen.add(releaseId);
      yield { releaseId };
    }
    if (shelf.isReadToTheEnd()) return;
    await shelf.readPage();
  }
}

/** What the destination runs, in full; the release is read along the way because every plan names it. */
async function readCurrent(look: Look, limiting: RunLimits | Promise<RunLimits>): Promise<Findings["current"]> {
  const limits = await limiting;
  const current = await readBack(look, (...read) => currentRelease(...read, (attempt) => isFullFor(attempt, limits)));
  if (current.kind !== "release") return undefined;
  const attempt = look.book.attemptOf(current.deployment);
  return { release: await look.shelf.release(current.releaseId), flaw: current.flaw, attempt };
}

/** What people approved and nothing else; whether it still may be deployed is judged against their plan. */
async function chooseApproved(
  { space, project, tenant, destination }: Context,
  { shelf }: Look,
  releaseId: Id<"Release">,
): Promise<Found> {
  const [release, template] = await Promise.all([space.release(releaseId), shelf.template(releaseId)]);
  if (release === undefined) {
    throw new PlanChangedError(
      `The approved release ${releaseId} of "${project.name}" was deleted, or the API key may not view it.`,
      "Run the what-if again and let its plan be approved.",
    );
  }
  shelf.add([release]);
  const isAllowed = isPromotable(template, destination, tenant);
  const refusal = { rejection: "not-promotable", release, candidate: { releaseId } } as const;
  return { kind: "selected", release, passedOver: isAllowed ? [] : [refusal] };
}

/** What the destination runs already: of the newest success that is whole for runs of these limits. */
async function chooseThere(context: Context, look: Look, limits: RunLimits | "any"): Promise<Found> {
  const { channel, mode } = context.settings.child;
  const channelId = channel === undefined || mode !== "Redeploy" ? undefined : context.channel?.id;
  const isFull = (attempt: Attempt) => limits === "any" || isFullFor(attempt, limits);
  const ofChannel = (attempts: readonly Attempt[]) =>
    attempts.filter(({ deployment }) => channelId === undefined || deployment.channelId === channelId);
  const newest = await readBack(look, (attempts, isComplete) =>
    newestFullSuccess(ofChannel(attempts), isComplete, isFull),
  );
  if (newest.kind !== "release") {
    const observation = `No successful deployment to "${context.destination.name}" was found`;
    await requirePermissions(
      ["DeploymentView", "TaskView"],
      context.project,
      [context.destination],
      context.space,
      observation,
      context.tenant,
    );
    return { kind: "none", passedOver: [], gaveUp: false, notDeployed: [] };
  }
  const release = await look.shelf.release(newest.releaseId);
  return { kind: "selected", release, attempt: look.book.attemptOf(newest.deployment), passedOver: [] };
}

/** Reads the destination's history back until a rule can decide. */
async function readBack(
  { destination, book }: Look,
  rule: (attempts: readonly Attempt[], isComplete: boolean) => Current,
): Promise<Exclude<Current, { kind: "undecided" }>> {
  for (;;) {
    const current = rule(destination.attempts(), destination.isComplete());
    if (current.kind !== "undecided") return current;
    await book.learn(await destination.readPage());
  }
}
