import { describe, expect, test } from "vitest";
import { withShortComments, withoutLoneBraces } from "../../scripts/build/shorten-layout.ts";

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

describe("of a doc comment", () => {
  const shipped = (text: string, width = 190) => withShortComments(`x\n  ${text}\n  y`, width).slice(4, -4);

  test("the lines are filled", () => {
    const comment = "/**\n   * One two\n   * three four.\n   */";

    expect(shipped(comment)).toBe("/** One two three four. */");
    expect(shipped(comment, 20)).toBe("/** One two\n   * three four. */");
  });

  test.each([
    ["Does it. Elsewhere is told how.", "Does it."],
    ["Does it. Throws `NotFoundError`. Or so.", "Does it. Throws `NotFoundError`."],
    ["Waits. In milliseconds.", "Waits. In milliseconds."],
    ["Asks. Never twice. See https://octopus.com/docs", "Asks. Never twice. See https://octopus.com/docs"],
    ["A version such as `1.0 beta`: exact", "A version such as `1.0 beta`: exact"],
    ["Does it. More. @param a what", "Does it.\n   * @param a what"],
  ])("the gist is shipped: %s", (text, gist) => {
    expect(shipped(`/** ${text} */`)).toBe(`/** ${gist} */`);
  });
});
