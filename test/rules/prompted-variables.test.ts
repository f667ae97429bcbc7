import { describe, expect, test } from "vitest";
import { parsePromptedValues } from "../../src/rules/prompted-variables.ts";

describe("lines Name::Value", () => {
  test.each([
    { rule: "nothing entered", text: "", values: {} },
    { rule: "blank lines alone", text: " \n\r\n ", values: {} },
    { rule: "one line", text: "Approver::Alice", values: { Approver: "Alice" } },
    {
      rule: "several lines, blank ones between, any line ending",
      text: "A::1\r\n\nB::2\rC::3\n",
      values: { A: "1", B: "2", C: "3" },
    },
    {
      rule: "split at the first two colons only",
      text: "Role::arn:aws:iam::1234:role/x",
      values: { Role: "arn:aws:iam::1234:role/x" },
    },
    { rule: "an IPv6 address", text: "Host::::1", values: { Host: "::1" } },
    {
      rule: "blanks around name and value are dropped",
      text: "  Who approves? ::  Alice B \t",
      values: { "Who approves?": "Alice B" },
    },
    { rule: "lines that start with # are comments", text: "# a comment\nA::1\n  #B::2\n#", values: { A: "1" } },
    { rule: "a # inside is part of name or value", text: "A#1::#2", values: { "A#1": "#2" } },
    { rule: "an empty value is a value", text: "Approver::", values: { Approver: "" } },
    { rule: "a single colon belongs to the name", text: "Url:Port::80", values: { "Url:Port": "80" } },
    { rule: "quotes are part of the value", text: 'A::"x"', values: { A: '"x"' } },
  ])("$rule", ({ text, values }) => {
    expect(parsePromptedValues(text)).toEqual({
      problems: [],
      values: Object.entries(values).map(([name, value]) => ({ name, value })),
    });
  });
});

describe("one JSON object", () => {
  test.each([
    { rule: "an empty object", text: " {} ", values: [] },
    {
      rule: "texts",
      text: '{"A": "1", "B": ""}',
      values: [
        ["A", "1"],
        ["B", ""],
      ],
    },
    {
      rule: "several lines and blanks are kept",
      text: '{"Key": " -----BEGIN\\n x \\r\\n"}',
      values: [["Key", " -----BEGIN\n x \r\n"]],
    },
    {
      rule: "escapes are read in names and values",
      text: '{"\\u0041\\"": "\\u00e9\\\\\\"}"}',
      values: [['A"', 'é\\"}']],
    },
    {
      rule: "separators inside a text are part of it",
      text: '{"A": "{[1,2]}: \\"B\\", ::"}',
      values: [["A", '{[1,2]}: "B", ::']],
    },
    {
      rule: "a number keeps its digits",
      text: '{"Version":1.10,"Big":12345678901234567890,"Small":-1.50e+3}',
      values: [
        ["Version", "1.10"],
        ["Big", "12345678901234567890"],
        ["Small", "-1.50e+3"],
      ],
    },
    {
      rule: "true and false",
      text: '{"A": true, "B": false}',
      values: [
        ["A", "true"],
        ["B", "false"],
      ],
    },
    { rule: "blanks around a name are dropped", text: '{" A ": "x"}', values: [["A", "x"]] },
    {
      rule: "names that mean something to JavaScript",
      text: '{"__proto__": "x", "constructor": "y"}',
      values: [
        ["__proto__", "x"],
        ["constructor", "y"],
      ],
    },
  ])("$rule", ({ text, values }) => {
    expect(parsePromptedValues(text)).toEqual({
      problems: [],
      values: values.map(([name, value]) => ({ name, value })),
    });
  });

  test("a value of a million characters", () => {
    const value = 'x"\\'.repeat(333_333);

    expect(parsePromptedValues(JSON.stringify({ Certificate: value }))).toEqual({
      problems: [],
      values: [{ name: "Certificate", value }],
    });
  });
});

describe("all problems are reported together, and none quotes a value", () => {
  test.each([
    { rule: "a single colon", text: "Password:hunter2", problems: ['line 1 lacks the "::" between name and value.'] },
    {
      rule: "every bad line",
      text: "hunter2\nA::hunter2\n\nhunter2",
      problems: ['line 1 lacks the "::" between name and value.', 'line 4 lacks the "::" between name and value.'],
    },
    { rule: "no name", text: " ::hunter2", problems: ['line 1 has no name before the "::".'] },
    { rule: "nothing at all before the colons", text: "::hunter2", problems: ['line 1 has no name before the "::".'] },
    {
      rule: "a name twice, in any case",
      text: "Key::hunter2\nOther::hunter2\nKEY::hunter2",
      problems: ['"KEY" is given more than once.'],
    },
    {
      rule: "a name three times is one problem",
      text: "A::hunter2\na::hunter2\nA::hunter2",
      problems: ['"A" is given more than once.'],
    },
    {
      rule: "problems of several kinds",
      text: "A::1\nhunter2\na::2",
      problems: ['line 2 lacks the "::" between name and value.', '"a" is given more than once.'],
    },
    { rule: "broken JSON", text: '{"A": "hunter2"', problems: ['it starts with "{" but is not valid JSON.'] },
    {
      rule: "JSON with something after it",
      text: '{"A": "hunter2"} hunter2',
      problems: ['it starts with "{" but is not valid JSON.'],
    },
    {
      rule: "a nested object",
      text: '{"A": {"B": "hunter2"}, "C": "x"}',
      problems: ['the value of "A" is neither a text in quotes nor a number, true or false.'],
    },
    {
      rule: "a list",
      text: '{"A": ["hunter2", {"A": 1}]}',
      problems: ['the value of "A" is neither a text in quotes nor a number, true or false.'],
    },
    {
      rule: "every nested value, and nothing inside one",
      text: '{"A": {"X": {}}, "B": "hunter2", "C": [["hunter2"]], "D": null}',
      problems: ["A", "C", "D"].map(
        (name) => `the value of "${name}" is neither a text in quotes nor a number, true or false.`,
      ),
    },
    {
      rule: "null",
      text: '{"A": null}',
      problems: ['the value of "A" is neither a text in quotes nor a number, true or false.'],
    },
    { rule: "an empty name", text: '{" ": "hunter2"}', problems: ["the JSON object has an empty name."] },
    {
      rule: "a name written twice, which JSON itself forgives",
      text: '{"A": "hunter2", "A": "hunter2"}',
      problems: ['"A" is given more than once.'],
    },
    {
      rule: "names in different case",
      text: '{"Key": "hunter2", "kEY": "hunter2"}',
      problems: ['"kEY" is given more than once.'],
    },
  ])("$rule", ({ text, problems }) => {
    const parsed = parsePromptedValues(text);

    expect(parsed).toMatchObject({ problems });
    expect(JSON.stringify(parsed.problems)).not.toContain("hunter2");
  });
});

test("reading 50,000 values does not take minutes", { timeout: 60_000 }, () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `Name ${index}::value`);

  expect(parsePromptedValues([...lines, "NAME 7::again"].join("\n")).problems).toEqual([
    '"NAME 7" is given more than once.',
  ]);
});
