import { InternalError, PlanChangedError } from "./errors.ts";
import { type DeploymentHistory, openHistory } from "./deployment-history.ts";
import { explainPassedOver } from "./explain-passed-over.ts";
import type { Attempt, Id } from "./model.ts";
import { attemptsFor, isLimitedToMachines } from "./plan/attempts.ts";
import { type Current, currentRelease, newestFullSuccess } from "./plan/current-release.ts";
import type { Findings, Found } from "./plan/findings.ts";
import { type Candidate, selectRelease, type Selection } from "./plan/select-release.ts";
import { openReleaseShelf, type ReleaseShelf } from "./release-shelf.ts";
import { requirePermissions } from "./require-permissions.ts";
import type { Context } from "./resolve-context.ts";
import { sourceCandidates } from "./source-candidates.ts";
import { openTaskBook, type TaskBook } from "./task-book.ts";

/** Chooses the release and reads what the destination runs. Throws `PermissionError` where an empty list may only mean a missing right. */
export async function findRelease(context: Context): Promise<Findings> {
  const look = openLook(context);
  await look.readFirstPages();
  const [found, current] = await Promise.all([choose(context, look), readCurrent(look)]);
  return {
    found,
    current,
    inDestination: attemptsFor(undefined, look.destination.attempts()),
    inSource: look.source?.attempts() ?? [],
  };
}

/** Everything that is read in one look, each thing once. */
interface Look {
  readonly shelf: ReleaseShelf;
  readonly book: TaskBook;
  readonly destination: DeploymentHistory;
  readonly source?: DeploymentHistory | undefined;
  readFirstPages(): Promise<void>;
}

function openLook({ space, project, channel, destination, route, settings }: Context): Look {
  const places = [destination, ...(route.kind === "promote" ? route.sources : [])];
  const book = openTaskBook(space, async () => {
    await requirePermissions(
      ["TaskView"],
      project,
      places,
      space,
      "Some deployments seem to have no server task any more",
    );
  });
  const shelf = openReleaseShelf(space, channel, settings.child.pattern);
  const inDestination = openHistory(space, { projectId: project.id, environmentIds: [destination.id] }, book);
  const source =
    route.kind === "promote" && channel !== undefined
      ? openHistory(
          space,
          { projectId: project.id, environmentIds: route.sources.map(({ id }) => id), channelId: channel.id },
          book,
        )
      : undefined;
  return {
    shelf,
    book,
    destination: inDestination,
    source,
    async readFirstPages() {
      const learnsPattern =
        route.kind !== "redeploy" &&
        route.kind !== "approved" &&
        (settings.child.pattern.text !== "" || route.kind === "newest-created");
      const pages = await Promise.all([
        inDestination.readPage(),
        source?.readPage() ?? [],
        learnsPattern ? shelf.readPage().then(() => []) : [],
      ]);
      await book.learn(pages.flat());
    },
  };
}

async function choose(context: Context, look: Look): Promise<Found> {
  const { route } = context;
  switch (route.kind) {
    case "redeploy":
      return await chooseRedeployed(context, look);
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
        );
      }
      return await judged(context, look, selection);
    }
  }
}

async function select(
  { destination }: Context,
  { shelf }: Look,
  candidates: AsyncIterable<Candidate>,
): Promise<Selection> {
  const isPartial = ({ attempt }: Candidate) => attempt !== undefined && isLimitedToMachines(attempt);
  return await selectRelease(candidates, isPartial, {
    matchesPattern: async (release) => await shelf.matches(release),
    isPromotable: async (release) => (await shelf.template(release))?.promoteTo.includes(destination.id) ?? false,
  });
}

/** Adds the words to a selection: the release itself, and why each better one was passed over. */
async function judged(context: Context, look: Look, selection: Selection): Promise<Found> {
  const { project, destination, space } = context;
  const { shelf } = look;
  const wasRefused = selection.passedOver.some(({ rejection }) => rejection === "not-promotable");
  if (selection.kind === "none" && wasRefused) {
    const observation = `Matching releases exist and the server lets none of them into "${destination.name}"`;
    await requirePermissions(["DeploymentCreate"], project, [destination], space, observation);
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
async function readCurrent(look: Look): Promise<Findings["current"]> {
  const current = await readBack(look, currentRelease);
  if (current.kind !== "release") return undefined;
  const attempt = look.book.attemptOf(current.deployment);
  return { release: await look.shelf.release(current.releaseId), flaw: current.flaw, attempt };
}

/** What people approved and nothing else; whether it still may be deployed is judged against their plan. */
async function chooseApproved(
  { space, project, destination }: Context,
  { shelf }: Look,
  releaseId: Id<"Release"> | undefined,
): Promise<Found> {
  if (releaseId === undefined) return { kind: "none", passedOver: [], gaveUp: false, notDeployed: [] };
  const [release, template] = await Promise.all([space.release(releaseId), shelf.template(releaseId)]);
  if (release === undefined) {
    throw new PlanChangedError(
      `The approved release ${releaseId} of "${project.name}" was deleted, or the API key may not view it.`,
      "Run the what-if again and let its plan be approved.",
    );
  }
  shelf.add([release]);
  const isAllowed = template?.promoteTo.includes(destination.id) ?? false;
  const refusal = { rejection: "not-promotable", release, candidate: { releaseId } } as const;
  return { kind: "selected", release, passedOver: isAllowed ? [] : [refusal] };
}

async function chooseRedeployed(context: Context, look: Look): Promise<Found> {
  const channelId = context.settings.child.channel === undefined ? undefined : context.channel?.id;
  const ofChannel = (attempts: readonly Attempt[]) =>
    attempts.filter(({ deployment }) => channelId === undefined || deployment.channelId === channelId);
  const newest = await readBack(look, (attempts, isComplete) => newestFullSuccess(ofChannel(attempts), isComplete));
  if (newest.kind !== "release") {
    const observation = `No successful deployment to "${context.destination.name}" was found`;
    await requirePermissions(
      ["DeploymentView", "TaskView"],
      context.project,
      [context.destination],
      context.space,
      observation,
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
    const current = rule(attemptsFor(undefined, destination.attempts()), destination.isComplete());
    if (current.kind !== "undecided") return current;
    await book.learn(await destination.readPage());
  }
}
