import type { Clock } from "../clock.ts";
import type { Id, ServerTask } from "../model.ts";
import type { OctopusGateway, SpaceGateway } from "../octopus/gateway.ts";

/** Milliseconds in which those who poll at about the same time are served by one request. */
const window = 25;

/**
 * The same gateway for several children that are waited for side by side: those that poll their server tasks at about the same time are
 * answered by one request. https://octopus.com/docs/api/tasks
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
    whilePolling() {
      if (patient === undefined) {
        const polling = space.whilePolling();
        patient = { ...polling, task: readTogether((ids) => polling.tasksById(ids), clock) };
      }
      return patient;
    },
  };
}

function readTogether(read: SpaceGateway["tasksById"], clock: Pick<Clock, "sleep">): SpaceGateway["task"] {
  let collecting: { readonly ids: Set<Id<"ServerTask">>; readonly tasks: Promise<readonly ServerTask[]> } | undefined;
  const collect = () => {
    const ids = new Set<Id<"ServerTask">>();
    const tasks = clock.sleep(window).then(() => {
      collecting = undefined;
      return read([...ids]);
    });
    return { ids, tasks };
  };
  return async (id) => {
    const { ids, tasks } = (collecting ??= collect());
    ids.add(id);
    return (await tasks).find((task) => task.id === id);
  };
}
