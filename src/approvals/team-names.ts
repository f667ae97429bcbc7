import type { Id } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";

/** Names of teams, in order; a team that cannot be read is called by its id. */
export type TeamNames = (ids: readonly Id<"Team">[]) => Promise<readonly string[]>;

/** Each team is read once. */
export function openTeamNames(space: Pick<SpaceGateway, "team">): TeamNames {
  const names = new Map<Id<"Team">, Promise<string>>();
  const read = async (id: Id<"Team">) => (await recover(space.team(id), () => undefined))?.name || id;
  return async (ids) => {
    const reading = ids.map((id) => {
      const name = names.get(id) ?? read(id);
      names.set(id, name);
      return name;
    });
    return await Promise.all(reading);
  };
}
