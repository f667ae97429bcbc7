import type { Channel, Environment, Project, Tenant, User } from "../documents/configuration.ts";
import type { Release } from "../documents/execution.ts";
import type { Instance } from "../instance.ts";
import { recordDeployment } from "../rules/create-deployment.ts";
import { createRelease, defaultChannel } from "../rules/create-release.ts";
import { bulkBuildInformation } from "./build-information.ts";
import { momentReader } from "./moment.ts";
import type { Names } from "./names.ts";
import type { ParsedHistory } from "./world.ts";

/** Makes many releases with their deployments, without events; logs are made up when they are read. */
export function loadBulkHistory(
  instance: Instance,
  names: Names,
  spaceId: string,
  given: ParsedHistory,
  where: string,
): void {
  const { state } = instance;
  const project = names.need(state.projects, "project", spaceId, given.project, `${where}.project`);
  const tenant =
    given.tenant === undefined ? null : names.need(state.tenants, "tenant", spaceId, given.tenant, `${where}.tenant`);
  const environments = (given.environment ?? []).flatMap(
    (name) => names.need(state.environments, "environment", spaceId, name, `${where}.environment`) ?? [],
  );
  const by = [...state.users.values()][0];
  if (project === undefined || tenant === undefined || by === undefined) return;
  const channels = new Map([...state.channels].filter(([, { projectId }]) => projectId === project.id));
  const channel =
    given.channel === undefined
      ? defaultChannel(instance, project)
      : names.need(channels, "channel", spaceId, given.channel, `${where}.channel`);
  if (channel === undefined) return;
  const repeated =
    given.release === undefined
      ? undefined
      : state.history.releasesOf({ projectId: project.id }).find(({ version }) => version === given.release);
  if (given.release !== undefined && repeated === undefined) {
    names.problems.push(`${where}.release: there is no release '${given.release}'`);
    return;
  }
  const now = instance.timeline.now();
  const first = given.from === undefined ? now - (given.count + 1) * given.every : momentReader(now)(given.from);
  const gap = Math.max(1, Math.floor(Math.min(60_000, given.every / (environments.length + 1))));
  for (let number = 1; number <= given.count; number++) {
    const created = first + (number - 1) * given.every;
    const release = repeated ?? makeRelease(instance, { project, channel, given, number, created });
    environments.forEach((environment, index) => {
      deploy(instance, {
        project,
        release,
        environment,
        tenant,
        by,
        created: created + (index + 1) * gap,
        took: gap,
        state: given.state,
      });
    });
  }
}

interface ReleaseDetails {
  readonly project: Project;
  readonly channel: Channel;
  readonly given: ParsedHistory;
  readonly number: number;
  readonly created: number;
}

function makeRelease(instance: Instance, { project, channel, given, number, created }: ReleaseDetails): Release {
  const version = given.version.replaceAll("{n}", String(number));
  return createRelease(instance, {
    project,
    channel,
    version,
    assembled: created,
    packages: given.packages.map((name) => ({ actionName: name, stepName: name, packageReferenceName: "", version })),
    buildInformation: bulkBuildInformation(given.packages[0] ?? project.name, version, given.commits),
    by: "admin",
  });
}

interface DeploymentDetails {
  readonly project: Project;
  readonly release: Release;
  readonly environment: Environment;
  readonly tenant: Tenant | null;
  readonly by: User;
  readonly created: number;
  readonly took: number;
  readonly state: "Success" | "Failed";
}

function deploy(instance: Instance, details: DeploymentDetails): void {
  const { deployment, task } = recordDeployment(instance, details);
  task.state = details.state;
  deployment.ended = details.state;
  task.startTime = details.created;
  task.completedTime = details.created + details.took;
  task.lastUpdatedTime = task.completedTime;
  if (details.state === "Failed") {
    task.errorMessage =
      "The deployment failed because one or more steps failed. Please see the deployment log for details.";
    task.hasWarningsOrErrors = true;
  }
}
