import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { OutcomeKind, Reason } from "../../src/rules/outcome.ts";
import type { RollBackEnd } from "../../src/rules/undo.ts";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { entered, page, table } from "./page.ts";

// The pages name everything that they describe, and their links lead where they say.

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every value of these outputs. The compiler refuses a value that is missing here, or that no longer exists. */
const words = {
  Outcome: {
    Deployed: true,
    Started: true,
    Scheduled: true,
    WhatIf: true,
    Skipped: true,
    Failed: true,
    TimedOut: true,
    Canceled: true,
    NotStarted: true,
  } satisfies Record<OutcomeKind, true>,
  Reason: {
    NewRelease: true,
    PartiallyDeployed: true,
    LastAttemptFailed: true,
    HistoryUnknown: true,
    VariablesChanged: true,
    Forced: true,
    Redeploy: true,
    AlreadyCurrent: true,
    NotHigher: true,
    PackagesUnchanged: true,
    NotInApprovedPlan: true,
    NoMatchingMachine: true,
    TenantNotConnected: true,
    TenantNotInEnvironment: true,
    Attached: true,
    NoMatchingRelease: true,
    PlanChanged: true,
    Blocked: true,
    Frozen: true,
    PermissionMissing: true,
    ProjectMissing: true,
    SiblingFailed: true,
    NoProgress: true,
    NothingToRollBackTo: true,
  } satisfies Record<Reason, true>,
  RollBack: {
    RolledBack: true,
    RollBackFailed: true,
    NotRolledBack: true,
    NothingToRollBackTo: true,
  } satisfies Record<RollBackEnd, true>,
};

describe("every value of an output is explained once", () => {
  test.each([
    { output: "Outcome", path: "src/step/README.md" },
    { output: "Reason", path: "src/step/README.md" },
    { output: "RollBack", path: "src/train/README.md" },
  ] as const)("$output in $path", ({ output, path }) => {
    const [, ...rows] = table(page(path), `\`${output}\``);

    const named = rows.map(([word = ""]) => entered(word));
    expect([...named].sort()).toEqual(Object.keys(words[output]).sort());
    expect(rows.filter(([, meaning = ""]) => meaning === "")).toEqual([]);
  });
});

test("every policy, condition and plan policy has a row in its table", () => {
  const optionsOf = (name: string): readonly string[] =>
    parameterDeclarations.flatMap((each) => (each.name === name && "options" in each ? (each.options ?? []) : []));
  const firstWords = (path: string, head: string) =>
    table(page(path), head).flatMap(([cell = ""], index) => (index === 0 ? [] : [cell.split(" ")[0]]));

  for (const path of ["README.md", "src/train/README.md"])
    expect(firstWords(path, "When a child fails")).toEqual(optionsOf("ChildProject.Failure.Policy"));
  expect(firstWords("src/rules/README.md", "Deploy if")).toEqual(optionsOf("ChildProject.Deployment.Condition"));
  expect(firstWords("src/approvals/README.md", "If a plan was approved")).toEqual(
    optionsOf("ChildProject.Plan.Policy"),
  );
});

test("the page on migration has every decision that changed the behaviour", () => {
  const topics = table(page(".github/MIGRATION.md"), "Topic").map(([topic = ""]) => topic);

  for (const changed of [
    "Order of releases",
    "No fall-back",
    "Refresh",
    "Partial and failed current",
    "Limited sources",
    "Waiting for others",
    "Time zone",
    "Options",
  ])
    expect(topics).toContain(changed);
});

test("the step says what the page on troubleshooting quotes", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => page(`src/${path.replaceAll("\\", "/")}`));
  const said = [...sources, page("step-template.json")].join("\n");

  const quotes = table(page(".github/TROUBLESHOOTING.md"), "You see").flatMap(([cell = ""]) =>
    [...cell.matchAll(/"([^"]+)"/g)].flatMap(([, quote = ""]) => quote.split(/ ?\.\.\. ?/)),
  );

  expect(quotes.length).toBeGreaterThan(20);
  expect(quotes.filter((quote) => !said.includes(quote))).toEqual([]);
});

describe("links", () => {
  const pages = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md") && !/(^|\/)(node_modules|\.git|\.build|coverage)\//.test(path));

  test("the README leads to every page, and to Octopus' own pages on what the step works with", () => {
    const readme = page("README.md");

    for (const path of ["src/step", "src/rules", "src/approvals", "src/train"])
      expect(readme).toContain(`(${path}/README.md`);
    for (const path of [".github/MIGRATION.md", ".github/TROUBLESHOOTING.md"]) expect(readme).toContain(`(${path})`);
    for (const topic of [
      "projects/custom-step-templates",
      "infrastructure/workers",
      "projects/steps/execution-containers-for-workers",
      "manual-intervention-and-approvals",
      "project-triggers/deployment-target-triggers",
      "deployments/deployment-freezes",
      "projects/steps/conditions",
    ])
      expect(readme).toMatch(new RegExp(`\\(https://octopus\\.com/docs/[\\w/-]*${topic}\\)`));
  });

  test.each(pages)("%s leads to files and headings that exist", (path) => {
    const links = [...page(path).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link = ""]) => link);

    const broken = links.filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? path : relative(root, join(root, dirname(path), file));
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !headingsOf(readFileSync(join(root, target), "utf8")).includes(heading);
    });

    expect(broken).toEqual([]);
  });

  /** The ids that GitHub gives to the headings of a page. */
  function headingsOf(text: string): readonly string[] {
    return [...text.replaceAll(/^```[^]*?^```/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  }
});
