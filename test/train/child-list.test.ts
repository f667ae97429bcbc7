import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ListLabels, mostChildren, parseChildList } from "../../src/train/child-list.ts";

const labels: ListLabels<string> = {
  perChild: [
    { key: "channel", label: "channel", shortName: "Channel.Name", hasBlock: false },
    { key: "release", label: "release number", shortName: "Release.Number", hasBlock: false },
    { key: "tenant", label: "tenant", shortName: "Tenant.Name", hasBlock: false },
    { key: "prompted", label: "prompted variables", shortName: "Prompted.Variables", hasBlock: true },
  ],
  fieldOfStep: (label) => (label === "what-if" ? '"Plan only (what-if)" (ChildProject.WhatIf.Value)' : undefined),
};

const token = (name: string) => ["#", "{", name, "}"].join("");

function listOf(...lines: readonly string[]) {
  return parseChildList(lines.join("\n"), labels);
}

/** The children of a valid list, each written as `line: [+ ]name { key: value }`. */
function childrenOf(text: string): readonly string[] {
  const { children, problems } = parseChildList(text, labels);
  expect(problems).toEqual([]);
  return children.map(({ line, together, name, overrides }) => {
    const settings = [...overrides].map(([key, { value }]) => `${key}: ${value.replaceAll("\n", "|")}`);
    return `${line}: ${together ? "+ " : ""}${name}${settings.length > 0 ? ` { ${settings.join("; ")} }` : ""}`;
  });
}

function problemsOf(...lines: readonly string[]): readonly string[] {
  return listOf(...lines).problems.map(({ line, text }) => `${line ?? "list"} ${text}`);
}

describe("a valid list", () => {
  test.each([
    { rule: "one project", text: "Web API", children: ["1: Web API"] },
    { rule: "a blank that does not break", text: "Web\u00a0API\nWeb\u00a0UI", children: ["1: Web API", "2: Web UI"] },
    { rule: "blanks around it", text: "  \tWeb API\u00a0 \r\n", children: ["1: Web API"] },
    { rule: "one name, whatever it contains", text: "Channel: Hotfix", children: ["1: Channel: Hotfix"] },
    { rule: "line breaks around one name", text: "\n  Web API\n\n", children: ["2: Web API"] },
    {
      rule: "names with commas, pluses and colons",
      text: "Web, API\nC++\n+1 Service\nWeb: API\nA::B",
      children: ["1: Web, API", "2: C++", "3: +1 Service", "4: Web: API", "5: A::B"],
    },
    {
      rule: "children that start together",
      text: "Database\nWeb API\n+ Scheduling Service\n+\u00a0 C++\n+\tWeb UI",
      children: ["1: Database", "2: Web API", "3: + Scheduling Service", "4: + C++", "5: + Web UI"],
    },
    {
      rule: "settings, in any case and by the parameter's short name",
      text: "Web API\n    RELEASE  number: 2021.1.*\n    channel.name: Hotfix\n+ Web UI\n    Tenant: Contoso",
      children: ["1: Web API { release: 2021.1.*; channel: Hotfix }", "4: + Web UI { tenant: Contoso }"],
    },
    {
      rule: "a value is everything after the first colon and blank",
      text: "Web API\n channel: a: b, c:d",
      children: ["1: Web API { channel: a: b, c:d }"],
    },
    {
      rule: "any indentation",
      text: "Web API\n\ttenant: A\n \u00a0channel: B\n            release number: 1.0\nWeb UI\n\u00a0tenant: C",
      children: ["1: Web API { tenant: A; channel: B; release: 1.0 }", "5: Web UI { tenant: C }"],
    },
    {
      rule: "a list that is indented as a whole",
      text: "  Web API\n    tenant: A\n  + Web UI\n    tenant: B",
      children: ["1: Web API { tenant: A }", "3: + Web UI { tenant: B }"],
    },
    {
      rule: "line breaks of every system",
      text: "Web API\r\n  tenant: A\r\n+ Web UI\rDatabase\r\n\r\n",
      children: ["1: Web API { tenant: A }", "3: + Web UI", "4: Database"],
    },
    {
      rule: "a block",
      text: "Web API\n  prompted variables:\n    Approver::Sam\n    # a comment: said\n    Reason::x: y\n  tenant: A",
      children: ["1: Web API { prompted: |Approver::Sam|# a comment: said|Reason::x: y; tenant: A }"],
    },
    {
      rule: "a tab is as deep as four blanks",
      text: "Web API\n   prompted variables:\n\tA::1\n\tB::2\n   tenant: T",
      children: ["1: Web API { prompted: |A::1|B::2; tenant: T }"],
    },
    {
      rule: "a block that begins beside its label",
      text: "Web API\n\tprompted variables: A::1\n\t\tB::2\nWeb UI",
      children: ["1: Web API { prompted: A::1|B::2 }", "4: Web UI"],
    },
  ])("$rule", ({ text, children }) => {
    expect(childrenOf(text)).toEqual(children);
  });

  test("the largest number of children", () => {
    const names = Array.from({ length: mostChildren }, (_, index) => `Component ${index}`);

    expect(childrenOf(names.join("\n"))).toHaveLength(50);
  });
});

