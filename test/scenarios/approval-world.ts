import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import type { ManualInterventionStep } from "../parent-process/parent-steps.ts";
import type { ParentTask, Person } from "../parent-process/parent-task.ts";
import { child, orchestration } from "./scenario.ts";

type Roles = NonNullable<Exclude<NonNullable<World["teams"]>[number], string>["roles"]>;
type Script = NonNullable<World["scripts"]>[number];
export type Intervention = NonNullable<NonNullable<Script["steps"]>[number]["interventions"]>[number];

/** Steps of the child, one after the other. Each raises all its interventions at once. */
export type Questions = readonly (readonly Intervention[])[];

/** The child's manual intervention as in a real process: a team of users, and the team that lets the service account answer. */
export const forQa: Intervention = { instructions: "Tested?", teams: ["QA", "Release Management"] };
export const forDba: Intervention = { instructions: "Schema?", teams: ["DBA", "Release Management"] };

/** A role that may view deployments and nothing else. */
const deploymentViewer = { name: "Deployment viewer", permissions: ["DeploymentView"] };
const answerer = { name: "Answerer", permissions: ["InterruptionViewSubmitResponsible", "InterruptionView"] };

/** The roles of the service account, as the documentation asks for them. */
export const accountRoles = [
  "Deployment creator",
  "Project viewer",
  "Environment viewer",
  "Task canceller",
  "Answerer",
  { role: "Project viewer", system: true },
];

/** Teams of users, a service account with the documented roles, and a child with manual interventions. */
export function approvalWorld(questions: Questions, more: Partial<World> = {}): World {
  const steps = questions.map((interventions, number) => ({
    name: `Question ${number + 1}`,
    interventions: [...interventions],
  }));
  const base = orchestration({
    projects: [
      child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }], {
        scripts: [{ duration: "2m", steps }],
      }),
    ],
  });
  return {
    ...base,
    users: [
      { name: "release-conductor", service: true },
      { name: "alice", displayName: "Alice King" },
      { name: "bob", displayName: "Bob Stone" },
      { name: "dana", displayName: "Dana Fox" },
      { name: "carol", displayName: "Carol Reed" },
      { name: "robot", service: true },
    ],
    userRoles: [...(base.userRoles ?? []), answerer, deploymentViewer],
    teams: teams(),
    ...more,
  };
}

/** A separate space for the child. Its teams have the same names as in the parent's space, and other members. */
export function childSpace(releases: Parameters<typeof child>[1]): NonNullable<World["spaces"]>[number] {
  return {
    name: "Components",
    environments: ["Test", "Staging"],
    lifecycles: [{ name: "Child", phases: ["Test", "Staging"] }],
    teams: [
      { name: "Release Management", members: ["release-conductor"], roles: accountRoles },
      { name: "QA", members: ["bob"], roles: ["Answerer"] },
    ],
    projects: [
      child("Web API", releases, {
        scripts: [{ duration: "2m", steps: [{ name: "Question 1", interventions: [forQa] }] }],
      }),
    ],
  };
}

export function teams(roles: Roles = accountRoles, qa = ["alice", "carol"]): NonNullable<World["teams"]> {
  return [
    { name: "Release Management", members: ["release-conductor"], roles },
    { name: "QA", members: qa, roles: ["Answerer"] },
    { name: "Business Owners", members: ["bob"], roles: ["Answerer"] },
    { name: "DBA", members: ["dana"], roles: ["Answerer"] },
    { name: "Robots", members: ["robot"], roles: ["Answerer"] },
  ];
}

const spokesmen: Readonly<Record<string, string>> = {
  QA: "alice",
  "Business Owners": "bob",
  DBA: "dana",
  Robots: "robot",
};

export function askInParent(team: string): ManualInterventionStep {
  return { kind: "manual-intervention", name: `Approve by ${team}`, instructions: "Go?", teams: [team] };
}

/** A member of the asked team answers Proceed. */
export const people: Person = ({ teams: [team = ""] }) => ({ by: spokesmen[team] ?? "", result: "Proceed" });

/** Answers Proceed in the parent as each of these users, before the step begins. */
export async function proceed(
  server: OctopusServer,
  { taskId }: Pick<ParentTask, "taskId">,
  ...names: readonly string[]
) {
  for (const name of names) {
    const id = server.simulator.task(taskId).raiseIntervention({ step: "Approve" });
    await answer(server, id, name, { Result: "Proceed" });
  }
}

/** Answers an interruption through the public API, as one of the users. */
export async function answer(
  server: OctopusServer,
  id: string,
  by: string,
  values: Readonly<Record<string, string>>,
  space = "Spaces-1",
): Promise<void> {
  const path = `${space}/interruptions/${id}`;
  await call(server, "PUT", `${path}/responsible`, by);
  await call(server, "POST", `${path}/submit`, by, values);
}

export async function call(server: OctopusServer, method: string, path: string, by: string, body?: unknown) {
  const key = by === "administrator" ? server.apiKey : (server.keys[by] ?? "");
  const response = await fetch(`${server.url}/api/${path}`, {
    method,
    headers: { "X-Octopus-ApiKey": key, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
}

/** Interruptions of the child with their answers: `Question 1: Proceed by release-conductor`. */
export function endings(server: OctopusServer, childTask: string | undefined): readonly string[] {
  const { interruptions, users } = server.simulator.state();
  return [...interruptions.values()]
    .filter(({ taskId }) => taskId === childTask)
    .map(({ title, values, submittedById }) =>
      submittedById === null
        ? `${title}: unanswered`
        : `${title}: ${values["Result"]} by ${users.get(submittedById)?.username}`,
    );
}

export function notesOf(server: OctopusServer, childTask: string | undefined): readonly string[] {
  return [...server.simulator.state().interruptions.values()]
    .filter(({ taskId }) => taskId === childTask)
    .map(({ values }) => values["Notes"] ?? "");
}

/** How often the step tried to answer. */
export function submissions(server: OctopusServer): number {
  return server
    .journal()
    .filter(({ method, path, user }) => method === "POST" && path.endsWith("/submit") && user === "release-conductor")
    .length;
}
