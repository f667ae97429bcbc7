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

/** A release that was created and deployed to Development before everything else. */
function release(version: string, ...deployments: readonly Deployment[]): Release {
  return { version, created: "-99h", deployments: [{ environment: "Development", at: "-98h" }, ...deployments] };
}

function to(environment: string, at: string, more: Partial<Deployment> = {}): Deployment {
  return { environment, at, ...more };
}

const purged = { taskPurged: true };
const forgotten = { taskIdForgotten: true };

function end({ outputs }: Run): string {
  return `${outputs["Outcome"]} ${outputs["Reason"]}`;
}

interface Case {
  readonly rule: string;
  readonly releases: readonly Release[];
  readonly parameters?: Parameters;
  readonly expected: readonly string[];
  readonly ends: string;
  readonly log: RegExp;
}

const cases: readonly Case[] = [
  {
    rule: "a failure in the source whose task is gone",
    releases: [release("1.0", to("Test", "-9h")), release("2.0", to("Test", "-8h", { ...purged, state: "Failed" }))],
    expected: ["Web API 1.0 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: 2\.0 was deployed to Test later \(Deployments-\d+\), but its server task is gone/,
  },
  {
    rule: "a deployment in the source that never ran",
    releases: [release("1.0", to("Test", "-9h")), release("2.0", to("Test", "-8h", forgotten))],
    expected: ["Web API 1.0 to Staging"],
    ends: "Deployed NewRelease",
    log: /info: Passed over 2\.0: the server task of Deployments-\d+ is gone/,
  },
  {
    rule: "a release that another deployment proves",
    releases: [release("2.0", to("Test", "-9h"), to("Test", "-8h", purged))],
    expected: ["Web API 2.0 to Staging"],
    ends: "Deployed NewRelease",
    log: /Selected 2\.0, last deployed to Test/,
  },
  {
    rule: "nothing else in the source",
    releases: [release("2.0", to("Test", "-8h", purged))],
    expected: [],
    ends: "Skipped NoMatchingRelease",
    log: /Closest: 2\.0 \(the server task of Deployments-\d+ is gone, so nothing proves that it succeeded\)/,
  },
  {
    rule: "passing it over is no reason for a downgrade",
    releases: [
      release("1.0", to("Test", "-9h")),
      release("1.5", to("Test", "-12h"), to("Staging", "-10h")),
      release("2.0", to("Test", "-8h", purged)),
    ],
    expected: [],
    ends: "Skipped NoMatchingRelease",
    log: /The next best is 1\.0, which would be a downgrade from 1\.5 in Staging/,
  },
  {
    rule: "in the destination, where nothing else was deployed",
    releases: [release("2.0", to("Test", "-9h"), to("Staging", "-8h", forgotten))],
    expected: ["Web API 2.0 to Staging"],
    ends: "Deployed NewRelease",
    log: /warning: Deployments-\d+ \(2\.0\) is the newest deployment to Staging, but its server task is gone/,
  },
  {
    rule: "in the destination, after the current release",
    releases: [release("1.0", to("Test", "-7h"), to("Staging", "-6h")), release("2.0", to("Staging", "-5h", purged))],
    expected: ["Web API 1.0 to Staging"],
    ends: "Deployed HistoryUnknown",
    log: /currently 1\.0, but the result of a later deployment is unknown|already current, but the result of a later deployment is unknown/,
  },
  {
    rule: "in the destination, before the current release",
    releases: [release("2.0", to("Staging", "-8h", purged)), release("1.0", to("Test", "-7h"), to("Staging", "-6h"))],
    expected: [],
    ends: "Skipped AlreadyCurrent",
    log: /is already deployed to Staging/,
  },
  {
    rule: "Redeploy takes the release that is proved, with a warning",
    releases: [release("1.0", to("Test", "-7h"), to("Staging", "-6h")), release("2.0", to("Staging", "-5h", purged))],
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
    expected: ["Web API 1.0 to Staging"],
    ends: "Deployed Redeploy",
    log: /warning: Deployments-\d+ \(version not known\) is the newest deployment to Staging, but its server task is gone/,
  },
];

describe("a deployment whose task is gone, or never was, proves nothing", () => {
  test.each(cases)("$rule", async ({ releases, parameters, expected, ends, log }) => {
    const server = await serve(orchestration({ projects: [child("Web API", [...releases])] }));

    const walked = await walk(server, { child: "Web API", ...(parameters && { parameters }) });

    expect(created(server), walked.log).toEqual(expected);
    expect(end(walked), walked.log).toBe(ends);
    expect(walked.log).toMatch(log);
  });

  test("the message names the permission instead if the key may not see tasks", async () => {
    const rights = ["ProjectView", "ProcessView", "LifecycleView", "EnvironmentView", "ReleaseView", "DeploymentView"];
    const server = await serve(
      orchestration({
        projects: [child("Web API", [release("2.0", to("Test", "-9h"), to("Staging", "-8h"))])],
        userRoles: [{ name: "Blind", permissions: [...rights, "DeploymentCreate", "InterruptionView"] }],
        teams: [{ name: "Release Management", members: ["release-conductor"], roles: ["Blind"] }],
      }),
    );

    const walked = await walk(server, { child: "Web API" });

    expect(end(walked), walked.log).toBe("Failed PermissionMissing");
    expect(walked.outputs["Message"]).toContain("TaskView");
    expect(created(server)).toEqual([]);
  });
});
