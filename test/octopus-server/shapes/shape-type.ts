/**
 * The type of a property, parsed from the short notation of the tables: `string`, `integer`, `boolean`, `date-time`, `uuid`, `any`,
 * `<A|B>` for one of some words, `Name` for another definition, `T[]` for an array, `{T}` for a dictionary, `T or U` for either.
 */
export type ShapeType =
  | { readonly kind: "primitive"; readonly name: Primitive }
  | { readonly kind: "words"; readonly words: ReadonlySet<string> }
  | { readonly kind: "definition"; readonly name: string }
  | { readonly kind: "array"; readonly of: ShapeType }
  | { readonly kind: "dictionary"; readonly of: ShapeType }
  | { readonly kind: "either"; readonly of: readonly ShapeType[] };

export type Primitive = (typeof primitives)[number];

const primitives = ["string", "integer", "boolean", "date-time", "uuid", "any"] as const;

/** Throws on an unknown notation, because the tables are part of this repository. */
export function parseShapeType(text: string): ShapeType {
  if (text.startsWith("{") && text.endsWith("}")) return { kind: "dictionary", of: parseShapeType(text.slice(1, -1)) };
  if (text.includes(" or ")) return { kind: "either", of: text.split(" or ").map(parseShapeType) };
  if (text.endsWith("[]")) return { kind: "array", of: parseShapeType(text.slice(0, -2)) };
  if (text.startsWith("<") && text.endsWith(">"))
    return { kind: "words", words: new Set(text.slice(1, -1).split("|")) };
  const primitive = primitives.find((name) => name === text);
  if (primitive !== undefined) return { kind: "primitive", name: primitive };
  if (/^[A-Z]\w*$/.test(text)) return { kind: "definition", name: text };
  throw new Error(`"${text}" is no type in the notation of the shape tables.`);
}

/** Names of the definitions a type refers to. */
export function definitionsIn(type: ShapeType): readonly string[] {
  switch (type.kind) {
    case "definition":
      return [type.name];
    case "array":
    case "dictionary":
      return definitionsIn(type.of);
    case "either":
      return type.of.flatMap(definitionsIn);
    case "primitive":
    case "words":
      return [];
  }
}
