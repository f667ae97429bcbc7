import type { Deployment, Id, Instant } from "../model.ts";
import type { OctopusGateway, SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isOfTask } from "../rules/marker.ts";

/** A deployment that rolled a child back. */
export interface Undo {
  readonly undo: Deployment;
  readonly context: Pick<Context, "project" | "space">;
  readonly octopus: OctopusGateway;
}

/**
 * For each undo, a deployment that a step like this one in its process created, in any space that the API key may read. Each space is read
 * once, back to the oldest undo.
 */
export async function nestedOf(undos: readonly Undo[]): Promise<ReadonlyMap<Id<"Deployment">, Deployment>> {
  const [first] = undos;
  if (first === undefined) return new Map();
  const { octopus } = first;
  const all = await recover(octopus.allSpaces(), () => []);
  const spaces = new Set([...undos.map(({ context }) => context.space.spaceId), ...all.map(({ id }) => id)]);
  const since = Math.min(...undos.map(({ undo }) => undo.created));
  const read = [...spaces].map((id) => recover(deploymentsSince(since, octopus.inSpace(id)), () => []));
  const deployments = (await Promise.all(read)).flat();
  return new Map(
    undos.flatMap(({ undo, context }) => {
      const parent = { projectId: context.project.id, taskId: undo.taskId };
      const nested = deployments.find((deployment) => isOfTask({ deployment }, parent));
      return nested === undefined ? [] : [[undo.id, nested]];
    }),
  );
}

async function deploymentsSince(since: Instant, space: SpaceGateway): Promise<readonly Deployment[]> {
  const found: Deployment[] = [];
  for await (const { items } of space.deploymentsOfAll()) {
    found.push(...items);
    if ((items.at(-1)?.created ?? 0) < since) break;
  }
  return found;
}
