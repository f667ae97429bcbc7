import type { PromptedElement } from "../model.ts";
import { quoted, quotedList } from "../text/format.ts";
import type { Line } from "../text/line.ts";
import type { PromptedValue } from "./prompted-variables.ts";

/** The values of the form, or the problems of the given values. */
export type FilledForm =
  /** Values by element name; may contain secrets. */
  | { readonly kind: "filled"; readonly formValues: Readonly<Record<string, string>> }
  /** Sentences that never contain a value. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** The name and label of a prompted variable. */
export type PromptedName = Pick<PromptedElement, "variableName" | "label">;

/** What a release prompts for in other environments, for other tenants or in other steps. */
export interface PromptsElsewhere {
  readonly names: readonly PromptedName[];
  /** `false` means that there may be more, which the API key may not see. */
  readonly isComplete: boolean;
  /** Unknown names are ignored, because an old release may never have had them. */
  readonly toleratesUnknown: boolean;
  /** The values are shared by several children, so names that this child does not know are ignored. */
  readonly isShared?: boolean | undefined;
}

const nothingElsewhere: PromptsElsewhere = { names: [], isComplete: true, toleratesUnknown: false };

/**
 * Puts the given values into the form, and defaults for the others. A value belongs to the variable with that name, else to the one with that
 * label, in any case. Variables of the same name share a value. Values that are prompted for elsewhere are ignored.
 */
export function fillPromptedForm(
  values: readonly PromptedValue[],
  form: readonly PromptedElement[],
  elsewhere = nothingElsewhere,
): FilledForm {
  const problems: string[] = [];
  const given = new Map<PromptedElement, string>();
  for (const { name, value } of values) {
    if (isPassedOver(name, form, elsewhere)) continue;
    const elements = elementsNamed(name, form, elsewhere.isComplete);
    if (typeof elements === "string") problems.push(elements);
    else if (elements.some((element) => given.has(element)))
      problems.push(`${titles(elements)} is given by name and by label.`);
    else for (const element of elements) given.set(element, value);
  }
  const formValues: Record<string, string> = {};
  for (const [element, value] of given) {
    const checked = checkValue(element, value);
    if (typeof checked === "string") formValues[element.name] = checked;
    else problems.push(checked.problem);
  }
  const notGiven = form.filter((element) => !given.has(element));
  for (const { name, defaultValue } of notGiven) if (defaultValue !== undefined) formValues[name] = defaultValue;
  const missing = notGiven.filter((element) => element.required && (element.defaultValue ?? "") === "");
  if (missing.length > 0) problems.push(`Missing value for the required prompted variable ${titles(missing)}.`);
  return problems.length === 0 ? { kind: "filled", formValues } : { kind: "problems", problems };
}

/** Whether every value has a name that the form knows. */
export function takesAll(form: readonly PromptedElement[], values: readonly PromptedValue[]): boolean {
  return values.every(({ name }) => isNameOf(name, form));
}

/** Names of the values that the release does not prompt for anywhere. */
export function unknownNames(
  values: readonly PromptedValue[],
  form: readonly PromptedElement[],
  elsewhere: PromptsElsewhere,
): readonly string[] {
  const known = [...form, ...elsewhere.names];
  return values.flatMap(({ name }) => (isNameOf(name, known) ? [] : [name]));
}

/** Remarks on values that fit, one sentence each. They never contain a value. */
export function remarksOnValues(
  values: readonly PromptedValue[],
  form: readonly PromptedElement[],
  elsewhere: PromptsElsewhere,
): readonly Line[] {
  return values.flatMap<Line>(({ name, value }) => {
    if (isNameOf(name, elsewhere.names) && !isNameOf(name, form))
      return {
        level: "info",
        text: passedOver(name, "the release prompts for it only in another environment, tenant or step"),
      };
    if (isPassedOver(name, form, elsewhere) && elsewhere.isShared === true)
      return { level: "verbose", text: passedOver(name, "this child project does not prompt for it") };
    if (isPassedOver(name, form, elsewhere))
      return { level: "warning", text: passedOver(name, "the release does not prompt for it") };
    const isExpression = isNameOf(name, form) && value.includes(opener);
    return isExpression
      ? {
          level: "warning",
          text: `The value for the prompted variable ${quoted(name)} contains an expression that Octopus did not resolve. The child will.`,
        }
      : [];
  });
}

// Not written in one piece, because Octopus would try to resolve it inside the script.
const opener = ["#", "{"].join("");

function passedOver(name: string, why: string): string {
  return `The value for the prompted variable ${quoted(name)} is ignored: ${why}.`;
}

function isPassedOver(name: string, form: readonly PromptedElement[], elsewhere: PromptsElsewhere): boolean {
  return (
    !isNameOf(name, form) &&
    (elsewhere.isShared === true || elsewhere.toleratesUnknown || isNameOf(name, elsewhere.names))
  );
}

function isNameOf(name: string, prompts: readonly PromptedName[]): boolean {
  return prompts.some(({ variableName, label }) => isSame(variableName, name) || isSame(label, name));
}

function elementsNamed(
  name: string,
  form: readonly PromptedElement[],
  isComplete: boolean,
): readonly PromptedElement[] | string {
  const named = form.filter((element) => isSame(element.variableName, name));
  if (named.length > 0) return named;
  const labelled = form.filter((element) => isSame(element.label, name));
  const [first] = labelled;
  if (first === undefined) {
    const known = form.length === 0 ? "It prompts for none." : `It prompts for ${titles(form)}.`;
    const hidden = isComplete ? "" : " The API key cannot see whether it does elsewhere (VariableView).";
    return `The release does not prompt for a variable ${quoted(name)}. ${known}${hidden}`;
  }
  return labelled.every((element) => isSame(element.variableName, first.variableName))
    ? labelled
    : `"${name}" is the label of several variables: ${titles(labelled)}. Enter the variable's name.`;
}

function isSame(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function titles(elements: readonly PromptedElement[]): string {
  const each = elements.map(({ variableName, label }) => {
    return label.trim() === "" || isSame(label, variableName)
      ? `"${variableName}"`
      : `"${variableName}" (${label.trim()})`;
  });
  return [...new Set(each)].join(", ");
}

/** The value for the server, or its problem. */
function checkValue(element: PromptedElement, value: string): string | { readonly problem: string } {
  const title = titles([element]);
  const { required, type, options = [] } = element;
  if (value.trim() === "") return required ? { problem: `${title} is required, but its value is empty.` } : value;
  if (type === "checkbox") {
    const ticked = checkboxTexts.get(value.trim().toLowerCase());
    return ticked ?? { problem: `${title} is a checkbox: enter True or False.` };
  }
  if (type !== "select" || options.length === 0) return value;
  const option =
    options.find((offered) => offered.value === value) ??
    options.find((offered) => isSame(offered.value, value)) ??
    options.find((offered) => isSame(offered.label, value));
  const texts = options.map(({ value: text, label }) => label.trim() || text);
  return option?.value ?? { problem: `${title} takes one of these: ${quotedList(texts)}.` };
}

const checkboxTexts = new Map([
  ["true", "True"],
  ["yes", "True"],
  ["false", "False"],
  ["no", "False"],
]);
