import { describe, expect, test } from "vitest";
import {
  fillPromptedForm,
  type PromptsElsewhere,
  remarksOnValues,
  unknownNames,
} from "../../src/rules/prompted-form.ts";
import type { PromptedElement } from "../../src/model.ts";

/** Instead of the GUID under which a server takes the value, the element has the variable's name with a `#`, so that tables stay readable. */
function element(variableName: string, rest: Partial<PromptedElement> = {}): PromptedElement {
  return { name: `#${variableName}`, variableName, label: "", required: false, type: "text", ...rest };
}

function fill(values: Record<string, string>, form: readonly PromptedElement[]) {
  const given = Object.entries(values).map(([name, value]) => ({ name, value }));
  return fillPromptedForm(given, form);
}

const colours = [
  { value: "r", label: " Red " },
  { value: "G", label: "Green" },
  { value: "g", label: "Grey" },
  { value: "plain", label: " " },
];

describe("what is sent", () => {
  test.each([
    { rule: "no form and no values", values: {}, form: [], sent: {} },
    {
      rule: "a value by the variable's name",
      values: { Approver: "Alice" },
      form: [element("Approver")],
      sent: { "#Approver": "Alice" },
    },
    {
      rule: "a value by name in another case",
      values: { " approver": "Alice" },
      form: [element("Approver")],
      sent: { "#Approver": "Alice" },
    },
    {
      rule: "a value by label, in any case",
      values: { "WHO approves?": "Alice" },
      form: [element("Approver", { label: "Who approves?" })],
      sent: { "#Approver": "Alice" },
    },
    {
      rule: "a name wins over another's label",
      values: { A: "x" },
      form: [element("B", { label: "A" }), element("A")],
      sent: { "#A": "x" },
    },
    {
      rule: "variables of one name share a value",
      values: { A: "x" },
      form: [element("A", { name: "#1" }), element("a", { name: "#2" })],
      sent: { "#1": "x", "#2": "x" },
    },
    {
      rule: "variables of one name share a value given by their label",
      values: { L: "x" },
      form: [element("A", { name: "#1", label: "L" }), element("A", { name: "#2", label: "L" })],
      sent: { "#1": "x", "#2": "x" },
    },
    {
      rule: "a default, when no value is given",
      values: {},
      form: [element("A", { defaultValue: "x" })],
      sent: { "#A": "x" },
    },
    {
      rule: "a required variable's default",
      values: {},
      form: [element("A", { defaultValue: "x", required: true })],
      sent: { "#A": "x" },
    },
    { rule: "an empty default", values: {}, form: [element("A", { defaultValue: "" })], sent: { "#A": "" } },
    {
      rule: "the given value rather than the default",
      values: { A: "y" },
      form: [element("A", { defaultValue: "x" })],
      sent: { "#A": "y" },
    },
    {
      rule: "an empty value rather than the default",
      values: { A: "" },
      form: [element("A", { defaultValue: "x" })],
      sent: { "#A": "" },
    },
    { rule: "nothing, for an optional variable without default", values: {}, form: [element("A")], sent: {} },
    {
      rule: "text, multi-line and sensitive values as they are",
      values: { A: " x ", B: "1\n2 ", C: "$ecret " },
      form: [element("A"), element("B", { type: "multi-line" }), element("C", { type: "sensitive", required: true })],
      sent: { "#A": " x ", "#B": "1\n2 ", "#C": "$ecret " },
    },
    {
      rule: "a select's value",
      values: { A: "r" },
      form: [element("A", { type: "select", options: colours })],
      sent: { "#A": "r" },
    },
    {
      rule: "a select's value in exactly this case first",
      values: { A: "g" },
      form: [element("A", { type: "select", options: colours })],
      sent: { "#A": "g" },
    },
    {
      rule: "a select's value in another case, as it is declared",
      values: { A: " PLAIN" },
      form: [element("A", { type: "select", options: colours })],
      sent: { "#A": "plain" },
    },
    {
      rule: "the value behind a select's label",
      values: { A: "green" },
      form: [element("A", { type: "select", options: colours })],
      sent: { "#A": "G" },
    },
    {
      rule: "an empty value for an optional select",
      values: { A: "" },
      form: [element("A", { type: "select", options: colours })],
      sent: { "#A": "" },
    },
    {
      rule: "anything, when a select's options are unknown",
      values: { A: "x" },
      form: [element("A", { type: "select" })],
      sent: { "#A": "x" },
    },
    {
      rule: "a ticked checkbox, however it is written",
      values: { A: "true", B: "YES", C: " True " },
      form: ["A", "B", "C"].map((name) => element(name, { type: "checkbox" })),
      sent: { "#A": "True", "#B": "True", "#C": "True" },
    },
    {
      rule: "an empty checkbox, however it is written",
      values: { A: "FALSE", B: "no" },
      form: ["A", "B"].map((name) => element(name, { type: "checkbox" })),
      sent: { "#A": "False", "#B": "False" },
    },
  ] as const)("$rule", ({ values, form, sent }) => {
    expect(fill({ ...values }, form)).toEqual({ kind: "filled", formValues: sent });
  });
});

