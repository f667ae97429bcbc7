import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkShape, isShapeName, collectionOf, definitionNames, type ShapeName } from "./check-shape.ts";
import {
  absentFromOldServers,
  controlsByType,
  correctedTypes,
  onlyOnOldServers,
  openDefinitions,
  withoutId,
} from "./exceptions.ts";
import { extraProperties } from "./extra-properties.ts";
import { generateShapes } from "./generate-shapes.ts";
import { newerDefinitions } from "./newer-definitions.ts";
import { sampleOf } from "./sample-answer.ts";
import { definitionShape } from "./shape-table.ts";
import { definitionsIn, parseShapeType } from "./shape-type.ts";
import documentedAnswers from "./contract/documented-answers.json" with { type: "json" };
import shapes from "./shapes.json" with { type: "json" };

const oldTaskPage = [
  "$ has IsStale, which ResourceCollection_of_TaskResource does not declare.",
  "$ has the link Page.[n], which only old servers give.",
  "$ lacks LastPageNumber, which ResourceCollection_of_TaskResource declares.",
  "$ lacks NumberOfPages, which ResourceCollection_of_TaskResource declares.",
  "$ lacks the link Page.All.",
  "$ lacks the link Page.Last.",
  "$.Items[n] lacks SpaceId, which TaskResource declares.",
];

describe("the contract", () => {
  it("generates the committed table", () => {
    const generated = generateShapes(readContract("octopus-swagger-2020.5.json"));

    expect(generated).toBe(readFileSync(new URL("shapes.json", import.meta.url), "utf8"));
  });

  it.each<[string, ShapeName, readonly string[]]>([
    [
      "real-api-root-2019.7.json",
      "RootResource",
      [
        "$ lacks HasLongTermSupport, which RootResource declares.",
        "$ lacks IsEarlyAccessProgram, which RootResource declares.",
      ],
    ],
    ["real-tasks-page-1.json", collectionOf("TaskResource"), oldTaskPage],
    ["real-tasks-last-page.json", collectionOf("TaskResource"), oldTaskPage],
  ])(
    "%s has the shape of an old server's answer, and differs from today's only as listed",
    (file, shape, differences) => {
      const answer: unknown = JSON.parse(readContract(file));

      const asOld = checkShape(shape, answer, "old");
      const asCurrent = checkShape(shape, answer).map((violation) => violation.replace(/Page\.\d+|\[\d+\]/, numbered));

      expect(asOld).toEqual([]);
      expect([...new Set(asCurrent)].sort()).toEqual(differences);
    },
  );

  it.each(documentedAnswers)("knows every property of the documented answer $shape", ({ shape, answer }) => {
    // A page of the documentation leaves out properties that it is not about, so missing ones do not count.
    expect(checkShape(shapeNamed(shape), answer).filter((violation) => !violation.includes(" lacks "))).toEqual([]);
  });
});

describe("each definition", () => {
  /** Controls have no properties in common. */
  const names = definitionNames.filter((name) => name !== "Control");

  it.each(names)("%s may have all properties, or null for each, or no newer ones", (name) => {
    const all = sampleOf(name);
    const nulls = Object.fromEntries(Object.keys(all).map((property) => [property, null]));
    const required = Object.fromEntries(Object.entries(all).filter(([property]) => isRequired(name, property)));

    expect([all, nulls, required].map((answer) => checkShape(name, answer))).toEqual([[], [], []]);
  });

  it.each(names)("%s needs each property it declares", (name) => {
    const all = sampleOf(name);

    const violations = Object.keys(all).flatMap((gone) => checkShape(name, { ...all, [gone]: undefined }));

    expect(violations).toEqual(
      Object.keys(all)
        .filter((property) => isRequired(name, property))
        .map((property) => `$ lacks ${property}, which ${name} declares.`),
    );
  });

  it.each(names)("%s has no others, unless it is open", (name) => {
    const violations = checkShape(name, { ...sampleOf(name), Surprise: 1 });

    expect(violations).toEqual(name in openDefinitions ? [] : [`$ has Surprise, which ${name} does not declare.`]);
  });

  it("refers to definitions that exist", () => {
    const types = names.flatMap((name) => [...(definitionShape(name, "current")?.properties.values() ?? [])]);

    expect(types.flatMap(({ type }) => definitionsIn(type)).filter((name) => !exists(name))).toEqual([]);
  });
});

describe("the exceptions", () => {
  const declared: Readonly<Record<string, Readonly<Record<string, string>>>> = shapes.definitions;

  it("name definitions that exist", () => {
    const named = [
      ...withoutId,
      ...Object.keys(openDefinitions),
      ...Object.values(controlsByType),
      ...Object.keys(absentFromOldServers),
      ...Object.keys(onlyOnOldServers),
      ...Object.keys(correctedTypes).map((path) => path.replace(/\..*/, "")),
    ];

    expect(named.filter((name) => name !== "ResourceCollection" && !exists(name))).toEqual([]);
  });

  it("add only what the Swagger file does not declare", () => {
    const twice = extraProperties.flatMap(({ of, properties }) =>
      Object.keys(properties).filter((property) => property in (declared[of] ?? {})),
    );

    expect(twice).toEqual([]);
    expect(Object.keys(newerDefinitions).filter((name) => name in declared)).toEqual([]);
  });

  it("name the page they come from", () => {
    const entries = [...extraProperties, ...Object.values(newerDefinitions), ...Object.values(correctedTypes)];

    expect(entries.filter(({ source }) => !/^(?:D26|CS|GO|T17|docs|api-client\.ts) ?\S*/.test(source))).toEqual([]);
  });
});

describe("the notation of types", () => {
  it.each(["number", "taskResource", "<A|B", "", "string?", "Task-Resource"])("%j is none", (text) => {
    expect(() => parseShapeType(text)).toThrow("is no type in the notation");
  });
});

function readContract(file: string): string {
  return readFileSync(new URL(`contract/${file}`, import.meta.url), "utf8");
}

/** `documented-answers.json` names an array of documents as the shape table does. */
function shapeNamed(name: string): ShapeName {
  if (!isShapeName(name)) throw new Error(`There is no shape ${name}.`);
  return name;
}

function numbered(part: string): string {
  return part.startsWith("[") ? "[n]" : "Page.[n]";
}

function isRequired(name: string, property: string): boolean {
  return definitionShape(name, "current")?.properties.get(property)?.required === true;
}

function exists(name: string): boolean {
  return definitionShape(name, "current") !== undefined;
}
