import type { SpaceGateway } from "../octopus/gateway.ts";
import { withoutTrailingSlashes } from "../octopus/server-url.ts";
import type { Parent, Settings } from "../settings.ts";

/** Whether the child's server is the parent's: the ids in Octopus' variables are valid only there. */
export function isParentsServer({ serverUrl }: Parent, url: string): boolean {
  const plain = (text: string) => withoutTrailingSlashes(text.trim()).toLowerCase();
  return serverUrl !== undefined && plain(serverUrl) === plain(url);
}

/**
 * Whether a space of the child's server is the parent's space. A server may have several addresses, so under another URL the parent's own
 * deployment is read: only the parent's server has it.
 */
export async function isSpaceOfParent(space: SpaceGateway, { parent, server }: Settings): Promise<boolean> {
  if (isParentsServer(parent, server.url)) return true;
  const own = parent.deploymentId === undefined ? undefined : await space.deployment(parent.deploymentId);
  // Another server may have given the same ids to something else.
  return own?.taskId !== undefined && own.taskId === parent.taskId && own.releaseId === parent.releaseId;
}
