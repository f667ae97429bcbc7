import { checkPageCount, checkPaging } from "./check-paging.ts";
import { type Check, isObject, type Report, violate } from "./report.ts";
import {
  collectedItem,
  definitionShape,
  type DefinitionShape,
  type ServerGeneration,
  type Variants,
} from "./shape-table.ts";
import type { Primitive, ShapeType } from "./shape-type.ts";

export type FindCheck = (name: string) => Check;

/** Checks by name of a definition or collection, compiled when first asked for. An unknown name throws. */
export function compileShapes(generation: ServerGeneration): FindCheck {
  const compiled = new Map<string, Check>();
  return function find(name) {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const shape = definitionShape(name, generation);
    if (shape === undefined) throw new Error(`There is no shape named ${name}.`);
    const check = compileDefinition(shape, generation, find);
    compiled.set(name, check);
    return check;
  };
}

function compileDefinition(shape: DefinitionShape, generation: ServerGeneration, find: FindCheck): Check {
  if (shape.variants !== undefined) return compileVariants(shape.name, shape.variants, find);
  const check = compileProperties(shape, find);
  const item = collectedItem(shape.name);
  if (item !== undefined) return inTurn(check, (page, report) => checkPaging(page, item, generation, report));
  return shape.name === "EnvironmentsV2Response" ? inTurn(check, checkPageCount) : check;
}

function compileVariants(name: string, { by, definitions }: Variants, find: FindCheck): Check {
  return function checkVariant(value, report) {
    if (!isObject(value)) return violate(report, `is ${shown(value)} but must be a ${name}.`);
    const word = value[by];
    const definition = typeof word === "string" && Object.hasOwn(definitions, word) ? definitions[word] : undefined;
    if (definition !== undefined) return find(definition)(value, report);
    violate(report, `has the ${by} ${shown(word)}, which is none of a ${name}.`);
  };
}

function inTurn(...checks: readonly Check[]): Check {
  return function checkInTurn(value, report) {
    for (const check of checks) check(value, report);
  };
}

function compileProperties(shape: DefinitionShape, find: FindCheck): Check {
  const required = [...shape.properties].filter(([, property]) => property.required).map(([name]) => name);
  const checks = new Map([...shape.properties].map(([name, { type }]) => [name, compileType(type, find)]));
  return function checkProperties(value, report) {
    if (!isObject(value)) return violate(report, `is ${shown(value)} but must be a ${shape.name}.`);
    for (const name of Object.keys(value)) {
      const property = value[name];
      if (property === undefined) continue;
      const check = checks.get(name);
      if (check !== undefined) {
        checkAt(name, property, check, report);
      } else if (!shape.open) {
        violate(report, `has ${name}, which ${shape.name} does not declare${hint(name, shape)}.`);
      }
    }
    for (const name of required) {
      if (value[name] === undefined) violate(report, `lacks ${name}, which ${shape.name} declares.`);
    }
  };
}

/**
 * Null is allowed for every property and every value of a dictionary: the Swagger file calls none nullable, and many are.
 * `undefined` is what JSON leaves out.
 */
function checkAt(name: string, value: unknown, check: Check, report: Report): void {
  if (value === null || value === undefined) return;
  report.trail.push(name);
  check(value, report);
  report.trail.pop();
}

function hint(name: string, shape: DefinitionShape): string {
  const meant = [...shape.properties.keys()].find((declared) => declared.toLowerCase() === name.toLowerCase());
  return meant === undefined ? "" : ` (${meant} it does)`;
}

/** The check of a type. Definitions are looked up only when a value is checked, because they may contain themselves. */
export function compileType(type: ShapeType, find: FindCheck): Check {
  switch (type.kind) {
    case "primitive":
      return compilePrimitive(type.name);
    case "words":
      return function checkWord(value, report) {
        if (typeof value !== "string" || !type.words.has(value)) {
          violate(report, `is ${shown(value)} but must be one of ${[...type.words].join(", ")}.`);
        }
      };
    case "definition":
      return (value, report) => find(type.name)(value, report);
    case "array":
      return compileArray(compileType(type.of, find));
    case "dictionary":
      return compileDictionary(compileType(type.of, find));
    case "either":
      return compileEither(type.of.map((one) => compileType(one, find)));
  }
}

function compileArray(checkItem: Check): Check {
  return function checkArray(value, report) {
    if (!Array.isArray(value)) return violate(report, `is ${shown(value)} but must be an array.`);
    for (let index = 0; index < value.length; index += 1) {
      report.trail.push(index);
      checkItem(value[index], report);
      report.trail.pop();
    }
  };
}

function compileDictionary(checkValue: Check): Check {
  return function checkDictionary(value, report) {
    if (!isObject(value)) return violate(report, `is ${shown(value)} but must be a dictionary.`);
    for (const key of Object.keys(value)) checkAt(key, value[key], checkValue, report);
  };
}

function compileEither(checks: readonly Check[]): Check {
  return function checkEither(value, report) {
    const attempts = checks.map((check) => {
      const attempt: Report = { trail: [...report.trail], violations: [] };
      check(value, attempt);
      return attempt.violations;
    });
    if (!attempts.some((violations) => violations.length === 0)) report.violations.push(...(attempts.at(-1) ?? []));
  };
}

const tests: Readonly<Record<Primitive, { readonly holds: (value: unknown) => boolean; readonly wanted: string }>> = {
  any: { holds: () => true, wanted: "anything" },
  boolean: { holds: (value) => typeof value === "boolean", wanted: "a boolean" },
  "date-time": { holds: isDateTime, wanted: "a date and time with 1 to 7 decimals and an offset" },
  integer: { holds: Number.isSafeInteger, wanted: "an integer" },
  string: { holds: (value) => typeof value === "string", wanted: "a text" },
  uuid: { holds: isUuid, wanted: "a UUID" },
};

function compilePrimitive(name: Primitive): Check {
  const { holds, wanted } = tests[name];
  return function checkPrimitive(value, report) {
    if (!holds(value)) violate(report, `is ${shown(value)} but must be ${wanted}.`);
  };
}

const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{1,7}(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

function isDateTime(value: unknown): boolean {
  return typeof value === "string" && dateTime.test(value);
}

function isUuid(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
