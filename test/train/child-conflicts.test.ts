import { describe, expect, test } from "vitest";
import { asId, type Named } from "../../src/model.ts";
import { type ChildPlace, conflictsAmong } from "../../src/train/child-conflicts.ts";

/** Resolved resources, as `Projects-1 Web API`. */
function named(text: string): Named<string> {
  const [id = "", ...name] = text.split(" ");
  return { id: asId(id), name: name.join(" ") };
}

function place(line: number, changes: Partial<ChildPlace> = {}): ChildPlace {
  return {
    line,
    space: named("Spaces-1 Default"),
    project: named("Projects-1 Web API"),
    destination: named("Environments-3 Production"),
    sources: [],
    ...changes,
  };
}

const conflicts = (...children: readonly ChildPlace[]) =>
  conflictsAmong(children).map(({ line, text }) => `${line} ${text.replace(/:.*/, "")}`);

describe("children that turned out to be", () => {
  test("the same project under two names", () => {
    expect(conflicts(place(1), place(2, { project: named("Projects-1 web-api") }))).toEqual([
      "2 deploys web-api to Production, as line 1 does already",
    ]);
  });

  test("two projects of one name", () => {
    expect(conflicts(place(1), place(2, { project: named("Projects-2 Web API") }))).toEqual([]);
  });

  test("promoted from one of several sources that another child deploys to", () => {
    const sources = [named("Environments-1 Test"), named("Environments-2 Staging")];
    const staging = place(1, { destination: named("Environments-2 Staging") });

    expect(conflicts(staging, place(2, { sources }))).toEqual([
      "2 promotes Web API from Staging, where line 1 deploys it",
    ]);
    expect(conflicts(staging, place(2, { sources, tenant: named("Tenants-1 Contoso") }))).toEqual([]);
    expect(conflicts(staging, place(2, { sources, project: named("Projects-2 Web UI") }))).toEqual([]);
  });

  test("a child's own destination among its sources is not the list's business", () => {
    expect(conflicts(place(1, { sources: [named("Environments-3 Production")] }))).toEqual([]);
  });

  test("for tenants and untenanted: each of them is named once", () => {
    const contoso = { tenant: named("Tenants-1 Contoso") };

    expect(conflicts(place(1), place(2, contoso), place(3), place(4, { tenant: named("Tenants-2 Fabrikam") }))).toEqual(
      [
        "2 deploys Web API to Production for Contoso, but line 1 deploys it to Production untenanted",
        "3 deploys Web API to Production, as line 1 does already",
      ],
    );
  });
});