describe("what is refused", () => {
  const required = { required: true } as const;

  test.each([
    {
      rule: "an unknown name, naming what is known",
      values: { Aprover: "hunter2" },
      form: [element("Approver", { label: "Who?" }), element("B", { label: "b" })],
      problems: ['The release does not prompt for a variable "Aprover". It prompts for "Approver" (Who?), "B".'],
    },
    {
      rule: "an unknown name, nothing is prompted for",
      values: { A: "hunter2" },
      form: [],
      problems: ['The release does not prompt for a variable "A". It prompts for none.'],
    },
    {
      rule: "a label of several variables",
      values: { L: "hunter2" },
      form: [element("A", { label: "L" }), element("B", { label: "l" })],
      problems: ['"L" is the label of several variables: "A" (L), "B" (l). Enter the variable\'s name.'],
    },
    {
      rule: "one variable by name and by label",
      values: { A: "hunter2", L: "hunter2" },
      form: [element("A", { label: "L" })],
      problems: ['"A" (L) is given by name and by label.'],
    },
    {
      rule: "one of two variables of a name by its label, then both by name",
      values: { L: "hunter2", A: "hunter2" },
      form: [element("A", { name: "#1", label: " L " }), element("A", { name: "#2", label: " " })],
      problems: ['"A" (L), "A" is given by name and by label.'],
    },
    {
      rule: "all required variables that are missing, in one sentence",
      values: { B: "x" },
      form: [element("A", required), element("B", required), element("C", { ...required, label: "See" })],
      problems: ['Missing value for the required prompted variable "A", "C" (See).'],
    },
    {
      rule: "a required variable with an empty default",
      values: {},
      form: [element("A", { ...required, defaultValue: "" })],
      problems: ['Missing value for the required prompted variable "A".'],
    },
    {
      rule: "a required secret, whose default the step cannot see",
      values: {},
      form: [element("A", { ...required, type: "sensitive" })],
      problems: ['Missing value for the required prompted variable "A".'],
    },
    {
      rule: "an empty value for a required variable, default or not",
      values: { A: " ", B: "" },
      form: [element("A", required), element("B", { ...required, defaultValue: "x" })],
      problems: ['"A" is required, but its value is empty.', '"B" is required, but its value is empty.'],
    },
    {
      rule: "a value that a select does not offer",
      values: { A: "hunter2" },
      form: [element("A", { type: "select", options: colours })],
      problems: ['"A" takes one of these: "Red", "Green", "Grey", "plain".'],
    },
    {
      rule: "a value that a checkbox does not take",
      values: { A: "hunter2" },
      form: [element("A", { type: "checkbox" })],
      problems: ['"A" is a checkbox: enter True or False.'],
    },
    {
      rule: "everything together",
      values: { X: "hunter2", B: "hunter2" },
      form: [element("A", required), element("B", { type: "checkbox" })],
      problems: [
        'The release does not prompt for a variable "X". It prompts for "A", "B".',
        '"B" is a checkbox: enter True or False.',
        'Missing value for the required prompted variable "A".',
      ],
    },
  ] as const)("$rule", ({ values, form, problems }) => {
    const filled = fill({ ...values }, form);

    expect(filled).toEqual({ kind: "problems", problems });
    expect(JSON.stringify(filled)).not.toContain("hunter2");
  });
});

