import type { ServerClock } from "./clock.ts";
import { createAccessCache } from "./rules/access.ts";
import type { AccessCache } from "./rules/access.ts";
import { createState } from "./state.ts";
import type { State } from "./state.ts";
import type { Switches } from "./switches.ts";
import { createTaskEngine } from "./tasks/task-engine.ts";
import type { TaskEngine } from "./tasks/task-engine.ts";
import { createTimeline } from "./timeline.ts";
import type { Timeline } from "./timeline.ts";

/** What every rule and handler may use. */
export interface Core {
  readonly state: State;
  readonly clock: ServerClock;
  readonly timeline: Timeline;
  /** The present switches: they may change between two requests. */
  readonly switches: () => Switches;
  readonly access: AccessCache;
  /** `/api`, with the virtual directory in front: every link begins with it. */
  readonly api: string;
}

/** One Octopus Server: its documents, its time and its task engine. Instances share nothing. */
export interface Instance extends Core {
  readonly engine: TaskEngine;
}

export function createInstance(clock: ServerClock, switches: () => Switches, basePath: string): Instance {
  const state = createState();
  const core: Core = {
    state,
    clock,
    timeline: createTimeline(clock),
    switches,
    access: createAccessCache(state),
    api: `${basePath}/api`,
  };
  return { ...core, engine: createTaskEngine(core) };
}
