import { createClock } from "../clock.ts";
import type { ClockMode, ServerClock } from "../clock.ts";
import type { Incoming } from "../http/answer.ts";
import { createFaultBox } from "../http/faults.ts";
import type { FaultBox } from "../http/faults.ts";
import { createJournal } from "../http/journal.ts";
import type { Journal } from "../http/journal.ts";
import { createRateLimit } from "../http/rate-limit.ts";
import type { RateLimit } from "../http/rate-limit.ts";
import type { Reply } from "../http/reply.ts";
import { createWire } from "../http/wire.ts";
import type { Wire } from "../http/wire.ts";
import { createRouter } from "../http/router.ts";
import type { Router } from "../http/router.ts";
import { createInstance } from "../instance.ts";
import type { Instance } from "../instance.ts";
import { allRoutes } from "../routes/all-routes.ts";
import { defaultSwitches } from "../switches.ts";
import type { SwitchChanges, Switches } from "../switches.ts";
import { createShapeWatch } from "./shape-watch.ts";
import type { ShapeWatch } from "./shape-watch.ts";
import { loadWorld } from "../world/load-world.ts";
import type { ParsedWorld } from "../world/world.ts";
import { control } from "./control-api.ts";

/** One embedded server: a replaceable Octopus instance, with its clock, journal, wire, faults and switches. */
export interface Simulation {
  readonly clock: ServerClock;
  readonly router: Router;
  readonly journal: Journal;
  readonly wire: Wire;
  readonly faults: FaultBox;
  readonly rateLimit: RateLimit;
  instance(): Instance;
  switches(): Switches;
  changeSwitches(changes: SwitchChanges): void;
  resetSwitches(): void;
  /** Replaces everything by a world. A `WorldError` leaves everything as it was. */
  replaceWorld(world: ParsedWorld): void;
  /** Adds a world to the server. Throws `WorldError`. */
  addWorld(world: ParsedWorld): void;
  /** Carries out everything that is due. */
  settle(): void;
  /** Answers a request to the control API. */
  control(incoming: Incoming): Reply;
  readonly shapes: ShapeWatch;
}

export function createSimulation(options: {
  readonly mode: ClockMode;
  readonly now: number | undefined;
  readonly basePath: string;
  readonly checkShapes: boolean;
}): Simulation {
  let switches = defaultSwitches();
  const clock = createClock(options.mode, options.now);
  let instance = emptyInstance();

  function emptyInstance(): Instance {
    return createInstance(clock, () => switches, options.basePath);
  }

  const simulation: Simulation = {
    clock,
    router: createRouter(allRoutes),
    journal: createJournal(),
    wire: createWire(),
    faults: createFaultBox(),
    rateLimit: createRateLimit(),
    instance: () => instance,
    switches: () => switches,
    changeSwitches: (changes) => {
      switches = { ...switches, ...changes };
      instance.engine.dispatch();
    },
    resetSwitches: () => {
      switches = defaultSwitches();
    },
    replaceWorld: (world) => {
      const before = clock.now();
      if (world.now !== undefined && clock.mode() === "virtual" && options.now === undefined)
        clock.set(Date.parse(world.now));
      const next = emptyInstance();
      try {
        loadWorld(next, world);
      } catch (error) {
        clock.set(before);
        throw error;
      }
      instance = next;
    },
    addWorld: (world) => {
      loadWorld(instance, world);
    },
    settle: () => {
      instance.timeline.settle();
    },
    control: (incoming) => control(simulation, incoming),
    shapes: createShapeWatch(options.checkShapes),
  };
  return simulation;
}
