import { type DeploymentHistory, openHistory } from "./deployment-history.ts";
import type { Environment, Id } from "../model.ts";
import { ownDeployments, type Whose } from "../rules/tenancy.ts";
import { openReleaseShelf, type ReleaseShelf } from "./release-cache.ts";
import { requirePermissions } from "../resolve/require-permissions.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { openTaskBook, type TaskBook } from "./task-cache.ts";

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
  const promotes = route.kind === "promote" ? route : undefined;
  const places = [destination, ...(promotes?.sources ?? [])];
  const ofTenant = { space, project, tenant: promotes?.whose === "anyone" ? undefined : tenant };
  const observation = "Some deployments seem to have no server task any more";
  const book = openTaskBook(space, () => requirePermissions(ofTenant, places, ["TaskView"], observation));
  const shelf = openReleaseShelf(space, channel, settings.child.pattern);
  const historyOf = (environments: readonly Environment[], whose: Whose, channelId?: Id<"Channel">) =>
    openHistory(
      space,
      // What failed late spoils what the destination runs; of the sources only successes count.
      { projectId: project.id, environmentIds: environments.map(({ id }) => id), channelId, orFailed: !channelId },
      whose,
      book,
    );
  const inDestination = historyOf([destination], ownDeployments(tenant));
  const source = promotes && channel && historyOf(promotes.sources, promotes.whose, channel.id);
  return {
    shelf,
    book,
    destination: inDestination,
    source,
    async readFirstPages() {
      const learnsPattern = route.kind === "newest-created" || (promotes && settings.child.pattern.text !== "");
      const pages = await Promise.all([
        inDestination.readPage(),
        source?.readPage() ?? [],
        learnsPattern ? shelf.readPage().then(() => []) : [],
      ]);
      await book.learn(pages.flat());
    },
  };
}
