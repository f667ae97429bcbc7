import { addApiKey, addUser } from "../documents/add-people.ts";
import type { Space, User } from "../documents/configuration.ts";
import type { Instance } from "../instance.ts";
import { administratorsTeamId } from "../rules/access.ts";
import type { Names } from "./names.ts";
import type { ParsedWorld } from "./world.ts";

/** Loads the users and user roles of a world. Memberships are added later, when its teams exist. */
export function loadPeople(instance: Instance, world: ParsedWorld): void {
  loadUsers(instance, world);
  loadUserRoles(instance, world);
}

function loadUsers(instance: Instance, world: ParsedWorld): void {
  for (const given of world.users) {
    const existing = userNamed(instance, given.name);
    const user = existing ?? addUser(instance, { username: given.name, isActive: given.active });
    user.displayName = given.displayName ?? user.displayName;
    user.emailAddress = given.email ?? user.emailAddress;
    user.isService = given.service;
    user.isActive = given.active;
    if (given.key !== undefined) {
      user.apiKeys.length = 0;
      addApiKey(instance, user, "World", given.key);
    }
    const administrators = instance.state.teams.get(administratorsTeamId);
    if (given.administrator && administrators?.memberIds.includes(user.id) === false)
      administrators.memberIds.push(user.id);
  }
}

function userNamed(instance: Instance, name: string): User | undefined {
  const wanted = name.toLowerCase();
  return [...instance.state.users.values()].find(({ username }) => username.toLowerCase() === wanted);
}

function loadUserRoles(instance: Instance, world: ParsedWorld): void {
  const { userRoles } = instance.state;
  for (const given of world.userRoles) {
    const id = instance.state.nextId("userroles");
    userRoles.set(id, {
      id,
      name: given.name,
      description: "",
      isBuiltIn: false,
      spacePermissions: given.permissions,
      systemPermissions: given.systemPermissions,
    });
  }
}

/** The ids of users by name; an unknown name is a problem. */
export function usersNamed(instance: Instance, names: Names, usernames: readonly string[], where: string): string[] {
  return usernames.flatMap((username) => {
    const user = userNamed(instance, username);
    if (user === undefined) names.problems.push(`${where}: there is no user '${username}'`);
    return user === undefined ? [] : [user.id];
  });
}

/** Puts users into the teams they name. */
export function addMemberships(instance: Instance, world: ParsedWorld, home: Space, names: Names): void {
  world.users.forEach((given, index) => {
    const user = userNamed(instance, given.name);
    for (const name of given.teams) {
      const team = instance.state.teams.get(
        names.needTeam(instance.state, home.id, name, `users[${index}].teams`) ?? "",
      );
      if (user !== undefined && team?.memberIds.includes(user.id) === false) team.memberIds.push(user.id);
    }
  });
}
