import type { DeploymentFreeze, Id, Instant, ServerTask } from "../model.ts";
import type { FreezeQuery, OctopusGateway, SpaceGateway } from "./gateway.ts";

/** The parent's task and release, whose approvals the children of a run share. */
export interface SharingParent {
  readonly taskId?: Id<"ServerTask"> | undefined;
  readonly releaseId?: Id<"Release"> | undefined;
}

/**
 * The same gateway for several children that are planned side by side. Resources that do not change meanwhile are read once for all of them. A
 * failed read is forgotten, so that the next one is sent again. Sharing ends with the first write, and with the first use of `whilePolling`.
 * Server tasks are never remembered, but tasks that several children read at the same moment are read together, also while polling.
 */
export function withSharedReads(octopus: OctopusGateway, parent: SharingParent): OctopusGateway {
  const planning = beginPlanning();
  const spaces = new Map<Id<"Space">, SpaceGateway>();
  return {
    portalUrl: octopus.portalUrl,
    spacesNamed: planning.shared((text) => octopus.spacesNamed(text)),
    allSpaces: planning.shared(() => octopus.allSpaces()),
    inSpace(id) {
      const space = spaces.get(id) ?? sharedSpace(octopus.inSpace(id), parent, planning);
      spaces.set(id, space);
      return space;
    },
  };
}

function sharedSpace(space: SpaceGateway, parent: SharingParent, planning: Planning): SpaceGateway {
  const { shared, ending } = planning;
  const polling = space.whilePolling();
  const patient = { ...polling, tasksById: together((ids) => polling.tasksById(ids)) };
  return {
    ...space,
    whilePolling: ending(() => patient),
    ...approvalReads(space, parent, shared),
    ...listReads(space, planning),

    projectsNamed: shared((text) => space.projectsNamed(text)),
    allProjects: shared(() => space.allProjects()),
    allEnvironments: shared(() => space.allEnvironments()),
    ephemeralEnvironments: shared(() => space.ephemeralEnvironments()),
    tenantsNamed: shared((text) => space.tenantsNamed(text)),
    allTenants: shared(() => space.allTenants()),
    machinesById: shared((ids) => space.machinesById(ids)),
    machinesIn: shared((environment) => space.machinesIn(environment)),
    channelsOf: shared((project) => space.channelsOf(project)),
    lifecyclePhases: shared((lifecycle) => space.lifecyclePhases(lifecycle)),
    release: shared((id) => space.release(id)),
    deployment: shared((id) => space.deployment(id)),
    newestDeploymentsOfRelease: shared((release) => space.newestDeploymentsOfRelease(release)),
    ownPermissions: shared(() => space.ownPermissions()),

    refreshVariables: ending((release) => space.refreshVariables(release)),
    takeResponsibility: ending((id) => space.takeResponsibility(id)),
    submitInterruption: ending((id, values) => space.submitInterruption(id, values)),
    createDeployment: ending((request, findExisting) => space.createDeployment(request, findExisting)),
    cancelTask: ending((id) => space.cancelTask(id)),
  };
}

/** How far apart the instants may be for which children read freezes, in milliseconds, to share one answer. */
const sameInstant = 30_000;

interface AskedFreezes {
  readonly projectIds: readonly Id<"Project">[];
  readonly at: Instant;
  readonly answer: Promise<readonly DeploymentFreeze[] | undefined>;
}

/**
 * Shares lists of deployments, and reads about all of them. Server tasks are read when no list is on its way any more, so that those of all
 * children come together. Freezes are read for all projects whose deployments were read, at one instant for all children that ask at about the
 * same time. The scopes of a freeze tell to which child it applies.
 */
