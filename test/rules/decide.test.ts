import { describe, expect, test } from "vitest";
import { asId, type DeploymentCondition, type DeploymentMode, type Release } from "../../src/model.ts";
import { type CurrentState, decide, overlapping } from "../../src/rules/decide.ts";
import { attempt, release } from "./build.ts";

interface Case {
  readonly rule: string;
  readonly mode?: DeploymentMode;
  readonly condition?: DeploymentCondition;
  readonly selected: Release;
  readonly isRepeated?: true;
  readonly current?: Release;
  readonly incomplete?: "PartiallyDeployed" | "LastAttemptFailed" | "HistoryUnknown";
  /** The release that failed. */
  readonly failed?: string;
  readonly isFallback?: true;
  readonly variablesChanged?: boolean;
  readonly verdict: string;
}

function packaged(version: string, packageVersion: string): Release {
  return release(version, {
    packages: [{ actionName: "Deploy web", packageReferenceName: "", version: packageVersion }],
  });
}

function fromGit(version: string, gitCommit: string): Release {
  const gitResources = [{ actionName: "Apply", referenceName: "", gitReference: "refs/heads/main", gitCommit }];
  return release(version, { gitResources });
}

const cases: readonly Case[] = [
  { rule: "no current release: deploy", selected: release("1.0"), verdict: "deploy NewRelease" },
  {
    rule: "Different: another release is deployed",
    selected: release("1.1"),
    current: release("1.0"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "Different: the current release is skipped",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "skip AlreadyCurrent",
  },
  {
    rule: "Different: a lower release is deployed",
    selected: release("1.9.0"),
    current: release("1.10.0"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "Different: a current release that was deployed only in part is deployed again",
    selected: release("1.0"),
    current: release("1.0"),
    incomplete: "PartiallyDeployed",
    verdict: "deploy PartiallyDeployed",
  },
  {
    rule: "Different: a current release whose last attempt failed is deployed again",
    selected: release("1.0"),
    current: release("1.0"),
    incomplete: "LastAttemptFailed",
    verdict: "deploy LastAttemptFailed",
  },
  {
    rule: "Different: another release whose last attempt failed is tried again",
    selected: release("1.1"),
    current: release("1.0"),
    incomplete: "LastAttemptFailed",
    failed: "1.1",
    verdict: "deploy LastAttemptFailed",
  },
  {
    rule: "Different: another release than the one that failed is new",
    selected: release("1.1"),
    current: release("1.0"),
    incomplete: "LastAttemptFailed",
    failed: "1.2",
    verdict: "deploy NewRelease",
  },
  {
    rule: "Different: the current release with changed variables",
    condition: "Different",
    selected: release("1.0"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "deploy VariablesChanged",
  },
  {
    rule: "SpecificMachines: the current release with changed variables",
    condition: "SpecificMachines",
    selected: release("1.0"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "deploy VariablesChanged",
  },
  {
    rule: "Higher: the current release with changed variables",
    condition: "Higher",
    selected: release("1.0"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "skip AlreadyCurrent",
  },
  {
    rule: "PackagesDiffer: the current release with changed variables",
    condition: "PackagesDiffer",
    selected: release("1.0"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "skip AlreadyCurrent",
  },
  {
    rule: "Always: the current release with changed variables",
    condition: "Always",
    selected: release("1.0"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "deploy Forced",
  },
  {
    rule: "Different: a failed last attempt is a better reason than changed variables",
    selected: release("1.0"),
    current: release("1.0"),
    incomplete: "LastAttemptFailed",
    variablesChanged: true,
    verdict: "deploy LastAttemptFailed",
  },
  {
    rule: "Higher: changed variables do not make a lower release higher",
    condition: "Higher",
    selected: release("0.9"),
    current: release("1.0"),
    variablesChanged: true,
    verdict: "skip NotHigher",
  },
  {
    rule: "Higher: 1.9.0 is not higher than 1.10.0",
    condition: "Higher",
    selected: release("1.9.0"),
    current: release("1.10.0"),
    verdict: "skip NotHigher",
  },
  {
    rule: "Higher: a pre-release is not higher",
    condition: "Higher",
    selected: release("1.10.0-beta.2"),
    current: release("1.10.0"),
    verdict: "skip NotHigher",
  },
  {
    rule: "Higher: 1.10.1 is higher than 1.10.0",
    condition: "Higher",
    selected: release("1.10.1"),
    current: release("1.10.0"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "Higher: four parts compare by number",
    condition: "Higher",
    selected: release("2021.1.0.10"),
    current: release("2021.1.0.9"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "Higher: the current release is skipped",
    condition: "Higher",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "skip AlreadyCurrent",
  },
  {
    rule: "Higher: an equal version of another release is not higher",
    condition: "Higher",
    selected: release("1.0.0"),
    current: release("1.0"),
    verdict: "skip NotHigher",
  },
  {
    rule: "Higher: an incomplete current release is replaced even by a lower one",
    condition: "Higher",
    selected: release("1.0"),
    current: release("1.1"),
    incomplete: "LastAttemptFailed",
    verdict: "deploy LastAttemptFailed",
  },
  {
    rule: "PackagesDiffer: the same packages are skipped",
    condition: "PackagesDiffer",
    selected: packaged("2.0.1", "7"),
    current: packaged("2.0.0", "7"),
    verdict: "skip PackagesUnchanged",
  },
  {
    rule: "PackagesDiffer: one other package is deployed",
    condition: "PackagesDiffer",
    selected: packaged("2.0.1", "8"),
    current: packaged("2.0.0", "7"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "PackagesDiffer: a rollback with other packages is deployed",
    condition: "PackagesDiffer",
    selected: packaged("1.9", "6"),
    current: packaged("2.0.0", "7"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "PackagesDiffer: a release without packages counts as different",
    condition: "PackagesDiffer",
    selected: release("2.0.1"),
    current: release("2.0.0"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "PackagesDiffer: a package that was dropped is a difference",
    condition: "PackagesDiffer",
    selected: packaged("2.0.1", "7"),
    current: release("2.0.0", {
      packages: [
        ...packaged("", "7").packages,
        ...packaged("", "7").packages.map((each) => ({ ...each, actionName: "Deploy api" })),
      ],
    }),
    verdict: "deploy NewRelease",
  },
  {
    rule: "PackagesDiffer: another commit of a git resource is deployed",
    condition: "PackagesDiffer",
    selected: fromGit("2.0.1", "bbb"),
    current: fromGit("2.0.0", "aaa"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "PackagesDiffer: the same commit is skipped",
    condition: "PackagesDiffer",
    selected: fromGit("2.0.1", "aaa"),
    current: fromGit("2.0.0", "aaa"),
    verdict: "skip PackagesUnchanged",
  },
  {
    rule: "PackagesDiffer: a partly deployed current release is replaced",
    condition: "PackagesDiffer",
    selected: packaged("2.0.1", "7"),
    current: packaged("2.0.0", "7"),
    incomplete: "PartiallyDeployed",
    verdict: "deploy PartiallyDeployed",
  },
  {
    rule: "Different: another release is new, even if the current one is uncertain",
    selected: release("1.1"),
    current: release("1.0"),
    incomplete: "HistoryUnknown",
    verdict: "deploy NewRelease",
  },
  {
    rule: "Different: the current release is deployed again if the end of a later deployment is unknown",
    selected: release("1.0"),
    current: release("1.0"),
    incomplete: "HistoryUnknown",
    verdict: "deploy HistoryUnknown",
  },
  {
    rule: "Always: the current release is deployed again",
    condition: "Always",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "deploy Forced",
  },
  {
    rule: "Always: another release is new",
    condition: "Always",
    selected: release("1.1"),
    current: release("1.0"),
    verdict: "deploy NewRelease",
  },
  {
    rule: "AlwaysLatest implies Always",
    mode: "AlwaysLatest",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "deploy Forced",
  },
  {
    rule: "SpecificMachines: the release that the destination runs is deployed to this run's machines once more",
    condition: "SpecificMachines",
    selected: release("1.0"),
    isRepeated: true,
    current: release("1.1"),
    verdict: "deploy Redeploy",
  },
  {
    rule: "SpecificMachines without specific machines: as Different",
    condition: "SpecificMachines",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "skip AlreadyCurrent",
  },
  {
    rule: "Redeploy implies Always",
    mode: "Redeploy",
    selected: release("1.0"),
    current: release("1.0"),
    verdict: "deploy Redeploy",
  },
  {
    rule: "a lower release than the current one is not deployed because a better match was refused",
    selected: release("1.0"),
    current: release("1.1"),
    isFallback: true,
    verdict: "not-found",
  },
  {
    rule: "Always: a lower release than the current one is not deployed because a better match was refused",
    condition: "Always",
    selected: release("1.0"),
    current: release("1.1"),
    isFallback: true,
    verdict: "not-found",
  },
  {
    rule: "a higher release than the current one is deployed although a better match was refused",
    selected: release("1.1"),
    current: release("1.0"),
    isFallback: true,
    verdict: "deploy NewRelease",
  },
  {
    rule: "the current release is skipped although a better match was refused",
    selected: release("1.1"),
    current: release("1.1"),
    isFallback: true,
    verdict: "skip AlreadyCurrent",
  },
];

describe("deploy or skip", () => {
  test.each(cases)(
    "$rule",
    ({
      mode = "Promote",
      condition = "Different",
      selected,
      isRepeated,
      current,
      incomplete,
      failed = "1.0",
      isFallback = false,
      variablesChanged,
      verdict,
    }) => {
      const state: CurrentState | undefined =
        current === undefined
          ? undefined
          : {
              release: current,
              incomplete:
                incomplete === undefined
                  ? undefined
                  : { reason: incomplete, deployment: attempt({ release: failed }).deployment },
            };

      const decided = decide({ mode, condition, selected, isRepeated, current: state, isFallback, variablesChanged });

      expect("reason" in decided ? `${decided.kind} ${decided.reason}` : decided.kind).toBe(verdict);
    },
  );
});

describe("two deployments at the same time", () => {
  const chosen = attempt({ id: "Deployments-2", release: "1.1", start: 10, end: 20 });

  test.each([
    {
      rule: "overlap when one started before the other ended",
      other: { release: "1.0", start: 5, end: 11 },
      overlap: true,
    },
    {
      rule: "do not overlap when one ended as the other started",
      other: { release: "1.0", start: 5, end: 10 },
      overlap: false,
    },
    {
      rule: "do not overlap when they are of the same release",
      other: { release: "1.1", start: 5, end: 15 },
      overlap: false,
    },
    {
      rule: "do not overlap when one has lost its task",
      other: { release: "1.0", state: "purged" as const, end: 15 },
      overlap: false,
    },
    {
      rule: "do not overlap when they go to different environments",
      other: {
        release: "1.0",
        start: 5,
        end: 15,
        deployment: { environmentId: asId<"Environment">("Environments-2") },
      },
      overlap: false,
    },
    {
      rule: "do not overlap when they are for different tenants",
      other: { release: "1.0", start: 5, end: 15, deployment: { tenantId: asId<"Tenant">("Tenants-2") } },
      overlap: false,
    },
  ])("$rule", ({ other, overlap }) => {
    const rival = attempt({ id: "Deployments-1", ...other });

    expect(overlapping(chosen, [chosen, rival])).toBe(overlap ? rival : undefined);
  });
});
