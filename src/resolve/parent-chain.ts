import { ConfigurationError } from "../errors.ts";
import { asId, type Id } from "../model.ts";
import type { SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import { type Marker, parseMarker } from "../rules/marker.ts";
import { placeText } from "../text/format.ts";
import type { Context } from "./resolve-context.ts";

/** The number of deployments that are followed back, besides the parent's own. */
const longest = 10;

/** A deployment that led to this run: the parent's own, the deployment whose step created it, and so on. */
interface Link {
  readonly space: SpaceGateway;
  readonly projectId: string | undefined;
  readonly environmentId: Id<"Environment"> | undefined;
  readonly tenantId: Id<"Tenant"> | undefined;
  readonly deploymentId: Id<"Deployment"> | undefined;
}

/**
 * Throws one `ConfigurationError` for all children that would deploy what led to this run: the deployments would go round in a circle for
 * ever. Requests are sent only if a step like this one created the parent. A deployment that cannot be read ends the search.
 */
export async function refuseCircles(all: readonly Context[]): Promise<void> {
  // RollBack and Previous close no circle: they deploy nothing if the parent deployment itself is an undo.
  const contexts = all.filter(({ settings: { child } }) => child.mode !== "RollBack" && child.mode !== "Previous");
  const [first] = contexts;
  const creator = first?.targetTags.creator;
  const spaceId = first?.settings.parent.spaceId;
  if (first === undefined || creator === undefined || spaceId === undefined) return;
  const own = first.octopus.inSpace(spaceId);
  const others = new Map(contexts.map(({ space }) => [space.spaceId, space]));
  others.delete(spaceId);
  const chain = await chainOf(first, creator, [own, ...others.values()]);
  const circles = await Promise.all(contexts.map((context) => circleOf(context, chain)));
  const texts = circles.filter((text) => text !== undefined);
  if (texts.length === 0) return;
  throw new ConfigurationError(
    `${texts.join(" ")} Nothing was created.`,
    "Take the child project out of the step of one of these projects.",
  );
}

/** Newest first, beginning with the parent's own deployment. */
async function chainOf(
  { settings: { parent } }: Context,
  creator: Marker,
  spaces: readonly [SpaceGateway, ...SpaceGateway[]],
): Promise<readonly Link[]> {
  const { projectId, environmentId, tenantId, deploymentId } = parent;
  const chain: Link[] = [{ space: spaces[0], projectId, environmentId, tenantId, deploymentId }];
  let marker: Marker | undefined = creator;
  while (marker !== undefined && chain.length <= longest) {
    const found = await recover(before(marker, spaces), () => undefined);
    if (found === undefined) return chain;
    chain.push(found.link);
    marker = parseMarker(found.comments);
  }
  return chain;
}

/** The deployment whose step wrote a marker. `undefined` means a runbook run, or a deployment that cannot be read any more. */
async function before(
  { projectId, taskId }: Marker,
  spaces: readonly SpaceGateway[],
): Promise<{ readonly link: Link; readonly comments: string } | undefined> {
  // A user may have edited the comment.
  if (!/^ServerTasks-\d+$/.test(taskId)) return undefined;
  for (const space of spaces) {
    const id = (await space.task(asId<"ServerTask">(taskId)))?.deploymentId;
    const deployment = id === undefined ? undefined : await space.deployment(id);
    if (deployment === undefined) continue;
    const { environmentId, tenantId, comments } = deployment;
    return { link: { space, projectId, environmentId, tenantId, deploymentId: deployment.id }, comments };
  }
  return undefined;
}

/** The circle that a child would close, as a whole sentence. `undefined` means it closes none. */
async function circleOf(context: Context, chain: readonly Link[]): Promise<string | undefined> {
  const { project, destination, tenant } = context;
  const place = chain.findIndex(
    ({ projectId, environmentId, tenantId }) =>
      projectId === project.id && environmentId === destination.id && tenantId === tenant?.id,
  );
  if (place < 0) return undefined;
  const links = await Promise.all(chain.slice(0, place + 1).map(textOf));
  const end = `${project.name} to ${placeText(context)}`;
  return `The deployments would go round in a circle: ${[...links.reverse(), end].join(" \u2192 ")}.`;
}

/** `Web API to Staging (Deployments-7)`, with ids instead of names that cannot be read. */
async function textOf({ space, projectId, environmentId, deploymentId }: Link): Promise<string> {
  const [projects, environments] = await Promise.all([
    recover(space.allProjects(), () => []),
    recover(space.allEnvironments(), () => []),
  ]);
  const project = projects.find(({ id }) => id === projectId)?.name ?? projectId;
  const environment = environments.find(({ id }) => id === environmentId)?.name ?? environmentId;
  return `${project} to ${environment} (${deploymentId})`;
}
