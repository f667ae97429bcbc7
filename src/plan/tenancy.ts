import type { Environment, Id, Project, Tenant } from "../model.ts";

/** For whom a child is deployed. */
export type Tenancy =
  | { readonly kind: "untenanted" }
  /** A tenant was given, and the project knows none: deployed without, which is said. */
  | { readonly kind: "tenant-dropped" }
  | { readonly kind: "tenant"; readonly tenant: Tenant }
  | { readonly kind: "skip"; readonly reason: "TenantNotConnected" | "TenantNotInEnvironment" }
  /** The project can only be deployed for a tenant. */
  | { readonly kind: "tenant-required" };

export function judgeTenancy(project: Project, tenant: Tenant | undefined, destination: Environment): Tenancy {
  const mode = project.tenantedDeploymentMode;
  if (tenant === undefined) return mode === "Tenanted" ? { kind: "tenant-required" } : { kind: "untenanted" };
  if (mode === "Untenanted") return { kind: "tenant-dropped" };
  const environments = tenant.environmentsOf.get(project.id);
  if (environments === undefined) return { kind: "skip", reason: "TenantNotConnected" };
  return environments.includes(destination.id)
    ? { kind: "tenant", tenant }
    : { kind: "skip", reason: "TenantNotInEnvironment" };
}

/**
 * Whose deployments to the source environments make a release a candidate: the tenant's own when it is connected to one of them, else
 * anybody's, for a tenant that starts in Production gets what others have tested.
 */
export function tenantOfCandidates(
  tenant: Tenant | undefined,
  project: Project,
  sources: readonly Environment[],
): { readonly kind: "own"; readonly tenantId: Id<"Tenant"> | undefined } | { readonly kind: "anyone" } {
  if (tenant === undefined) return { kind: "own", tenantId: undefined };
  const connected = tenant.environmentsOf.get(project.id) ?? [];
  return sources.some(({ id }) => connected.includes(id)) ? { kind: "own", tenantId: tenant.id } : { kind: "anyone" };
}
