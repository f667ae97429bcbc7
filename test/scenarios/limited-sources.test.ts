import { describe, expect, test } from "vitest";
import { walk } from "./in-process.ts";
import {
  type Run,
  child,
  created,
  type Deployment,
  orchestration,
  type Parameters,
  type Release,
  serve,
} from "./scenario.ts";
import { deploy, inProduction, planAndApprove, plannedWorld } from "./planned-world.ts";

/** A release that was created and deployed to Development before everything else. */
function release(version: string, ...deployments: readonly Deployment[]): Release {
  return { version, created: "-99h", deployments: [{ environment: "Development", at: "-98h" }, ...deployments] };
}

function to(environment: string, at: string, more: Partial<Deployment> = {}): Deployment {
  return { environment, at, ...more };
}

function end({ outputs }: Run): string {
  return `${outputs["Outcome"]} ${outputs["Reason"]}`;
}

const toOne = { specificMachines: ["test-01"] };
const butOne = { excludedMachines: ["test-01"] };
const tagged = { targetTags: ["api"] };
const untagged = { excludedTargetTags: ["api"] };
const skipping = { skippedSteps: ["Deploy"] };

const machines = [
  { name: "test-01", environments: ["Test"], roles: ["api"] },
  { name: "test-02", environments: ["Test"] },
];

interface Case {
  readonly rule: string;
  readonly releases: readonly Release[];
  readonly parameters?: Parameters;
  readonly expected: readonly string[];
  readonly ends: string;
  readonly log?: RegExp;
  readonly notLogged?: RegExp;
}

const cases: readonly Case[] = [
  {
    rule: "one machine: the release deployed last is promoted, not an older one",
    releases: [release("14", to("Test", "-5h")), release("15", to("Test", "-2h", toOne))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: Deployments-\d+, which deployed 15 to Test, went only to the machines test-01/,
  },
  {
    rule: "all machines but one",
    releases: [release("14", to("Test", "-5h")), release("15", to("Test", "-2h", butOne))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: .*, which deployed 15 to Test, left out the machines test-01/,
  },
  {
    rule: "targets with a tag",
    releases: [release("14", to("Test", "-5h")), release("15", to("Test", "-2h", tagged))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: .*, which deployed 15 to Test, went only to targets with the tags TagSets-\d+\/Tags-\d+/,
  },
  {
    rule: "targets with a tag: in the destination, such a deployment is partial",
    releases: [release("15", to("Test", "-5h"), to("Staging", "-2h", tagged))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed PartiallyDeployed",
  },
  {
    rule: "a skipped step and one machine are both named",
    releases: [release("15", to("Test", "-2h", { ...toOne, ...skipping }))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: .* went only to the machines test-01 and skipped 1 step/,
  },
  {
    rule: "a new machine that got the release of the others is no limit",
    releases: [release("15", to("Test", "-5h"), to("Test", "-2h", toOne))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    notLogged: /warning: .*went only to/,
  },
  {
    rule: "an unlimited deployment does not help if another release was deployed in between",
    releases: [release("15", to("Test", "-9h"), to("Test", "-2h", toOne)), release("16", to("Test", "-5h"))],
    expected: ["Web API 15 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: .*went only to the machines test-01/,
  },
  ...[toOne, butOne, tagged, untagged, skipping].map((limit) => ({
    rule: `a limited deployment is no reason for a downgrade: ${Object.keys(limit).join()}`,
    releases: [release("14", to("Test", "-3h", limit)), release("15", to("Test", "-7h"), to("Staging", "-6h"))],
    expected: [],
    ends: "Skipped NoMatchingRelease",
    log: /The next best is 14, which would be a downgrade from 15 in Staging\. Deployments-\d+, which deployed 14 to Test, (went only to|left out|skipped)/,
    // The message says all of it, once.
    notLogged: /Selected 14|warning: Deployments-\d+, which deployed 14/,
  })),
  {
    rule: "an unlimited deployment is a reason for a downgrade",
    releases: [
      release("14", to("Test", "-5h"), to("Test", "-3h", toOne)),
      release("15", to("Test", "-7h"), to("Staging", "-6h")),
    ],
    expected: ["Web API 14 to Staging"],
    ends: "Deployed NewRelease",
  },
  {
    rule: "a step that this run skips as well is no limit",
    releases: [release("14", to("Test", "-3h", skipping)), release("15", to("Test", "-7h"), to("Staging", "-6h"))],
    parameters: { "ChildProject.Skip.StepNames": "Deploy" },
    expected: ["Web API 14 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: .*which deployed 14 to Test, skipped 1 step/,
  },
];

describe("a limited deployment to the source counts, with a warning", () => {
  test.each(cases)("$rule", async ({ releases, parameters, expected, ends, log, notLogged }) => {
    const server = await serve(orchestration({ machines, projects: [child("Web API", [...releases])] }));

    const walked = await walk(server, { child: "Web API", ...(parameters && { parameters }) });

    expect(created(server), walked.log).toEqual(expected);
    expect(end(walked), walked.log).toBe(ends);
    if (log !== undefined) expect(walked.log).toMatch(log);
    if (notLogged !== undefined) expect(walked.log).not.toMatch(notLogged);
  });

  test("approvers read the warning in the release notes", async () => {
    const releases = [release("15", to("Test", "-2h", toOne))];
    const server = await serve(orchestration({ machines, projects: [child("Web API", releases)] }));

    const { outputs } = await walk(server, { child: "Web API", parameters: { "ChildProject.WhatIf.Value": "Yes" } });

    expect(outputs["ReleaseNotes"]).toMatch(
      /^Plan \w+ \(Web API to Staging\)\n\n\*\*Web API:\*\* .* went only to the machines test-01[^#]*\n\n### Web API: 15\n/,
    );
  });

  test.each([
    { policy: "Use", outcome: { Outcome: "Deployed", ReleaseToPromote: "1.0" }, last: "Web API 1.0 to Production" },
    { policy: "Ignore", outcome: { Reason: "NoMatchingRelease" }, last: "Web API 1.1 to Production" },
  ])("an approved plan may contain such a downgrade, policy $policy", async ({ policy, outcome, last }) => {
    const server = await serve(plannedWorld({ machines: [{ name: "s-01", environments: ["Staging"] }] }));
    const add = (version: string, ...deployments: readonly Deployment[]) =>
      server.simulator.addWorld({
        projects: [{ name: "Web API", releases: [{ version, deployments: [...deployments] }] }],
      });
    add("1.1", to("Production", "-2h"));
    add("1.0", to("Staging", "-1h"));
    await planAndApprove(server);
    add("1.1", to("Staging", "-50s", { took: "5s" }));
    add("1.0", to("Staging", "-30s", { took: "5s", specificMachines: ["s-01"] }));

    const { outputs, log } = await deploy(server, policy);

    expect(outputs, log).toMatchObject(outcome);
    expect(inProduction(server).at(-1)).toBe(last);
  });
});

test("two releases whose deployments to the source overlapped are both named", async () => {
  const releases = [
    release("14", to("Test", "-5h", { completed: "-1h" })),
    release("15", to("Test", "-3h", { completed: "-2h" })),
  ];
  const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

  const { log } = await walk(server, { child: "Web API" });

  expect(log).toMatch(
    /warning: 14 \(Deployments-\d+\) and 15 \(Deployments-\d+\) were deployed to Test at the same time/,
  );
});
