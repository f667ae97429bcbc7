import { describe, expect, test } from "vitest";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { type Run, child, created, orchestration, type Parameters, serve } from "./scenario.ts";

type Freeze = NonNullable<World["freezes"]>[number];

/** A freeze on Thursdays from ten to two, in its second week. The present is Thursday noon. */
const thursdays: Freeze = {
  name: "Market day",
  start: "2021-01-07T10:00:00Z",
  end: "2021-01-07T14:00:00Z",
  projects: ["Web API"],
  environments: ["Staging"],
  recurring: { type: "Weekly" },
};
/** The same freeze, owned by the project. */
const own: Freeze = { ...thursdays, project: "Web API", projects: [] };

/** A freeze on Fridays. */
const tomorrow: Freeze = { ...thursdays, start: "2021-01-08T10:00:00Z", end: "2021-01-08T14:00:00Z" };
const untold = { freezesFilteredByEffectiveDate: false, freezesTellOccurrence: false };

const why: Parameters = { "ChildProject.Freeze.OverrideReason": "hot fix 42" };
const whatIf: Parameters = { "ChildProject.WhatIf.Value": "Yes" };
const at = (time: string): Parameters => ({ "ChildProject.Deployment.FutureTime": time });

interface Case {
  readonly rule: string;
  readonly freeze?: Freeze;
  readonly parameters?: Parameters;
  /** Server behaviour that no public source documents. */
  readonly switches?: Readonly<Record<string, unknown>>;
  readonly plan: string;
  readonly end: string;
  /** Requests to create a deployment, all of them in the real run. */
  readonly posts: number;
  readonly said?: RegExp;
}

const prevented = /Deployments of "?Web API"? to Staging are prevented by the deployment freeze "Market day" until/;
const refused = /The deployment is prevented by the deployment freeze 'Market day'/;
const overriding = /warning: Overriding the deployment freeze "Market day"( until .*)?\. Reason: hot fix 42/;

