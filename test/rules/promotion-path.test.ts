import { describe, expect, test } from "vitest";
import { asId, type Phase } from "../../src/model.ts";
import { promotionPath } from "../../src/rules/promotion-path.ts";

const environment = asId<"Environment">;

/** `Dev > QA1 QA2? > Production`: phases from first to last, optional ones with a question mark. */
function phasesOf(text: string): readonly Phase[] {
  return text.split(">").map((part) => ({
    name: part.trim(),
    environmentIds: part.match(/\w+/g)?.map(environment) ?? [],
    isOptional: part.includes("?"),
  }));
}

describe("without a given source, the previous phases decide", () => {
  test.each([
    {
      rule: "the phase before, when it is required",
      lifecycle: "Dev > Test > Staging",
      destination: "Staging",
      from: ["Test"],
      allOptional: false,
    },
    {
      rule: "not the phases before a required one",
      lifecycle: "Dev > Test > Staging > Production",
      destination: "Production",
      from: ["Staging"],
      allOptional: false,
    },
    {
      rule: "all environments of the phase",
      lifecycle: "Dev > QA1 QA2 > Staging",
      destination: "Staging",
      from: ["QA1", "QA2"],
      allOptional: false,
    },
    {
      rule: "an optional phase and the required one before it",
      lifecycle: "Dev > Test > Perf? > Staging",
      destination: "Staging",
      from: ["Perf", "Test"],
      allOptional: false,
    },
    {
      rule: "several optional phases, nearest first",
      lifecycle: "Dev > Test > Perf? > Pen1 Pen2? > Staging",
      destination: "Staging",
      from: ["Pen1", "Pen2", "Perf", "Test"],
      allOptional: false,
    },
    {
      rule: "only optional phases before",
      lifecycle: "Dev? > Test? > Staging",
      destination: "Staging",
      from: ["Test", "Dev"],
      allOptional: true,
    },
    {
      rule: "one optional phase before",
      lifecycle: "Dev? > Test",
      destination: "Test",
      from: ["Dev"],
      allOptional: true,
    },
    {
      rule: "an optional destination",
      lifecycle: "Dev > Test > Perf? > Staging",
      destination: "Perf",
      from: ["Test"],
      allOptional: false,
    },
    {
      rule: "the destination's phase has several environments",
      lifecycle: "Test > EU US",
      destination: "US",
      from: ["Test"],
      allOptional: false,
    },
    {
      rule: "one phase per environment, as an empty lifecycle is previewed",
      lifecycle: "Dev > Test > Staging > Prod_Approval > Production",
      destination: "Production",
      from: ["Prod_Approval"],
      allOptional: false,
    },
    {
      rule: "a phase left without environments is no source",
      lifecycle: "Dev > Test >  > Staging",
      destination: "Staging",
      from: ["Test"],
      allOptional: false,
    },
    {
      rule: "an environment in two phases is pooled once",
      lifecycle: "Test > Perf Test? > Staging",
      destination: "Staging",
      from: ["Perf", "Test"],
      allOptional: false,
    },
    {
      rule: "a destination in two phases counts where it comes first",
      lifecycle: "Dev > Staging > Test > Staging",
      destination: "Staging",
      from: ["Dev"],
      allOptional: false,
    },
  ])("$rule", ({ lifecycle, destination, from, allOptional }) => {
    const path = promotionPath({ phases: phasesOf(lifecycle), destination: environment(destination) });

    expect(path).toEqual({ kind: "from-environments", environmentIds: from, allOptional });
  });
});

describe("no phase comes before", () => {
  test.each([
    { rule: "the destination is in the first phase", lifecycle: "Dev > Test", destination: "Dev" },
    { rule: "the destination shares the first phase", lifecycle: "Dev1 Dev2 > Test", destination: "Dev2" },
    { rule: "the only phase", lifecycle: "Production", destination: "Production" },
    { rule: "only phases without environments come before", lifecycle: " > Test", destination: "Test" },
  ])("$rule", ({ lifecycle, destination }) => {
    const path = promotionPath({ phases: phasesOf(lifecycle), destination: environment(destination) });

    expect(path).toEqual({ kind: "first-phase" });
  });

  test("a channel without lifecycle", () => {
    expect(promotionPath({ phases: undefined, destination: environment("pr-451") })).toEqual({ kind: "first-phase" });
  });
});

describe("a given source is taken wherever it is", () => {
  test.each([
    { rule: "the phase before", source: "Test", destination: "Staging", warning: undefined },
    { rule: "a phase further back", source: "Dev", destination: "Production", warning: undefined },
    { rule: "one environment of a phase", source: "QA1", destination: "Staging", warning: undefined },
    {
      rule: "the destination is in the first phase",
      source: "QA1",
      destination: "Dev",
      warning: "source-after-destination",
    },
    {
      rule: "a phase after the destination's",
      source: "Production",
      destination: "Test",
      warning: "source-after-destination",
    },
    { rule: "the destination's own phase", source: "QA1", destination: "QA2", warning: undefined },
    { rule: "outside the lifecycle", source: "Sandbox", destination: "Production", warning: undefined },
  ])("$rule", ({ source, destination, warning }) => {
    const phases = phasesOf("Dev > Test > QA1 QA2? > Staging > Production");

    const path = promotionPath({ phases, destination: environment(destination), source: environment(source) });

    expect(path).toEqual({ kind: "from-environments", environmentIds: [source], allOptional: false, warning });
  });

  test("a channel without lifecycle", () => {
    const path = promotionPath({ phases: undefined, destination: environment("a"), source: environment("b") });

    expect(path).toEqual({ kind: "from-environments", environmentIds: ["b"], allOptional: false });
  });
});

describe("sources and destinations that are refused", () => {
  test.each([
    {
      rule: "destination outside the lifecycle",
      lifecycle: "Dev > Test",
      destination: "Production",
      source: undefined,
      kind: "destination-not-in-lifecycle",
    },
    {
      rule: "destination outside the lifecycle, source given",
      lifecycle: "Dev > Test",
      destination: "Production",
      source: "Test",
      kind: "destination-not-in-lifecycle",
    },
    {
      rule: "source and destination are the same",
      lifecycle: "Dev > Test",
      destination: "Test",
      source: "Test",
      kind: "source-is-destination",
    },
    {
      rule: "source and destination are the same, outside the lifecycle",
      lifecycle: "Dev",
      destination: "Test",
      source: "Test",
      kind: "source-is-destination",
    },
  ])("$rule", ({ lifecycle, destination, source, kind }) => {
    const path = promotionPath({
      phases: phasesOf(lifecycle),
      destination: environment(destination),
      source: source === undefined ? undefined : environment(source),
    });

    expect(path).toEqual({ kind });
  });
});
