import type { DeploymentMode, Environment, Id, Phase, Project, Tenant } from "../model.ts";
import { plural, sentences } from "../text/format.ts";
import type { SkipReason } from "./decide.ts";
import { promotionPath } from "./promotion-path.ts";
import { candidatesOf, connectionProblem, type Whose } from "./tenancy.ts";

/** Where the release comes from. */
export type Route =
  | {
      readonly kind: "promote";
      /** The environments in which a release must have been deployed, nearest phase first. */
      readonly sources: readonly Environment[];
      /** Whose deployments there count. */
      readonly whose: Whose;
      /** If nothing matching was deployed there, the newest created release is taken, because all those phases are optional. */
      readonly elseNewestCreated: boolean;
    }
  | { readonly kind: "newest-created" }
  | { readonly kind: "redeploy" }
  /** The release before the current one. */
  | { readonly kind: "previous" }
  /** The approved release. Its version may be known before it is read. */
  | { readonly kind: "approved"; readonly releaseId: Id<"Release">; readonly version?: string | undefined }
  /** The release number means no release. */
  | { readonly kind: "no-release" }
  /** Nothing is deployed in any case. */
  | { readonly kind: "nothing"; readonly reason: SkipReason };

export interface RouteQuestion {
  readonly mode: DeploymentMode;
  readonly project: Project;
  readonly tenant?: Tenant | undefined;
  readonly destination: Environment;
  /** The source environment that was asked for. */
  readonly source?: Environment | undefined;
  /** Phases of the lifecycle. Absent means that there is none, or that the mode does not need them. */
  readonly phases?: readonly Phase[] | undefined;
  /** All environments that the API key sees. */
  readonly environments: readonly Environment[];
}

export type RouteVerdict =
  /** Warnings are one sentence each. */
  | { readonly kind: "route"; readonly route: Route; readonly warnings: readonly string[] }
  /** The API key sees none of the source environments. */
  | { readonly kind: "sources-hidden" }
  | { readonly kind: "destination-not-in-lifecycle" }
  | { readonly kind: "source-is-destination" };

/** Where the release comes from, by mode, lifecycle and tenant connections, or why nothing leads to the destination. */
export function routeTo(question: RouteQuestion): RouteVerdict {
  const { mode, project, tenant, destination, source, phases } = question;
  const reason = tenant && connectionProblem(tenant, project, destination);
  if (reason !== undefined) return only({ kind: "nothing", reason });
  if (mode === "Redeploy") return only({ kind: "redeploy" });
  if (mode === "RollBack" || mode === "Previous") return only({ kind: "previous" });
  if (mode === "AlwaysLatest") return only({ kind: "newest-created" });

  const path = promotionPath({ phases, destination: destination.id, source: source?.id });
  if (path.kind === "first-phase") return only({ kind: "newest-created" });
  return path.kind === "from-environments" ? routeAlong(path, question) : path;
}

function only(route: Route): RouteVerdict {
  return { kind: "route", route, warnings: [] };
}

function routeAlong(
  path: Extract<ReturnType<typeof promotionPath>, { kind: "from-environments" }>,
  { project, tenant, destination, source, environments }: RouteQuestion,
): RouteVerdict {
  const sources = path.environmentIds.flatMap((id) => environments.filter((environment) => environment.id === id));
  if (sources.length === 0) return { kind: "sources-hidden" };
  const hidden = path.environmentIds.length - sources.length;
  const whose = candidatesOf(tenant, project, sources);
  const warnings = sentences(
    path.warning &&
      `The source environment ${source?.name} comes after the destination ${destination.name} in the lifecycle.`,
    hidden > 0 &&
      `The API key cannot see ${plural(hidden, "environment")} before ${destination.name} in the lifecycle.`,
    whose === "anyone" &&
      `${tenant?.name} is not connected to ${sources.map(({ name }) => name).join(" or ")}: deployments for any tenant count.`,
  );
  return { kind: "route", route: { kind: "promote", sources, whose, elseNewestCreated: path.allOptional }, warnings };
}
