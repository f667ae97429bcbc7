/** Bytes `step-template.json` may have. */
export const templateBudget = 320 * 1024;

/**
 * What must not be in a script body, or may break on the way to a worker or on its Node.js. Empty when all is well; each entry names the line.
 */
export function hazardsIn({ body, mainProgram, template }: Shipped): readonly string[] {
  return [...body.split("\n").flatMap(hazardsInLine), ...tooNewFor18(mainProgram), ...tooLarge(template)];
}

interface Shipped {
  readonly body: string;
  readonly mainProgram: string;
  /** The whole of `step-template.json`, in ASCII. */
  readonly template: string;
}

const forbidden: readonly (readonly [RegExp, string])[] = [
  [/#\{/, "Octopus would read an expression here and rewrite the whole body"],
  [/octopus_parameters\[/, "Octopus would load every variable at once"],
  [/[^\x20-\x7e]/, "only printable ASCII survives every encoding"],
  [/.{201}/, "a line of more than 200 columns cannot be reviewed"],
  [/[ \t]$/, "a blank at the end of a line is invisible"],
];

function hazardsInLine(line: string, index: number): readonly string[] {
  return forbidden
    .filter(([pattern]) => pattern.test(line))
    .map(([, reason]) => `line ${index + 1} of the body: ${reason}: ${line.trim().slice(0, 100)}`);
}

/** Members that Node.js 18 does not have but our compiler's library knows or a newer Node.js has. */
const newerMembers = [
  "toSorted",
  "toReversed",
  "toSpliced",
  "toWellFormed",
  "isWellFormed",
  "withResolvers",
  "groupBy",
  "fromAsync",
];

function tooNewFor18(program: string): readonly string[] {
  return newerMembers
    .filter((name) => new RegExp(`\\.${name}\\(`).test(program))
    .map((name) => `main.cjs: Node.js 18 has no ${name}`);
}

function tooLarge(template: string): readonly string[] {
  const excess = template.length - templateBudget;
  return excess > 0 ? [`step-template.json is ${excess} bytes over its budget of ${templateBudget}`] : [];
}
