import { describe, expect, test } from "vitest";
import { allRoutes } from "../routes/all-routes.ts";
import { checkShape, type ShapeName } from "./check-shape.ts";
import { pageOf, sampleOf } from "./sample-answer.ts";
import { collectedItem, definitionShape } from "./shape-table.ts";

type Resource = Readonly<Record<string, unknown>>;

const shapes: readonly ShapeName[] = [...new Set(allRoutes.flatMap(({ shape }) => shape ?? []))];

test("only routes that answer with text, bytes, names or nothing have no shape", () => {
  const without = allRoutes.filter(({ shape }) => shape === undefined).map(({ method, path }) => `${method} ${path}`);

  expect(without.toSorted()).toEqual([
    "DELETE deploymentfreezes/{id}",
    "DELETE releases/{id}",
    "GET artifacts/{id}/content",
    "GET machineroles/all",
    "GET tasks/{id}/raw",
    "PUT artifacts/{id}/content",
  ]);
});

describe.each(shapes)("an answer of the shape %s", (shape) => {
  const item = /^\[(\w+)\]$/.exec(shape)?.[1];
  const collected = collectedItem(shape);
  const whole: Resource =
    collected === undefined ? sampleOf(item ?? shape) : pageOf(collected, { skip: 0, take: 30, total: 1 });
  const violationsOf = (answer: Resource) => checkShape(shape, item === undefined ? answer : [answer]);

  test("is right as a whole, and wrong when it is {}", () => {
    expect(violationsOf(whole)).toEqual([]);
    expect(checkShape(shape, {})).not.toEqual([]);
    expect(violationsOf({})).not.toEqual([]);
  });

  test("is wrong when one property is missing", () => {
    const properties = definitionShape(item ?? shape, "current")?.properties ?? new Map();
    const needed = Object.keys(whole).filter((name) => properties.get(name)?.required !== false);
    const accepted = needed.filter((name) => violationsOf({ ...whole, [name]: undefined }).length === 0);

    expect(needed).not.toEqual([]);
    expect(accepted).toEqual([]);
  });

  test("is wrong when one property is misspelt", () => {
    const accepted = Object.entries(whole).filter(([name, value]) => {
      const misspelt = { ...whole, [name]: undefined, [`${name}x`]: value };
      return violationsOf(misspelt).length === 0;
    });

    expect(accepted).toEqual([]);
  });
});

const collections = shapes.flatMap((shape) => {
  const item = collectedItem(shape);
  return item === undefined ? [] : [{ shape, item }];
});

test.each(collections)("a page is wrong when one $item in it is {} or misspells a property", ({ shape, item }) => {
  const document = sampleOf(item);
  const [name = ""] = Object.keys(document);
  const wrong = [{}, { ...document, [name]: undefined, [`${name}x`]: document[name] }];
  const page = pageOf(item, { skip: 0, take: 30, total: 1 });

  const accepted = wrong.filter((one) => checkShape(shape, { ...page, Items: [one] }).length === 0);

  expect(accepted).toEqual([]);
});
