import { describe, expect, test } from "vitest";
import { asId, type Named } from "../../src/model.ts";
import { type ChildPlace, conflictsAmong } from "../../src/train/child-conflicts.ts";

/** A resolved resource, written as `Projects-1 Web API`. */
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

describe("conflicts among children", () => {
  test("the same project under two names is a conflict", () => {
    expect(conflicts(place(1), place(2, { project: named("Projects-1 web-api") }))).toEqual([
      "2 deploys web-api to Production, as line 1 does already",
    ]);
  });

  test("two projects of the same name are no conflict", () => {
    expect(conflicts(place(1), place(2, { project: named("Projects-2 Web API") }))).toEqual([]);
  });

  test("a child may not be promoted from an environment that another child deploys it to", () => {
    const sources = [named("Environments-1 Test"), named("Environments-2 Staging")];
    const staging = place(1, { destination: named("Environments-2 Staging") });

    expect(conflicts(staging, place(2, { sources }))).toEqual([
      "2 promotes Web API from Staging, where line 1 deploys it",
    ]);
    expect(conflicts(staging, place(2, { sources, tenant: named("Tenants-1 Contoso") }))).toEqual([]);
    expect(conflicts(staging, place(2, { sources, project: named("Projects-2 Web UI") }))).toEqual([]);
  });

  test.each([
    ["untenanted", undefined],
    ["for another tenant", named("Tenants-2 Fabrikam")],
  ])("a tenant that takes what others have tested may not get it from a child that is deployed %s", (_, tenant) => {
    const sources = [named("Environments-2 Staging")];
    const staging = place(1, { destination: named("Environments-2 Staging"), tenant });
    const contoso = place(2, { sources, tenant: named("Tenants-1 Contoso"), fromAnyone: true });

    expect(conflicts(staging, contoso)).toHaveLength(1);
  });

  test("a child's own destination among its sources is no conflict", () => {
    expect(conflicts(place(1, { sources: [named("Environments-3 Production")] }))).toEqual([]);
  });

  test("a project for tenants and untenanted is a conflict, and each line is named once", () => {
    const contoso = { tenant: named("Tenants-1 Contoso") };

    expect(conflicts(place(1), place(2, contoso), place(3), place(4, { tenant: named("Tenants-2 Fabrikam") }))).toEqual(
      [
        "2 deploys Web API to Production for Contoso, but line 1 deploys it to Production untenanted",
        "3 deploys Web API to Production, as line 1 does already",
      ],
    );
  });
});
