import type { Project, Space } from "../documents/configuration.ts";
import type { Release, SelectedPackage } from "../documents/execution.ts";
import type { Instance } from "../instance.ts";
import { createRelease, defaultChannel, packagesOfProcess } from "../rules/create-release.ts";
import { buildInformationOf } from "./build-information.ts";
import { loadBulkHistory } from "./load-bulk-history.ts";
import { makeDeployment } from "./load-deployment.ts";
import { momentReader } from "./moment.ts";
import type { Names } from "./names.ts";
import type { ParsedRelease } from "./project-world.ts";
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

/** Instants for releases and deployments without one: a minute apart, in the order written, none of them after now. */
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
