import { ConfigurationError, NotFoundError, type StepError } from "../errors.ts";
import type { Channel, Environment, Id, Phase, Project, Tenant } from "../model.ts";
import type { OctopusGateway, SpaceGateway } from "../octopus/gateway.ts";
import { plural, sentences } from "../text/format.ts";
import type { Order } from "../rules/plan.ts";
import { promotionPath } from "../rules/promotion-path.ts";
import type { SkipReason } from "../rules/decide.ts";
import { candidatesOf, connectionProblem, useOfTenant, type Whose } from "../rules/tenancy.ts";
import { resolveName } from "./resolve-name.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { resolveApprovalPlace, type ApprovalPlace } from "./approval-scope.ts";
import { isParentsServer } from "./parent-server.ts";
import { type TargetTags, targetTagsOfParent } from "./parent-target-tags.ts";
import type { Settings } from "../settings.ts";

/** What the parameters mean on this server: names turned into resources. */
export interface Context {
  readonly settings: Settings;
  readonly octopus: OctopusGateway;
  readonly space: SpaceGateway;
  readonly project: Project;
  /** Absent only for a redeployment of whatever channel the destination runs. */
  readonly channel?: Channel | undefined;
  /** Absent: it is deployed untenanted. */
  readonly tenant?: Tenant | undefined;
  readonly destination: Environment;
  readonly route: Route;
  /** The destination's, where the lifecycle was read. */
  readonly phase?: Phase | undefined;
  /** Target tags of the parent's deployment, which are passed on. */
  readonly targetTags: TargetTags;
  /** Where people approved. */
  readonly approvalPlace: ApprovalPlace;
  /** All that the API key sees in the child's space. */
  readonly environments: readonly Environment[];
  /** What looks odd but may be meant, one sentence each. */
  readonly warnings: readonly string[];
}

/** Where the release comes from. */
export type Route =
  | {
      readonly kind: "promote";
      /** The environments in which a release must have been deployed, nearest phase first. */
      readonly sources: readonly Environment[];
      /** Whose deployments there count. */
      readonly whose: Whose;
      /** Nothing matching deployed there: take the newest created one, for all those phases are optional. */
      readonly elseNewestCreated: boolean;
    }
  | { readonly kind: "newest-created" }
  | { readonly kind: "redeploy" }
  /** The release people approved. */
  | { readonly kind: "approved"; readonly releaseId: Id<"Release"> }
  /** The release number says that there is no release to deploy. */
  | { readonly kind: "no-release" }
  /** Nothing is deployed, whatever there is. */
  | { readonly kind: "nothing"; readonly reason: SkipReason };

/** Throws one `NotFoundError` for all names that do not exist and `ConfigurationError` for names that do not fit together. */
export async function resolveContext(settings: Settings, octopus: OctopusGateway): Promise<Context> {
  const { child, targeting } = settings;
  const space = octopus.inSpace(await resolveSpace(settings, octopus));
  const found = resolveName(
    child.project,
    "child project",
    `in the space "${child.space}"`,
    space.projectsNamed(child.project),
    () => space.allProjects(),
  );
  const visible = space.allEnvironments();
  let ephemeral: Promise<readonly Environment[]> | undefined;
  const withEphemeral = async () => [...(await visible), ...(await (ephemeral ??= space.ephemeralEnvironments()))];
  const environmentCalled = (name: string, role: string) =>
    resolveName(name, `${role} environment`, "in the child's space", visible, withEphemeral);
  const [project, lasting, destination, source, tenant, { channel, phases }, approvalPlace, targetTags] =
    await together([
      found,
      visible,
      environmentCalled(child.destination, "destination"),
      child.source === undefined ? undefined : environmentCalled(child.source, "source"),
      found.then((ours) => resolveTenant(targeting.tenant, ours, space)),
      found.then((ours) => resolveChannel(settings, ours, space)),
      resolveApprovalPlace(settings, octopus),
      targetTagsOfParent(settings, octopus, space.spaceId),
    ]);
  const named = [destination, ...(source === undefined ? [] : [source])];
  const environments = [...new Map([...lasting, ...named].map((each) => [each.id, each])).values()];
  const phase = phases?.find(({ environmentIds }) => environmentIds.includes(destination.id));
  const resolved = {
    settings,
    octopus,
    space,
    project,
    channel,
    tenant,
    destination,
    phase,
    targetTags,
    approvalPlace,
    environments,
  };
  const { route, warnings } = routeTo(resolved, phases, source);
  const searches = route.kind === "promote" || route.kind === "newest-created";
  if (searches && child.pattern.meansNoRelease) return { ...resolved, route: { kind: "no-release" }, warnings: [] };
  return { ...resolved, route, warnings: [...child.pattern.warnings, ...sentences(targetTags.unknown), ...warnings] };
}

/** What was asked for, as the plan carries it. */
export function orderOf({ settings, space, project, channel, tenant, destination, route, warnings }: Context): Order {
  const { child, parent, targeting, whatIf } = settings;
  const { mode, condition, notFound, pattern } = child;
  const isDropped = useOfTenant(project, targeting.tenant) === "dropped";
  return {
    project,
    channel,
    tenant,
    droppedTenant: isDropped ? targeting.tenant : undefined,
    destination,
    sources: route.kind === "promote" ? route.sources : [],
    mode,
    condition,
    pattern: pattern.text,
    notFound,
    whatIf,
    identity: {
      parentRelease: parent.releaseId ?? null,
      space: space.spaceId,
      project: project.id,
      destination: destination.id,
      tenant: tenant?.id ?? null,
      channel: channel?.id ?? null,
      mode,
    },
    skip: route.kind === "nothing" ? route.reason : undefined,
    warnings,
  };
}