const cases: readonly Case[] = [
  {
    rule: "a recurring freeze, in its second week, is a blocker",
    plan: "WhatIf Frozen False",
    end: "Failed Frozen",
    posts: 0,
    said: prevented,
  },
  {
    rule: "a recurring freeze is overridden with a reason",
    parameters: why,
    plan: "WhatIf NewRelease True",
    end: "Deployed NewRelease",
    posts: 1,
    said: overriding,
  },
  {
    rule: "a freeze of the project is a blocker as well",
    freeze: own,
    plan: "WhatIf Frozen False",
    end: "Failed Frozen",
    posts: 0,
    said: prevented,
  },
  {
    rule: "a freeze of the project is overridden with a reason",
    freeze: own,
    parameters: why,
    plan: "WhatIf NewRelease True",
    end: "Deployed NewRelease",
    posts: 1,
    said: overriding,
  },
  {
    rule: "between two occurrences nothing is frozen",
    parameters: at("tomorrow 12:00"),
    plan: "WhatIf NewRelease True",
    end: "Scheduled NewRelease",
    posts: 1,
  },
  {
    rule: "the scheduled instant counts: next week's occurrence is a blocker",
    parameters: at("2021-01-21T12:00:00Z"),
    plan: "WhatIf Frozen False",
    end: "Failed Frozen",
    posts: 0,
    said: prevented,
  },
  {
    rule: "next week's occurrence is overridden with a reason",
    parameters: { ...at("2021-01-21T12:00:00Z"), ...why },
    plan: "WhatIf NewRelease True",
    end: "Scheduled NewRelease",
    posts: 1,
    said: overriding,
  },
  {
    rule: "an older server reports today's occurrence for any instant: a blocker today",
    switches: { freezesFilteredByEffectiveDate: false },
    plan: "WhatIf Frozen False",
    end: "Failed Frozen",
    posts: 0,
    said: prevented,
  },
  {
    rule: "on an older server, today's occurrence is no blocker for tomorrow",
    switches: { freezesFilteredByEffectiveDate: false },
    parameters: at("tomorrow 12:00"),
    plan: "WhatIf NewRelease True",
    end: "Scheduled NewRelease",
    posts: 1,
  },
  {
    rule: "on an older server, next week is refused by the server, whose message is quoted",
    switches: { freezesFilteredByEffectiveDate: false },
    parameters: at("2021-01-21T12:00:00Z"),
    plan: "WhatIf NewRelease True",
    end: "Failed Frozen",
    posts: 1,
    said: refused,
  },
  {
    rule: "on an older server, the refusal names the freeze, so that a reason overrides it",
    switches: { freezesFilteredByEffectiveDate: false },
    parameters: { ...at("2021-01-21T12:00:00Z"), ...why },
    plan: "WhatIf NewRelease True",
    end: "Scheduled NewRelease",
    posts: 2,
    said: overriding,
  },
  {
    rule: "an older server that tells no occurrence refuses today, and its message is quoted",
    switches: untold,
    plan: "WhatIf NewRelease True",
    end: "Failed Frozen",
    posts: 1,
    said: refused,
  },
  {
    rule: "an older server that tells no occurrence refuses today, so that a reason overrides the freeze",
    switches: untold,
    parameters: why,
    plan: "WhatIf NewRelease True",
    end: "Deployed NewRelease",
    posts: 2,
    said: overriding,
  },
  {
    rule: "on an older server that tells no occurrence, nothing is frozen between two of them",
    freeze: tomorrow,
    switches: untold,
    plan: "WhatIf NewRelease True",
    end: "Deployed NewRelease",
    posts: 1,
  },
  {
    rule: "a server that does not list the project's freeze refuses, and its message is quoted",
    freeze: own,
    switches: { projectFreezesListed: false },
    plan: "WhatIf NewRelease True",
    end: "Failed Frozen",
    posts: 1,
    said: refused,
  },
  {
    rule: "a reason cannot override a freeze that is not listed",
    freeze: own,
    switches: { projectFreezesListed: false },
    parameters: why,
    plan: "WhatIf NewRelease True",
    end: "Failed Frozen",
    posts: 1,
    said: /'Market day'.*sees no freeze to override/,
  },
  {
    rule: "another status of the refusal means the same",
    freeze: own,
    switches: { projectFreezesListed: false, freezeStatus: 403 },
    plan: "WhatIf NewRelease True",
    end: "Failed Frozen",
    posts: 1,
    said: refused,
  },
];

function world(freezes: Freeze[]): World {
  return orchestration({
    projects: [child("Web API", [{ version: "1.0", deployments: ["Development", "Test"] }])],
    freezes,
  });
}

async function deploy(server: OctopusServer, parameters: Parameters): Promise<Run> {
  return await walk(server, { child: "Web API", parameters, timeZone: "Europe/London" });
}

const ending = ({ outputs }: Run) => `${outputs["Outcome"]} ${outputs["Reason"]}`;

describe("freezes that recur, or belong to the project", () => {
  test.each(cases)("$rule", async ({ freeze = thursdays, parameters, switches = {}, plan, end, posts, said }) => {
    const server = await serve(world([freeze]));
    server.simulator.setSwitches(switches);

    const planned = await deploy(server, { ...parameters, ...whatIf });
    const walked = await deploy(server, parameters ?? {});

    expect([`${ending(planned)} ${planned.outputs["ChildReleaseToDeploy"]}`, ending(walked)], walked.log).toEqual([
      plan,
      end,
    ]);
    const requests = server
      .journal()
      .filter(
        ({ method, path, user }) =>
          method === "POST" && /\/deployments(\/override)?$/.test(path) && user === "release-conductor",
      );
    expect(requests).toHaveLength(posts);
    expect(created(server)).toEqual(end.startsWith("Failed") ? [] : ["Web API 1.0 to Staging"]);
    if (said !== undefined) expect(walked.log).toMatch(said);
  });
});
