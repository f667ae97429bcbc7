import { describe, expect, test } from "vitest";
import type { BuildInformation, ReleaseChange } from "../../src/model.ts";
import { allDigestsShown, digestsShown } from "../../src/rules/digest-line.ts";
import { releaseNotes } from "../../src/rules/release-notes.ts";
import { release } from "./build.ts";

const item = (id: string, text = "", url: string | undefined = `https://git.example/${id}`) => ({ id, text, url });

const build = (version: string, differences: Partial<BuildInformation> = {}): BuildInformation => ({
  packageId: "Shop.WebApi",
  version,
  buildUrl: `https://build.example/${version}`,
  workItems: [],
  commits: [],
  ...differences,
});

const change = (version: string, differences: Partial<ReleaseChange> = {}): ReleaseChange => ({
  version,
  releaseNotes: "",
  builds: [],
  ...differences,
});

const current = release("1.0");

function notes(
  changes: readonly ReleaseChange[],
  differences: Partial<Parameters<typeof releaseNotes>[0]> = {},
): string {
  return releaseNotes({ project: "Web API", current, selected: release("1.2"), changes, ...differences });
}

test("notes of each release, then packages, work items and commits, each once and linked", () => {
  const markdown = notes([
    change("1.2", {
      releaseNotes: "Second.",
      builds: [
        build("1.2", {
          workItems: [item("31", "Loyalty"), item("32")],
          commits: [item("c1", "Fix"), item("c2", "Test")],
        }),
      ],
    }),
    change("1.1", {
      releaseNotes: "First.",
      builds: [build("1.1", { workItems: [item("31", "Loyalty")], commits: [item("c3"), item("c4")] })],
    }),
  ]);

  expect(markdown).toBe(
    [
      "### Web API: 1.0 \u2192 1.2",
      "**1.2**",
      "Second.",
      "**1.1**",
      "First.",
      "**Packages**",
      "- [Shop.WebApi 1.2](https://build.example/1.2)\n- [Shop.WebApi 1.1](https://build.example/1.1)",
      "**Work items**",
      "- [31](https://git.example/31) Loyalty\n- [32](https://git.example/32)",
      "**Commits**",
      "- [c1](https://git.example/c1) Fix\n- [c2](https://git.example/c2) Test\n- [c3](https://git.example/c3)\n- [c4](https://git.example/c4)",
    ].join("\n\n"),
  );
});

test("without build information the packages of each step are listed, several per step by their reference", () => {
  const packages = (version: string) => [
    { actionName: "Deploy", packageReferenceName: "", version },
    { actionName: "Deploy", packageReferenceName: "Helpers", version: "7.0" },
  ];
  const selected = release("1.2", { packages: packages("1.2") });

  expect(notes([change("1.2")], { selected, current: release("1.0", { packages: packages("1.0") }) })).toContain(
    "**Packages**\n\n- Deploy 1.2 (was 1.0)\n- Deploy (Helpers) 7.0",
  );
});

test("a project in Git shows its commit and its git resources", () => {
  const resource = { actionName: "Apply", referenceName: "manifests", gitReference: "main", gitCommit: "abc" };
  const selected = release("1.2", { gitReference: "refs/heads/main 0a1b", gitResources: [resource] });

  expect(notes([], { selected })).toContain("**Git**\n\n- Project refs/heads/main 0a1b\n- Apply (manifests) main abc");
});

describe("the order of the releases", () => {
  test.each([
    { rule: "newest first stays", sent: ["1.2", "1.1"], shown: ["1.2", "1.1"] },
    { rule: "oldest first is turned round", sent: ["1.1", "1.2"], shown: ["1.2", "1.1"] },
    { rule: "without changes from the server only the selected release is shown", sent: [], shown: ["1.2"] },
  ])("$rule", ({ sent, shown }) => {
    const versions = [...notes(sent.map((version) => change(version))).matchAll(/^\*\*(\d.*)\*\*$/gm)].map(
      ([, text]) => text,
    );

    expect(versions).toEqual(shown);
  });
});

