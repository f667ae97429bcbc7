import { readFileSync } from "node:fs";
import { addServerDefaults } from "../documents/add-people.ts";
import { addSpace } from "../documents/add-space.ts";
import type { Space } from "../documents/configuration.ts";
import { problemsOf } from "../http/body.ts";
import type { Instance } from "../instance.ts";
import { loadConfiguration } from "./load-configuration.ts";
import { loadHappenings } from "./load-happenings.ts";
import { addMemberships, loadPeople } from "./load-people.ts";
import { createNames } from "./names.ts";
import { World } from "./world.ts";
import type { ParsedWorld, SpaceContent } from "./world.ts";

/** A world that cannot be loaded: everything that is wrong with it, and where. */
export class WorldError extends Error {
  override readonly name = "WorldError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["The world cannot be loaded:", ...problems.map((problem) => `- ${problem}`)].join("\n"));
    this.problems = problems;
  }
}

/** Checks a world and fills in its defaults. Throws `WorldError` with every problem. */
export function parseWorld(value: unknown): ParsedWorld {
  const parsed = World.safeParse(value);
  if (!parsed.success) throw new WorldError(problemsOf(parsed.error));
  return parsed.data;
}

/** Reads a world file. Throws `WorldError` when it cannot be read or is no world. */
export function readWorldFile(path: string): ParsedWorld {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new WorldError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return parseWorld(value);
}

/** Adds a world to a server. A name that exists already means the existing resource. Throws `WorldError`. */
export function loadWorld(instance: Instance, world: ParsedWorld): void {
  const names = createNames();
  const isNew = instance.state.users.size === 0;
  if (isNew) addServerDefaults(instance);
  const home = homeSpace(instance, world);
  loadPeople(instance, world);
  const contents: [Space, SpaceContent, string][] = [[home, world, ""]];
  world.spaces.forEach((given, index) => {
    const space =
      spaceNamed(instance, given.name) ??
      addSpace(instance, { name: given.name, ...(given.id === undefined ? {} : { id: given.id }) });
    space.taskQueueStopped = given.taskQueueStopped;
    contents.push([space, given, `spaces[${index}].`]);
  });
  for (const [space, content, where] of contents) loadConfiguration(instance, names, space, content, where);
  addMemberships(instance, world, home, names);
  if (names.problems.length > 0) throw new WorldError(names.problems);
  loadHappenings(instance, names, contents);
  if (names.problems.length > 0) throw new WorldError(names.problems);
  // In a world the first script that matches applies, but in the engine the newest: so they are added in reverse.
  for (const [space, content] of contents) {
    for (const script of content.scripts.toReversed()) instance.engine.scripts.add({ ...script, space: space.id });
    for (const project of content.projects) {
      for (const script of project.scripts.toReversed()) {
        instance.engine.scripts.add({ ...script, space: space.id, project: project.name });
      }
    }
  }
  instance.access.forget();
}

function homeSpace(instance: Instance, world: ParsedWorld): Space {
  const existing = [...instance.state.spaces.values()].find(({ isDefault }) => isDefault);
  const given = world.space;
  if (existing === undefined) {
    const space = addSpace(instance, {
      name: given?.name ?? "Default",
      isDefault: true,
      ...(given?.id === undefined ? {} : { id: given.id }),
    });
    space.taskQueueStopped = given?.taskQueueStopped ?? false;
    return space;
  }
  return given === undefined
    ? existing
    : (spaceNamed(instance, given.name) ?? addSpace(instance, { name: given.name }));
}

function spaceNamed(instance: Instance, name: string): Space | undefined {
  return [...instance.state.spaces.values()].find((space) => space.name.toLowerCase() === name.toLowerCase());
}
