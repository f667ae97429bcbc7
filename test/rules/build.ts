import {
  asId,
  type Attempt,
  type Deployment,
  type Environment,
  type Interruption,
  type Pause,
  type Release,
  type ServerTask,
  type TaskState,
} from "../../src/model.ts";
import { everything } from "../../src/rules/deployment-scope.ts";
import type { Decision, Order, Plan } from "../../src/rules/plan.ts";

/** A release for tables of rules. These builders have defaults, so that a case states only what it is about. Times are in minutes. */
export function release(version: string, differences: Partial<Release> = {}): Release {
  return {
    id: asId<"Release">(`Releases-${version}`),
    projectId: asId<"Project">("Projects-1"),
    channelId: asId<"Channel">("Channels-1"),
    version,
    releaseNotes: "",
    assembled: 0,
    packages: [],
    gitResources: [],
    snapshotIds: [],
    ...differences,
  };
}

export interface AttemptFacts {
  readonly id?: string;
  readonly release?: string;
  readonly state?: TaskState | "purged";
  readonly start?: number | "never";
  readonly end?: number;
  readonly deployment?: Partial<Deployment>;
  readonly task?: Partial<ServerTask>;
  readonly pause?: Pause;
}

const live: readonly string[] = ["Queued", "Executing", "Cancelling"];

export function attempt(facts: AttemptFacts = {}): Attempt {
  const { id = "Deployments-1", state = "Success", end = 10 } = facts;
  const start = facts.start ?? end - 1;
  const deployment: Deployment = {
    id: asId<"Deployment">(id),
    projectId: asId<"Project">("Projects-1"),
    releaseId: asId<"Release">(`Releases-${facts.release ?? "1.0"}`),
    channelId: asId<"Channel">("Channels-1"),
    environmentId: asId<"Environment">("Environments-1"),
    taskId: asId<"ServerTask">(id.replace("Deployments", "ServerTasks")),
    created: minutes(start === "never" ? end : start),
    comments: "",
    deployedBy: "somebody",
    specificMachineIds: [],
    excludedMachineIds: [],
    specificTagIds: [],
    excludedTagIds: [],
    skippedActionIds: [],
    ...facts.deployment,
  };
  if (state === "purged") return { deployment };
  return { deployment, task: task(state, { start, end, ...facts.task }), pause: facts.pause };
}

export function task(
  state: TaskState,
  { start = 1, end = 10, ...differences }: { start?: number | "never"; end?: number } & Partial<ServerTask> = {},
): ServerTask {
  return {
    id: asId<"ServerTask">("ServerTasks-1"),
    state,
    isCompleted: !live.includes(state),
    startTime: start === "never" ? undefined : minutes(start),
    completedTime: live.includes(state) ? undefined : minutes(end),
    errorMessage: "",
    hasPendingInterruptions: false,
    hasPendingPreconditions: false,
    hasWarningsOrErrors: false,
    ...differences,
  };
}

export function minutes(number: number): number {
  return number * 60_000;
}

export const testEnvironment: Environment = { id: asId("Environments-1"), name: "Test" };
export const staging: Environment = { id: asId("Environments-2"), name: "Staging" };

export const order: Order = {
  project: {
    id: asId("Projects-1"),
    name: "Web API",
    isDisabled: false,
    lifecycleId: asId("Lifecycles-1"),
    tenantedDeploymentMode: "Untenanted",
  },
  channel: {
    id: asId("Channels-1"),
    name: "Default",
    projectId: asId("Projects-1"),
    isDefault: true,
    tenantTags: [],
    type: "Lifecycle",
  },
  destination: staging,
  sources: [testEnvironment],
  mode: "Promote",
  condition: "Different",
  pattern: "2021.1.0.*",
  notFound: "Warning",
  whatIf: false,
  identity: {
    parentRelease: "Releases-9",
    space: "Spaces-1",
    project: "Projects-1",
    destination: "Environments-2",
    tenant: null,
    channel: "Channels-1",
    mode: "Promote",
  },
  warnings: [],
};

export const selected = {
  release: release("2021.1.0.22"),
  attempt: attempt({ id: "Deployments-7", release: "2021.1.0.22", end: 600 }),
};

/** The plan of a real run, without warnings and blockers. */
export function plan(decision: Decision, differences: Partial<Plan> = {}): Plan {
  const current = { release: release("2021.1.0.20") };
  return {
    order,
    current,
    selected,
    decision,
    inDestination: [],
    scope: everything,
    warnings: [],
    blockers: [],
    whereabouts: [],
    notes: "",
    approval: {},
    earlier: [],
    made: 0,
    passedOver: [],
    notDeployed: [],
    ...differences,
  };
}

/** A guided failure that waits for an answer, unless told otherwise. */
export function failure(differences: Partial<Interruption> = {}): Interruption {
  return {
    id: asId("Interruptions-1"),
    taskId: asId("ServerTasks-1"),
    title: "Step 1",
    type: "GuidedFailure",
    isPending: true,
    created: 0,
    responsibleTeamIds: [],
    canTakeResponsibility: true,
    hasResponsibility: false,
    correlationId: "step-1",
    instructions: "",
    ...differences,
  };
}