describe("values for variables that the release does not prompt for here", () => {
  const form = [element("Approver", { label: "Who?" })];
  const elsewhere: PromptsElsewhere = {
    names: [
      { variableName: "Change", label: "Change number" },
      { variableName: "Approver", label: "Who?" },
    ],
    isComplete: true,
    toleratesUnknown: false,
  };
  const over = (name: string) => ({
    level: "info",
    text: `The value for the prompted variable "${name}" is ignored: the release prompts for it only in another environment, tenant or step.`,
  });
  const unknown = 'The release does not prompt for a variable "Chnge". It prompts for "Approver" (Who?).';

  test.each([
    {
      rule: "prompted for elsewhere, by name in any case",
      name: "CHANGE",
      known: elsewhere,
      problems: [],
      said: [over("CHANGE")],
    },
    { rule: "by label", name: "change number", known: elsewhere, problems: [], said: [over("change number")] },
    { rule: "not known at all", name: "Chnge", known: elsewhere, problems: [unknown], said: [] },
    {
      rule: "not known, as far as the API key can see",
      name: "Chnge",
      known: { ...elsewhere, isComplete: false },
      problems: [`${unknown} The API key cannot see whether it does elsewhere (VariableView).`],
      said: [],
    },
    {
      rule: "not known, in a redeployment",
      name: "Chnge",
      known: { ...elsewhere, toleratesUnknown: true },
      problems: [],
      said: [
        {
          level: "warning",
          text: 'The value for the prompted variable "Chnge" is ignored: the release does not prompt for it.',
        },
      ],
    },
    {
      rule: "not known, where the values are for several children",
      name: "Chnge",
      known: { ...elsewhere, isShared: true },
      problems: [],
      said: [
        {
          level: "verbose",
          text: 'The value for the prompted variable "Chnge" is ignored: this child project does not prompt for it.',
        },
      ],
    },
    {
      rule: "known elsewhere, where the values are for several children",
      name: "Change",
      known: { ...elsewhere, isShared: true },
      problems: [],
      said: [over("Change")],
    },
  ])("$rule", ({ name, known, problems, said }) => {
    const values = [
      { name: "Approver", value: "Sam" },
      { name, value: "hunter2" },
    ];

    const filled = fillPromptedForm(values, form, known);

    if (problems.length > 0) expect(filled).toEqual({ kind: "problems", problems });
    else expect(filled).toEqual({ kind: "filled", formValues: { "#Approver": "Sam" } });
    expect(remarksOnValues(values, form, known)).toEqual(said);
  });

  test("is unknown where the release prompts for it neither here nor elsewhere", () => {
    const values = ["approver", "Change number", "Chnge"].map((name) => ({ name, value: "x" }));

    expect(unknownNames(values, form, elsewhere)).toEqual(["Chnge"]);
  });

  test("an expression that is sent to the child is reported without its text", () => {
    const values = [{ name: "Approver", value: ["hunter2 #", "{Lead}"].join("") }];

    const remarks = remarksOnValues(values, form, elsewhere);

    expect(remarks.map(({ level }) => level)).toEqual(["warning"]);
    expect(remarks[0]?.text).toContain('for the prompted variable "Approver" contains an expression');
    expect(remarks[0]?.text).not.toContain("hunter2");
  });
});
