import { asId } from "../model.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";
import { isOfSameTask } from "../rules/marker.ts";
import { fillPromptedForm } from "../rules/prompted-form.ts";
import type { Plan } from "../rules/plan.ts";
import { isPromotable } from "../rules/tenancy.ts";
import { ofAnotherTask, reliedOn, type RollBackTarget } from "../rules/undo.ts";
import { placeText, sentence } from "../text/format.ts";
import type { TrainChild } from "./train-settings.ts";

/**
 * Where a child goes back to when the run fails, or why it does not. `null` means that it is not deployed. The server judges whether the release that is
 * current now could be deployed again.
 */
export async function planRollBack(
  context: Context,
  plan: Plan,
  { rollBack }: Pick<TrainChild, "rollBack">,
): Promise<RollBackTarget | null> {
  const { space, destination, tenant, settings } = context;
  const { decision, current, selected } = plan;
  if (decision.kind !== "deploy" && decision.kind !== "adopt" && decision.kind !== "wait-for") return null;
  if (decision.kind === "adopt" && !isOfSameTask(decision.attempt, settings.parent)) return { why: ofAnotherTask };
  if (rollBack === "never") return { why: "The list says `roll back: never`." };
  if (settings.parent.tenantId !== undefined && tenant === undefined && rollBack !== "yes") return { why: reliedOn };
  if (current === undefined) return { why: "Nothing is deployed there now." };
  const { id, version } = current.release;
  if (id === selected?.release.id) return { why: "The same release is already current." };
  const [template, preview] = await Promise.all([
    recover(space.deploymentTemplate(id), (error) => error),
    recover(space.deploymentPreview(id, destination.id, tenant?.id), () => undefined),
  ]);
  if (template === undefined) return { why: `${version}, which is current now, was deleted.` };
  if ("message" in template)
    return { why: `It is unknown whether ${version} can be deployed again. ${template.message}` };
  if (!isPromotable(template, destination, tenant))
    return { why: `Octopus no longer allows ${version} in ${placeText(context)}.` };
  if (preview === undefined) return { why: `The prompted variables of ${version} cannot be read.` };
  const tolerant = { names: [], isComplete: true, toleratesUnknown: true };
  const filled = fillPromptedForm(settings.targeting.promptedValues, preview.form, tolerant);
  if (filled.kind === "problems")
    return { why: `${version} prompts for other values: ${sentence(filled.problems.join(" "))}` };
  return { to: { id, version } };
}

/** Warns of a defect of the release that a child goes back to. */
export async function rollBackWarnings(
  { space }: Pick<Context, "space">,
  target: RollBackTarget | null,
): Promise<readonly string[]> {
  if (target === null || !("to" in target)) return [];
  const { id, version } = target.to;
  const goesBack = `If a child fails, this one goes back to ${version}`;
  const defect = await recover(space.hasDefect(asId(id)), ({ message }) => message);
  if (typeof defect === "string") return [`${goesBack}. Whether that has a defect could not be read: ${defect}`];
  return defect ? [`${goesBack}, which has an unresolved defect.`] : [];
}

/** `back to 1.0`, or why the child is not rolled back. */
export function rollBackText(target: RollBackTarget | null | undefined): string {
  if (target === undefined || target === null) return "";
  return "to" in target ? `back to ${target.to.version}` : `not rolled back: ${target.why}`;
}
