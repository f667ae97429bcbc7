import { expect, test } from "vitest";
import { withFullComments, withoutLoneBraces } from "../../scripts/build/shorten-layout.ts";

test.each([
  ["if (a) { return }", "if (a)   return  "],
  ["for (const a of b) { use(a) }", "for (const a of b)   use(a)  "],
  ["if (a) { return } else { use(b) }", undefined],
  ["if (a) { if (b) { return } } else { use(c) }", "if (a) { if (b)   return   } else { use(c) }"],
  ["if (a) { const b = a }", undefined],
  ["if (a) { use(a); use(b) }", undefined],
  ["while (a) { use(a) }", undefined],
])("braces around one statement, but not those that mean something: %s", (code, expected = code) => {
  const inFunction = (text: string) => `function f() { ${text} }`;

  expect(withoutLoneBraces(inFunction(code))).toBe(inFunction(expected));
});

test("a doc comment's lines are filled", () => {
  const comment = "x\n  /**\n   * One two\n   * three four.\n   */\n  y";

  expect(withFullComments(comment, 40)).toBe("x\n  /** One two three four. */\n  y");
  expect(withFullComments(comment, 20)).toBe("x\n  /** One two\n   * three four. */\n  y");
});
