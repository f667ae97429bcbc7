import type { Deployment } from "../octopus-server/documents/execution.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { ParentDeployment } from "./parent-deployment.ts";

/**
 * Creates a deployment of the parent project on the server, unless it exists already. Its task executes until the control API ends it. No request
 * is sent, so the journal has only those of the steps. Throws when a name does not exist.
 */
export function createParentDeployment(server: OctopusServer, parent: ParentDeployment): Deployment {
  if (parent.existing !== undefined) return existing(server, parent.existing);
  const { project, release, environment, tenant, createdBy, specificMachines, excludedMachines } = parent;
  const before = newest(server)?.number ?? 0;
  const deployment = {
    environment,
    at: new Date(server.now()).toISOString(),
    state: "Executing" as const,
    ...(tenant === undefined ? {} : { tenant }),
    ...(createdBy === undefined ? {} : { by: createdBy }),
    ...(specificMachines === undefined ? {} : { specificMachines: [...specificMachines] }),
    ...(excludedMachines === undefined ? {} : { excludedMachines: [...excludedMachines] }),
  };
  const projects = [{ name: project, releases: [{ version: release, deployments: [deployment] }] }];
  server.simulator.addWorld(parent.space === undefined ? { projects } : { spaces: [{ name: parent.space, projects }] });
  const created = newest(server);
  if (created === undefined || created.number <= before)
    throw new Error(`No deployment of ${project} ${release} was created.`);
  return created;
}

function existing(server: OctopusServer, id: string): Deployment {
  const deployment = server.simulator.state().history.deployments.get(id);
  if (deployment === undefined) throw new Error(`There is no ${id}.`);
  return deployment;
}

function newest(server: OctopusServer): Deployment | undefined {
  const { deployments } = server.simulator.state().history;
  return [...deployments.values()].reduce<Deployment | undefined>(
    (latest, one) => (latest === undefined || one.number > latest.number ? one : latest),
    undefined,
  );
}
