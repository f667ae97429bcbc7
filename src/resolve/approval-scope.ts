import type { Environment, Id, Named } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { resolveName } from "./resolve-name.ts";
import { tenantCalled } from "./resolve-tenant.ts";
import type { ApprovalSettings, Parent, Settings } from "../settings.ts";

/** Which deployment of the parent's release holds the approvals. */
export type ApprovalPlace =
  /** The deployment or runbook run that this step belongs to. */
  | { readonly kind: "own-task" }
  | { readonly kind: "elsewhere"; readonly environment: Environment; readonly tenant?: Named<"Tenant"> | undefined };

const ownTask = { kind: "own-task" } as const;

/**
 * Finds the approval environment and tenant by their names in the settings. The names belong to the parent's space. Sends no request if they
 * mean the parent's own deployment. Throws `NotFoundError`.
 */
export async function resolveApprovalPlace(
  { approvals, parent }: Pick<Settings, "approvals" | "parent">,
  octopus: Pick<OctopusGateway, "inSpace">,
): Promise<ApprovalPlace> {
  if (parent.spaceId === undefined || parent.runbookRunId !== undefined) return ownTask;
  if (meansOwnDeployment(approvals, parent)) return ownTask;
  const space = octopus.inSpace(parent.spaceId);
  const [environment, tenant] = await Promise.all([
    resolveName(approvals.environment ?? parent.environmentId ?? "", {
      what: "approval environment",
      where: "in the parent's space",
      likely: space.allEnvironments(),
    }),
    approvals.tenant === undefined
      ? undefined
      : tenantCalled(approvals.tenant, { what: "approval tenant", whose: "parent", space }),
  ]);
  // The settings may name the parent's own environment and tenant by slug.
  if (environment.id === parent.environmentId && tenant?.id === parent.tenantId) return ownTask;
  return { kind: "elsewhere", environment, tenant };
}

/** Without an environment a blank tenant means nothing; with one it means untenanted. */
function meansOwnDeployment({ environment, tenant }: ApprovalSettings, parent: Parent): boolean {
  const isOwnTenant = means(tenant, parent.tenantId, parent.tenantName);
  if (environment === undefined) return isOwnTenant || tenant === undefined;
  return isOwnTenant && means(environment, parent.environmentId, parent.environmentName);
}

/** Whether the text is this id or this name, ignoring case. A blank text means that there is none. */
function means(wanted: string | undefined, id: Id<string> | undefined, name: string | undefined): boolean {
  const folded = wanted?.trim().toLowerCase();
  return folded === name?.trim().toLowerCase() || (folded !== undefined && folded === id?.toLowerCase());
}
