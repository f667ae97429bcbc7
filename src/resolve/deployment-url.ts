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
