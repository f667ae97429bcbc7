import * as z from "zod";
import { addTeam } from "../documents/add-people.ts";
import type { ScopedUserRole, Team, UserRole } from "../documents/configuration.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { invalid, notFound } from "../http/refusal.ts";
import { created, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { mixed, system } from "../http/route.ts";
import type { Call, MixedCall, Route } from "../http/route.ts";
import { byName, named, page } from "../resources/collection.ts";
import { scopedUserRoleResource, teamResource, userRoleResource } from "../resources/people.ts";

export const teamRoutes: readonly Route[] = [
  mixed("GET", "teams", "ResourceCollection_of_TeamResource", "SW, R19", list),
  mixed("GET", "teams/all", "[TeamResource]", "SW", all),
  mixed("POST", "teams", "TeamResource", "SW", create),
  mixed("GET", "teams/{id}", "TeamResource", "SW", (call) => ok(teamResource(call.instance, teamOf(call)))),
  mixed("PUT", "teams/{id}", "TeamResource", "SW", modify),
  mixed("GET", "teams/{id}/scopeduserroles", "ResourceCollection_of_ScopedUserRoleResource", "SW", rolesOfTeam),
  mixed("GET", "scopeduserroles/{id}", "ScopedUserRoleResource", "SW", oneScopedRole),
  mixed("POST", "scopeduserroles", "ScopedUserRoleResource", "SW", createScopedRole),
  system(
    "GET",
    "userroles",
    "ResourceCollection_of_UserRoleResource",
    "SW, permissions: Octopus documentation, default-permissions",
    listRoles,
  ),
  system("GET", "userroles/all", "[UserRoleResource]", "SW", allRoles),
  system("GET", "userroles/{id}", "UserRoleResource", "SW", oneRole),
  system("POST", "userroles", "UserRoleResource", "SW", createRole),
];

const TeamBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  SpaceId: optionalText,
  MemberUserIds: idList,
});

const ScopedUserRoleBody = bodyObject({
  TeamId: z.string(),
  UserRoleId: z.string(),
  SpaceId: optionalText,
  ProjectIds: idList,
  ProjectGroupIds: idList,
  EnvironmentIds: idList,
  TenantIds: idList,
});

const UserRoleBody = bodyObject({
  Name: z.string().min(1),
  Description: optionalText,
  GrantedSpacePermissions: idList,
  GrantedSystemPermissions: idList,
});

/** A team is visible with `TeamView` in its space, a system team with `TeamView` in any space. */
function visibleTeams(call: MixedCall): readonly Team[] {
  const { state } = call.instance;
  const spaces = call.space === undefined ? [...state.spaces.keys()] : [call.space.id];
  const seen = spaces.filter((spaceId) => mayView(call, spaceId));
  return byName(
    [...state.teams.values()].filter(({ spaceId }) =>
      spaceId === null ? seen.length > 0 || mayView(call, null) : seen.includes(spaceId),
    ),
  );
}

function mayView(call: Call, spaceId: string | null): boolean {
  return call.access.may("TeamView", { spaceId }) || call.access.may("TeamView", { spaceId: null });
}

/** Teams of the requested spaces, and system teams unless `includeSystem` is false (R19, link `Teams`). */
function inAskedSpaces(call: MixedCall, teams: readonly Team[]): readonly Team[] {
  const asked = call.space === undefined ? call.query.list("spaces") : undefined;
  const everywhere = asked === undefined || asked.includes("all");
  const includeSystem = call.query.flag("includeSystem") ?? true;
  return teams.filter(({ spaceId }) => (spaceId === null ? includeSystem : everywhere || asked.includes(spaceId)));
}

function list(call: MixedCall): Reply {
  const teams = inAskedSpaces(call, named(call, visibleTeams(call)));
  return ok(page(call, "Team", teams, (team) => teamResource(call.instance, team)));
}

function all(call: MixedCall): Reply {
  return ok(inAskedSpaces(call, named(call, visibleTeams(call))).map((team) => teamResource(call.instance, team)));
}

function teamOf(call: MixedCall): Team {
  const team = visibleTeams(call).find(({ id }) => id === call.param("id"));
  if (team === undefined) throw notFound(call.param("id"));
  return team;
}

