import type { Id } from "../model.ts";
import type { SpaceGateway } from "./gateway.ts";
import { PermissionSet, grantsIn } from "./permission-resources.ts";
import { undefinedIfNotTold, type Requests } from "./requests.ts";
import { User } from "./user-calls.ts";

/** https://octopus.com/docs/api/users, …/user-permissions */
export function permissionCalls(spaceId: Id<"Space">, { read }: Requests): Pick<SpaceGateway, "ownPermissions"> {
  async function ownPermissions() {
    const purpose = "asking for the API user's own permissions";
    const user = await read(purpose, "~/api/users/me", User);
    const args = { userId: user.id, spaces: spaceId, includeSystem: true };
    return grantsIn(spaceId, await read(purpose, "~/api/users/{userId}/permissions", PermissionSet, args));
  }
  return { ownPermissions: () => ownPermissions().catch(undefinedIfNotTold) };
}