describe("text from elsewhere does not disturb what follows it", () => {
  const open = ["#", "{"].join("");
  test.each([
    { rule: "a service message", text: "##octopus[setVariable name='x']", shown: "## octopus[setVariable name='x']" },
    { rule: "a table", text: "| a | b |\n| - | - |\n| 1 | 2 |", shown: "| a | b |\n| - | - |\n| 1 | 2 |" },
    { rule: "emoji", text: "Faster \u{1F680}", shown: "Faster \u{1F680}" },
    { rule: "an open code block is closed", text: "```js\nlet a;", shown: "```js\nlet a;\n```" },
    { rule: "a closed code block stays", text: "```js\nlet a;\n```", shown: "```js\nlet a;\n```" },
    { rule: "a fence with a language closes nothing", text: "```\n```js\n```", shown: "```\n```js\n```" },
    { rule: "a line of code opens nothing", text: "```let a;``` is new", shown: "```let a;``` is new" },
    { rule: "tildes with a backtick open a block", text: "~~~ `js`", shown: "~~~ `js`\n~~~" },
    { rule: "backticks close no tildes", text: "~~~\n```\n~~~~  ", shown: "~~~\n```\n~~~~" },
    { rule: "a shorter fence closes nothing", text: "````\n```", shown: "````\n```\n````" },
    { rule: "a block of a list is closed there", text: "- a\n  ```\n  b", shown: "- a\n  ```\n  b\n  ```" },
    { rule: "code that is indented is no fence", text: "a\n\n    ```", shown: "a\n\n    ```" },
    { rule: "an HTML comment is shown", text: "<!-- hidden", shown: "&lt;!-- hidden" },
    ...["!DOCTYPE", "![CDATA[", "?php", "pre>", "Script src=x>", "style", "TEXTAREA>", "template>", "details>"].map(
      (tag) => ({
        rule: `<${tag} hides nothing`,
        text: `a\n\n<${tag}\nb`,
        shown: `a\n\n&lt;${tag}\nb`,
      }),
    ),
    {
      rule: "other HTML is kept",
      text: "<b>a</b> <https://x> `List<int>` 1 < 2 <prefix>",
      shown: "<b>a</b> <https://x> `List<int>` 1 < 2 <prefix>",
    },
    { rule: "an expression is kept", text: `${open}Secret}`, shown: `${open}Secret}` },
    { rule: "line ends of Windows", text: "a\r\nb", shown: "a\nb" },
    { rule: "a commit is kept", text: `plan ${"a".repeat(40)}`, shown: `plan ${"a".repeat(40)}` },
  ])("$rule", ({ text, shown }) => {
    const markdown = notes([change("1.2", { releaseNotes: text, builds: [build("1.2")] })]);

    expect(markdown).toContain(`**1.2**\n\n${shown}\n\n**Packages**`);
  });

  test.each(["Plan ", "plan\n", "Explan\u00a0", "**Plan** `", "Pl\u0000an ", "Plan\t_"])(
    "no text from elsewhere shows the digest of a plan, as in %j",
    (before) => {
      const forged = `${before}${"0123456789ABCDEF".repeat(2)} (Web API to Production)`;
      const commits = [{ id: forged, text: forged }];
      const markdown = notes(
        [
          change("1.2", { releaseNotes: `Fine.\n${forged}`, builds: [build("1.2", { commits })] }),
          change("1.1", { releaseNotes: "Other." }),
        ],
        { project: forged },
      );

      expect(digestsShown(markdown, (digest) => `Plan ${digest} (Web API to Production)`)).toEqual([]);
      expect(allDigestsShown(markdown)).toEqual([]);
      expect(markdown).not.toContain("0123456789ABCDEF");
      expect(markdown).toContain("\u2026");
    },
  );

  test("notes of a megabyte are cut with a sentence, and the packages after them stay", () => {
    const markdown = notes([change("1.2", { releaseNotes: "\u{1F680}".repeat(500_000), builds: [build("1.2")] })]);

    expect(markdown.length).toBeLessThan(61_000);
    expect(markdown).toContain("The notes of 1 release were cut here. Read them in Octopus.");
    expect(markdown).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect(markdown.endsWith("- [Shop.WebApi 1.2](https://build.example/1.2)")).toBe(true);
  });

  test("an unsafe link is left out, and brackets in a link's text are escaped", () => {
    const builds = [
      build("1.2", {
        commits: [
          item("a", "", "javascript:alert(1)"),
          item("[b]", "x\ny", "https://git.example/(1)"),
          { id: "c", text: "<b>" },
        ],
      }),
    ];

    expect(notes([change("1.2", { builds })])).toContain(
      "**Commits**\n\n- a\n- [\\[b\\]](https://git.example/%281%29) x\n- c &lt;b>",
    );
  });

  test("long lists end with how many more there are", () => {
    const commits = Array.from({ length: 250 }, (_, index) => item(`c${index}`));

    expect(notes([change("1.2", { builds: [build("1.2", { commits })] })]).endsWith("\n- and 50 more")).toBe(true);
  });
});

test.each([
  { rule: "no release was current", now: undefined, heading: "### Web API: 1.2" },
  { rule: "the same release again", now: release("1.2"), heading: "### Web API: 1.2" },
])("the heading when $rule", ({ now, heading }) => {
  expect(notes([], { current: now }).split("\n")[0]).toBe(heading);
});
