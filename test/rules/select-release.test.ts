import { describe, expect, test } from "vitest";
import { asId, type Id } from "../../src/model.ts";
import { attempt } from "./build.ts";
import { type Candidate, refusalLimit, selectRelease } from "../../src/rules/select-release.ts";

interface Case {
  readonly rule: string;
  /** Best first; `1.0/unproven` is a deployment without a server task. */
  readonly candidates: readonly string[];
  readonly matching?: readonly string[];
  readonly promotable?: readonly string[];
  readonly selected: string | undefined;
  readonly passedOver?: readonly string[];
  readonly asked?: readonly string[];
}

const cases: readonly Case[] = [
  { rule: "no candidates: no release", candidates: [], selected: undefined },
  {
    rule: "the first acceptable release is selected, and the server is not asked about the rest",
    candidates: ["1.1", "1.0"],
    selected: "1.1",
    asked: ["1.1"],
  },
  {
    rule: "a version that does not match is passed over without asking the server",
    candidates: ["2.0", "1.0"],
    matching: ["1.0"],
    selected: "1.0",
    passedOver: ["2.0 other-version"],
    asked: ["1.0"],
  },
  {
    rule: "a release that the server refuses is passed over",
    candidates: ["1.1", "1.0"],
    promotable: ["1.0"],
    selected: "1.0",
    passedOver: ["1.1 not-promotable"],
  },
  {
    rule: "a release is judged once",
    candidates: ["1.1", "1.1", "1.0"],
    promotable: ["1.0"],
    selected: "1.0",
    asked: ["1.1", "1.0"],
  },
  {
    rule: "a deployment without a task proves nothing",
    candidates: ["1.1/unproven", "1.0"],
    selected: "1.0",
    passedOver: ["1.1 unproven"],
    asked: ["1.0"],
  },
  {
    rule: "an unproven release is selected if a later candidate proves it",
    candidates: ["1.1/unproven", "1.1"],
    selected: "1.1",
    passedOver: [],
  },
  {
    rule: "the server refuses every release: no release",
    candidates: ["1.1", "1.0"],
    promotable: [],
    selected: undefined,
    passedOver: ["1.1 not-promotable", "1.0 not-promotable"],
  },
];

describe("the selected release", () => {
  test.each(cases)("$rule", async ({ candidates, matching, promotable, selected, passedOver, asked }) => {
    const questions = record(matching, promotable);

    const selection = await selectRelease(listed(candidates), questions);

    expect(selection.kind === "selected" ? version(selection.candidate) : undefined).toBe(selected);
    if (passedOver !== undefined) {
      expect(selection.passedOver.map((each) => `${version(each.candidate)} ${each.rejection}`)).toEqual(passedOver);
    }
    if (asked !== undefined) expect(questions.asked).toEqual(asked);
  });

  test("twenty refusals end the search, although the next release would be allowed", async () => {
    const refused = Array.from({ length: refusalLimit }, (_, index) => `1.${index}`);
    const questions = record(undefined, ["0.9"]);

    const selection = await selectRelease(listed([...refused, "0.9"]), questions);

    expect(selection).toMatchObject({ kind: "none", gaveUp: true });
    expect(questions.asked).toEqual(refused);
  });
});

async function* listed(candidates: readonly string[]): AsyncGenerator<Candidate> {
  for (const text of candidates) {
    const releaseId = asId<"Release">(text.replace("/unproven", ""));
    const state = text.endsWith("/unproven") ? "purged" : "Success";
    yield { releaseId, attempt: attempt({ state }) };
  }
}

function version(candidate: Candidate): string {
  return candidate.releaseId;
}

function record(matching: readonly string[] | undefined, promotable: readonly string[] | undefined) {
  const asked: string[] = [];
  return {
    asked,
    matchesPattern: async (id: Id<"Release">) => matching === undefined || matching.includes(id),
    isPromotable: async (id: Id<"Release">) => {
      asked.push(id);
      return promotable === undefined || promotable.includes(id);
    },
  };
}
