import type { Clock } from "../clock.ts";
import type { Deployment, Id } from "../model.ts";
import type { DeploymentFilter, OctopusGateway, Page, SpaceGateway } from "../octopus/gateway.ts";
import { endOfTurn, together } from "../octopus/shared-reads.ts";
import type { PollingBeside } from "./poll-task.ts";

/** Milliseconds in which polls of several children are answered by one request. */
const window = 25;

/**
 * The same gateway for several children that are carried out side by side. Polls of server tasks, and reads of the newest deployments, that
 * come at about the same time are answered by one request. https://octopus.com/docs/api/tasks, …/deployments
 */
export function withSharedPolls(octopus: OctopusGateway, clock: Pick<Clock, "sleep">): OctopusGateway {
  const spaces = new Map<Id<"Space">, SpaceGateway>();
  return {
    portalUrl: octopus.portalUrl,
    spacesNamed: (text) => octopus.spacesNamed(text),
    allSpaces: () => octopus.allSpaces(),
    inSpace(id) {
      const space = spaces.get(id) ?? sharing(octopus.inSpace(id), clock);
      spaces.set(id, space);
      return space;
    },
  };
}

function sharing(space: SpaceGateway, clock: Pick<Clock, "sleep">): SpaceGateway {
  let patient: SpaceGateway | undefined;
  return {
    ...space,
    deployments: sharedLooks(space),
    whilePolling() {
      if (patient === undefined) {
        const polling = space.whilePolling();
        const read = together(
          (ids) => polling.tasksById(ids),
          () => clock.sleep(window),
        );
        patient = { ...polling, task: async (id) => (await read([id]))[0] };
      }
      return patient;
    },
  };
}

interface Pause {
  /** In milliseconds of `Clock.elapsed`. */
  readonly begun: number;
  readonly milliseconds: number;
  readonly end: (paused: number) => void;
}

/**
 * Pauses between the polls of several tasks, which last at most the given milliseconds. With the first pause that is over, all those end of
 * which half is over, so that one request polls their tasks together. Resolves to the milliseconds that a pause lasted.
 */
export function sharedPauses(clock: Pick<Clock, "elapsed" | "sleep">): PollingBeside["pause"] {
  const pauses = new Set<Pause>();
  const endWith = (own: Pause) => {
    if (!pauses.has(own)) return;
    for (const pause of pauses) {
      const paused = pause === own ? pause.milliseconds : clock.elapsed() - pause.begun;
      if (paused < pause.milliseconds / 2) continue;
      pauses.delete(pause);
      pause.end(Math.min(paused, pause.milliseconds));
    }
  };
  return (milliseconds) =>
    new Promise((end, fail) => {
      const own = { begun: clock.elapsed(), milliseconds, end };
      pauses.add(own);
      clock.sleep(milliseconds).then(() => endWith(own), fail);
    });
}

/** Children that read the deployments of one place at about the same time. */
interface Lookers {
  readonly filters: DeploymentFilter[];
  /** Resolves when no other child can join. */
  readonly isClosed: Promise<unknown>;
  first?: Promise<Page<Deployment>>;
}

/**
 * Shares reads that begin with a small page. No time passes while children join, because delays may count from now. What a child's part of
 * that page does not contain is read for that child alone.
 */
function sharedLooks(space: SpaceGateway): SpaceGateway["deployments"] {
  const open = new Map<string, Lookers>();

  function join(filter: DeploymentFilter): Lookers {
    const key = JSON.stringify({ ...filter, projectId: "", channelId: filter.channelId && "" });
    const lookers = open.get(key) ?? { filters: [], isClosed: endOfTurn().then(() => open.delete(key)) };
    open.set(key, lookers);
    lookers.filters.push(filter);
    return lookers;
  }

  return async function* deployments(filter) {
    const { firstPage, projectId, channelId } = filter;
    const lookers = firstPage === undefined ? undefined : join(filter);
    await lookers?.isClosed;
    if (firstPage === undefined || lookers === undefined || lookers.filters.length === 1)
      return yield* space.deployments(filter);
    const [, ...besides] = lookers.filters;
    const whole = { ...filter, ...lookers.filters[0], besides, firstPage: firstPage * lookers.filters.length };
    const { items, isLast } = await (lookers.first ??= firstOf(space.deployments(whole)));
    const own = items.filter(
      (each) => each.projectId === projectId && (channelId === undefined || each.channelId === channelId),
    );
    // An empty part proves nothing.
    const isWhole = isLast && own.length > 0;
    yield { items: own, isLast: isWhole };
    if (isWhole) return;
    const known = new Set(own.map(({ id }) => id));
    for await (const page of space.deployments({ ...filter, firstPage: undefined }))
      yield { ...page, items: page.items.filter(({ id }) => !known.has(id)) };
  };
}

async function firstOf(pages: AsyncIterable<Page<Deployment>>): Promise<Page<Deployment>> {
  for await (const page of pages) return page;
  return { items: [], isLast: true };
}