describe("problems of a list", () => {
  const emptyLine = "is empty: did an expression come out empty?";
  const inBlock = 'looks like a prompted variable: indent it deeper than the line "prompted variables:" above it.';

  test.each<{ rule: string; lines: readonly string[]; problems: readonly string[] }>([
    {
      rule: "no text at all",
      lines: [""],
      problems: ["list is empty: enter the name of the child project, or the names of several, one per line."],
    },
    {
      rule: "only blanks",
      lines: ["  ", "\t", "\u00a0"],
      problems: ["list is empty: enter the name of the child project, or the names of several, one per line."],
    },
    {
      rule: "a blank line inside",
      lines: ["A", "", "B", "  ", "  tenant: T"],
      problems: [`2 ${emptyLine}`, `4 ${emptyLine}`],
    },
    { rule: "a blank line before the first child", lines: ["", "A", "B"], problems: [`1 ${emptyLine}`] },
    {
      rule: "a blank line inside a block",
      lines: ["A", "  prompted variables:", "    B::1", "", "    C::2"],
      problems: [`4 ${emptyLine}`],
    },
    {
      rule: "an unknown label",
      lines: ["A", "    chanel: Hotfix"],
      problems: ['2 has the unknown label "chanel". The nearest labels: "channel", "tenant", "release number".'],
    },
    {
      rule: "an unknown label with a block below is one problem",
      lines: ["A", "    prompted values:", "      B::1", "      C::2", "B"],
      problems: [
        '2 has the unknown label "prompted values". The nearest labels: "prompted variables", "release number", "tenant".',
      ],
    },
    {
      rule: "an unknown label of two words",
      lines: ["A", "    roll back: never"],
      problems: [expect.stringMatching(/^2 has the unknown label "roll back"\. The nearest labels: /)],
    },
    {
      rule: "a field that is the same for all children",
      lines: ["A", "  What-If: Yes"],
      problems: [
        `2 has the label "What-If", but "Plan only (what-if)" (ChildProject.WhatIf.Value) is the same for all children: set it in the step's own field.`,
      ],
    },
    {
      rule: "a label twice, under both of its names",
      lines: ["A", "  channel: X", "  Channel.Name: Y"],
      problems: ['3 gives "channel" again, which line 2 gives already.'],
    },
    {
      rule: "a label twice for one child only",
      lines: ["A", "  channel: X", "B", "  channel: X", "  tenant: T", "  channel: Y"],
      problems: ['6 gives "channel" again, which line 4 gives already.'],
    },
    {
      rule: "a label without a child",
      lines: ["  channel: Hotfix", "A"],
      problems: ['1 sets "channel", but no child stands above it: did an expression come out empty?'],
    },
    {
      rule: "a label without a child and nothing else",
      lines: ["  channel: Hotfix"],
      problems: ['list sets "channel", but no child stands above it: did an expression come out empty?'],
    },
    {
      rule: "a label whose child came out empty",
      lines: ["", "  channel: Hotfix"],
      problems: [`1 ${emptyLine}`, '2 sets "channel", but no child stands above it: did an expression come out empty?'],
    },
    {
      rule: "a value that is missing",
      lines: ["A", "  channel:", "  tenant: \u00a0", "  prompted variables:", "B"],
      problems: ["channel", "tenant", "prompted variables"].map(
        (label, index) => `${index + 2} has no value for "${label}": did an expression come out empty?`,
      ),
    },
    {
      rule: "a value in a line of its own",
      lines: ["A", "  channel:", "    Hotfix"],
      problems: [
        '2 has no value for "channel": did an expression come out empty?',
        '3 is indented but is not "label: value": remove the indentation if it names a child.',
      ],
    },
    {
      rule: "an indented line that is no setting",
      lines: ["A", "  channel:Hotfix", "  B"],
      problems: [2, 3].map(
        (line) => `${line} is indented but is not "label: value": remove the indentation if it names a child.`,
      ),
    },
    ...["+", "+ ", "+ +", "+\u00a0\t"].map((line) => ({
      rule: `only a plus: ${JSON.stringify(line)}`,
      lines: ["A", line, "B"],
      problems: ['2 is only a "+": enter the name of a child behind it.'],
    })),
    {
      rule: "a name that ends with a colon",
      lines: ["Database:", "  tenant: T", "+ Web API:"],
      problems: ["Database", "Web API"].map(
        (name, index) =>
          `${1 + 2 * index} is "${name}:", which ends with a colon: remove the colon, or enter the slug or ID of the project.`,
      ),
    },
    {
      rule: "the only name ends with a colon",
      lines: ["Database:"],
      problems: [
        `list is "Database:", which ends with a colon: remove the colon, or enter the slug or ID of the project.`,
      ],
    },
    {
      rule: "a label that is not indented",
      lines: ["A", "Release number: 1.0"],
      problems: [
        `2 begins with the label "release number" but is not indented: indent it below its child. Or enter the slug or ID of the project.`,
      ],
    },
    {
      rule: "a label after a plus",
      lines: ["A", "+ Tenant: T"],
      problems: [
        `2 begins with the label "tenant" but is not indented: indent it below its child. Or enter the slug or ID of the project.`,
      ],
    },
    {
      rule: "a first child that starts together with the one before",
      lines: ["+ A", "B"],
      problems: ['1 begins with "+ ", but no child stands before: remove the "+ ".'],
    },
    {
      rule: "an unresolved expression in a name",
      lines: ["A", `+ Web ${token("Component")}`, token("if More").slice(0, -1)],
      problems: [
        `2 contains ${token("Component")}, which Octopus could not resolve: correct the name or define the variable.`,
        `3 contains ${["#", "{"].join("")}, which Octopus could not resolve: correct the name or define the variable.`,
      ],
    },
    {
      rule: "an unresolved expression in a label",
      lines: ["A", `  ${token("Label")}: 1`],
      problems: [
        `2 contains ${token("Label")}, which Octopus could not resolve: correct the name or define the variable.`,
      ],
    },
    {
      rule: "values of prompted variables that are not indented deeper",
      lines: ["A", "  prompted variables: X::1", "  Password::hunter2", "  Password::hunter2: 3", "Password::hunter2"],
      problems: [3, 4, 5].map((line) => `${line} ${inBlock}`),
    },
  ])("$rule", ({ lines, problems }) => {
    expect(problemsOf(...lines)).toEqual(problems);
  });

  test("too many children, with their number", () => {
    const names = Array.from({ length: 51 }, (_, index) => `Component ${index}`);

    expect(problemsOf(...names)).toEqual([
      "list names 51 children, but one step deploys at most 50: split them into several steps.",
    ]);
  });

  test("all problems are reported at once, in the order of the lines", () => {
    const problems = problemsOf("+ A", "  channel:", "  color: red", "", "+", "B:", token("C"));

    expect(problems.map((problem) => problem.split(" ")[0])).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  });

  test("a child whose name is wrong keeps its settings", () => {
    const { children } = listOf("Database:", "  tenant: T", token("B"), "  tenant: U");

    expect(children.map(({ overrides }) => overrides.get("tenant")?.value)).toEqual(["T", "U"]);
  });

  test("after fifty problems the others are counted", () => {
    const problems = problemsOf("A", ...Array.from({ length: 1000 }, () => "  colour: red"));

    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe("list has 950 more problems.");
  });

  test("no problem quotes more than 200 characters", () => {
    for (const lines of [
      ["A", `  ${"x".repeat(500)}: 1`],
      ["A", `${"x".repeat(500)}:`],
      ["A", token("x".repeat(500))],
    ]) {
      const [problem = ""] = problemsOf(...lines);
      expect(problem).toContain("x".repeat(190));
      expect(problem).not.toContain("x".repeat(201));
    }
  });
});

