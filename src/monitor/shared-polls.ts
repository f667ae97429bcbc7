import type { Clock } from "../clock.ts";
import type { Id } from "../model.ts";
import type { OctopusGateway, SpaceGateway } from "../octopus/gateway.ts";
import { together } from "../octopus/shared-reads.ts";

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
