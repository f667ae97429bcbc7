import { describe, expect, it } from "vitest";
import { checkShape, collectionOf } from "./check-shape.ts";
import { pageOf } from "./sample-answer.ts";

describe("pages", () => {
  it.each([
    [0, 30, 0],
    [0, 30, 30],
    [0, 30, 31],
    [30, 30, 31],
    [30, 30, 90],
    [60, 30, 90],
    [5, 10, 12],
    [90, 30, 31],
    [0, 2_147_483_647, 139],
    [0, 0, 139],
  ])("skip=%d take=%d of %d is consistent", (skip, take, total) => {
    expect(checkShape(collectionOf("TagSetResource"), pageOf("TagSetResource", { skip, take, total }))).toEqual([]);
  });

  it("of machines have the item type Machine", () => {
    const page = pageOf("DeploymentTargetResource", { skip: 0, take: 30, total: 1 });

    expect(checkShape(collectionOf("DeploymentTargetResource"), { ...page, ItemType: "Machine" })).toEqual([]);
    expect(checkShape(collectionOf("DeploymentTargetResource"), { ...page, ItemType: "DeploymentTarget" })).toEqual([
      "$ has the ItemType DeploymentTarget, not Machine.",
    ]);
  });

  const middle = pageOf("TagSetResource", { skip: 30, take: 30, total: 90 });
  const next = "/api/Spaces-1/things?skip=60&take=30";

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      "counts pages from one",
      { NumberOfPages: 2 },
      ["$ has the NumberOfPages 2, not 3.", "$ has the LastPageNumber 2, not 1."],
    ],
    ["numbers the last page from zero", { LastPageNumber: 3 }, ["$ has the LastPageNumber 3, not 2."]],
    [
      "has the take in effect, not the number of its items",
      { ItemsPerPage: 12 },
      expect.arrayContaining(["$ has the ItemsPerPage 12, not 30."]),
    ],
    ["has all items that are due", { Items: [] }, ["$ has 0 Items where 30 are to be expected."]],
    ["names its items", { ItemType: "TagSetResource" }, ["$ has the ItemType TagSetResource, not TagSet."]],
    ["links to the next page", { Links: links({ "Page.Next": undefined }) }, ["$ lacks the link Page.Next."]],
    [
      "links to the right next page",
      { Links: links({ "Page.Next": "/api/Spaces-1/things?skip=90&take=30" }) },
      [`$ has the Page.Next /api/Spaces-1/things?skip=90&take=30, not ${next}.`],
    ],
    [
      "keeps the filter in its links",
      { Links: links({ "Page.Next": "/api/Spaces-1/things?skip=60" }) },
      [`$ has the Page.Next /api/Spaces-1/things?skip=60, not ${next}.`],
    ],
    [
      "links to the previous page",
      { Links: links({ "Page.Previous": undefined }) },
      ["$ lacks the link Page.Previous."],
    ],
    ["links to the last page", { Links: links({ "Page.Last": undefined }) }, ["$ lacks the link Page.Last."]],
    [
      "links to the right last page",
      { Links: links({ "Page.Last": "/api/Spaces-1/things?skip=30&take=30" }) },
      [`$ has the Page.Last /api/Spaces-1/things?skip=30&take=30, not ${next}.`],
    ],
    ["links to everything", { Links: links({ "Page.All": undefined }) }, ["$ lacks the link Page.All."]],
    [
      "links to everything with the official take",
      { Links: links({ "Page.All": "/api/Spaces-1/things?skip=0&take=1000" }) },
      ["$ has a Page.All that is not skip=0 and take=2147483647."],
    ],
    [
      "links to itself",
      { Links: links({ Self: undefined, Template: undefined, "Page.Current": undefined }) },
      ["$ lacks the link Self.", "$ lacks the link Template.", "$ lacks the link Page.Current."],
    ],
    [
      "says where it begins",
      { Links: links({ "Page.Current": "/api/Spaces-1/things?take=30" }) },
      ["$ has a Page.Current without skip: /api/Spaces-1/things?take=30."],
    ],
    [
      "numbers no pages in links",
      { Links: links({ "Page.0": "/api/Spaces-1/things?skip=0&take=30" }) },
      ["$ has the link Page.0, which only old servers give."],
    ],
    [
      "is never stale",
      { IsStale: false },
      ["$ has IsStale, which ResourceCollection_of_TagSetResource does not declare."],
    ],
    [
      "counts tasks only among tasks",
      { TotalCounts: {} },
      ["$ has TotalCounts, which ResourceCollection_of_TagSetResource does not declare."],
    ],
  ])("a page %s", (_rule, values, violations) => {
    expect(checkShape(collectionOf("TagSetResource"), { ...middle, ...values })).toEqual(violations);
  });

  it("of tasks may have counts by state", () => {
    const page = pageOf("TaskResource", { skip: 0, take: 30, total: 1 });
    const counts = { TotalCounts: { Success: 1 }, TotalCountsInOtherSpaces: { Success: "2" } };

    expect(checkShape(collectionOf("TaskResource"), { ...page, ...counts })).toEqual([
      '$.TotalCountsInOtherSpaces.Success is "2" but must be an integer.',
    ]);
  });

  it("are at least one, even without items", () => {
    const page = pageOf("TagSetResource", { skip: 0, take: 0, total: 5 });

    expect(checkShape(collectionOf("TagSetResource"), { ...page, NumberOfPages: 0, LastPageNumber: -1 })).toEqual([
      "$ has the NumberOfPages 0, but even nothing is one page.",
    ]);
  });

  it("are checked on first and last page for links that lead nowhere", () => {
    const first = pageOf("TagSetResource", { skip: 0, take: 30, total: 31 });
    const last = pageOf("TagSetResource", { skip: 30, take: 30, total: 31 });

    expect(
      checkShape(collectionOf("TagSetResource"), { ...first, Links: { ...first.Links, "Page.Previous": next } }),
    ).toEqual(["$ has a link Page.Previous, but there is no such page."]);
    expect(
      checkShape(collectionOf("TagSetResource"), { ...last, Links: { ...last.Links, "Page.Next": next } }),
    ).toEqual(["$ has a link Page.Next, but there is no such page."]);
  });

  it("name the item that is wrong", () => {
    const page = pageOf("TagSetResource", { skip: 0, take: 30, total: 2 });

    expect(
      checkShape(collectionOf("TagSetResource"), { ...page, Items: [page.Items[0], { ...page.Items[1], Id: 7 }] }),
    ).toEqual(["$.Items[1].Id is 7 but must be a text."]);
  });

  it("of environments in version 2 have no id and no links, but the same numbers", () => {
    const page = {
      ItemType: "EnvironmentV2Resource",
      TotalResults: 3,
      ItemsPerPage: 2,
      NumberOfPages: 2,
      LastPageNumber: 1,
      Items: [],
    };

    expect(checkShape("EnvironmentsV2Response", page)).toEqual([]);
    expect(checkShape("EnvironmentsV2Response", { ...page, LastPageNumber: 2, Links: {} })).toEqual([
      "$ has Links, which EnvironmentsV2Response does not declare.",
      "$ has the LastPageNumber 2, not 1.",
    ]);
  });
});

function links(changes: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  return { ...pageOf("TagSetResource", { skip: 30, take: 30, total: 90 }).Links, ...changes };
}
