import {
  type ParameterDeclaration,
  parameterDeclarations,
  type ParameterName,
} from "../step/parameter-declarations.ts";
import { titleOf } from "../step/parameters.ts";
import type { ChildLabel, ListLabels } from "./child-list.ts";

/** What may be set for a single child: some of the step's own fields, and what exists in the list only. */
export type LabelKey = ParameterName | "if missing" | "roll back";

interface Declaration extends ParameterDeclaration {
  readonly name: ParameterName;
}

const declarations: readonly Declaration[] = parameterDeclarations;

/** Fields of several lines, in the list as in the form. */
const withBlock: ReadonlySet<ParameterName> = new Set([
  "ChildProject.Prompted.Variables",
  "ChildProject.Skip.StepNames",
]);

const ofFields = declarations.flatMap(({ name, perChild }): readonly ChildLabel<LabelKey>[] =>
  perChild === undefined
    ? []
    : [{ key: name, label: perChild, shortName: shortNameOf(name), hasBlock: withBlock.has(name) }],
);

export const listLabels: ListLabels<LabelKey> = {
  perChild: [
    ...ofFields,
    { key: "if missing", label: "if missing", hasBlock: false },
    { key: "roll back", label: "roll back", hasBlock: false },
  ],
  fieldOfStep,
};

/** The field that all children share, by its label in the form or the beginning of it, or by its name. */
function fieldOfStep(label: string): string | undefined {
  const field = declarations.find(({ name, label: inForm, perChild }) => {
    if (perChild !== undefined || name === "ChildProject.Project.Name") return false;
    const shortName = shortNameOf(name).toLowerCase();
    const names = [shortName, shortName.replaceAll(".", " "), inForm.toLowerCase()];
    return names.includes(label) || (label.length >= 4 && inForm.toLowerCase().startsWith(`${label} `));
  });
  return field && titleOf(field.name);
}

function shortNameOf(name: ParameterName): string {
  return name.replace(/^ChildProject\./, "");
}
