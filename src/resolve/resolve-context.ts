import { ConfigurationError, NotFoundError, type StepError } from "../errors.ts";
import type { Channel, Environment, Id, Phase, Project, Tenant } from "../model.ts";
import type { OctopusGateway, SpaceGateway } from "../octopus/gateway.ts";
import { sentences } from "../text/format.ts";
import type { Order } from "../rules/plan.ts";
import { type Route, routeTo, type RouteVerdict } from "../rules/route.ts";
import { useOfTenant } from "../rules/tenancy.ts";
import { resolveChannel } from "./resolve-channel.ts";
import { resolveName } from "./resolve-name.ts";
import { resolveTenant } from "./resolve-tenant.ts";
import { resolveApprovalPlace, type ApprovalPlace } from "./approval-scope.ts";
import { isParentsServer } from "./parent-server.ts";
import { type TargetTags, targetTagsOfParent } from "./parent-target-tags.ts";
import type { ChildSettings, Settings } from "../settings.ts";

/** The parameters with names turned into resources of this server. */
export interface Context {
  readonly settings: Settings;
  readonly octopus: OctopusGateway;
  readonly space: SpaceGateway;
  readonly project: Project;
  /** Absent only for a redeployment of whatever channel the destination runs. */
  readonly channel?: Channel | undefined;
  /** Absent means that it is deployed untenanted. */
  readonly tenant?: Tenant | undefined;
  readonly destination: Environment;
  readonly route: Route;
  /** The destination's phase, if the lifecycle was read. */
  readonly phase?: Phase | undefined;
  /** Target tags of the parent's deployment, which are passed on. */
  readonly targetTags: TargetTags;
  /** Where the approvals are given. */
  readonly approvalPlace: ApprovalPlace;
  /** All that the API key sees in the child's space. */
  readonly environments: readonly Environment[];
  /** The deployment that this run undoes. Absent means none. */
  readonly undo?: string | undefined;
  /** Warnings about settings, one sentence each. */
  readonly warnings: readonly string[];
}

/** Throws one `NotFoundError` for all names that do not exist and `ConfigurationError` for names that do not fit together. */
export async function resolveContext(settings: Settings, octopus: OctopusGateway): Promise<Context> {
  const { child } = settings;
  const space = octopus.inSpace(await resolveSpace(settings, octopus));
  const { phases, source, ...resolved } = await resolveNames(settings, octopus, space);
  const { project, channel, destination, targetTags } = resolved;
  const verdict = routeTo({ ...resolved, mode: child.mode, phases, source });
  if (verdict.kind !== "route") throw noRoute(verdict.kind, { project, channel, destination });
  const phase = phases?.find(({ environmentIds }) => environmentIds.includes(destination.id));
  const context = { settings, octopus, space, ...resolved, phase };
  const { route, warnings } = verdict;
  const searches = route.kind === "promote" || route.kind === "newest-created";
  if (searches && child.pattern.meansNoRelease) return { ...context, route: { kind: "no-release" }, warnings: [] };
  return { ...context, route, warnings: [...child.pattern.warnings, ...sentences(targetTags.unknown), ...warnings] };
}

/** Resolves all names in the settings side by side. */
async function resolveNames(settings: Settings, octopus: OctopusGateway, space: SpaceGateway) {
  const { child, targeting } = settings;
  const finding = resolveProject(child, space);
  const { visible, environmentCalled } = environmentsOf(space);
  const [project, lasting, destination, source, tenant, { channel, phases }, approvalPlace, targetTags] =
    await together([
      finding,
      visible,
      environmentCalled(child.destination, "destination"),
      child.source === undefined ? undefined : environmentCalled(child.source, "source"),
      finding.then((found) => resolveTenant(targeting.tenant, found, space)),
      finding.then((found) => resolveChannel(child, found, space)),
      resolveApprovalPlace(settings, octopus),
      targetTagsOfParent(settings, octopus, space.spaceId),
    ]);
  const named = [destination, ...(source === undefined ? [] : [source])];
  const environments = [...new Map([...lasting, ...named].map((each) => [each.id, each])).values()];
  return { project, environments, destination, source, tenant, channel, phases, approvalPlace, targetTags };
}

function resolveProject(
  { project, space: spaceName }: ChildSettings,
  space: Pick<SpaceGateway, "projectsNamed" | "allProjects">,
): Promise<Project> {
  return resolveName(project, {
    what: "child project",
    where: `in the space "${spaceName}"`,
    likely: space.projectsNamed(project),
    all: () => space.allProjects(),
  });
}

/** The environments of a space. Ephemeral ones are read once, and only if a name is not among the lasting ones. */
function environmentsOf(space: Pick<SpaceGateway, "allEnvironments" | "ephemeralEnvironments">) {
  const visible = space.allEnvironments();
  let ephemeral: Promise<readonly Environment[]> | undefined;
  const all = async () => [...(await visible), ...(await (ephemeral ??= space.ephemeralEnvironments()))];
  const environmentCalled = (name: string, role: "destination" | "source") =>
    resolveName(name, { what: `${role} environment`, where: "in the child's space", likely: visible, all });
  return { visible, environmentCalled };
}

/** The error for a destination that cannot be reached. */
function noRoute(
  why: Exclude<RouteVerdict["kind"], "route">,
  { project, channel, destination }: Pick<Context, "project" | "channel" | "destination">,
): StepError {
  switch (why) {
    case "sources-hidden":
      return new NotFoundError(
        `The API key cannot see the environments before "${destination.name}" in the lifecycle of "${project.name}".`,
        "Give the service account EnvironmentView for these environments.",
      );
    case "source-is-destination":
      return new ConfigurationError(
        `The source environment and the destination environment of "${project.name}" are both "${destination.name}".`,
        "Leave the source environment blank to promote from the previous phase, or choose Redeploy.",
      );
    case "destination-not-in-lifecycle":
      return new ConfigurationError(
        `The destination environment "${destination.name}" is not in the lifecycle of the channel "${channel?.name}" of the project "${project.name}".`,
        "Add the environment to a phase of that lifecycle, or name another channel or destination in the step's parameters.",
      );
  }
}

/** The order of a plan. */
export function orderOf(context: Context): Order {
  const { settings, space, project, channel, tenant, destination, route, warnings, undo } = context;
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
    isGiven: route.kind === "approved",
    skip: route.kind === "nothing" ? route.reason : undefined,
    undo,
    warnings,
  };
}

/** The parent's own space needs no request, because Octopus provides its id. */
export async function resolveSpace({ child, parent, server }: Settings, octopus: OctopusGateway): Promise<Id<"Space">> {
  const wanted = child.space;
  if (isParentsServer(parent, server.url) && parent.spaceId !== undefined && parent.spaceName === wanted)
    return parent.spaceId;
  const space = await resolveName(wanted, {
    what: "space",
    where: "on this server",
    likely: octopus.spacesNamed(wanted),
    all: () => octopus.allSpaces(),
  });
  return space.id;
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
