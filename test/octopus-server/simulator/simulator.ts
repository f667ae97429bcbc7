import type { ClockMode } from "../clock.ts";
import type { Project } from "../documents/configuration.ts";
import { problemsOf } from "../http/body.ts";
import { Fault } from "../http/faults.ts";
import type { FaultInput } from "../http/faults.ts";
import { Refusal } from "../http/refusal.ts";
import { changeProcess, changeVariables } from "../rules/snapshots.ts";
import { byAnyName } from "../state.ts";
import type { State } from "../state.ts";
import { isProfileName, profiles, Switches } from "../switches.ts";
import type { ProfileName, SwitchChanges } from "../switches.ts";
import { Script } from "../tasks/script.ts";
import type { ScriptInput } from "../tasks/script.ts";
import { parseWorld } from "../world/load-world.ts";
import type { World } from "../world/world.ts";
import type { Simulation } from "./simulation.ts";
import { controlTask } from "./task-control.ts";
import type { TaskControl } from "./task-control.ts";

/** The control API in this process: a function for each `/simulator/` call. Wrong arguments throw what the call would answer. */
export interface Simulator {
  setClock(change: { readonly now?: string | number; readonly mode?: ClockMode; readonly advance?: number }): void;
  /** Replaces everything on the server. The journal, faults and switches stay. */
  loadWorld(world: World): void;
  /** Adds to the server; a name that exists already means the existing resource. A world that is refused may leave parts behind. */
  addWorld(world: World): void;
  /** Sets how deployments go from now on. The newest script that matches applies. */
  addScript(script: ScriptInput): void;
  clearScripts(): void;
  addFault(fault: FaultInput): void;
  clearFaults(): void;
  /** How often each fault has struck, in the order they were added. */
  faultsStruck(): readonly number[];
  /** Holds all answers back until the returned function is called: what a client sends meanwhile is on the wire at one time. */
  holdAnswers(): () => void;
  setSwitches(changes: SwitchChanges): void;
  /** Sets the switches of named profiles, one after the other. */
  useProfile(...names: readonly ProfileName[]): void;
  resetSwitches(): void;
  task(taskId: string): TaskControl;
  /** As if a user had edited a project's variables: the snapshots of its releases are out of date. */
  touchVariables(project: string): void;
  /** As if a user had edited a project's process. */
  touchProcess(project: string): void;
  /** The documents themselves, without copies, for assertions. */
  state(): State;
}

export function createSimulator(simulation: Simulation): Simulator {
  function settled<T>(action: () => T): T {
    simulation.settle();
    return action();
  }

  return {
    setClock: ({ now, mode, advance }) => {
      const instant = typeof now === "string" ? Date.parse(now) : now;
      if (instant !== undefined && Number.isNaN(instant))
        throw new Refusal(400, `now: '${now}' is not a date and time`);
      if (mode !== undefined) simulation.clock.setMode(mode);
      if (instant !== undefined) simulation.clock.set(instant);
      if (advance !== undefined) simulation.clock.advance(advance);
      simulation.settle();
    },
    loadWorld: (world) => {
      simulation.replaceWorld(parseWorld(world));
    },
    addWorld: (world) => {
      settled(() => {
        simulation.addWorld(parseWorld(world));
      });
    },
    addScript: (script) => {
      simulation.instance().engine.scripts.add(checked(Script, script));
    },
    clearScripts: () => {
      simulation.instance().engine.scripts.clear();
    },
    addFault: (fault) => {
      simulation.faults.add(checked(Fault, fault));
    },
    clearFaults: () => {
      simulation.faults.clear();
    },
    faultsStruck: () => simulation.faults.list().map(({ struck }) => struck),
    holdAnswers: () => simulation.wire.hold(),
    setSwitches: (changes) => {
      settled(() => {
        simulation.changeSwitches(checkedSwitches(changes));
      });
    },
    useProfile: (...names) => {
      for (const name of names) {
        if (!isProfileName(name))
          throw new Refusal(400, `There is no profile '${String(name)}'. Known: ${Object.keys(profiles).join(", ")}`);
        simulation.changeSwitches(checkedSwitches(profiles[name]));
      }
    },
    resetSwitches: () => {
      simulation.resetSwitches();
    },
    task: (taskId) => controlTask(simulation.instance(), taskId),
    touchVariables: (name) => {
      const instance = simulation.instance();
      const set = instance.state.variableSets.get(`variableset-${projectNamed(simulation, name).id}`);
      if (set !== undefined) changeVariables(instance, set, set.variables);
    },
    touchProcess: (name) => {
      const instance = simulation.instance();
      const process = instance.state.processes.get(`deploymentprocess-${projectNamed(simulation, name).id}`);
      if (process !== undefined) changeProcess(instance, process, process.steps);
    },
    state: () => settled(() => simulation.instance().state),
  };
}

function projectNamed(simulation: Simulation, name: string): Project {
  const found = byAnyName([...simulation.instance().state.projects.values()], name);
  if (found === undefined) throw new Refusal(400, `There is no project '${name}'.`);
  return found;
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: Parameters<typeof problemsOf>[0] };
}

function checked<T>(schema: Schema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, problemsOf(parsed.error).join("; "), problemsOf(parsed.error));
}

/** Only the named switches: `partial` would add the defaults of the others. */
function checkedSwitches(changes: unknown): SwitchChanges {
  const all: Readonly<Record<string, unknown>> = checked(Switches, changes);
  const named = typeof changes === "object" && changes !== null ? Object.keys(changes) : [];
  return Object.fromEntries(named.map((name) => [name, all[name]]));
}
