import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { Id } from "../model.ts";
import { flag, id, optionalId, resource, text } from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";

/** https://octopus.com/docs/api/users, …/team-memberships */
export function userCalls(
  spaceId: Id<"Space">,
  requests: Requests,
): Pick<SpaceGateway, "ownUser" | "user" | "teamsOf"> {
  return {
    ownUser: () => requests.read({ purpose: "asking who the API user is", path: "~/api/users/me", shape: User }),
    user: (userId) =>
      requests.readIfExists({
        purpose: `reading the user ${userId}`,
        path: "~/api/users/{userId}",
        args: { userId },
        shape: User,
      }),
    teamsOf: async (userId) => {
      const memberships = await requests.read({
        purpose: `asking which teams the user ${userId} belongs to`,
        path: "~/api/teammembership{?userId,spaces,includeSystem}",
        args: { userId, spaces: spaceId, includeSystem: true },
        shape: z.array(TeamMembership),
      });
      // Newer servers may tell about every space, whatever was asked.
      return memberships.flatMap(({ TeamId, SpaceId }) =>
        SpaceId === undefined || SpaceId === spaceId ? [TeamId] : [],
      );
    },
  };
}

/** Who is not said to be an active person is none. */
export const User: z.ZodMiniType<model.User> = z.pipe(
  resource({ id: id<"User">(), username: text, displayName: text, isActive: flag, isService: z.nullish(z.boolean()) }),
  z.transform((user) => ({ ...user, isService: user.isService ?? true })),
);

/** Of a system team the space is null. */
const TeamMembership = z.object({ TeamId: id<"Team">(), SpaceId: optionalId<"Space">() });
