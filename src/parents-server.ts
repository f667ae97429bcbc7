import type { SpaceGateway } from "./octopus/gateway.ts";
import type { Parent, Settings } from "./settings.ts";

/** Whether the step talks to the server the parent runs on. Ids in Octopus' variables are ids of that one. */
export function isParentsServer({ serverUrl }: Parent, url: string): boolean {
  const plain = (text: string) => text.trim().replace(/\/+$/, "").toLowerCase();
  return serverUrl !== undefined && plain(serverUrl) === plain(url);
}

/** Whether it is the parent's space. A server may have several addresses; that of the parent knows the parent's deployment. */
export async function isSpaceOfParent(space: SpaceGateway, { parent, server }: Settings): Promise<boolean> {
  if (isParentsServer(parent, server.url)) return true;
  const own = parent.deploymentId === undefined ? undefined : await space.deployment(parent.deploymentId);
  // Another server may have given the same ids to something else.
  return own?.taskId !== undefined && own.taskId === parent.taskId && own.releaseId === parent.releaseId;
}
