import { expect, test } from "vitest";
import { flag, resource, text, texts } from "../../src/octopus/fields.ts";
import type { FieldsOf } from "../../src/octopus/fields.ts";

/** As the api-client declares its resources. */
interface Thing {
  readonly Name: string;
  readonly IsDisabled: boolean;
  readonly Tags: readonly string[];
}

// `npm run typecheck` fails for each of these lines without its expectation, and for an expectation that no longer holds.
const rejected = [
  // @ts-expect-error -- the client declares no Title
  { title: text } satisfies FieldsOf<Thing>,
  // @ts-expect-error -- IsDisabled is a boolean
  { isDisabled: text } satisfies FieldsOf<Thing>,
  // @ts-expect-error -- Tags are texts
  { tags: flag } satisfies FieldsOf<Thing>,
  // @ts-expect-error -- the client declares no Labels
  { labels: ["Labels", texts] } satisfies FieldsOf<Thing, "labels">,
  // @ts-expect-error -- the client declares Name
  { name: text } satisfies FieldsOf<Thing, never, "Name">,
];

test("fields are read by the client's names, by other names, and if the client does not declare them", () => {
  const fields = {
    name: text,
    labels: ["Tags", texts],
    isOld: flag,
  } as const satisfies FieldsOf<Thing, "labels", "IsOld">;

  expect(resource(fields).parse({ Name: "a", Tags: ["b"], IsOld: true })).toEqual({
    name: "a",
    labels: ["b"],
    isOld: true,
  });
  expect(rejected).toHaveLength(5);
});
