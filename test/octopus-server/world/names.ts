import { inSpace, teamNamed } from "../state.ts";
import type { State } from "../state.ts";

/** Finds documents by name, slug or id, and notes each unknown name. */
export interface Names {
  readonly problems: string[];
  find<T extends Named>(documents: Map<string, T>, spaceId: string, name: string): T | undefined;
  /** As `find`, but an unknown name is a problem. */
  need<T extends Named>(
    documents: Map<string, T>,
    kind: string,
    spaceId: string,
    name: string,
    where: string,
  ): T | undefined;
  /** The ids of all names; unknown names are problems. */
  needAll<T extends Named>(
    documents: Map<string, T>,
    kind: string,
    spaceId: string,
    names: readonly string[],
    where: string,
  ): string[];
  needTeam(state: State, spaceId: string, name: string, where: string): string | undefined;
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly slug?: string;
  readonly spaceId: string | null;
}

export function createNames(): Names {
  const problems: string[] = [];

  function find<T extends Named>(documents: Map<string, T>, spaceId: string, name: string): T | undefined {
    const wanted = name.toLowerCase();
    return inSpace(documents, spaceId).find(
      (document) =>
        document.name.toLowerCase() === wanted || document.id.toLowerCase() === wanted || document.slug === wanted,
    );
  }

  function need<T extends Named>(
    documents: Map<string, T>,
    kind: string,
    spaceId: string,
    name: string,
    where: string,
  ): T | undefined {
    const found = find(documents, spaceId, name);
    if (found === undefined) problems.push(`${where}: there is no ${kind} '${name}'`);
    return found;
  }

  return {
    problems,
    find,
    need,
    needAll: (documents, kind, spaceId, names, where) =>
      names.flatMap((name) => {
        const found = need(documents, kind, spaceId, name, where);
        return found === undefined ? [] : [found.id];
      }),
    needTeam: (state, spaceId, name, where) => {
      const team = teamNamed(state, spaceId, name);
      if (team === undefined) problems.push(`${where}: there is no team '${name}'`);
      return team?.id;
    },
  };
}
