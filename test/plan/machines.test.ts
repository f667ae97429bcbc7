import { describe, expect, test } from "vitest";
import { asId, type Machine } from "../../src/model.ts";
import { chooseMachines, excludedMachines } from "../../src/plan/machines.ts";

function machine(name: string, environment = "Staging"): Machine {
  return { id: asId(`Machines-${name}`), name, environmentIds: [asId(environment)] };
}

const destination = { id: asId<"Environment">("Staging"), name: "Staging", sortOrder: 1 };
const existing = [machine("api-01"), machine("api-02"), machine("app-01"), machine("test-01", "Test")];
const deployable = existing.slice(0, 2);

describe("the machines a child is deployed to", () => {
  test.each([
    { rule: "by name, in any case", wanted: ["API-01"], chosen: "api-01" },
    { rule: "by id", wanted: ["Machines-api-02"], chosen: "api-02" },
    { rule: "each once", wanted: ["api-01", "Machines-api-01"], chosen: "api-01" },
    {
      rule: "one list serves several children: others' machines are left out",
      wanted: ["api-01", "app-01"],
      chosen: "api-01",
    },
    { rule: "only others' machines: none fits", wanted: ["app-01"], chosen: "none-fits" },
    {
      rule: "a typed name that does not exist is a problem",
      wanted: ["api-01", "api-99"],
      chosen: 'There is no deployment target "api-99".',
    },
    {
      rule: "a typed machine of another environment is a problem",
      wanted: ["test-01"],
      chosen: 'The deployment target "test-01" is not in the environment Staging.',
    },
    {
      rule: "the parent's machines need not exist here",
      wanted: ["Machines-elsewhere"],
      isTyped: false,
      chosen: "none-fits",
    },
    {
      rule: "the parent's machines of other environments are left out",
      wanted: ["test-01", "api-01"],
      isTyped: false,
      chosen: "api-01",
    },
  ])("$rule", ({ wanted, isTyped = true, chosen }) => {
    const choice = chooseMachines({ wanted, isTyped, deployable, existing, destination });

    const words = {
      machines: () => ("machines" in choice ? choice.machines.map(({ name }) => name).join() : ""),
      problems: () => ("problems" in choice ? choice.problems.join() : ""),
      "none-fits": () => "none-fits",
    };
    expect(words[choice.kind]()).toBe(chosen);
  });

  test("exclusions concern the child's own targets only, each once", () => {
    expect(excludedMachines(["api-01", "Machines-api-01", "app-01", "nowhere"], deployable)).toEqual([
      "Machines-api-01",
    ]);
  });
});