/** The parent's own space needs no request: Octopus told us its id. */
async function resolveSpace({ child, parent, server }: Settings, octopus: OctopusGateway): Promise<Id<"Space">> {
  const wanted = child.space;
  if (isParentsServer(parent, server.url) && parent.spaceId !== undefined && parent.spaceName === wanted)
    return parent.spaceId;
  const likely = octopus.spacesNamed(wanted);
  return (await resolveName(wanted, "space", "on this server", likely, () => octopus.allSpaces())).id;
}

// All wrong names are reported in one error. Any other failure takes precedence, because it may be the reason why a name was not found.
async function together<T extends readonly unknown[] | []>(
  works: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const problems = new Map<string, StepError>();
  for (const end of await Promise.allSettled(works)) {
    if (end.status === "fulfilled") continue;
    const error: unknown = end.reason;
    if (!(error instanceof NotFoundError || error instanceof ConfigurationError)) throw error;
    problems.set(error.message, error);
  }
  const [first] = problems.values();
  if (first !== undefined) throw new NotFoundError([...problems.keys()].join(" "), first.remedy);
  return await Promise.all(works);
}

interface Lane {
  readonly channel?: Channel;
  readonly phases?: readonly Phase[] | undefined;
}

/** Channel and lifecycle; the project's own lifecycle is asked for at the same time, for most channels use it. */
async function resolveChannel({ child }: Settings, project: Project, space: SpaceGateway): Promise<Lane> {
  if (child.mode === "Redeploy" && child.channel === undefined) return {};
  const needsLifecycle = child.mode === "Promote";
  const [channels, phases] = await Promise.all([
    space.channelsOf(project.id),
    needsLifecycle ? space.lifecyclePhases(project.lifecycleId) : undefined,
  ]);
  const channel =
    child.channel === undefined
      ? defaultOf(channels, project)
      : await resolveName(child.channel, "channel", `in the project "${project.name}"`, channels);
  if (!needsLifecycle || channel.type === "EphemeralEnvironment") return { channel };
  const { lifecycleId = project.lifecycleId } = channel;
  return { channel, phases: lifecycleId === project.lifecycleId ? phases : await space.lifecyclePhases(lifecycleId) };
}

function defaultOf(channels: readonly Channel[], { name }: Project): Channel {
  const channel = channels.find(({ isDefault }) => isDefault);
  if (channel !== undefined) return channel;
  throw new NotFoundError(
    `The project "${name}" shows no default channel.`,
    "Give the service account the right to view the project, or name a channel in the step's parameters.",
  );
}

/**
 * Where the release comes from, by mode, lifecycle and tenant connections. Throws `ConfigurationError` when the destination cannot be
 * reached, and `NotFoundError` when the API key sees none of the source environments.
 */
function routeTo(
  { settings, project, tenant, channel, destination, environments }: Omit<Context, "route" | "warnings">,
  phases: readonly Phase[] | undefined,
  source: Environment | undefined,
): Pick<Context, "route" | "warnings"> {
  const only = (route: Route) => ({ route, warnings: [] });
  const reason = tenant && connectionProblem(tenant, project, destination);
  if (reason !== undefined) return only({ kind: "nothing", reason });
  if (settings.child.mode === "Redeploy") return only({ kind: "redeploy" });
  if (settings.child.mode === "AlwaysLatest") return only({ kind: "newest-created" });

  const path = promotionPath({ phases, destination: destination.id, source: source?.id });
  switch (path.kind) {
    case "first-phase":
      return only({ kind: "newest-created" });
    case "from-environments": {
      const sources = path.environmentIds.flatMap((id) => environments.filter((environment) => environment.id === id));
      if (sources.length === 0) {
        throw new NotFoundError(
          `The environments that come before "${destination.name}" in the lifecycle of the project "${project.name}" are not visible to the API key.`,
          "Give the service account the right to view these environments (EnvironmentView).",
        );
      }
      const hidden = path.environmentIds.length - sources.length;
      const whose = candidatesOf(tenant, project, sources);
      const warnings = sentences(
        path.warning &&
          `The source environment ${source?.name} comes after the destination ${destination.name} in the lifecycle.`,
        hidden > 0 &&
          `${plural(hidden, "environment")} before ${destination.name} in the lifecycle cannot be seen by the API key and was not looked at.`,
        whose === "anyone" &&
          `${tenant?.name} is not connected to ${sources.map(({ name }) => name).join(" or ")}: what was deployed there for anyone counts.`,
      );
      return { route: { kind: "promote", sources, whose, elseNewestCreated: path.allOptional }, warnings };
    }
    case "source-is-destination":
      throw new ConfigurationError(
        `The source environment and the destination environment are both "${destination.name}".`,
        "Leave the source environment blank to promote from the previous phase, or choose the mode Redeploy to deploy again what is there.",
      );
    case "destination-not-in-lifecycle":
      throw new ConfigurationError(
        `The destination environment "${destination.name}" is not in the lifecycle of the channel "${channel?.name}" of the project "${project.name}".`,
        "Add the environment to a phase of that lifecycle, or name another channel or destination in the step's parameters.",
      );
  }
}
