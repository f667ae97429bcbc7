import { createHash } from "node:crypto";
import type { Core } from "../instance.ts";
import { administratorsTeamId, everyoneTeamId } from "../rules/access.ts";
import { builtInUserRoles } from "../rules/user-roles.ts";
import type { ApiKey, Team, User } from "./configuration.ts";
import type { Given } from "./given.ts";

/** Adds what a new server has: the built-in roles and teams, and the administrator. */
export function addServerDefaults(core: Core): void {
  const { state } = core;
  for (const role of builtInUserRoles()) state.userRoles.set(role.id, role);
  const administrator = addUser(core, { username: "admin", displayName: "Administrator" });
  addTeam(core, {
    id: administratorsTeamId,
    name: "Octopus Administrators",
    memberIds: [administrator.id],
    isBuiltIn: true,
  });
  addTeam(core, { id: everyoneTeamId, name: "Everyone", isBuiltIn: true });
  addTeam(core, { id: "teams-managers", name: "Octopus Managers", isBuiltIn: true });
}

export function addUser(core: Core, given: Given<User, "username">): User {
  const user: User = {
    id: core.state.nextId("Users"),
    displayName: given.username,
    emailAddress: null,
    isActive: true,
    isService: false,
    created: core.timeline.now(),
    apiKeys: [],
    ...given,
  };
  core.state.users.set(user.id, user);
  // The first key of a user is derived from the name, so that a stand-alone server has the same keys at every start.
  if (user.apiKeys.length === 0) addApiKey(core, user, "First key", keyOf(user.username));
  core.access.forget();
  return user;
}

export function addApiKey(core: Core, user: User, purpose: string, key: string, expires: number | null = null): ApiKey {
  const apiKey = { id: core.state.nextId("apikeys"), purpose, key, created: core.timeline.now(), expires };
  user.apiKeys.push(apiKey);
  return apiKey;
}

/** An API key in Octopus' form, derived from a seed: `API-`, then capital letters and digits. */
export function keyOf(seed: string): string {
  const digest = createHash("sha256").update(`embedded octopus server ${seed}`).digest("hex");
  return `API-${BigInt(`0x${digest}`).toString(36).toUpperCase().slice(0, 32)}`;
}

export function addTeam(core: Core, given: Given<Team, "name">): Team {
  const team: Team = {
    id: core.state.nextId("Teams"),
    description: "",
    spaceId: null,
    memberIds: [],
    externalMemberIds: [],
    externalGroups: [],
    isBuiltIn: false,
    ...given,
  };
  core.state.teams.set(team.id, team);
  core.access.forget();
  return team;
}