describe("any list", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9.,+&'_-]{1,12}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `N${words.join(" ")}`);
  const blank = fc.constantFrom(" ", "\t", "\u00a0");
  const setting = fc.record({
    key: fc.constantFrom("channel", "release", "tenant", "prompted"),
    byShortName: fc.boolean(),
    upper: fc.boolean(),
    value: name,
    block: fc.array(
      fc.tuple(word, word).map(([left, right]) => `${left}::${right}`),
      { maxLength: 3 },
    ),
  });
  const listed = fc.record({
    name,
    together: fc.boolean(),
    indent: fc.array(blank, { minLength: 1, maxLength: 6 }).map((blanks) => blanks.join("")),
    settings: fc.uniqueArray(setting, { selector: ({ key }) => key }),
    after: fc.constantFrom("", " ", "\t", "\u00a0"),
  });

  test("that is well formed is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.array(listed, { minLength: 1, maxLength: 10 }),
        fc.constantFrom("\n", "\r\n"),
        (children, lineBreak) => {
          const lines: string[] = [];
          const expected = children.map((child, index) => {
            const together = child.together && index > 0;
            lines.push(`${together ? "+ " : ""}${child.name}${child.after}`);
            const line = lines.length;
            const overrides = child.settings.map(({ key, byShortName, upper, value, block }) => {
              const known = labels.perChild.find((each) => each.key === key);
              const label = (byShortName ? known?.shortName : known?.label) ?? "";
              const more = key === "prompted" ? block : [];
              lines.push(`${child.indent}${upper ? label.toUpperCase() : label}: ${value}${child.after}`);
              const override = { label: known?.label, value: [value, ...more].join("\n"), line: lines.length };
              lines.push(...more.map((each) => `${child.indent}  ${each}`));
              return [key, override] as const;
            });
            return { name: child.name, line, together, overrides: new Map(overrides) };
          });

          expect(parseChildList(lines.join(lineBreak), labels)).toEqual({ children: expected, problems: [] });
        },
      ),
      { numRuns: 300, seed: 20261129 },
    );
  });

  test.each([
    { rule: "unknown labels", line: "  x: y" },
    { rule: "children", line: "Web API" },
    { rule: "blank lines between", line: "\nWeb API" },
    { rule: "half-written expressions", line: "  #" },
    { rule: "lines of a block", line: "  prompted variables:\n     x::y" },
  ])("a megabyte of $rule is read, and only the first problems are listed", ({ line }) => {
    const text = (size: number) => `A\n${`${line}\n`.repeat(size / (line.length + 1))}Z`;
    const { problems } = parseChildList(text(1_000_000), labels);

    expect(problems.length).toBeLessThanOrEqual(mostChildren + 2);
  });

  test.each(["+ ", " ", "\t", ":", ": ", "#", "x: ", "\u00a0", "::"])(
    "a line of a megabyte of %j is read, and problems stay short",
    (piece) => {
      const long = piece.repeat(1_000_000 / piece.length);

      for (const text of [long, `A\n${long}\nB`, `A\n  ${long}x\nB`]) {
        for (const { text: said } of parseChildList(text, labels).problems) expect(said.length).toBeLessThan(500);
      }
    },
  );

  test("of random text gives children or problems, never an error", () => {
    const piece = fc.constantFrom(
      ..."+ |\n|\r|\t|\u00a0|:|: |::|#|{|}|channel|prompted variables:|Tenant.Name|what-if|Web| ".split("|"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 60 }).map((all) => all.join("")),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const { children, problems } = parseChildList(text, labels);
          expect(children.length + problems.length).toBeGreaterThan(0);
          for (const { text: said } of problems) expect(said).toMatch(/^[a-z][^]*[.?]$/);
          if (problems.length > 0) return;
          for (const child of children) expect(child.name.trim()).toBe(child.name);
          expect(children.every((child) => child.name !== "" && child.name !== "+")).toBe(true);
          expect(children[0]?.together).toBe(false);
        },
      ),
      { numRuns: 300, seed: 20261129 },
    );
  });
});
