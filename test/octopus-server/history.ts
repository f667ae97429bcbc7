import type { Deployment, Release, ServerTask, TaskState } from "./documents/execution.ts";

/**
 * Releases, deployments and tasks, with indexes that keep lists of 50,000 fast. Lists are newest first: releases by the instant they were
 * assembled, deployments by the instant they were created, tasks by the instant they were queued; of equal instants, later ids first.
 */
export interface History {
  readonly releases: Map<string, Release>;
  readonly deployments: Map<string, Deployment>;
  readonly tasks: Map<string, ServerTask>;
  addRelease(release: Release): void;
  addDeployment(deployment: Deployment): void;
  addTask(task: ServerTask): void;
  removeRelease(release: Release): void;
  removeDeployment(deployment: Deployment): void;
  removeTask(task: ServerTask): void;
  releasesOf(where: {
    readonly spaceId?: string;
    readonly projectId?: string;
    readonly channelId?: string;
  }): readonly Release[];
  deploymentsOf(where: {
    readonly spaceId?: string;
    readonly projectId?: string;
    readonly environmentId?: string;
    readonly releaseId?: string;
  }): readonly Deployment[];
  tasksOf(where: {
    readonly spaceId?: string;
    readonly projectId?: string;
    readonly environmentId?: string;
  }): readonly ServerTask[];
  taskOf(deployment: Deployment): ServerTask | undefined;
  /** The state of a deployment, also after retention removed its task. One that never ran counts as `Canceled`. */
  stateOf(deployment: Deployment): TaskState;
}

export function createHistory(): History {
  const releases = new Map<string, Release>();
  const deployments = new Map<string, Deployment>();
  const tasks = new Map<string, ServerTask>();
  const releaseLists = createLists<Release>((release) => release.assembled);
  const deploymentLists = createLists<Deployment>((deployment) => deployment.created);
  const taskLists = createLists<ServerTask>((task) => task.queueTime);

  return {
    releases,
    deployments,
    tasks,
    addRelease: (release) => {
      releases.set(release.id, release);
      releaseLists.add(release, [release.spaceId, release.projectId, release.channelId]);
    },
    addDeployment: (deployment) => {
      deployments.set(deployment.id, deployment);
      deploymentLists.add(deployment, deploymentKeys(deployment));
    },
    addTask: (task) => {
      tasks.set(task.id, task);
      taskLists.add(task, taskKeys(task));
    },
    removeRelease: (release) => {
      releases.delete(release.id);
      releaseLists.remove(release, [release.spaceId, release.projectId, release.channelId]);
    },
    removeDeployment: (deployment) => {
      deployments.delete(deployment.id);
      deploymentLists.remove(deployment, deploymentKeys(deployment));
    },
    removeTask: (task) => {
      tasks.delete(task.id);
      taskLists.remove(task, taskKeys(task));
    },
    releasesOf: ({ spaceId, projectId, channelId }) => releaseLists.get(channelId ?? projectId ?? spaceId ?? ""),
    deploymentsOf: ({ spaceId, projectId, environmentId, releaseId }) => {
      if (releaseId !== undefined) return deploymentLists.get(releaseId);
      if (projectId !== undefined && environmentId !== undefined) {
        return deploymentLists.get(`${projectId}/${environmentId}`);
      }
      return deploymentLists.get(projectId ?? environmentId ?? spaceId ?? "");
    },
    tasksOf: ({ spaceId, projectId, environmentId }) => {
      if (projectId !== undefined && environmentId !== undefined) return taskLists.get(`${projectId}/${environmentId}`);
      return taskLists.get(projectId ?? spaceId ?? "");
    },
    stateOf: (deployment) =>
      (deployment.taskId === null ? undefined : tasks.get(deployment.taskId))?.state ?? deployment.ended ?? "Canceled",
    taskOf: (deployment) => (deployment.taskId === null ? undefined : tasks.get(deployment.taskId)),
  };
}

function deploymentKeys(deployment: Deployment): readonly string[] {
  const { spaceId, projectId, environmentId, releaseId } = deployment;
  return ["", spaceId, projectId, environmentId, `${projectId}/${environmentId}`, releaseId];
}

function taskKeys({ spaceId, projectId, environmentId }: ServerTask): readonly string[] {
  if (projectId === null) return ["", spaceId];
  return environmentId === null ? ["", spaceId, projectId] : ["", spaceId, projectId, `${projectId}/${environmentId}`];
}

interface Lists<T> {
  add(item: T, keys: readonly string[]): void;
  remove(item: T, keys: readonly string[]): void;
  get(key: string): readonly T[];
}

interface List<T> {
  items: T[];
  sorted: boolean;
}

/** Lists by key, sorted only when read, so that loading a history sorts once. */
function createLists<T extends { readonly number: number }>(instantOf: (item: T) => number): Lists<T> {
  const lists = new Map<string, List<T>>();

  function newestFirst(a: T, b: T): number {
    return instantOf(b) - instantOf(a) || b.number - a.number;
  }

  return {
    add: (item, keys) => {
      for (const key of keys) {
        const list = lists.get(key);
        if (list === undefined) lists.set(key, { items: [item], sorted: true });
        else {
          list.items.push(item);
          list.sorted = false;
        }
      }
    },
    remove: (item, keys) => {
      for (const key of keys) {
        const list = lists.get(key);
        if (list !== undefined) list.items = list.items.filter((other) => other !== item);
      }
    },
    get: (key) => {
      const list = lists.get(key);
      if (list === undefined) return [];
      if (!list.sorted) {
        list.items.sort(newestFirst);
        list.sorted = true;
      }
      return list.items;
    },
  };
}
