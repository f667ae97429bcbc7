import { ConfigurationError } from "../errors.ts";
import { isParentsServer } from "./parent-server.ts";
import type { Context } from "./resolve-context.ts";

/**
 * Throws `ConfigurationError` if the step would wait for a deployment of the project that it runs in, which starts only after this one has
 * ended. A runbook run is not a deployment and may wait.
 */
export function refuseToWaitForOwnProject({ project, settings }: Pick<Context, "project" | "settings">): void {
  const { parent, server, wait } = settings;
  const isOwn = project.id === parent.projectId && isParentsServer(parent, server.url);
  if (!isOwn || parent.runbookRunId !== undefined || wait === "No") return;
  throw new ConfigurationError(
    `The step would wait for a deployment of its own project "${project.name}", which starts only after this one. Nothing was created.`,
    'Choose "No" in the parameter "Wait for the child deployment", or another child project.',
  );
}
