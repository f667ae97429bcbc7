import { compileShapes, compileType } from "./compile-shape.ts";
import type { Check, Report } from "./report.ts";
import { collectedItem, type DefinitionName, isDefinitionName, type ServerGeneration } from "./shape-table.ts";

export { type DefinitionName, definitionNames, type ServerGeneration } from "./shape-table.ts";

/** A definition, a page of one, or the bare array of one. */
export type ShapeName = DefinitionName | `ResourceCollection_of_${DefinitionName}` | `[${DefinitionName}]`;

/**
 * Compares an answer with the shape that an Octopus Server's has: one sentence per violation, beginning with its JSON path; none if it is right.
 * Null is allowed for every property. Every declared property must be present, and every other must be listed as newer, with its source.
 * `old` accepts that servers of 2017 to 2019 lacked some properties.
 */
export function checkShape(
  name: ShapeName,
  answer: unknown,
  generation: ServerGeneration = "current",
): readonly string[] {
  const report: Report = { trail: [], violations: [] };
  answerCheck(name, generation)(answer, report);
  return report.violations;
}

/** A page of a definition's documents, in the paging envelope. */
export function collectionOf<Name extends DefinitionName>(name: Name): `ResourceCollection_of_${Name}` {
  return `ResourceCollection_of_${name}`;
}

/** A bare array, as `/all` and a few other routes answer. */
export function arrayOf<Name extends DefinitionName>(name: Name): `[${Name}]` {
  return `[${name}]`;
}

export function isShapeName(text: string): text is ShapeName {
  return isDefinitionName(collectedItem(text) ?? bracketed(text) ?? text);
}

const shapes = { current: compileShapes("current"), old: compileShapes("old") };
const compiled = { current: new Map<ShapeName, Check>(), old: new Map<ShapeName, Check>() };

function answerCheck(name: ShapeName, generation: ServerGeneration): Check {
  const known = compiled[generation].get(name);
  if (known !== undefined) return known;
  const item = bracketed(name);
  const find = shapes[generation];
  const check =
    item === undefined ? find(name) : compileType({ kind: "array", of: { kind: "definition", name: item } }, find);
  compiled[generation].set(name, check);
  return check;
}

function bracketed(name: string): string | undefined {
  return /^\[(\w+)\]$/.exec(name)?.[1];
}
