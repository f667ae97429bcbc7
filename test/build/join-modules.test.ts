import { describe, expect, test } from "vitest";
import { joinModules } from "../../scripts/build/join-modules.ts";

function join(modules: Readonly<Record<string, string>>) {
  return joinModules(new Map(Object.entries(modules)), "src/main.ts");
}

test("each module stands after those it imports, without import and export", () => {
  const { code, files } = join({
    "src/main.ts": `import { plan } from "./plan/plan.ts";\nimport { two } from "./two.ts";\nplan(two);\n`,
    "src/plan/plan.ts": `import { two } from "../two.ts";\n/** Why. */\nexport function plan(x) {\n  return x + two;\n}\n`,
    "src/two.ts": `export const two = 2; // not 1\nexport {};\n`,
    "src/unreached.ts": `export const never = 0;\n`,
  });

  expect(files).toEqual(["src/two.ts", "src/plan/plan.ts", "src/main.ts"]);
  expect(code.trim()).toBe(
    [
      "// -- src/two.ts\nconst two = 2; // not 1",
      "// -- src/plan/plan.ts\n/** Why. */\nfunction plan(x) {\n  return x + two;\n}",
      "// -- src/main.ts\nplan(two);",
    ].join("\n\n"),
  );
});

test("what comes from Node.js and from packages is bound once, and only what is used is taken", () => {
  const { code, packages } = join({
    "src/main.ts": [
      `import "./a.ts";`,
      `import { readFileSync as read } from "node:fs";`,
      `import * as timers from "node:timers/promises";`,
      `import axios from "axios/dist/node/axios.cjs";`,
      `import * as z from "zod/mini";`,
      `z.object({ z: z.string(), object: x.z });`,
      `z.array();`,
    ].join("\n"),
    "src/a.ts": `import { addDays, format } from "date-fns";\nimport * as z from "zod/mini";\nz.number();\n`,
  });

  expect(code.split("\n\n")[0]?.split("\n")).toEqual([
    `const { default: axios } = thirdParty["axios/dist/node/axios.cjs"];`,
    `const { addDays, format } = thirdParty["date-fns"];`,
    `const { readFileSync: read } = require("node:fs");`,
    `const timers = require("node:timers/promises");`,
    `const z = thirdParty["zod/mini"];`,
  ]);
  expect([...packages]).toEqual([
    ["axios/dist/node/axios.cjs", ["default"]],
    ["date-fns", ["addDays", "format"]],
    ["zod/mini", ["array", "number", "object", "string"]],
  ]);
});

describe("refuses, naming the file, what would not mean the same in one scope", () => {
  test.each([
    [
      "one name in two modules",
      { "src/main.ts": `import "./a.ts"; const [{ x: same }] = [];`, "src/a.ts": `function same() {}` },
      "src/a.ts and src/main.ts both have same",
    ],
    [
      "an import's name in another module",
      { "src/main.ts": `import "./a.ts"; class format {}`, "src/a.ts": `import { format } from "date-fns";` },
      "src/a.ts and src/main.ts both have format",
    ],
    [
      "two imports under one name",
      {
        "src/main.ts": `import "./a.ts"; import { format } from "node:util";`,
        "src/a.ts": `import { format } from "date-fns";`,
      },
      "src/a.ts and src/main.ts import two things under one name: format",
    ],
    [
      "the name of a global",
      { "src/main.ts": `import { setTimeout } from "node:timers/promises";` },
      "src/main.ts has setTimeout, which is a global's name",
    ],
    [
      "a circle",
      { "src/main.ts": `import "./a.ts";`, "src/a.ts": `import "./b.ts";`, "src/b.ts": `import "./a.ts";` },
      "in a circle: src/main.ts -> src/a.ts -> src/b.ts -> src/a.ts",
    ],
    [
      "another name for an own import",
      { "src/main.ts": `import { a as b } from "./a.ts";`, "src/a.ts": `export const a = 1;` },
      "src/main.ts gives a of ./a.ts another name: b",
    ],
    [
      "an own module as one value",
      { "src/main.ts": `import * as a from "./a.ts";`, "src/a.ts": `` },
      "src/main.ts gives * of ./a.ts another name: a",
    ],
    [
      "an export under another name",
      { "src/main.ts": `const a = 1; export { a as b };` },
      "src/main.ts exports a under another name",
    ],
    ["a default export", { "src/main.ts": `export default 1;` }, "src/main.ts has an export without a name"],
    ["export *", { "src/main.ts": `export * from "./a.ts";` }, "src/main.ts has an export without a name"],
    ["a missing module", { "src/main.ts": `import "./a.ts";` }, "src/main.ts imports src/a.ts, which does not exist"],
    ["zod as one value", { "src/main.ts": `import * as z from "zod/mini"; use(z);` }, "src/main.ts uses z whole"],
    [
      "a computed member of zod",
      { "src/main.ts": `import * as z from "zod/mini"; z[name];` },
      "src/main.ts uses z whole",
    ],
    ["zod's own z", { "src/main.ts": `import { z } from "zod/mini";` }, "every locale is bundled"],
    ["zod with its methods", { "src/main.ts": `import * as z from "zod";` }, 'Use `import * as z from "zod/mini"`'],
    [
      "zod's core as one value",
      { "src/main.ts": `import * as z from "zod/mini"; z.core.a;` },
      `Import from "zod/v4/core"`,
    ],
  ])("%s", (_, modules, message) => {
    expect(() => join(modules)).toThrow(message);
  });
});
