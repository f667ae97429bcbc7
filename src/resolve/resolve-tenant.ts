import { ConfigurationError } from "../errors.ts";
import type { Project, Tenant } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { useOfTenant } from "../rules/tenancy.ts";
import { resolveName } from "./resolve-name.ts";

/** The tenant of a space that a name, slug or id means. Throws `NotFoundError`. */
export async function tenantCalled(
  wanted: string,
  { what, whose, space }: { readonly what: string; readonly whose: "child" | "parent"; readonly space: TenantReads },
): Promise<Tenant> {
  const where = `in the ${whose}'s space`;
  return await resolveName(wanted, { what, where, likely: space.tenantsNamed(wanted), all: () => space.allTenants() });
}

type TenantReads = Pick<SpaceGateway, "tenantsNamed" | "allTenants">;

/** The tenant that the child is deployed for. Absent means untenanted. Throws `ConfigurationError` for a project that needs a tenant. */
export async function resolveTenant(
  wanted: string | undefined,
  project: Project,
  space: TenantReads,
): Promise<Tenant | undefined> {
  const use = useOfTenant(project, wanted);
  if (use === "required") {
    throw new ConfigurationError(
      `The project "${project.name}" can only be deployed for a tenant, and this deployment has none.`,
      "Deploy the parent for a tenant, name one in the step's parameters, or allow untenanted deployments in the project.",
    );
  }
  if (use !== "tenant" || wanted === undefined) return undefined;
  return await tenantCalled(wanted, { what: "tenant", whose: "child", space });
}
