import { isRefusal } from "../errors.ts";
import type { Deployment, Id, Instant } from "../model.ts";
import type { Page, SpaceGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";

/** The deployment that a run of the step belongs to. */
export interface ParentDeployment {
  /** Absent means that the deployment does not exist, or that the API key may not view it. */
  readonly own?: Deployment | undefined;
  /** When the parent's release was deployed for the first time, to any place. Absent means not known. */
  readonly since?: Instant | undefined;
  /** Server tasks of the newest deployments of the parent's release. */
  readonly tasks: readonly string[];
}

type Reads = Pick<SpaceGateway, "deployment" | "newestDeploymentsOfRelease">;

/** The parent's deployment and the first deployment of its release, in one request. */
export async function readParentDeployment(
  id: Id<"Deployment">,
  release: Id<"Release"> | undefined,
  space: Reads,
): Promise<ParentDeployment> {
  const { items, isLast } = await newestOf(release, space);
  const own = items.find((each) => each.id === id) ?? (await unlessRefused(space.deployment(id), undefined));
  // A list without the parent's own deployment may lack the first one as well.
  const isWhole = isLast && items.some((each) => each.id === id);
  const tasks = items.flatMap(({ taskId }) => taskId ?? []);
  return { own, tasks, since: isWhole ? Math.min(...items.map(({ created }) => created)) : undefined };
}

async function newestOf(release: Id<"Release"> | undefined, space: Reads): Promise<Page<Deployment>> {
  const none = { items: [], isLast: true };
  return release === undefined ? none : await unlessRefused(space.newestDeploymentsOfRelease(release), none);
}

async function unlessRefused<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  return await recover(reading, (error) => {
    if (isRefusal(error)) return otherwise;
    throw error;
  });
}
