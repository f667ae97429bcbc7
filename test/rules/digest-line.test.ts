import { expect, test } from "vitest";
import { digestLine, digestsShown, trainDigestLine, trainDigestsShown } from "../../src/rules/digest-line.ts";
import { order } from "./build.ts";

const subject = { ...order, tenant: undefined };
const other = { ...subject, destination: { ...subject.destination, name: "Production" } };
const digestOf = (number: number) => number.toString(16).padStart(32, "0");

test("only the digests of this child's plans are found, in order", () => {
  const text = `${digestLine(digestOf(2), subject)}, ${digestLine(digestOf(3), other)}, Plan x (${digestLine(digestOf(1), subject)}`;

  expect(digestsShown(text, (digest) => digestLine(digest, subject))).toEqual([digestOf(2), digestOf(1)]);
});

test("1 MB of instructions is no matter of minutes", { timeout: 60_000 }, () => {
  const text = Array.from({ length: 25_000 }, (_, number) => `Plan ${digestOf(number)} (`).join("");

  expect(digestsShown(text, (digest) => digestLine(digest, subject))).toEqual([]);
});

test("a plan for several children has a line of its own, which names the first", () => {
  const line = trainDigestLine(digestOf(4), [other, subject, subject]);

  expect(line).toBe(`Plan ${digestOf(4)} (train of 3: ${other.project.name} \u2026 to Production)`);
  expect(
    trainDigestsShown(`Please read\n  ${line.replace(" (", "\n(")} and ${digestLine(digestOf(5), other)}`),
  ).toEqual([digestOf(4)]);
  expect(digestsShown(line, (digest) => trainDigestLine(digest, [other, subject, subject]))).toEqual([digestOf(4)]);
  expect(digestsShown(line, (digest) => trainDigestLine(digest, [other, subject]))).toEqual([]);
});
