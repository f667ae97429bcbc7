import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { libraryFile, libraryProblems } from "../../scripts/release/library-rules.ts";

const file = "octopus-deploy-child-project-nodejs.json";
const shipped = readFileSync(new URL("../../step-template.json", import.meta.url), "utf8");
const parameter = { Name: "Example.Text", DefaultValue: "", HelpText: "What it is." };

describe("the community library", () => {
  test("accepts the template under the name of its file", () => {
    expect(libraryFile("Octopus - Deploy Child Project (Node.js)")).toBe(file);
    expect(libraryProblems(file, shipped)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["no Name", { Name: "" }, "Name is missing"],
    ["a Name of 201 characters", { Name: "x".repeat(201) }, "Name has more than 200 characters"],
    [
      "the Name of its predecessor",
      { Name: "Deploy Child Octopus Deploy Project" },
      "Name is that of another template",
    ],
    ["no Id", { Id: undefined }, "Id is not a GUID"],
    ["an Id that is not a GUID", { Id: "12345" }, "Id is not a GUID"],
    ["an Id of zeros", { Id: "00000000-0000-0000-0000-000000000000" }, "Id is an example"],
    ["the Id of an example", { Id: "ABCDEF00-ab00-cd00-ef00-000000abcdef" }, "Id is an example"],
    ["the Id of its predecessor", { Id: "0dac2fe6-91d5-4c05-bdfb-1b97adf1e12e" }, "Id is that of another template"],
    ["a Version in quotes", { Version: "2" }, "Version is not a whole number of at least 1"],
    ["Version 0", { Version: 0 }, "Version is not a whole number of at least 1"],
    ["no LastModifiedBy", { LastModifiedBy: "" }, "LastModifiedBy is missing"],
    ["no time of export", { $Meta: {} }, "$Meta.ExportedAt is not a time"],
    ["no Description", { Description: "" }, "Description is missing"],
    ["a Category without a logo", { Category: "release trains" }, "Category has no logo"],
    ["a package of a certain feed", { Packages: [{ FeedId: "feeds-1" }] }, "a package names a feed"],
    [
      "a parameter without a prefix",
      { Parameters: [{ ...parameter, Name: "Text" }] },
      "a parameter's name has no prefix",
    ],
    ["a parameter with a dollar", { Parameters: [{ ...parameter, Name: "$A.B" }] }, "a parameter's name has no prefix"],
    ["a parameter without help", { Parameters: [{ ...parameter, HelpText: "" }] }, "a parameter has no help"],
  ])("refuses %s", (_, change, problem) => {
    expect(libraryProblems(file, JSON.stringify({ ...JSON.parse(shipped), ...change }))).toContain(
      `${file}: ${problem}`,
    );
  });

  test.each([
    ["a byte order mark", `\uFEFF${shipped}`, "begins with a byte order mark"],
    ["half a file", shipped.slice(0, 999), "is not a step template"],
    ["a default that is no text", shipped.replace('"DefaultValue": ""', '"DefaultValue": 5'), "DefaultValue"],
  ])("refuses %s", (_, text, problem) => {
    expect(libraryProblems(file, text)).toEqual([expect.stringContaining(problem)]);
  });

  test("refuses a file whose name does not go with the template's", () => {
    expect(libraryProblems("child-project.json", shipped)).toEqual([
      `child-project.json: a template of this Name has the file name ${file}`,
    ]);
  });

  test.each([
    ["a package of a feed in a variable", { Packages: [{ FeedId: ["#", "{Feed}"].join("") }, { FeedId: null }] }],
    ["a parameter that may have no value", { Parameters: [{ ...parameter, DefaultValue: null }] }],
  ])("accepts %s", (_, change) => {
    expect(libraryProblems(file, JSON.stringify({ ...JSON.parse(shipped), ...change }))).toEqual([]);
  });
});
