import { describe, expect, test } from "vitest";
import { planArtifact, planFileName, readPlanArtifact } from "../../src/step/plan-artifact.ts";
import { asId } from "../../src/model.ts";
import { shapeDifference } from "../../src/rules/train-plan.ts";
import { everything } from "../../src/rules/deployment-scope.ts";
import { order, plan } from "../rules/build.ts";

const { identity } = order;
const stored = planArtifact(plan({ kind: "deploy", reason: "NewRelease" }));

describe("a stored plan", () => {
  test("is read back as what was approved, under its digest", () => {
    const { digest } = stored;

    expect(readPlanArtifact(JSON.parse(stored.json))).toMatchObject({
      digest,
      policy: "Stop",
      children: [{ name: order.project.name, level: 1, identity }],
      intentions: [{ identity }],
    });
  });

  test.each([
    { rule: "of another parent release", other: { parentRelease: "Releases-other" } },
    { rule: "of a runbook run", other: { parentRelease: null } },
    { rule: "in another space", other: { space: "Spaces-other" } },
    { rule: "of another child", other: { project: "Projects-other" } },
    { rule: "for another destination", other: { destination: "Environments-other" } },
    { rule: "for a tenant", other: { tenant: "Tenants-1" } },
    { rule: "of another channel", other: { channel: "Channels-other" } },
    { rule: "without a channel", other: { channel: null } },
    { rule: "in another mode", other: { mode: "AlwaysLatest" } },
  ])("$rule is neither found nor accepted", ({ other }) => {
    const asked = { ...identity, ...other };
    const run = { policy: "Stop", children: [{ name: order.project.name, level: 1, identity: asked }] };
    const read = readPlanArtifact(JSON.parse(stored.json));

    expect(typeof read === "string" ? read : shapeDifference(read, run)).toEqual(expect.any(String));
    expect(planFileName({ ...order, identity: asked }).slice(-23)).not.toBe(stored.fileName.slice(-23));
  });

  test("is found by the end of its file name, whatever its project is called by then", () => {
    const project = { ...order.project, name: "Renamed / with a long name".repeat(5) };

    expect(planFileName({ ...order, project }).slice(-23)).toBe(stored.fileName.slice(-23));
  });

  test("does not depend on the order in which its keys were written", () => {
    const { digest } = stored;
    const backwards = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, backwards(each)]),
      );
    };

    expect(readPlanArtifact(backwards(JSON.parse(stored.json)))).toMatchObject({ digest });
  });

  test.each([
    { rule: "nothing at all", content: null, says: /damaged/ },
    { rule: "no version", content: { digest: "x" }, says: /damaged/ },
    { rule: "a newer version", content: { version: 99 }, says: /version 99/ },
    { rule: "no intention", content: { version: 1, digest: "x" }, says: /parts of it are missing/ },
  ])("with $rule is refused", ({ content, says }) => {
    expect(readPlanArtifact(content)).toMatch(says);
  });

  describe("that is limited to some deployment targets", () => {
    const limited = (...names: readonly string[]) => {
      const machines = names.map((name) => ({ id: asId<"Machine">(name), name }));
      return planArtifact(plan({ kind: "deploy", reason: "NewRelease" }, { scope: { ...everything, machines } }));
    };

    test("has a digest that includes them, in whichever order they were entered", () => {
      expect(limited("web-1").digest).not.toBe(limited("web-2").digest);
      expect(limited("web-1", "web-2").digest).toBe(limited("web-2", "web-1").digest);
    });

    test("is read back with them, and refused when one was added", () => {
      const content = JSON.parse(limited("web-1").json);
      const { targets } = content.intention;

      expect(readPlanArtifact(content)).toMatchObject({ intentions: [{ targets: { specificMachineIds: ["web-1"] } }] });
      const wider = { ...targets, specificMachineIds: ["web-1", "web-2"] };
      expect(readPlanArtifact({ ...content, intention: { ...content.intention, targets: wider } })).toMatch(
        /its digest does not match/,
      );
    });
  });

  describe("that skips steps", () => {
    const deploy = { kind: "deploy", reason: "NewRelease" } as const;
    const skipping = (...skippedActionIds: readonly string[]) =>
      planArtifact(plan(deploy, { scope: { ...everything, skippedActionIds } }));

    test("has a digest that includes them, in whichever order they were entered", () => {
      expect(skipping("a-1").digest).not.toBe(skipping("a-2").digest);
      expect(skipping("a-1", "a-2").digest).toBe(skipping("a-2", "a-1").digest);
    });

    test("is read back with them, and refused when one was removed", () => {
      const content = JSON.parse(skipping("a-2", "a-1").json);

      expect(readPlanArtifact(content)).toMatchObject({ intentions: [{ skippedSteps: ["a-1", "a-2"] }] });
      expect(readPlanArtifact({ ...content, intention: { ...content.intention, skippedSteps: ["a-1"] } })).toMatch(
        /its digest does not match/,
      );
    });

    test("has the digest of earlier versions if it skips none and has all targets", () => {
      expect(skipping().digest).toBe("623540d6e37491fe7add32d803bc7b82");
    });
  });
});