function create(call: MixedCall): Reply {
  const body = parseBody(TeamBody, call.body);
  const spaceId = body.SpaceId ?? call.space?.id ?? null;
  call.access.demand("TeamCreate", { spaceId });
  const team = addTeam(call.instance, {
    name: body.Name,
    description: body.Description ?? "",
    spaceId,
    memberIds: knownUsers(call, body.MemberUserIds ?? []),
  });
  return created(teamResource(call.instance, team));
}

function modify(call: MixedCall): Reply {
  const team = teamOf(call);
  call.access.demand("TeamEdit", { spaceId: team.spaceId });
  const body = parseBody(TeamBody, call.body);
  team.name = body.Name;
  team.description = body.Description ?? "";
  team.memberIds = knownUsers(call, body.MemberUserIds ?? []);
  call.instance.access.forget();
  return ok(teamResource(call.instance, team));
}

function knownUsers(call: Call, ids: readonly string[]): string[] {
  const unknown = ids.filter((id) => !call.instance.state.users.has(id));
  if (unknown.length > 0) throw invalid(...unknown.map((id) => `The user '${id}' was not found.`));
  return [...ids];
}

function rolesOfTeam(call: MixedCall): Reply {
  const team = teamOf(call);
  return ok(
    scopedPage(
      call,
      scopedRoles(call).filter(({ teamId }) => teamId === team.id),
    ),
  );
}

function scopedRoles(call: MixedCall): readonly ScopedUserRole[] {
  return [...call.instance.state.scopedUserRoles.values()].filter(
    ({ spaceId }) => (call.space === undefined || spaceId === call.space.id) && mayView(call, spaceId),
  );
}

function oneScopedRole(call: MixedCall): Reply {
  const role = scopedRoles(call).find(({ id }) => id === call.param("id"));
  if (role === undefined) throw notFound(call.param("id"));
  return ok(scopedUserRoleResource(call.instance, role));
}

function scopedPage(call: MixedCall, roles: readonly ScopedUserRole[]): unknown {
  return page(call, "ScopedUserRole", roles, (role) => scopedUserRoleResource(call.instance, role));
}

function createScopedRole(call: MixedCall): Reply {
  const body = parseBody(ScopedUserRoleBody, call.body);
  const { state } = call.instance;
  const spaceId = body.SpaceId ?? call.space?.id ?? null;
  call.access.demand("TeamEdit", { spaceId });
  if (!state.teams.has(body.TeamId)) throw invalid(`The team '${body.TeamId}' was not found.`);
  if (!state.userRoles.has(body.UserRoleId)) throw invalid(`The user role '${body.UserRoleId}' was not found.`);
  const scoped: ScopedUserRole = {
    id: state.nextId("scopeduserroles"),
    teamId: body.TeamId,
    userRoleId: body.UserRoleId,
    spaceId,
    projectIds: body.ProjectIds ?? [],
    projectGroupIds: body.ProjectGroupIds ?? [],
    environmentIds: body.EnvironmentIds ?? [],
    tenantIds: body.TenantIds ?? [],
  };
  state.scopedUserRoles.set(scoped.id, scoped);
  call.instance.access.forget();
  return created(scopedUserRoleResource(call.instance, scoped));
}

function listRoles(call: Call): Reply {
  const roles = named(call, byName([...call.instance.state.userRoles.values()]));
  return ok(page(call, "UserRole", roles, (role) => userRoleResource(call.instance, role)));
}

function allRoles(call: Call): Reply {
  const roles = named(call, byName([...call.instance.state.userRoles.values()]));
  return ok(roles.map((role) => userRoleResource(call.instance, role)));
}

function oneRole(call: Call): Reply {
  const role = call.instance.state.userRoles.get(call.param("id"));
  if (role === undefined) throw notFound(call.param("id"));
  return ok(userRoleResource(call.instance, role));
}

function createRole(call: Call): Reply {
  call.access.demand("UserRoleEdit", { spaceId: null });
  const body = parseBody(UserRoleBody, call.body);
  const role: UserRole = {
    id: call.instance.state.nextId("userroles"),
    name: body.Name,
    description: body.Description ?? "",
    isBuiltIn: false,
    spacePermissions: body.GrantedSpacePermissions ?? [],
    systemPermissions: body.GrantedSystemPermissions ?? [],
  };
  call.instance.state.userRoles.set(role.id, role);
  return created(userRoleResource(call.instance, role));
}
