import * as z from "zod";

/** The library's file name for a template: the words of its name in lower case, joined by hyphens. */
export function libraryFile(name: string): string {
  const words =
    name
      .toLowerCase()
      .replaceAll(".", "")
      .match(/[a-z0-9]+/g) ?? [];
  return `${words.join("-")}.json`;
}

const Parameter = z.object({
  Name: z.string(),
  DefaultValue: z.string().nullable().optional(),
  HelpText: z.string().optional(),
});

const Template = z.object({
  Id: z.string().optional(),
  Name: z.string().optional(),
  Description: z.string().optional(),
  Version: z.unknown(),
  Category: z.string().optional(),
  LastModifiedBy: z.string().optional(),
  Packages: z.array(z.object({ FeedId: z.string().nullish() })).default([]),
  Parameters: z.array(Parameter).default([]),
  $Meta: z.object({ ExportedAt: z.string().optional() }).optional(),
});

type Template = z.infer<typeof Template>;

/** Ids that the library's own pages give as examples. */
const exampleIds = ["00000000-0000-0000-0000-000000000000", "abcdef00-ab00-cd00-ef00-000000abcdef"];

/** Names and ids of other templates in the library, which have to be unique. */
const neighbours = ["Deploy Child Octopus Deploy Project", "0dac2fe6-91d5-4c05-bdfb-1b97adf1e12e"];

/** The categories of the library that our template may use. Each has a logo. */
const categoriesWithLogo = ["octopus"];

/** The rules of the library's tests and reviewers, as far as a program can check them. */
const rules: readonly (readonly [problem: string, isBroken: (template: Template) => boolean])[] = [
  ["Name is missing", ({ Name }) => !Name],
  ["Name has more than 200 characters", ({ Name = "" }) => Name.length > 200],
  ["Name is that of another template", ({ Name = "" }) => neighbours.includes(Name)],
  ["Id is not a GUID", ({ Id = "" }) => !/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(Id)],
  ["Id is an example", ({ Id = "" }) => exampleIds.includes(Id.toLowerCase())],
  ["Id is that of another template", ({ Id = "" }) => neighbours.includes(Id.toLowerCase())],
  ["Version is not a whole number of at least 1", ({ Version }) => !z.int().positive().safeParse(Version).success],
  ["LastModifiedBy is missing", ({ LastModifiedBy }) => !LastModifiedBy],
  ["$Meta.ExportedAt is not a time", ({ $Meta }) => !z.iso.datetime().safeParse($Meta?.ExportedAt).success],
  ["Description is missing", ({ Description }) => !Description],
  ["Category has no logo", ({ Category = "" }) => !categoriesWithLogo.includes(Category.toLowerCase())],
  ["a package names a feed", ({ Packages }) => Packages.some(({ FeedId }) => FeedId && !FeedId.startsWith("#"))],
  ["a parameter's name has no prefix", ({ Parameters }) => Parameters.some(({ Name }) => !/^\w+\.\w/.test(Name))],
  ["a parameter has no help", ({ Parameters }) => Parameters.some(({ HelpText }) => !HelpText)],
];

/** Why the community library would refuse a template in a file of this name. */
export function libraryProblems(file: string, text: string): readonly string[] {
  if (text.startsWith("\uFEFF")) return [`${file} begins with a byte order mark`];
  const template = Template.safeParse(parsed(text));
  if (!template.success) return [`${file} is not a step template: ${z.prettifyError(template.error)}`];
  const expected = libraryFile(template.data.Name ?? "");
  const broken = rules.filter(([, isBroken]) => isBroken(template.data)).map(([problem]) => problem);
  return [...broken, ...(file === expected ? [] : [`a template of this Name has the file name ${expected}`])].map(
    (problem) => `${file}: ${problem}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
