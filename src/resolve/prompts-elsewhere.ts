import { asId, type Release, type PromptedElement } from "../model.ts";
import { type PromptsElsewhere, takesAll } from "../rules/prompted-form.ts";
import { recover } from "../recover.ts";
import type { Context } from "./resolve-context.ts";

/**
 * What a release prompts for outside of the place it is deployed to. Its variables are read only where a value was given that nothing in
 * the form takes, for most runs have none.
 */
export async function promptsElsewhere(
  { settings, space }: Pick<Context, "settings" | "space">,
  release: Release,
  form: readonly PromptedElement[],
): Promise<PromptsElsewhere> {
  const { mode } = settings.child;
  const toleratesUnknown = mode !== "Promote" && mode !== "AlwaysLatest";
  if (takesAll(form, settings.targeting.promptedValues)) return { names: [], isComplete: true, toleratesUnknown };
  return { ...(await allPromptsOf({ space }, release)), toleratesUnknown };
}

/** Everything that a release prompts for, wherever it is deployed. */
export async function allPromptsOf(
  { space }: Pick<Context, "space">,
  release: Release,
): Promise<Pick<PromptsElsewhere, "names" | "isComplete">> {
  const reading = release.snapshotIds.map((id) => recover(space.variables(asId(id)), () => undefined));
  const sets = await Promise.all(reading);
  const names = sets.flatMap((set = []) =>
    set.flatMap(({ name, promptLabel: label }) => (label === undefined ? [] : [{ variableName: name, label }])),
  );
  return { names, isComplete: sets.every((set) => set !== undefined) };
}
