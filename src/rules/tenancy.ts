import type { Deployment, DeploymentTemplate, Environment, Id, Project, Tenant } from "../model.ts";

/**
 * How the project's tenant mode applies to the given tenant: `dropped` if the project is deployed without tenants, `required` if the project
 * needs a tenant and none is given.
 */
export type TenantUse = "tenant" | "untenanted" | "dropped" | "required";

/** A tenant given to a project that allows both is used; without one such a project is deployed untenanted. */
export function useOfTenant({ tenantedDeploymentMode: mode }: Project, wanted: string | undefined): TenantUse {
  if (wanted === undefined) return mode === "Tenanted" ? "required" : "untenanted";
  return mode === "Untenanted" ? "dropped" : "tenant";
}

/** Why no release can be deployed for a tenant. */
export function connectionProblem(
  { environmentsOf }: Tenant,
  project: Project,
  destination: Environment,
): "TenantNotConnected" | "TenantNotInEnvironment" | undefined {
  const environments = environmentsOf.get(project.id);
  if (environments === undefined) return "TenantNotConnected";
  return environments.includes(destination.id) ? undefined : "TenantNotInEnvironment";
}

/** Whose deployments count: those for one tenant, those without any, or all. */
export type Whose = Id<"Tenant"> | "untenanted" | "anyone";

/** A run compares itself only with deployments for its own tenant, or with the untenanted ones. */
export function ownDeployments(tenant: Tenant | undefined): Whose {
  return tenant?.id ?? "untenanted";
}

/** The tenant by which the server filters deployments; `undefined` when it cannot filter them: it has no filter for untenanted ones. */
export function tenantOf(whose: Whose): Id<"Tenant"> | undefined {
  return whose === "untenanted" || whose === "anyone" ? undefined : whose;
}

export function counts({ tenantId }: Pick<Deployment, "tenantId">, whose: Whose): boolean {
  return whose === "anyone" || tenantId === tenantOf(whose);
}

/**
 * Whose deployments to the source environments count: the tenant's own if the tenant is connected to one of them, else those of all tenants,
 * because a tenant that is only in Production gets releases that others have tested.
 */
export function candidatesOf(tenant: Tenant | undefined, project: Project, sources: readonly Environment[]): Whose {
  const connected = tenant?.environmentsOf.get(project.id) ?? [];
  return tenant === undefined || sources.some(({ id }) => connected.includes(id)) ? ownDeployments(tenant) : "anyone";
}

/**
 * Whether the server would let a release into an environment now. For a tenant only the tenant's own list counts. If a disabled tenant has no
 * list, a blocker of the plan says so.
 */
export function isPromotable(
  template: DeploymentTemplate | undefined,
  { id }: Environment,
  tenant: Tenant | undefined,
): boolean {
  if (template === undefined) return false;
  if (tenant === undefined) return template.promoteTo.includes(id);
  const promotion = template.tenantPromotions.find((each) => each.id === tenant.id);
  return promotion === undefined ? tenant.isDisabled : promotion.promoteTo.includes(id);
}
