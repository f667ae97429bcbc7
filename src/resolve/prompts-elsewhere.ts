import { asId, type Release, type PromptedElement } from "../model.ts";
import { type PromptsElsewhere, takesAll } from "../rules/prompted-form.ts";
import { recover } from "../recover.ts";
import type { Context } from "./resolve-context.ts";

/**
 * What a release prompts for besides the form of this deployment. The release's variables are read only if a given value has no place in the
 * form.
 */
export async function promptsElsewhere(
  { settings, space }: Pick<Context, "settings" | "space">,
  release: Release,
  form: readonly PromptedElement[],
): Promise<PromptsElsewhere> {
  const { mode } = settings.child;
  const { promptedValues, sharesPromptedValues: isShared } = settings.targeting;
  const toleratesUnknown = mode !== "Promote" && mode !== "AlwaysLatest";
  if (takesAll(form, promptedValues)) return { names: [], isComplete: true, toleratesUnknown, isShared };
  const reading = release.snapshotIds.map((id) => recover(space.variables(asId(id)), () => undefined));
  const sets = await Promise.all(reading);
  const names = sets.flatMap((set = []) =>
    set.flatMap(({ name, promptLabel: label }) => (label === undefined ? [] : [{ variableName: name, label }])),
  );
  return { names, isComplete: sets.every((set) => set !== undefined), toleratesUnknown, isShared };
}
