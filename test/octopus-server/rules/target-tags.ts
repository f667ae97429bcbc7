import type { Machine, TagSet } from "../documents/configuration.ts";
import type { Core } from "../instance.ts";
import { inSpace } from "../state.ts";

/** The system's tag set: it has every role that is a plain word, without a tag set (CLI documentation, `--tag`). */
const systemSetName = "[System] Target Tags";

/** What limits the targets of a deployment; empty lists limit nothing. */
export interface TargetLimits {
  readonly specificMachineIds: readonly string[];
  readonly excludedMachineIds: readonly string[];
  /** Ids such as `TagSets-1/Tags-2`: only targets with at least one of these tags. */
  readonly specificTargetTagIds: readonly string[];
  /** Only targets without any of these tags. */
  readonly excludedTargetTagIds: readonly string[];
}

/** The machines on which a deployment with such limits may run (D26 deployments.md). */
export function withinLimits(core: Core, limits: TargetLimits, machines: readonly Machine[]): readonly Machine[] {
  const { specificMachineIds, excludedMachineIds, specificTargetTagIds, excludedTargetTagIds } = limits;
  const byMachine = specificMachineIds.length > 0;
  const byTag = specificTargetTagIds.length > 0;
  const either = byMachine && byTag && core.switches().targetTagsAndMachines === "either";
  return machines.filter((machine) => {
    const tags = tagIdsOf(core, machine);
    if (excludedMachineIds.includes(machine.id) || excludedTargetTagIds.some((id) => tags.has(id))) return false;
    const named = specificMachineIds.includes(machine.id);
    const tagged = specificTargetTagIds.some((id) => tags.has(id));
    return either ? named || tagged : (!byMachine || named) && (!byTag || tagged);
  });
}

function tagIdsOf(core: Core, machine: Machine): ReadonlySet<string> {
  return new Set(machine.roles.flatMap((role) => targetTagId(core, machine.spaceId, role) ?? []));
}

/** The id of a target tag, by id, by canonical name (`Tag set/Tag`) or, in the system's set, by plain name. */
export function targetTagId(core: Core, spaceId: string, text: string): string | undefined {
  const wanted = text.toLowerCase();
  for (const set of inSpace(core.state.tagSets, spaceId)) {
    for (const { id, name } of set.tags) {
      const names = [id, `${set.name}/${name}`, ...(set.isSystem ? [name] : [])];
      if (names.some((candidate) => candidate.toLowerCase() === wanted)) return id;
    }
  }
  return undefined;
}

/** Adds each role that is no target tag yet to the system's set, as the server does when a target gets the role. */
export function registerTargetTags(core: Core, spaceId: string, roles: readonly string[]): void {
  const unknown = roles.filter((role) => targetTagId(core, spaceId, role) === undefined);
  if (unknown.length === 0) return;
  const set = systemSet(core, spaceId);
  for (const name of new Set(unknown)) {
    set.tags.push({ id: `${set.id}/Tags-${set.tags.length + 1}`, name, color: "#333333", description: "" });
  }
}

function systemSet(core: Core, spaceId: string): TagSet {
  const existing = inSpace(core.state.tagSets, spaceId).find(({ isSystem }) => isSystem);
  if (existing !== undefined) return existing;
  const id = core.state.nextId("TagSets");
  const set: TagSet = {
    id,
    spaceId,
    name: systemSetName,
    description: "",
    sortOrder: inSpace(core.state.tagSets, spaceId).length,
    scopes: ["Target"],
    isSystem: true,
    tags: [],
  };
  core.state.tagSets.set(id, set);
  return set;
}
