import {
  absentFromOldServers,
  absentWhenNull,
  controlsByType,
  onlyOnOldServers,
  openDefinitions,
  withoutId,
} from "./exceptions.ts";
import { extraProperties } from "./extra-properties.ts";
import { newerDefinitions } from "./newer-definitions.ts";
import { parseShapeType, type ShapeType } from "./shape-type.ts";
import shapes from "./shapes.json" with { type: "json" };

export type SwaggerName = keyof typeof shapes.definitions;
export type DefinitionName = SwaggerName | keyof typeof newerDefinitions;

/** Which servers' answers are checked: those of today (2020.5 and later), or those of 2017 to 2019. */
export type ServerGeneration = "current" | "old";

export interface PropertyShape {
  readonly type: ShapeType;
  readonly required: boolean;
}

export interface DefinitionShape {
  readonly name: string;
  readonly properties: ReadonlyMap<string, PropertyShape>;
  /** Whether it may have undeclared properties. */
  readonly open: boolean;
  /** A definition that is one of several, told apart by the words of one property. */
  readonly variants?: Variants;
}

export interface Variants {
  readonly by: string;
  /** The definition for each word. */
  readonly definitions: Readonly<Record<string, string>>;
}

const collectionPrefix = "ResourceCollection_of_";

/** The shape of a definition, or of a collection of one. Undefined: no such definition. */
export function definitionShape(name: string, generation: ServerGeneration): DefinitionShape | undefined {
  const item = collectedItem(name);
  if (item !== undefined) return isDefinitionName(item) ? collectionShape(name, item, generation) : undefined;
  if (name === "Control") return { ...shape(name, []), variants: { by: "Type", definitions: controlsByType } };
  const newer = entryOf(newerDefinitions, name);
  if (newer !== undefined) return shape(name, newerProperties(newer.properties));
  const declared = entryOf(shapes.definitions, name);
  return declared === undefined ? undefined : shape(name, declaredProperties(name, declared, generation));
}

/** The definition that a collection has pages of, from the collection's name; undefined for other names. */
export function collectedItem(name: string): string | undefined {
  return name.startsWith(collectionPrefix) ? name.slice(collectionPrefix.length) : undefined;
}

export const definitionNames: readonly DefinitionName[] = [
  ...namesOf(shapes.definitions),
  ...namesOf(newerDefinitions),
].sort((one, other) => (one < other ? -1 : 1));

export function isDefinitionName(text: string): text is DefinitionName {
  return Object.hasOwn(shapes.definitions, text) || Object.hasOwn(newerDefinitions, text);
}

function collectionShape(name: string, item: DefinitionName, generation: ServerGeneration): DefinitionShape {
  return shape(name, [
    ...declaredProperties("ResourceCollection", shapes.collection, generation),
    ...extrasOf(name),
    ["Items", { type: parseShapeType(`${item}[]`), required: true }],
  ]);
}

function shape(name: string, properties: readonly (readonly [string, PropertyShape])[]): DefinitionShape {
  return { name, properties: new Map(properties), open: name in openDefinitions };
}

function declaredProperties(
  name: string,
  declared: Readonly<Record<string, string>>,
  generation: ServerGeneration,
): readonly (readonly [string, PropertyShape])[] {
  const old = generation === "old" ? { lacks: absentFromOldServers[name], has: onlyOnOldServers[name] } : undefined;
  return [
    ...Object.entries(declared).map(([property, type]): [string, PropertyShape] => [
      property,
      { type: parseShapeType(type), required: !mayBeAbsent(name, property) && old?.lacks?.includes(property) !== true },
    ]),
    ...extrasOf(name),
    ...optional(old?.has ?? {}),
  ];
}

function mayBeAbsent(name: string, property: string): boolean {
  return absentWhenNull.has(property) || (property === "Id" && withoutId.has(name));
}

function newerProperties(properties: Readonly<Record<string, string>>): readonly (readonly [string, PropertyShape])[] {
  return Object.entries(properties).map(([name, type]) => [
    name.replace(/\?$/, ""),
    { type: parseShapeType(type), required: !name.endsWith("?") },
  ]);
}

function extrasOf(name: string): readonly (readonly [string, PropertyShape])[] {
  return extraProperties.filter((extra) => extra.of === name).flatMap((extra) => optional(extra.properties));
}

function optional(properties: Readonly<Record<string, string>>): readonly (readonly [string, PropertyShape])[] {
  return Object.entries(properties).map(([name, type]) => [name, { type: parseShapeType(type), required: false }]);
}

function entryOf<Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function namesOf<Table extends object>(table: Table): (keyof Table)[] {
  const names: (keyof Table)[] = [];
  for (const name in table) names.push(name);
  return names;
}