function listReads(
  space: SpaceGateway,
  { shared, isOver }: Planning,
): Pick<SpaceGateway, "deployments" | "tasksById" | "deploymentFreezes"> {
  const projects = new Set<Id<"Project">>();
  const lists = new Set<Promise<unknown>>();
  const asked = new Set<AskedFreezes>();
  const onTheirWay = new Set<AskedFreezes>();
  const freezesOf = shared((query: FreezeQuery) => space.deploymentFreezes(query));
  const noLists = async () => {
    do await Promise.allSettled([endOfTurn(), ...lists]);
    while (lists.size > 0);
  };
  return {
    deployments(filter) {
      for (const { projectId } of [filter, ...(filter.besides ?? [])]) projects.add(projectId);
      const pages = space.deployments(filter)[Symbol.asyncIterator]();
      const next = () => {
        const page = pages.next();
        lists.add(page);
        const leave = () => void lists.delete(page);
        page.then(leave, leave);
        return page;
      };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
    tasksById: together((ids) => space.tasksById(ids), noLists),
    async deploymentFreezes(query) {
      const { projectIds: wanted, at } = query;
      if (wanted === undefined || at === undefined) return await freezesOf(query);
      const known = [...(isOver() ? onTheirWay : asked)].find(
        (each) => Math.abs(each.at - at) < sameInstant && wanted.every((id) => each.projectIds.includes(id)),
      );
      if (known !== undefined) return await known.answer;
      const all = { projectIds: [...new Set([...wanted, ...projects])], at };
      const entry = { ...all, answer: space.deploymentFreezes(all) };
      asked.add(entry);
      onTheirWay.add(entry);
      const arrived = () => onTheirWay.delete(entry);
      entry.answer.then(arrived, () => arrived() && asked.delete(entry));
      return await entry.answer;
    },
  };
}

type ApprovalReads = Pick<SpaceGateway, "deploymentsOfRelease" | "task" | "interruptionsOf" | "artifactsOf">;

/**
 * Shares the deployments of the parent's release, and the approvals in them. Reads about any other task are not shared, because the
 * interruptions of a child change at any time, nor is the state of the parent's own task.
 */
function approvalReads(space: SpaceGateway, parent: SharingParent, shared: Sharing): ApprovalReads {
  const elsewhere = new Set<Id<"ServerTask">>();
  const isElsewhere = (task: Id<"ServerTask">) => elsewhere.has(task);
  const isOfParent = (task: Id<"ServerTask">) => task === parent.taskId || elsewhere.has(task);
  const isParents = (release: Id<"Release">) => release === parent.releaseId;
  const deploymentsOfRelease = when(isParents, (release) => space.deploymentsOfRelease(release), shared);
  return {
    async deploymentsOfRelease(release) {
      const deployments = await deploymentsOfRelease(release);
      for (const { taskId } of isParents(release) ? deployments : []) {
        if (taskId !== undefined && taskId !== parent.taskId) elsewhere.add(taskId);
      }
      return deployments;
    },
    task: when(isElsewhere, (task) => space.task(task), shared),
    interruptionsOf: when(isOfParent, (task) => space.interruptionsOf(task), shared),
    artifactsOf: when(isOfParent, (task) => space.artifactsOf(task), shared),
  };
}

/** Shares a read only if the answer about this resource may be shared. */
function when<Argument, Answer>(
  isShareable: (argument: Argument) => boolean,
  read: (argument: Argument) => Promise<Answer>,
  shared: Sharing,
): (argument: Argument) => Promise<Answer> {
  const sharedRead = shared(read);
  return (argument) => (isShareable(argument) ? sharedRead(argument) : read(argument));
}

/** Makes a read that sends one request for the same arguments. */
type Sharing = <Args extends readonly unknown[], Answer>(
  read: (...args: Args) => Promise<Answer>,
) => (...args: Args) => Promise<Answer>;

/** The time in which reads are shared. */
interface Planning {
  readonly shared: Sharing;
  readonly isOver: () => boolean;
  /** Makes a function that ends the sharing. */
  readonly ending: <Args extends readonly unknown[], Result>(
    act: (...args: Args) => Result,
  ) => (...args: Args) => Result;
}

function beginPlanning(): Planning {
  let hasEnded = false;
  return {
    isOver: () => hasEnded,
    ending:
      (act) =>
      (...args) => {
        hasEnded = true;
        return act(...args);
      },
    shared(read) {
      const readings = new Map<string, ReturnType<typeof read>>();
      return (...args) => {
        if (hasEnded) return read(...args);
        const question = JSON.stringify(args);
        const known = readings.get(question);
        if (known !== undefined) return known;
        const reading = read(...args);
        readings.set(question, reading);
        reading.catch(() => readings.delete(question));
        return reading;
      };
    },
  };
}

type TaskRead = SpaceGateway["tasksById"];

/** Resolves when all calls of this turn of the event loop were made. */
export const endOfTurn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

/**
 * Collects ids until some time has passed, and reads all of them together. Calls without ids are not waited for.
 * @param pass how long ids are collected; by default until the end of this turn of the event loop
 */
export function together(read: TaskRead, pass: () => Promise<unknown> = endOfTurn): TaskRead {
  let collecting: { readonly ids: Set<Id<"ServerTask">>; readonly tasks: Promise<readonly ServerTask[]> } | undefined;
  const collect = () => {
    const ids = new Set<Id<"ServerTask">>();
    const tasks = pass().then(() => {
      collecting = undefined;
      return read([...ids]);
    });
    return { ids, tasks };
  };
  return async (wanted) => {
    if (wanted.length === 0) return [];
    const { ids, tasks } = (collecting ??= collect());
    for (const id of wanted) ids.add(id);
    const own = new Set(wanted);
    return (await tasks).filter(({ id }) => own.has(id));
  };
}
