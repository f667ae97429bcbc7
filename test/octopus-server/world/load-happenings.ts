import type { Project, Space, User } from "../documents/configuration.ts";
import type { Release, SelectedPackage, TaskState } from "../documents/execution.ts";
import type { Instance } from "../instance.ts";
import { createRelease, defaultChannel, packagesOfProcess } from "../rules/create-release.ts";
import { enqueueDeployment, recordDeployment } from "../rules/create-deployment.ts";
import type { DeploymentGiven } from "../rules/create-deployment.ts";
import { inSpace } from "../state.ts";
import { Script } from "../tasks/script.ts";
import { buildInformationOf } from "./build-information.ts";
import { loadBulkHistory } from "./load-bulk-history.ts";
import { momentReader } from "./moment.ts";
import type { Names } from "./names.ts";
import type { ParsedDeployment, ParsedRelease } from "./project-world.ts";
import type { SpaceContent } from "./world.ts";

interface Happening {
  readonly at: number;
  readonly happen: () => void;
}

/** Makes the releases and deployments of a world in the order of their instants, so that ids grow with time. */
export function loadHappenings(
  instance: Instance,
  names: Names,
  contents: readonly (readonly [Space, SpaceContent, string])[],
): void {
  const happenings: Happening[] = [];
  const now = instance.timeline.now();
  const clock = defaultClock(contents, now);
  const moment = momentReader(now);
  for (const [space, content, where] of contents) {
    content.projects.forEach((given, index) => {
      const project = names.find(instance.state.projects, space.id, given.name);
      if (project === undefined) return;
      given.releases.forEach((release, number) => {
        const at = `${where}projects[${index}].releases[${number}]`;
        const created = release.created === undefined ? clock.next() : moment(release.created);
        let made: Release | undefined;
        happenings.push({
          at: created,
          happen: () => {
            made = makeRelease(instance, names, project, release, created, at);
          },
        });
        release.deployments.forEach((deployment, position) => {
          const start = deployment.at === undefined ? clock.next(created) : moment(deployment.at);
          happenings.push({
            at: start,
            happen: () => {
              if (made === undefined)
                names.problems.push(`${at}.deployments[${position}].at: the deployment is older than its release`);
              else makeDeployment(instance, names, project, made, deployment, start, `${at}.deployments[${position}]`);
            },
          });
        });
      });
    });
  }
  happenings.sort((a, b) => a.at - b.at);
  for (const { happen } of happenings) happen();
  for (const [space, content, where] of contents) {
    content.history.forEach((given, index) =>
      loadBulkHistory(instance, names, space.id, given, `${where}history[${index}]`),
    );
  }
}

/** Instants for what says none: one minute after the other, in the order written, all of them before now. */
function defaultClock(contents: readonly (readonly [Space, SpaceContent, string])[], now: number) {
  const count = contents
    .flatMap(([, { projects }]) => projects.flatMap(({ releases }) => releases))
    .reduce((sum, { deployments }) => sum + 1 + deployments.length, 0);
  let last = now - Math.max(86_400_000, (count + 2) * 120_000);
  return {
    next: (after?: number): number => {
      last = Math.min(now, Math.max(last, after ?? last) + 60_000);
      return last;
    },
  };
}

function makeRelease(
  instance: Instance,
  names: Names,
  project: Project,
  given: ParsedRelease,
  created: number,
  where: string,
): Release | undefined {
  const { state } = instance;
  const channels = new Map([...state.channels].filter(([, { projectId }]) => projectId === project.id));
  const channel =
    given.channel === undefined
      ? defaultChannel(instance, project)
      : names.need(channels, "channel", project.spaceId, given.channel, `${where}.channel`);
  if (channel === undefined) return undefined;
  const existing = state.history.releasesOf({ projectId: project.id }).find(({ version }) => version === given.version);
  if (existing !== undefined) return existing;
  const packages = packagesOf(instance, project, given);
  const release = createRelease(instance, {
    project,
    channel,
    version: given.version,
    releaseNotes: given.notes,
    assembled: created,
    packages,
    gitResources: given.gitResources.map(({ step, name, ref, commit }) => ({
      actionName: step,
      referenceName: name,
      gitReference: ref,
      gitCommit: commit,
    })),
    buildInformation: buildInformationOf(given),
    git: given.git ?? null,
    by: "admin",
  });
  for (const description of given.defects) {
    release.defects.push({ id: state.nextId("Defects"), description, status: "Unresolved" });
  }
  return release;
}

function packagesOf(instance: Instance, project: Project, given: ParsedRelease): readonly SelectedPackage[] {
  if (given.packages === undefined) return packagesOfProcess(instance, project, given.version);
  return Object.entries(given.packages).map(([key, version]) => {
    const [step = "", reference = ""] = key.split(":");
    return { actionName: step, stepName: step, packageReferenceName: reference, version };
  });
}

function makeDeployment(
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
    skipActions: actionIds(instance, release, given.skippedSteps),
  };
  if (given.neverRan) makeUnrun(instance, details);
  else if (given.state === "Queued" || given.state === "Executing") makeLive(instance, details, given, moment, created);
  else makePast(instance, details, given, moment, created, given.state);
}

/** A deployment whose task never was. */
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

function actionIds(instance: Instance, release: Release, steps: readonly string[]): readonly string[] {
  const actions = (instance.state.processes.get(release.processSnapshotId)?.steps ?? []).flatMap(
    (step) => step.actions,
  );
  return steps.map((name) => actions.find((action) => action.name.toLowerCase() === name.toLowerCase())?.id ?? name);
}

/** A deployment that is going on: without a script of its own it waits for the control API. */
function makeLive(
  instance: Instance,
  details: DeploymentGiven,
  given: ParsedDeployment,
  moment: (text: string) => number,
  created: number,
): void {
  const fallback = Script.parse(given.state === "Executing" ? { external: true } : { queuedFor: "forever" });
  const deployment = enqueueDeployment(instance, details, given.script ?? fallback);
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
  const specific = deployment.specificMachineIds;
  deployment.deployedToMachineIds =
    specific.length > 0
      ? specific
      : inSpace(machines, deployment.spaceId)
          .filter(
            ({ id, environmentIds }) =>
              environmentIds.includes(deployment.environmentId) && !deployment.excludedMachineIds.includes(id),
          )
          .map(({ id }) => id);
  if (given.taskPurged || given.taskIdForgotten) history.removeTask(task);
  if (given.taskIdForgotten) deployment.taskId = null;
}
