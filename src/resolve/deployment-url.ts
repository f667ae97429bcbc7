import type { OctopusGateway } from "../octopus/gateway.ts";
import type { Context } from "./resolve-context.ts";

/** The page of a deployment in the Octopus portal. */
export function deploymentUrl(
  { octopus, space, project }: Pick<Context, "octopus" | "space" | "project">,
  version: string,
  deploymentId: string,
): string {
  return (
    `${octopus.portalUrl}/app#/${space.spaceId}/projects/${project.slug ?? project.id}` +
    `/deployments/releases/${encodeURIComponent(version)}/deployments/${deploymentId}`
  );
}

/** The page of a server task in the Octopus portal. */
export function taskUrl({ portalUrl }: Pick<OctopusGateway, "portalUrl">, spaceId: string, taskId: string): string {
  return `${portalUrl}/app#/${spaceId}/tasks/${taskId}`;
}
