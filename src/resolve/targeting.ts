import { ConfigurationError, NotFoundError } from "../errors.ts";
import type { Id, Release } from "../model.ts";
import { isSpaceOfParent } from "./parent-server.ts";
import { chooseMachines, type MachineNames } from "../rules/machines.ts";
import { fillPromptedForm } from "../rules/prompted-form.ts";
import { promptsElsewhere } from "./prompts-elsewhere.ts";
import type { DeploymentScope } from "../rules/deployment-scope.ts";
import { chooseSkippedSteps } from "../rules/skipped-steps.ts";
import type { Context } from "./resolve-context.ts";
import type { Settings } from "../settings.ts";

/** Whether a run may be limited to some machines, tags or steps. The exact limits depend on the release. */
export function mayBeNarrowed({ settings, targetTags }: Pick<Context, "settings" | "targetTags">): boolean {
  const { targeting, parent } = settings;
  const tags = [targetTags.specific, targetTags.excluded];
  const lists = [targeting.excludedMachines, parent.excludedMachineIds, targeting.skippedSteps, ...tags];
  return wantsMachines(settings) || lists.some((list) => list.length > 0);
}

/** Whether the run may redeploy the current release to its specific machines. In that case no approved plan is looked for. */
export function mayRepeat(settings: Settings): boolean {
  const { condition, mode } = settings.child;
  return condition === "SpecificMachines" && mode === "Promote" && wantsMachines(settings);
}

function wantsMachines({ targeting, parent }: Settings): boolean {
  return targeting.machines.length > 0 || parent.specificMachineIds.length > 0;
}

/** What the scope of a run depends on besides the release. */
type ScopePlace = Pick<Context, "settings" | "octopus" | "space" | "project" | "destination" | "tenant" | "targetTags">;

/**
 * The machines, tags and steps of a run, by the preview of the release. Throws one `ConfigurationError` for all entered names that do not fit,
 * and `NotFoundError` for machines of the parent that cannot be recognised in the child's space.
 */
export async function resolveScope(context: ScopePlace, release: Release): Promise<DeploymentScope> {
  const { settings, space, project, destination, tenant } = context;
  const { machines, excludedMachines, skippedSteps, ignoreMachineMismatch: ignoreMismatch } = settings.targeting;
  const typed = { specific: machines, excluded: excludedMachines };
  const isTyped = machines.length + excludedMachines.length > 0;
  const [{ steps, form }, existing, parents] = await Promise.all([
    space.deploymentPreview(release.id, destination.id, tenant?.id),
    isTyped ? space.machinesIn(destination.id) : [],
    parentsMachines(context),
  ]);
  const choice = chooseMachines({ typed, parents, steps, existing, destination, ignoreMismatch });
  const skip = chooseSkippedSteps(skippedSteps, steps);
  if (choice.kind === "machines" && skip.kind === "skip") {
    const { specific, excluded } = context.targetTags;
    return { ...choice, specificTagIds: specific, excludedTagIds: excluded, skippedActionIds: skip.actionIds };
  }
  // There will be no plan, so the problems of prompted values are reported here as well.
  const elsewhere = await promptsElsewhere(context, release, form);
  const prompted = fillPromptedForm(settings.targeting.promptedValues, form, elsewhere);
  const problems = [choice, skip, prompted].flatMap((each) => (each.kind === "problems" ? each.problems : []));
  throw new ConfigurationError(
    `The step's parameters do not fit the release ${release.version} of "${project.name}": ${problems.join(" ")}`,
    `Correct them${choice.kind === "problems" ? ", or give the service account MachineView" : ""}. Nothing was created.`,
  );
}

/** Names of the machines that the parent's deployment is limited to. Its ids are not valid in another space. */
async function parentsMachines(context: Pick<Context, "settings" | "space" | "octopus">): Promise<MachineNames> {
  const { settings, space, octopus } = context;
  const { parent, targeting } = settings;
  const specific = targeting.machines.length > 0 ? [] : parent.specificMachineIds;
  const ids = [...specific, ...parent.excludedMachineIds];
  if (ids.length === 0 || parent.spaceId === undefined) return { specific, excluded: parent.excludedMachineIds };
  const parentSpace = octopus.inSpace(parent.spaceId);
  if (!(await isSpaceOfParent(parentSpace, settings))) {
    return { specific: specific.map((id) => `${id} of another server`), excluded: [] };
  }
  const names = new Map((await parentSpace.machinesById(ids)).map(({ id, name }) => [id, name]));
  const unknown = ids.filter((id) => !names.has(id));
  if (unknown.length > 0 && parent.spaceId !== space.spaceId) {
    throw new NotFoundError(
      `Names of the parent deployment's machines cannot be read: ${unknown.join(", ")}.`,
      "Give the service account MachineView in the parent's space.",
    );
  }
  const nameOf = (id: Id<"Machine">) => names.get(id) ?? id;
  return { specific: specific.map(nameOf), excluded: parent.excludedMachineIds.map(nameOf) };
}
