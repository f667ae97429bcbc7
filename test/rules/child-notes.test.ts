import { describe, expect, test } from "vitest";
import { asId } from "../../src/model.ts";
import { everything } from "../../src/rules/deployment-scope.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { childNotes } from "../../src/rules/train-notes.ts";
import { plan } from "./build.ts";

const deploy = { kind: "deploy", reason: "NewRelease" } as const;

function notes(differences: Partial<Plan>): readonly string[] {
  return childNotes(plan(deploy, { notes: "### Web API: 2.0", ...differences }), "Plan d1").split("\n\n");
}

describe("the notes for approvers of one child list blockers and warnings between the digest and the release notes", () => {
  test.each<{ readonly rule: string; readonly of: Partial<Plan>; readonly shown: readonly string[] }>([
    { rule: "neither blockers nor warnings", of: {}, shown: [] },
    {
      rule: "every blocker",
      of: {
        blockers: [
          { reason: "Frozen", text: "It is\nfrozen." },
          { reason: "Blocked", text: "<b>It is closed." },
        ],
      },
      shown: [
        "**Web API will not be deployed:** It is frozen.",
        "**Web API will not be deployed:** &lt;b>It is closed.",
      ],
    },
    {
      rule: "a scheduled start",
      of: {
        start: {
          kind: "at",
          instant: 0,
          local: "1970-01-01 01:00:00 +01:00",
          zone: "Europe/Berlin",
          utc: "1970-01-01T00:00:00Z",
          isDelay: false,
          expirySeconds: 0,
        },
      },
      shown: ["**Web API:** starts at 1970-01-01 01:00 Europe/Berlin (00:00 UTC)."],
    },
    {
      rule: "targets, and skipped steps",
      of: {
        scope: { ...everything, machines: [{ id: asId("Machines-1"), name: "web-1" }], skippedActionIds: ["a", "b"] },
      },
      shown: ["**Web API:** goes only to the machines web-1.", "**Web API:** skips 2 of its steps."],
    },
    {
      rule: "every warning",
      of: { warnings: ["This is a step back.", "Only a part ran there."] },
      shown: ["**Web API:** This is a step back.", "**Web API:** Only a part ran there."],
    },
  ])("$rule", ({ of, shown }) => {
    expect(notes(of)).toEqual(["Plan d1", ...shown, "### Web API: 2.0"]);
  });
});
