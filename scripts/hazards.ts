import type { Product } from "./build/build-product.ts";

/** Most characters of a script body, and most bytes of `step-template.json`. Every step of a process carries a copy of the body. */
export const budgets = { body: 150_000, template: 195_000 };

/** Hazards in a script body, each with its line: texts that Octopus would change, or that may break on the way to a worker. */
export function hazardsIn({ body, template }: Pick<Product, "body" | "template">): readonly string[] {
  return [
    ...body.split("\n").flatMap(hazardsInLine),
    ...tooLarge("The script body", body.length, budgets.body),
    ...tooLarge("step-template.json", template.length, budgets.template),
  ];
}

const forbidden: readonly (readonly [RegExp, string])[] = [
  [/#\{/, "Octopus would read an expression here and rewrite the whole body"],
  [/octopus_parameters\[/, "Octopus would load every variable at once"],
  [/[^\x20-\x7e]/, "only printable ASCII survives every encoding"],
  [/.{161}/, "a line of more than 160 columns cannot be reviewed"],
  [/[ \t]$/, "a blank at the end of a line is invisible"],
];

function hazardsInLine(line: string, index: number): readonly string[] {
  return forbidden
    .filter(([pattern]) => pattern.test(line))
    .map(([, reason]) => `line ${index + 1} of the body: ${reason}: ${line.trim().slice(0, 100)}`);
}

function tooLarge(what: string, size: number, budget: number): readonly string[] {
  return size > budget ? [`${what} is ${size - budget} over its budget of ${budget}`] : [];
}
