import {
  type ParameterDeclaration,
  parameterDeclarations,
  type ParameterName,
} from "../step/parameter-declarations.ts";
import { titleOf } from "../step/parameters.ts";
import type { ChildLabel, ListLabels } from "./child-list.ts";

/** What may be set for a single child: some of the step's own fields, and two labels that exist in the list only. */
export type LabelKey = ParameterName | "if missing" | "roll back";

interface Declaration extends ParameterDeclaration {
  readonly name: ParameterName;
}

const declarations: readonly Declaration[] = parameterDeclarations;

/** Fields whose value may have several lines. */
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

/**
 * The field that all children share, by its label in the form or the beginning of that label, by its name, or by its usual name.
 * @param line the whole line, in lower case: labels of the form may have a colon
 */
function fieldOfStep(label: string, line: string): string | undefined {
  const ofStep = declarations.filter(
    ({ name, perChild }) => perChild === undefined && name !== "ChildProject.Project.Name",
  );
  const field =
    ofStep.find(({ label: inForm }) => line.startsWith(inForm.toLowerCase())) ??
    ofStep.find(({ name, label: inForm }) => {
      const shortName = shortNameOf(name).toLowerCase();
      const names = [shortName, shortName.replaceAll(".", " "), usualNames.get(name)];
      const parts = inForm.toLowerCase().split(": ");
      return names.includes(label) || parts.some((part) => `${part} `.startsWith(`${label} `) && label.length >= 4);
    });
  return field && titleOf(field.name);
}

const usualNames: ReadonlyMap<ParameterName, string> = new Map([
  ["ChildProject.WhatIf.Value", "what-if"],
  ["ChildProject.ManualIntervention.EnvironmentToUse", "approval environment"],
  ["ChildProject.ManualIntervention.Tenant.Name", "approval tenant"],
]);

function shortNameOf(name: ParameterName): string {
  return name.replace(/^ChildProject\./, "");
}
