import { describe, expect, test } from "vitest";
import { walk } from "./in-process.ts";
import { child, created, type Parameters, type Project, serve } from "./scenario.ts";
import { component, deployments, endOf, train, trainWorld, usualNames, usualReleases } from "./train-world.ts";

/** 1.1 is already current in Staging. */
const current: Partial<Project> = {
  releases: [
    ...usualReleases.slice(0, 1),
    { version: "1.1", created: "-1d", deployments: ["Development", "Test", "Staging"] },
  ],
};

/** One version runs in Staging, and another one was deployed to Test later. */
function promoting(from: string, to: string, packages?: string): Partial<Project> {
  const packed = packages === undefined ? {} : { packages: { Deploy: packages } };
  return {
    releases: [
      { version: from, created: "-3d", deployments: ["Development", "Test", "Staging"], ...packed },
      { version: to, created: "-1d", deployments: ["Development", "Test"], ...packed },
    ],
  };
}

const deployed = "Deployed NewRelease";
const already = "Skipped AlreadyCurrent";

interface Scenario {
  readonly rule: string;
  readonly projects?: Readonly<Record<string, Partial<Project>>>;
  readonly parameters?: Parameters;
  /** The ends of Database, Web API, Scheduling Service and Web UI. */
  readonly ends: readonly [string, string, string, string];
}

const scenarios: readonly Scenario[] = [
  {
    rule: "only one child has a new release, and it alone is deployed",
    projects: { Database: current, "Web API": current, "Web UI": current },
    ends: [already, already, deployed, already],
  },
  {
    rule: "the pattern matches no release of two children",
    projects: { "Web API": promoting("1.0", "2.1"), "Web UI": promoting("1.0", "2.1") },
    parameters: { "ChildProject.Release.Number": "2.*", "ChildProject.Release.NotFoundError": "Skip" },
    ends: ["Skipped NoMatchingRelease", deployed, "Skipped NoMatchingRelease", deployed],
  },
  {
    rule: "all are deployed by force",
    projects: Object.fromEntries(usualNames.map((name) => [name, current])),
    parameters: { "ChildProject.Deployment.Condition": "Always" },
    ends: ["Deployed Forced", "Deployed Forced", "Deployed Forced", "Deployed Forced"],
  },
  {
    rule: "the current releases are deployed again",
    parameters: { "ChildProject.DeploymentMode.Value": "Redeploy" },
    ends: ["Deployed Redeploy", "Deployed Redeploy", "Deployed Redeploy", "Deployed Redeploy"],
  },
  {
    rule: "higher versions only, by number",
    projects: {
      Database: promoting("1.10.0", "1.9.0"),
      "Web API": promoting("1.10.0", "1.10.0-beta.2"),
      "Scheduling Service": promoting("2021.1.0.9", "2021.1.0.10"),
      "Web UI": current,
    },
    parameters: { "ChildProject.Deployment.Condition": "Higher" },
    ends: ["Skipped NotHigher", "Skipped NotHigher", deployed, already],
  },
  {
    rule: "other packages only, and one child by a rule of its own",
    projects: { Database: promoting("1.0", "1.1", "7.0"), "Scheduling Service": promoting("1.0", "1.1", "7.0") },
    parameters: {
      "ChildProject.Deployment.Condition": "PackagesDiffer",
      "ChildProject.Project.Name": "Database\nWeb API\n+ Scheduling Service\n    deploy when: Different\nWeb UI",
    },
    ends: ["Skipped PackagesUnchanged", deployed, deployed, deployed],
  },
];

describe("a release train", () => {
  test.each(scenarios)("$rule", async ({ projects = {}, parameters = {}, ends }) => {
    const server = await serve(trainWorld(projects));

    const run = await walk(server, train(parameters));

    expect(run.exitCode, run.log).toBe(0);
    expect(usualNames.map((name) => endOf(run, name))).toEqual(ends);
    expect(created(server)).toHaveLength(ends.filter((end) => end.startsWith("Deployed")).length);
  });

  test("of eight children takes the sum of the longest of each level", async () => {
    const minutes = [1, 2, 3, 1, 1, 4, 2, 1];
    const names = minutes.map((_, index) => `Component ${index + 1}`);
    const scripts = Object.fromEntries(
      names.map((name, index): [string, Partial<Project>] => [name, { scripts: [{ duration: `${minutes[index]}m` }] }]),
    );
    const server = await serve(trainWorld(scripts, {}, names));
    const [a, b, c, d, e, f, g, h] = names;
    const list = `${a}\n${b}\n+ ${c}\n+ ${d}\n${e}\n+ ${f}\n${g}\n+ ${h}`;

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(run.exitCode, run.log).toBe(0);
    const seen = deployments(server);
    expect(seen.map(({ project }) => project)).toEqual(names);
    // 1 + 3 + 4 + 2 minutes, and the time until a poll notices each end: a tenth at most, ten seconds for each level.
    const last = Math.max(...seen.map(({ completed }) => completed));
    expect(last).toBeGreaterThanOrEqual(600);
    expect(last).toBeLessThan(640);
  });

  test("for three tenants skips the one that has the release", async () => {
    const names = ["Contoso", "Fabrikam", "Northwind"];
    const at = (tenant: string, environments: readonly string[]) =>
      environments.map((environment) => ({ environment, tenant, at: "-3h" }));
    const tested = names.flatMap((tenant) => at(tenant, ["Development", "Test"]));
    const shop = child("Shop", [{ version: "1.0", deployments: [...tested, ...at("Fabrikam", ["Staging"])] }], {
      tenanted: "Tenanted",
      scripts: [{ duration: "5s" }],
    });
    const tenants = names.map((name) => ({ name, projects: { Shop: ["Development", "Test", "Staging"] } }));
    const server = await serve(trainWorld({}, { projects: [shop, component("Database")], tenants }));
    const list = names.map((name) => `Shop\n    tenant: ${name}`).join("\n");

    const run = await walk(server, train({ "ChildProject.Project.Name": list }));

    expect(
      names.map((name) => endOf(run, `Shop / ${name}`)),
      run.log,
    ).toEqual([deployed, already, deployed]);
    expect(created(server)).toHaveLength(2);
  });

  test("several times a day deploys each time what has changed since", async () => {
    const server = await serve(trainWorld(Object.fromEntries(usualNames.map((name) => [name, current]))));
    for (const [index, name] of usualNames.slice(0, 3).entries()) {
      const at = new Date(server.now() - 1_000).toISOString();
      const tested = ["Development", "Test"].map((environment) => ({ environment, at, took: "1s" }));
      const releases = [{ version: `1.2.${index}`, created: at, deployments: tested }];
      server.simulator.addWorld({ projects: [{ name, releases }] });

      const run = await walk(server, train());

      const ends = usualNames.map((each) => endOf(run, each));
      expect(ends, run.log).toEqual(usualNames.map((each) => (each === name ? deployed : already)));
      expect(deployments(server)).toHaveLength(index + 1);
    }
  });
});
