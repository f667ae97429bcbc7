import type { Attempt, Environment, Id, Instant, Project } from "./model.ts";
import type { DeploymentHistory } from "./deployment-history.ts";
import type { SpaceGateway } from "./octopus/gateway.ts";
import { byCompletion, completionOf, succeeded } from "./plan/attempts.ts";
import type { Candidate } from "./plan/select-release.ts";
import { counts, tenantOf, type Whose } from "./plan/tenancy.ts";
import type { ReleaseShelf } from "./release-shelf.ts";
import type { TaskBook } from "./task-book.ts";

export interface CandidateSource {
  readonly space: SpaceGateway;
  readonly project: Project;
  readonly channelId: Id<"Channel">;
  readonly whose: Whose;
  readonly sources: readonly Environment[];
  /** Its first page is read and that page's tasks are known. */
  readonly history: DeploymentHistory;
  readonly shelf: ReleaseShelf;
  readonly book: TaskBook;
  /** Told, before it is certain, which candidate will probably come first: its dear questions can be asked meanwhile. */
  readonly expect: (candidate: Candidate) => void;
}

/** How many candidates are put in order at once: one request finds what completed late among all of them. */
const windowSize = 10;

/**
 * The successful deployments to the source environments, latest completion first. Those that do not match the pattern come as soon as
 * they are seen. Deployments are listed by creation; for each window of candidates one request per
 * environment finds older ones that completed later.
 */
export async function* sourceCandidates(source: CandidateSource): AsyncGenerator<Candidate> {
  const { history, shelf } = source;
  const late = new Map<Id<"Deployment">, Attempt>();
  const seen = new Set<Id<"Deployment">>();
  const asked = new Set<Id<"Deployment">>();
  const unseen = () =>
    successes([...history.attempts(), ...late.values()]).filter(({ deployment }) => !seen.has(deployment.id));

  for (;;) {
    const window: Attempt[] = [];
    // While the shelf may hold more releases, each further question could cost a page: one candidate at a time then.
    const size = shelf.isExhausted() ? windowSize : 1;
    for (const attempt of unseen()) {
      if (window.length === size) break;
      if (await shelf.matches(attempt.deployment.releaseId)) {
        window.push(attempt);
      } else {
        seen.add(attempt.deployment.id);
        yield candidateOf(attempt);
      }
    }

    const last = window.at(-1);
    if (last !== undefined) {
      if (!history.isComplete()) {
        if (window[0] !== undefined) source.expect(candidateOf(window[0]));
        for (const attempt of await completedSince(completionOf(last), source, asked))
          late.set(attempt.deployment.id, attempt);
      }
      for (const attempt of unseen().filter((each) => byCompletion(each, last) <= 0)) {
        seen.add(attempt.deployment.id);
        yield candidateOf(attempt);
      }
    } else if (history.isComplete() || nothingOlderMatches(source)) {
      return;
    } else {
      await readOlder(source);
    }
  }
}

function candidateOf(attempt: Attempt): Candidate {
  return { releaseId: attempt.deployment.releaseId, attempt };
}

function successes(attempts: readonly Attempt[]): readonly Attempt[] {
  const once = new Map(attempts.map((attempt) => [attempt.deployment.id, attempt]));
  return [...once.values()].filter(succeeded).sort(byCompletion);
}

/** A deployment is never older than its release: before the oldest matching release was created there is nothing to find. */
function nothingOlderMatches({ history, shelf }: CandidateSource): boolean {
  const oldestMatch = shelf.oldestMatch();
  const oldestRead = history.oldest();
  return oldestMatch !== undefined && oldestRead !== undefined && oldestRead < oldestMatch;
}

async function readOlder({ history, shelf, book }: CandidateSource): Promise<void> {
  const page = await history.readPage();
  const matching = [];
  for (const deployment of page) {
    if (await shelf.matches(deployment.releaseId)) matching.push(deployment);
  }
  await book.learn(matching);
}

/** Deployments that completed since an instant and were created too early to be on a page read so far. Each is asked for once. */
async function completedSince(
  since: Instant,
  source: CandidateSource,
  asked: Set<Id<"Deployment">>,
): Promise<readonly Attempt[]> {
  const { space, project, whose, sources, history, book } = source;
  const filter = { projectId: project.id, tenantId: tenantOf(whose), since };
  const lists = await Promise.all(
    sources.map(({ id: environmentId }) => space.deploymentTasksCompletedSince({ ...filter, environmentId })),
  );
  const tasks = lists.flat();
  const unknown = tasks.flatMap(({ deploymentId: id }) =>
    id === undefined || asked.has(id) || history.hasSeen(id) ? [] : [id],
  );
  if (unknown.length === 0) return [];
  for (const id of unknown) asked.add(id);
  book.add(tasks);
  const deployments = await space.deploymentsById(unknown);
  return deployments
    .filter((deployment) => deployment.channelId === source.channelId && counts(deployment, whose))
    .map((deployment) => book.attemptOf(deployment));
}
