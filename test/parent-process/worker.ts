import type { Deployment } from "../octopus-server/documents/execution.ts";
import type { VariableSet } from "../octopus-server/documents/process.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { processSteps, usesTemplate } from "./process-steps.ts";
import { runParentDeployment } from "./run-parent-deployment.ts";
import type { StepTemplate } from "./step-template.ts";

/** How often the worker looks for deployments, in real milliseconds. */
const pollEvery = 50;

export interface Worker {
  /** Cancels running deployments, and resolves when all have ended. */
  stop(): Promise<void>;
}

/**
 * Starts a worker for a stand-alone embedded server: it runs the process of every deployment of a project that has a step of the template, whoever
 * created it. Users answer interventions through the API. A step that sleeps moves the server's clock ahead.
 * @param onDefect receives errors of the harness itself
 */
export function startWorker(server: OctopusServer, template: StepTemplate, onDefect: (error: unknown) => void): Worker {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const claimed = new Set<string>();
  const timer = setInterval(() => {
    for (const project of unclaimed(server, claimed)) {
      claimed.add(project);
      server.simulator.addScript({ project, external: true });
    }
    // The server does nothing between requests and movements of its clock.
    server.advance(0);
    for (const deployment of waiting(server, claimed)) {
      if (running.has(deployment.id)) continue;
      running.set(deployment.id, run(server, deployment, { template, signal: stopping.signal }).catch(onDefect));
    }
  }, pollEvery);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}

/** Projects with a step of the template that are not claimed yet. */
function unclaimed(server: OctopusServer, claimed: ReadonlySet<string>): readonly string[] {
  return [...server.simulator.state().processes.values()]
    .filter((process) => !claimed.has(process.projectId) && usesTemplate(process))
    .map(({ projectId }) => projectId);
}

function waiting(server: OctopusServer, claimed: ReadonlySet<string>): readonly Deployment[] {
  const { tasks, deployments } = server.simulator.state().history;
  return [...deployments.values()].filter(
    ({ projectId, taskId }) => claimed.has(projectId) && tasks.get(taskId ?? "")?.state === "Executing",
  );
}

async function run(
  server: OctopusServer,
  deployment: Deployment,
  { template, signal }: { readonly template: StepTemplate; readonly signal: AbortSignal },
): Promise<void> {
  const { history, processes, variableSets, teams, projects, environments } = server.simulator.state();
  const release = history.releases.get(deployment.releaseId);
  const process = processes.get(release?.processSnapshotId ?? "");
  const project = projects.get(deployment.projectId);
  const environment = environments.get(deployment.environmentId);
  if (release === undefined || process === undefined || project === undefined || environment === undefined)
    throw new Error(`A document that ${deployment.id} refers to is missing on the server.`);
  const variables = variablesOf(variableSets.get(release.variableSnapshotId), deployment);
  await runParentDeployment(server, {
    existing: deployment.id,
    project: project.name,
    release: release.version,
    environment: environment.name,
    steps: processSteps(process, { ...deployment, template, teams }),
    variables: Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ""])),
    sensitive: variables.filter(({ isSensitive }) => isSensitive).map(({ name }) => name),
    guidedFailure: deployment.useGuidedFailure,
    signal,
  });
}

/** Variables whose scope includes a deployment, those with the narrowest scope last. */
function variablesOf(set: VariableSet | undefined, deployment: Deployment): VariableSet["variables"] {
  const { environmentId, channelId, tenantId } = deployment;
  const place: Readonly<Record<string, string | null>> = {
    Environment: environmentId,
    Channel: channelId,
    Tenant: tenantId,
  };
  const isIn = ([kind, ids]: readonly [string, readonly string[]]) =>
    ids.length === 0 || ids.includes(place[kind] ?? "");
  const width = (scope: VariableSet["variables"][number]["scope"]) =>
    Object.values(scope).filter(({ length }) => length > 0).length;
  return (set?.variables ?? [])
    .filter(({ scope }) => Object.entries(scope).every(isIn))
    .toSorted((a, b) => width(a.scope) - width(b.scope));
}
