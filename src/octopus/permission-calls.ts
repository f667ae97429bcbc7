import { PermissionError, RequestRefusedError } from "../errors.ts";
import type { Id, PermissionGrant } from "../model.ts";
import type { SpaceGateway } from "./gateway.ts";
import { PermissionSet, grantsIn } from "./permission-resources.ts";
import type { Requests } from "./requests.ts";
import { User } from "./user-calls.ts";

/** https://octopus.com/docs/api/users, …/user-permissions */
export function permissionCalls(spaceId: Id<"Space">, requests: Requests): Pick<SpaceGateway, "ownPermissions"> {
  return { ownPermissions: () => ownPermissions(spaceId, requests).catch(undefinedIfNotTold) };
}

async function ownPermissions(
  spaceId: Id<"Space">,
  requests: Requests,
): Promise<readonly PermissionGrant[] | undefined> {
  const purpose = "asking for the API user's own permissions";
  const user = await requests.read({ purpose, path: "~/api/users/me", shape: User });
  const permissions = await requests.read({
    purpose,
    path: "~/api/users/{userId}/permissions{?spaces,includeSystem}",
    args: { userId: user.id, spaces: spaceId, includeSystem: true },
    shape: PermissionSet,
  });
  return grantsIn(spaceId, permissions);
}

function undefinedIfNotTold(error: unknown): undefined {
  const isUntold = error instanceof PermissionError ? error.status === 403 : error instanceof RequestRefusedError;
  if (isUntold) return undefined;
  throw error;
}
