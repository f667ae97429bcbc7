import type {
  Channel,
  Environment,
  Freeze,
  Lifecycle,
  Machine,
  Project,
  ProjectGroup,
  ScopedUserRole,
  Space,
  TagSet,
  Team,
  Tenant,
  User,
  UserRole,
} from "./documents/configuration.ts";
import type { LibraryVariableSet, Process, VariableSet } from "./documents/process.ts";
import type { Artifact, EventDocument, Interruption } from "./documents/execution.ts";
import { createHistory } from "./history.ts";
import type { History } from "./history.ts";

/** Every document of one server, by id. */
export interface State {
  readonly spaces: Map<string, Space>;
  readonly users: Map<string, User>;
  readonly teams: Map<string, Team>;
  readonly userRoles: Map<string, UserRole>;
  readonly scopedUserRoles: Map<string, ScopedUserRole>;
  readonly environments: Map<string, Environment>;
  readonly lifecycles: Map<string, Lifecycle>;
  readonly projectGroups: Map<string, ProjectGroup>;
  readonly projects: Map<string, Project>;
  readonly channels: Map<string, Channel>;
  readonly tenants: Map<string, Tenant>;
  readonly tagSets: Map<string, TagSet>;
  readonly machines: Map<string, Machine>;
  readonly freezes: Map<string, Freeze>;
  /** Live processes and their snapshots. */
  readonly processes: Map<string, Process>;
  /** Live variable sets and their snapshots. */
  readonly variableSets: Map<string, VariableSet>;
  readonly libraryVariableSets: Map<string, LibraryVariableSet>;
  readonly interruptions: Map<string, Interruption>;
  readonly artifacts: Map<string, Artifact>;
  readonly events: EventDocument[];
  /** Releases, deployments and tasks: there may be very many. */
  readonly history: History;
  /** The next id of a kind, e.g. `Projects-12`. */
  nextId(kind: string): string;
}

export function createState(): State {
  const counters = new Map<string, number>();
  return {
    spaces: new Map(),
    users: new Map(),
    teams: new Map(),
    userRoles: new Map(),
    scopedUserRoles: new Map(),
    environments: new Map(),
    lifecycles: new Map(),
    projectGroups: new Map(),
    projects: new Map(),
    channels: new Map(),
    tenants: new Map(),
    tagSets: new Map(),
    machines: new Map(),
    freezes: new Map(),
    processes: new Map(),
    variableSets: new Map(),
    libraryVariableSets: new Map(),
    interruptions: new Map(),
    artifacts: new Map(),
    events: [],
    history: createHistory(),
    nextId: (kind) => {
      const number = (counters.get(kind) ?? 0) + 1;
      counters.set(kind, number);
      return `${kind}-${number}`;
    },
  };
}

/** The documents of a space, in the order they were made. */
export function inSpace<T extends { readonly spaceId: string | null }>(
  documents: Map<string, T>,
  spaceId: string,
): T[] {
  return [...documents.values()].filter((document) => document.spaceId === spaceId);
}

/** The document with an id, name or slug, in any case. */
export function byAnyName<T extends { readonly id: string; readonly name: string; readonly slug: string }>(
  documents: readonly T[],
  text: string,
): T | undefined {
  const wanted = text.toLowerCase();
  return documents.find(({ id, name, slug }) => [id.toLowerCase(), name.toLowerCase(), slug].includes(wanted));
}

/** The team of a space, or of the system, with a name or id in any case. */
export function teamNamed(state: State, spaceId: string, text: string): Team | undefined {
  const wanted = text.toLowerCase();
  return [...state.teams.values()].find(
    (team) =>
      (team.spaceId === null || team.spaceId === spaceId) &&
      (team.id.toLowerCase() === wanted || team.name.toLowerCase() === wanted),
  );
}

/** The number at the end of an id: the order in which documents of one kind were made. */
export function numberOf(id: string): number {
  return Number(/(\d+)$/.exec(id)?.[1] ?? 0);
}
