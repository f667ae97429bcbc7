import { expect, test } from "vitest";
import {
  digestLine,
  digestsShown,
  digestToShow,
  trainDigestLine,
  trainDigestsShown,
} from "../../src/rules/digest-line.ts";
import { asId } from "../../src/model.ts";
import { order } from "./build.ts";

const subject = { ...order, tenant: undefined };
const other = { ...subject, destination: { ...subject.destination, name: "Production" } };
const digestOf = (number: number) => number.toString(16).padStart(32, "0");

test("only the digests of this child's plans are found, in order", () => {
  const text = `${digestLine(digestOf(2), subject)}, ${digestLine(digestOf(3), other)}, Plan x (${digestLine(digestOf(1), subject)}`;

  expect(digestsShown(text, (digest) => digestLine(digest, subject))).toEqual([digestOf(2), digestOf(1)]);
});

test("searching 1 MB of instructions does not take minutes", { timeout: 60_000 }, () => {
  const text = Array.from({ length: 25_000 }, (_, number) => `Plan ${digestOf(number)} (`).join("");

  expect(digestsShown(text, (digest) => digestLine(digest, subject))).toEqual([]);
});

test("a plan for several children has a line of its own, which names the first", () => {
  const line = trainDigestLine(digestOf(4), [other, subject, subject]);

  expect(line).toBe(`Plan ${digestOf(4)} (train of 3: ${other.project.name} \u2026 to Production, Staging)`);
  expect(
    trainDigestsShown(`Please read\n  ${line.replace(" (", "\n(")} and ${digestLine(digestOf(5), other)}`),
  ).toEqual([digestOf(4)]);
  expect(digestsShown(line, (digest) => trainDigestLine(digest, [other, subject, subject]))).toEqual([digestOf(4)]);
  expect(digestsShown(line, (digest) => trainDigestLine(digest, [other, subject]))).toEqual([]);
});

test("the line of several children names every destination and tenant once", () => {
  const forTenant = (name: string) => ({
    ...subject,
    tenant: { id: asId<"Tenant">(name), name, isDisabled: false, tags: [], environmentsOf: new Map() },
  });
  const places = (train: Parameters<typeof trainDigestLine>[1]) => / to (.*)\)$/.exec(trainDigestLine("1", train))?.[1];

  expect(places([subject, subject])).toBe("Staging");
  expect(places([forTenant("Contoso"), forTenant("Fabrikam"), forTenant("Contoso")])).toBe(
    "Staging for Contoso, Staging for Fabrikam",
  );
  expect(places([subject, forTenant("Contoso"), other])).toBe("Staging, Staging for Contoso, Production");
});

test.each([
  { run: "a run under an approved plan, or the rest of one", whatIf: false, approved: "8141", shown: "8141" },
  { run: "a run without an approved plan", whatIf: false, approved: undefined, shown: "4763" },
  { run: "a what-if run, whose own plan is to be approved", whatIf: true, approved: "8141", shown: "4763" },
])("$run shows $shown", ({ whatIf, approved, shown }) => {
  expect(digestToShow({ order: { ...order, whatIf }, approval: { digest: approved } }, "4763")).toBe(shown);
});
