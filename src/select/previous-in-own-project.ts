import { ConfigurationError } from "../errors.ts";
import { isParentsServer } from "../resolve/parent-server.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { undoneBy } from "../rules/marker.ts";

type OwnProject = Pick<Context, "settings" | "space" | "project">;

/**
 * Whether the parent's deployment is itself an undo, so that it must not start another: two releases would take turns for ever. Throws
 * `ConfigurationError` if the new deployment would make the server cancel the one that this step runs in.
 */
export async function isTakingBackItself({ settings, space, project }: OwnProject): Promise<boolean> {
  const { parent, server } = settings;
  const { deploymentId } = parent;
  if (project.id !== parent.projectId || !isParentsServer(parent, server.url) || deploymentId === undefined)
    return false;
  const [deployment, supersession] = await Promise.all([
    space.deployment(deploymentId),
    space.supersessionOf(project.id),
  ]);
  if (supersession?.running === true) throw superseded(project.name);
  if (deployment === undefined) throw unseen(deploymentId);
  return undoneBy({ deployment }) !== null;
}

function superseded(project: string): ConfigurationError {
  return new ConfigurationError(
    `The project "${project}" cancels running deployments when a newer one succeeds, so this step's own deployment could be cancelled. Nothing was created.`,
    "Switch that off in the project's deployment settings, or run the step in another project.",
  );
}

function unseen(deploymentId: string): ConfigurationError {
  return new ConfigurationError(
    `It is unknown whether ${deploymentId}, this step's own deployment, undoes another one. Nothing was created.`,
    "Give the service account DeploymentView for this project.",
  );
}
