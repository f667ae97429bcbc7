import { ConfigurationError, NotFoundError } from "./errors.ts";
import type { Channel, Environment, Id, Phase, Project, Tenant } from "./model.ts";
import { nameNotFound } from "./name-not-found.ts";
import type { OctopusGateway, SpaceGateway } from "./octopus/gateway.ts";
import { count } from "./plan/words.ts";
import { matchName } from "./plan/match-name.ts";
import type { Order } from "./plan/plan.ts";
import { promotionPath } from "./plan/promotion-path.ts";
import type { SkipReason } from "./plan/decide.ts";
import { candidatesOf, connectionProblem, useOfTenant, type Whose } from "./plan/tenancy.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { isParentsServer, resolveApprovalPlace, type ApprovalPlace } from "./approval-place.ts";
import type { Parent, Settings } from "./settings.ts";

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
  /** Where people approved. */
  readonly approvalPlace: ApprovalPlace;
  /** All that the API key sees in the child's space. */
  readonly environments: readonly Environment[];
  /** What looks odd but may be meant, one sentence each. */
  readonly cautions: readonly string[];
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
  /** Nothing is deployed, whatever there is. */
  | { readonly kind: "nothing"; readonly reason: SkipReason };

/** Throws `NotFoundError` for a name that does not exist and `ConfigurationError` for names that do not fit together. */
export async function resolveContext(settings: Settings, octopus: OctopusGateway): Promise<Context> {
  const { child, parent } = settings;
  const space = octopus.inSpace(await resolveSpace(child.space, parent, settings.server.url, octopus));
  const [project, environments, approvalPlace] = await Promise.all([
    resolveProject(child.project, child.space, space),
    space.allEnvironments(),
    resolveApprovalPlace(settings, octopus),
  ]);
  const destination = environmentNamed(child.destination, environments, "destination environment");
  const source =
    child.source === undefined ? undefined : environmentNamed(child.source, environments, "source environment");
  const [tenant, { channel, phases }] = await Promise.all([
    resolveTenant(settings.targeting.tenant, project, space),
    resolveChannel(settings, project, space),
  ]);
  const { route, cautions } = routeTo(destination, {
    settings,
    project,
    tenant,
    channel,
    phases,
    source,
    environments,
  });
  return {
    settings,
    octopus,
    space,
    project,
    channel,
    tenant,
    destination,
    route,
    approvalPlace,
    environments,
    cautions: [...child.pattern.cautions, ...cautions],
  };
}

/** What was asked for, as the plan carries it. */
export function orderOf(context: Context): Order {
  const { settings, space, project, channel, tenant, destination, route, cautions } = context;
  const { mode, condition, notFound: policy, pattern } = settings.child;
  const sources = route.kind === "promote" ? route.sources : [];
  const order = { project, channel, tenant, destination, sources, mode, condition, cautions };
  const identity = {
    parentRelease: settings.parent.releaseId ?? null,
    space: space.spaceId,
    project: project.id,
    destination: destination.id,
    tenant: tenant?.id ?? null,
    channel: channel?.id ?? null,
    mode,
  };
  const use = useOfTenant(project, settings.targeting.tenant);
  const droppedTenant = use === "dropped" ? settings.targeting.tenant : undefined;
  const skip = route.kind === "nothing" ? route.reason : undefined;
  const { whatIf } = settings;
  return { ...order, droppedTenant, notFound: policy, pattern: pattern.text, whatIf, identity, skip };
}

/** The parent's own space needs no request: Octopus told us its id. */
async function resolveSpace(
  wanted: string,
  parent: Parent,
  serverUrl: string,
  octopus: OctopusGateway,
): Promise<Id<"Space">> {
  if (isParentsServer(parent, serverUrl) && parent.spaceId !== undefined && parent.spaceName === wanted)
    return parent.spaceId;
  const match = matchName(wanted, await octopus.spacesNamed(wanted));
  if (match.kind === "found") return match.value.id;
  return nameNotFound(wanted, "space", "on this server", await octopus.allSpaces());
}

async function resolveProject(wanted: string, spaceName: string, space: SpaceGateway): Promise<Project> {
  const match = matchName(wanted, await space.projectsNamed(wanted));
  if (match.kind === "found") return match.value;
  return nameNotFound(wanted, "child project", `in the space "${spaceName}"`, await space.allProjects());
}

