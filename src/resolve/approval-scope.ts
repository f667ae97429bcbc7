import type { Environment, Id, Named } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { resolveName } from "./resolve-name.ts";
import { tenantCalled } from "./resolve-tenant.ts";
import type { Settings } from "../settings.ts";

/** Which deployment of the parent's release holds the approvals. */
export type ApprovalPlace =
  /** The one this step belongs to. A runbook run has no other. */
  | { readonly kind: "own-task" }
  | { readonly kind: "elsewhere"; readonly environment: Environment; readonly tenant?: Named<"Tenant"> | undefined };

const ownTask = { kind: "own-task" } as const;

/**
 * Finds the approval environment and tenant by the names in the settings. They are names of the parent's space, wherever the child lives.
 * Sends no request when they mean the parent's own deployment. Throws `NotFoundError`.
 */
export async function resolveApprovalPlace(settings: Settings, octopus: OctopusGateway): Promise<ApprovalPlace> {
  const { approvals, parent } = settings;
  const isOwnEnvironment = means(approvals.environment, parent.environmentId, parent.environmentName);
  const isOwnTenant = means(approvals.tenant, parent.tenantId, parent.tenantName);
  // Without an environment a blank tenant says nothing either; with one it means untenanted.
  const isOwn = approvals.environment === undefined ? isOwnTenant || approvals.tenant === undefined : isOwnTenant;
  if (parent.spaceId === undefined || parent.runbookRunId !== undefined) return ownTask;
  if (isOwn && (approvals.environment === undefined || isOwnEnvironment)) return ownTask;

  const space = octopus.inSpace(parent.spaceId);
  const [environment, tenant] = await Promise.all([
    resolveName(
      approvals.environment ?? parent.environmentId ?? "",
      "approval environment",
      "in the parent's space",
      space.allEnvironments(),
    ),
    approvals.tenant === undefined ? undefined : tenantCalled(approvals.tenant, "approval tenant", "parent", space),
  ]);
  // A slug, or a name in other words, of the parent's own environment and tenant.
  if (environment.id === parent.environmentId && tenant?.id === parent.tenantId) return ownTask;
  return { kind: "elsewhere", environment, tenant };
}

/** Whether what was entered is this id or this name, ignoring case. Nothing entered means that there is none. */
function means(wanted: string | undefined, id: Id<string> | undefined, name: string | undefined): boolean {
  const folded = wanted?.trim().toLowerCase();
  return folded === name?.trim().toLowerCase() || (folded !== undefined && folded === id?.toLowerCase());
}
