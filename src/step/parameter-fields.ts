/** A declaration without the name of its parameter. */
interface Field {
  readonly label: string;
  readonly help: string;
  readonly perChild?: string;
  readonly defaultValue?: string;
  readonly control?: "MultiLineText" | "Sensitive";
}

/** A field for any text. The name is given without the common prefix; the default is blank unless given. */
export function textField<const Name extends string>(name: Name, field: Field) {
  return { name: `ChildProject.${name}`, defaultValue: "", ...field } as const;
}

/** A field with options, each with its label. The first option is the default unless another is given. */
export function choiceField<const Name extends string, const Labels extends Readonly<Record<string, string>>>(
  name: Name,
  { options: optionLabels, ...field }: Field & { readonly options: Labels },
) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object literal has no other keys than its own
  const options = Object.keys(optionLabels) as readonly (keyof Labels & string)[];
  return { ...textField(name, { defaultValue: options[0] ?? "", ...field }), options, optionLabels };
}