function environmentNamed(wanted: string, environments: readonly Environment[], role: string): Environment {
  const match = matchName(wanted, environments);
  return match.kind === "found" ? match.value : nameNotFound(wanted, role, "in the child's space", environments);
}

/** Channel and lifecycle; the project's own lifecycle is asked for at the same time, for most channels use it. */
async function resolveChannel(
  { child }: Settings,
  project: Project,
  space: SpaceGateway,
): Promise<{ readonly channel?: Channel; readonly phases?: readonly Phase[] | undefined }> {
  if (child.mode === "Redeploy" && child.channel === undefined) return {};
  const needsLifecycle = child.mode === "Promote";
  const [channels, projectPhases] = await Promise.all([
    space.channelsOf(project.id),
    needsLifecycle ? space.lifecyclePhases(project.lifecycleId) : undefined,
  ]);
  const channel = channelNamed(child.channel, channels, project);
  if (!needsLifecycle || channel.type === "EphemeralEnvironment") return { channel };
  const isOwnLifecycle = channel.lifecycleId === undefined || channel.lifecycleId === project.lifecycleId;
  return {
    channel,
    phases: isOwnLifecycle ? projectPhases : await space.lifecyclePhases(channel.lifecycleId ?? project.lifecycleId),
  };
}

function channelNamed(wanted: string | undefined, channels: readonly Channel[], project: Project): Channel {
  if (wanted !== undefined) {
    const match = matchName(wanted, channels);
    return match.kind === "found"
      ? match.value
      : nameNotFound(wanted, "channel", `in the project "${project.name}"`, channels);
  }
  const defaultChannel = channels.find((channel) => channel.isDefault);
  if (defaultChannel !== undefined) return defaultChannel;
  throw new NotFoundError(
    `The project "${project.name}" shows no default channel.`,
    "Give the service account the right to view the project, or name a channel in the step's parameters.",
  );
}

interface RouteQuestion {
  readonly settings: Settings;
  readonly project: Project;
  readonly tenant: Tenant | undefined;
  readonly channel: Channel | undefined;
  readonly phases: readonly Phase[] | undefined;
  readonly source: Environment | undefined;
  readonly environments: readonly Environment[];
}

function routeTo(destination: Environment, question: RouteQuestion): { route: Route; cautions: readonly string[] } {
  const { settings, project, tenant, channel, phases, source, environments } = question;
  const reason = tenant === undefined ? undefined : connectionProblem(tenant, project, destination);
  if (reason !== undefined) return { route: { kind: "nothing", reason }, cautions: [] };
  if (settings.child.mode === "Redeploy") return { route: { kind: "redeploy" }, cautions: [] };
  if (settings.child.mode === "AlwaysLatest") return { route: { kind: "newest-created" }, cautions: [] };

  const path = promotionPath({ phases, destination: destination.id, source: source?.id });
  switch (path.kind) {
    case "first-phase":
      return { route: { kind: "newest-created" }, cautions: [] };
    case "from-environments": {
      const sources = path.environmentIds.flatMap((id) => environments.filter((environment) => environment.id === id));
      if (sources.length === 0) throw invisibleSources(destination, project);
      const hidden = path.environmentIds.length - sources.length;
      const whose = candidatesOf(tenant, project, sources);
      const cautions = [
        ...(path.caution === undefined
          ? []
          : [
              `The source environment ${source?.name} comes after the destination ${destination.name} in the lifecycle.`,
            ]),
        ...(hidden === 0
          ? []
          : [
              `${count(hidden, "environment")} before ${destination.name} in the lifecycle cannot be seen by the API key and was not looked at.`,
            ]),
        ...(whose === "anyone"
          ? [
              `${tenant?.name} is not connected to ${sources.map(({ name }) => name).join(" or ")}: what was deployed there for anyone counts.`,
            ]
          : []),
      ];
      return { route: { kind: "promote", sources, whose, elseNewestCreated: path.allOptional }, cautions };
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

function invisibleSources(destination: Environment, project: Project): NotFoundError {
  return new NotFoundError(
    `The environments that come before "${destination.name}" in the lifecycle of the project "${project.name}" are not visible to the API key.`,
    "Give the service account the right to view these environments (EnvironmentView).",
  );
}
