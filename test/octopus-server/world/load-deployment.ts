import type { Project, User } from "../documents/configuration.ts";
import type { Release, TaskState } from "../documents/execution.ts";
import type { Instance } from "../instance.ts";
import { enqueueDeployment, recordDeployment } from "../rules/create-deployment.ts";
import type { DeploymentGiven } from "../rules/create-deployment.ts";
import { scopesOf } from "../rules/environments.ts";
import { targetTagId, withinLimits } from "../rules/target-tags.ts";
import { inSpace } from "../state.ts";
import { Script } from "../tasks/script.ts";
import { momentReader } from "./moment.ts";
import type { Names } from "./names.ts";
import type { ParsedDeployment } from "./project-world.ts";

/** Adds one deployment of a world to the history: a past one, one that is queued or executing, or one that never ran. */
export function makeDeployment(
  instance: Instance,
  names: Names,
  project: Project,
  release: Release,
  given: ParsedDeployment,
  created: number,
  where: string,
): void {
  const { state } = instance;
  const { spaceId } = project;
  const environment = names.need(state.environments, "environment", spaceId, given.environment, `${where}.environment`);
  const tenant =
    given.tenant === undefined ? null : names.need(state.tenants, "tenant", spaceId, given.tenant, `${where}.tenant`);
  const by = deployer(instance, names, given, where);
  if (environment === undefined || tenant === undefined || by === undefined) return;
  const moment = momentReader(instance.timeline.now());
  const scheduled = given.scheduled === undefined ? undefined : moment(given.scheduled);
  const details: DeploymentGiven = {
    project,
    release,
    environment,
    tenant,
    by,
    created,
    comments: given.comments,
    queueTime: scheduled,
    specificMachineIds: names.needAll(state.machines, "machine", spaceId, given.specificMachines, where),
    excludedMachineIds: names.needAll(state.machines, "machine", spaceId, given.excludedMachines, where),
    specificTargetTagIds: tagIds(instance, names, spaceId, given.targetTags, where),
    excludedTargetTagIds: tagIds(instance, names, spaceId, given.excludedTargetTags, where),
    skipActions: actionIds(instance, release, given.skippedSteps),
  };
  if (given.neverRan) makeUnrun(instance, details);
  else if (given.state === "Queued" || given.state === "Executing") makeLive(instance, details, given, moment, created);
  else makePast(instance, details, given, moment, created, given.state);
}

/** A deployment that never had a task. */
function makeUnrun(instance: Instance, details: DeploymentGiven): void {
  const { deployment, task } = recordDeployment(instance, details);
  instance.state.history.removeTask(task);
  deployment.taskId = null;
}

function deployer(instance: Instance, names: Names, given: ParsedDeployment, where: string): User | undefined {
  const wanted = (given.by ?? "admin").toLowerCase();
  const user = [...instance.state.users.values()].find(({ username }) => username.toLowerCase() === wanted);
  if (user === undefined) names.problems.push(`${where}.by: there is no user '${given.by}'`);
  return user;
}

function tagIds(
  instance: Instance,
  names: Names,
  spaceId: string,
  tags: readonly string[],
  where: string,
): readonly string[] {
  return tags.flatMap((tag) => {
    const id = targetTagId(instance, spaceId, tag);
    if (id === undefined) names.problems.push(`${where}: there is no target tag '${tag}'`);
    return id ?? [];
  });
}

function actionIds(instance: Instance, release: Release, steps: readonly string[]): readonly string[] {
  const actions = (instance.state.processes.get(release.processSnapshotId)?.steps ?? []).flatMap(
    (step) => step.actions,
  );
  return steps.map((name) => actions.find((action) => action.name.toLowerCase() === name.toLowerCase())?.id ?? name);
}

/** A deployment that is queued or executing. Without a script of its own it waits for the control API. */
function makeLive(
  instance: Instance,
  details: DeploymentGiven,
  given: ParsedDeployment,
  moment: (text: string) => number,
  created: number,
): void {
  const fallback = Script.parse(given.state === "Executing" ? { external: true } : { queuedFor: "forever" });
  // An executing deployment has started before any freeze that is in force now.
  const ids = given.state === "Executing" ? [...instance.state.freezes.keys()] : [];
  const unfrozen = { ...details, overriddenFreezeIds: ids };
  const deployment = enqueueDeployment(instance, unfrozen, given.script ?? fallback);
  const task = instance.state.history.taskOf(deployment);
  if (given.state !== "Executing" || task === undefined) return;
  instance.timeline.settle();
  task.startTime = given.started === undefined ? created : moment(given.started);
}

function makePast(
  instance: Instance,
  details: DeploymentGiven,
  given: ParsedDeployment,
  moment: (text: string) => number,
  created: number,
  state: "Success" | "Warning" | Exclude<TaskState, "Queued" | "Executing" | "Cancelling">,
): void {
  const { history, machines } = instance.state;
  const { deployment, task } = recordDeployment(instance, details);
  const neverStarted = state === "TimedOut" && given.started === undefined;
  task.startTime = neverStarted
    ? null
    : given.started === undefined
      ? Math.max(created, details.queueTime ?? created)
      : moment(given.started);
  task.completedTime =
    given.completed === undefined
      ? Math.min(instance.timeline.now(), (task.startTime ?? created) + given.took)
      : moment(given.completed);
  task.lastUpdatedTime = task.completedTime;
  task.state = state === "Warning" ? "Success" : state;
  task.hasWarningsOrErrors = state !== "Success";
  task.errorMessage =
    given.error ??
    (state === "Failed"
      ? "The deployment failed because one or more steps failed. Please see the deployment log for details."
      : "");
  deployment.ended = task.state;
  const scopes = scopesOf(instance, deployment.environmentId);
  const there = inSpace(machines, deployment.spaceId).filter(({ environmentIds }) =>
    environmentIds.some((id) => scopes.includes(id)),
  );
  const specific = deployment.specificMachineIds;
  deployment.deployedToMachineIds =
    specific.length > 0 && deployment.specificTargetTagIds.length === 0
      ? specific
      : withinLimits(instance, deployment, there).map(({ id }) => id);
  if (given.taskPurged || given.taskIdForgotten) history.removeTask(task);
  if (given.taskIdForgotten) deployment.taskId = null;
}
