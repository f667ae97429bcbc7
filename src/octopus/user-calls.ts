import type * as client from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { Id } from "../model.ts";
import { flag, id, optionalId, optional, resource, text } from "./fields.ts";
import type { FieldsOf } from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";

/** https://octopus.com/docs/api/users, …/team-memberships */
export function userCalls(
  spaceId: Id<"Space">,
  { read, readIfExists }: Requests,
): Pick<SpaceGateway, "ownUser" | "user" | "team" | "teamsOf"> {
  // The API user does not change during a run.
  let own: Promise<model.User> | undefined;
  const readOwn = () =>
    read("asking who the API user is", "~/api/users/me", User).catch((error: unknown) => {
      own = undefined;
      throw error;
    });
  return {
    ownUser: () => (own ??= readOwn()),
    user: (userId) => readIfExists(`reading the user ${userId}`, "~/api/users/{userId}", User, { userId }),
    team: (teamId) => readIfExists(`reading the team ${teamId}`, "~/api/teams/{teamId}", Team, { teamId }),
    teamsOf: async (userId) => {
      const purpose = `asking which teams the user ${userId} belongs to`;
      const args = { userId, spaces: spaceId, includeSystem: true };
      const memberships = await read(purpose, "~/api/teammembership", z.array(TeamMembership), args);
      // Newer servers may tell about every space, whatever was asked.
      return memberships.flatMap((each) =>
        each.spaceId === undefined || each.spaceId === spaceId ? [{ id: each.id, name: each.name || each.id }] : [],
      );
    },
  };
}

/** A user counts as inactive, and as a service account, unless the server says otherwise: neither may approve anything. */
export const User: z.ZodMiniType<model.User> = resource({
  id: id<"User">(),
  username: text,
  displayName: text,
  isActive: flag,
  isService: optional(z.boolean(), true),
} satisfies FieldsOf<client.User>);

const Team: z.ZodMiniType<model.Named<"Team">> = resource({ id: id<"Team">(), name: text });

/** The space is null for a team of the whole server. */
const TeamMembership = resource({
  id: ["TeamId", id<"Team">()],
  name: ["TeamName", text],
  spaceId: optionalId<"Space">(),
});
