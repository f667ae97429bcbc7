import { type DeploymentHistory, openHistory } from "./deployment-history.ts";
import { ownDeployments } from "./plan/tenancy.ts";
import { openReleaseShelf, type ReleaseShelf } from "./release-shelf.ts";
import { requirePermissions } from "./require-permissions.ts";
import type { Context } from "./resolve-context.ts";
import { openTaskBook, type TaskBook } from "./task-book.ts";

/** Everything that is read in one look, each thing once. */
export interface Look {
  readonly shelf: ReleaseShelf;
  readonly book: TaskBook;
  readonly destination: DeploymentHistory;
  readonly source?: DeploymentHistory | undefined;
  readFirstPages(): Promise<void>;
}

/** Asks nothing yet. */
export function openLook({ space, project, channel, tenant, destination, route, settings }: Context): Look {
  const places = [destination, ...(route.kind === "promote" ? route.sources : [])];
  const ofTenant = route.kind === "promote" && route.whose === "anyone" ? undefined : tenant;
  const observation = "Some deployments seem to have no server task any more";
  const book = openTaskBook(space, () =>
    requirePermissions(["TaskView"], project, places, space, observation, ofTenant),
  );
  const shelf = openReleaseShelf(space, channel, settings.child.pattern);
  const inDestination = openHistory(
    space,
    { projectId: project.id, environmentIds: [destination.id] },
    ownDeployments(tenant),
    book,
  );
  const source =
    route.kind === "promote" && channel !== undefined
      ? openHistory(
          space,
          { projectId: project.id, environmentIds: route.sources.map(({ id }) => id), channelId: channel.id },
          route.whose,
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
        route.kind === "newest-created" || (route.kind === "promote" && settings.child.pattern.text !== "");
      const pages = await Promise.all([
        inDestination.readPage(),
        source?.readPage() ?? [],
        learnsPattern ? shelf.readPage().then(() => []) : [],
      ]);
      await book.learn(pages.flat());
    },
  };
}
