import * as z from "zod";
import { randomUUID } from "node:crypto";
import { addApiKey, addUser, keyOf } from "../documents/add-people.ts";
import type { User } from "../documents/configuration.ts";
import { bodyObject, dateTime, optionalText, parseBody } from "../http/body.ts";
import { badRequest, invalid, missingPermission, notFound } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed, system } from "../http/route.ts";
import type { Call, MixedCall, Route } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import {
  apiKeyResource,
  membership,
  permissionSet,
  spaceResource,
  teamReference,
  userResource,
} from "../resources/people.ts";
import { demandSight } from "./lookup.ts";

export const userRoutes: readonly Route[] = [
  system("GET", "users/me", "UserResource", "D26 users", (call) =>
    ok(userResource(call.instance, call.user, call.user)),
  ),
  system("GET", "users", "ResourceCollection_of_UserResource", "SW, R19", list),
  system("GET", "users/all", "[UserResource]", "SW", all),
  system("POST", "users", "UserResource", "SW", create),
  system("GET", "users/{id}", "UserResource", "D26 users", (call) =>
    ok(userResource(call.instance, userOf(call), call.user)),
  ),
  system("PUT", "users/{id}", "UserResource", "SW", modify),
  mixed(
    "GET",
    "users/{id}/permissions",
    "UserPermissionSetResource",
    "D26 users, SW, D26 user-permissions",
    permissions,
  ),
  mixed("GET", "users/{id}/teams", "[ProjectedTeamReferenceDataItem]", "D26 team-memberships, D26 users", teams),
  system("GET", "users/{id}/spaces", "[SpaceResource]", "SW", spaces),
  system("POST", "users/{id}/apikeys", "ApiKeyResource", "SW; 201: GO pkg/users", createApiKey),
  mixed("GET", "teammembership", "[TeamMembership]", "D26 team-memberships, SW", teamMembership),
];

const UserBody = bodyObject({
  Username: z.string().min(1),
  DisplayName: optionalText,
  EmailAddress: optionalText,
  IsActive: z.boolean().optional(),
  IsService: z.boolean().optional(),
});

const ApiKeyBody = bodyObject({ Purpose: optionalText, Expires: dateTime.optional() });

const wholeServer = { spaceId: null };

/** The user in the path: the caller always, others with `UserView`. */
function userOf(call: Call): User {
  const identifier = call.param("id");
  if (identifier.toLowerCase() === "me" || identifier === call.user.id) return call.user;
  demandSight(call, "UserView", wholeServer, identifier);
  const user = call.instance.state.users.get(identifier);
  if (user === undefined) throw notFound(identifier);
  return user;
}

function visibleUsers(call: Call): readonly User[] {
  const users = [...call.instance.state.users.values()];
  return call.access.may("UserView", wholeServer) ? users : users.filter((user) => user === call.user);
}

function list(call: Call): Reply {
  const ids = call.query.list("ids");
  const filter = call.query.text("filter")?.toLowerCase();
  const users = visibleUsers(call).filter(
    (user) =>
      (ids === undefined || ids.includes(user.id)) &&
      (filter === undefined ||
        `${user.username} ${user.displayName} ${user.emailAddress}`.toLowerCase().includes(filter)),
  );
  return ok(page(call, "User", users, (user) => userResource(call.instance, user, call.user)));
}

function all(call: Call): Reply {
  return ok(visibleUsers(call).map((user) => userResource(call.instance, user, call.user)));
}

function create(call: Call): Reply {
  call.access.demand("UserEdit", wholeServer);
  const body = parseBody(UserBody, call.body);
  if (
    [...call.instance.state.users.values()].some(
      ({ username }) => username.toLowerCase() === body.Username.toLowerCase(),
    )
  ) {
    throw invalid(`A user with the username '${body.Username}' already exists.`);
  }
  const user = addUser(call.instance, {
    username: body.Username,
    displayName: body.DisplayName ?? body.Username,
    emailAddress: body.EmailAddress ?? null,
    isActive: body.IsActive ?? true,
    isService: body.IsService ?? false,
  });
  return created(userResource(call.instance, user, call.user));
}

function modify(call: Call): Reply {
  call.access.demand("UserEdit", wholeServer);
  const user = userOf(call);
  const body = parseBody(UserBody, call.body);
  user.username = body.Username;
  user.displayName = body.DisplayName ?? user.displayName;
  user.emailAddress = body.EmailAddress ?? null;
  user.isActive = body.IsActive ?? user.isActive;
  user.isService = body.IsService ?? user.isService;
  return ok(userResource(call.instance, user, call.user));
}

function permissions(call: MixedCall): Reply {
  const user = userOf(call);
  const access = call.instance.access.of(user);
  const asked = call.space === undefined ? call.query.list("spaces") : [call.space.id];
  const known = [...call.instance.state.spaces.keys()].filter((id) => access.seesSpace(id));
  const spaceIds = asked === undefined || asked.includes("all") ? known : known.filter((id) => asked.includes(id));
  const includeSystem = call.query.flag("includeSystem") ?? call.space === undefined;
  return ok(permissionSet(call.instance, user, access, spaceIds, includeSystem));
}

function teams(call: MixedCall): Reply {
  const user = userOf(call);
  return ok(teamsOf(call, user).map((team) => teamReference(team, user)));
}

function spaces(call: Call): Reply {
  const access = call.instance.access.of(userOf(call));
  const visible = [...call.instance.state.spaces.values()].filter(({ id }) => access.seesSpace(id));
  return ok(visible.map((space) => spaceResource(call.instance, space)));
}

function createApiKey(call: Call): Reply {
  const user = userOf(call);
  if (user !== call.user) call.access.demand("UserEdit", wholeServer);
  const body = parseBody(ApiKeyBody, call.body ?? {});
  const secret = keyOf(randomUUID());
  const apiKey = addApiKey(call.instance, user, body.Purpose ?? "", secret, body.Expires ?? null);
  return created(apiKeyResource(user, apiKey, secret));
}

function teamMembership(call: MixedCall): Reply {
  const userId = call.query.text("userId");
  if (userId === undefined) throw badRequest("No userId parameter was provided.");
  const user = call.instance.state.users.get(userId);
  if (userId !== call.user.id) {
    const place = { spaceId: call.space?.id ?? null };
    const visible = ["TeamView", "UserView"].some(
      (permission) => call.access.may(permission, place) || call.access.may(permission, wholeServer),
    );
    const inSomeSpace =
      call.space === undefined &&
      [...call.instance.state.spaces.keys()].some((spaceId) => call.access.may("TeamView", { spaceId }));
    if (!visible && !inSomeSpace) throw missingPermission("TeamView");
  }
  if (user === undefined) throw notFound(userId);
  return ok(teamsOf(call, user).map((team) => membership(team, user)));
}

/** The teams of a user in the requested spaces, and system teams unless `includeSystem` is false. */
function teamsOf(call: MixedCall, user: User) {
  const { state, access } = call.instance;
  const asked = call.space === undefined ? call.query.list("spaces") : [call.space.id];
  const everywhere = asked === undefined || asked.includes("all");
  const includeSystem = call.query.flag("includeSystem") ?? true;
  return [...access.of(user).teamIds]
    .map((id) => state.teams.get(id))
    .filter((team) => team !== undefined)
    .filter(({ spaceId }) => (spaceId === null ? includeSystem : everywhere || asked.includes(spaceId)));
}
