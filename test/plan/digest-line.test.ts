import { expect, test } from "vitest";
import { digestLine, digestsShown } from "../../src/plan/digest-line.ts";
import { order } from "./build.ts";

const digest = "0123456789abcdef0123456789abcdef";
const line = digestLine(digest, order);

test.each([
  { rule: "the line itself", text: `Release notes\n\n${line}\n`, shown: [digest] },
  { rule: "without a line", text: "Ready?", shown: [] },
  { rule: "a digest that is none", text: line.replace(digest, "0123"), shown: [] },
  { rule: "of another child", text: `Plan ${digest} (Database to Staging)`, shown: [] },
  { rule: "to another environment", text: `Plan ${digest} (Web API to Test)`, shown: [] },
  { rule: "for a tenant, where this one has none", text: `Plan ${digest} (Web API to Staging for Contoso)`, shown: [] },
  { rule: "wrapped", text: line.replace("Web API", "Web\r\n  API"), shown: [digest] },
  { rule: "in other letters", text: line.toUpperCase(), shown: [digest] },
  {
    rule: "several of them",
    text: `${line}\n${line.replace(digest, "f".repeat(32))}`,
    shown: [digest, "f".repeat(32)],
  },
])("digests shown: $rule", ({ text, shown }) => {
  expect(digestsShown(text, order)).toEqual(shown);
});

test.each([
  { rule: "as it is", write: (text: string) => text },
  {
    rule: "as HTML",
    write: (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&#39;"),
  },
  { rule: "as Markdown", write: (text: string) => text.replaceAll(/[&<_(]/g, String.raw`\$&`) },
])("a child with signs in its name is recognised, written $rule", ({ write }) => {
  const subject = { ...order, project: { ...order.project, name: "R&D's <Web_API>" } };

  expect(digestsShown(write(digestLine(digest, subject)), subject)).toEqual([digest]);
});
