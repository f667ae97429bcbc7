import { ConfigurationError } from "../errors.ts";
import type { Id, Instant } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { isSpaceOfParent } from "./parent-server.ts";
import { type Marker, parseMarker } from "../rules/marker.ts";
import { readParentDeployment } from "./parent-deployment.ts";
import type { Settings } from "../settings.ts";

/** Target tags that a deployment is limited to, and those that it excludes. */
export interface TargetTags {
  readonly specific: readonly Id<"TargetTag">[];
  readonly excluded: readonly Id<"TargetTag">[];
  /** Why the tags are unknown, as a whole sentence. */
  readonly unknown?: string | undefined;
  /** The same if a permission is missing: then nothing may be deployed. */
  readonly hidden?: string | undefined;
  /** The marker of the parent's own deployment. Absent means that no step of this template created it, as far as can be read. */
  readonly creator?: Marker | undefined;
  /** When the parent's release was deployed for the first time: deployments by its runs are no older. Absent means not known. */
  readonly since?: Instant | undefined;
  /** Server tasks of the parent's release, this run's own among them, as far as they are known. */
  readonly tasks?: readonly string[] | undefined;
}

const noTags: TargetTags = { specific: [], excluded: [] };

/**
 * The target tags of the parent's deployment, which no Octopus variable holds. Machines entered in the step take precedence over them. Throws
 * `ConfigurationError` if the child's space does not know the tags, because the parent's limits must not be lost.
 */
export async function targetTagsOfParent(
  settings: Settings,
  octopus: Pick<OctopusGateway, "inSpace">,
  childSpace: Id<"Space">,
): Promise<TargetTags> {
  const { deploymentId, releaseId, spaceId, projectName = "parent" } = settings.parent;
  // A runbook run has none.
  if (deploymentId === undefined || spaceId === undefined) return noTags;
  const space = octopus.inSpace(spaceId);
  if (!(await isSpaceOfParent(space, settings))) {
    const unknown = `The parent's deployment ${deploymentId} is on another server, so its target tags are unknown and ignored.`;
    return { ...noTags, unknown };
  }
  const { own, since, tasks } = await readParentDeployment(deploymentId, releaseId, space);
  if (own === undefined) {
    const remedy = `give the service account a role with DeploymentView for the project ${projectName}.`;
    const hidden = `The parent's deployment ${deploymentId} cannot be read, so its target tags are unknown: ${remedy}`;
    return { ...noTags, hidden };
  }
  const specific = settings.targeting.machines.length > 0 ? [] : own.specificTagIds;
  const tags = { specific, excluded: own.excludedTagIds, creator: parseMarker(own.comments), since, tasks };
  if (spaceId !== childSpace) refuseTags(tags);
  return tags;
}

/** Ids of tags mean nothing outside the parent's space. */
function refuseTags({ specific, excluded }: TargetTags): void {
  const tags = [...specific, ...excluded];
  if (tags.length === 0) return;
  throw new ConfigurationError(
    `The parent's deployment is limited by target tags (${tags.join(", ")}), which mean nothing in the child's space.`,
    "Deploy the parent without target tags, or to specific machines: those are recognised by name in the child's space.",
  );
}
