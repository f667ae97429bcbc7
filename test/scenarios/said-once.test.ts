import { expect, test } from "vitest";
import type { World } from "../octopus-server/world/world.ts";
import { walk, type Walk } from "./in-process.ts";
import { type Run, serve } from "./scenario.ts";
import { fails, type Script } from "./train-failures-world.ts";
import { failing, train, trainWorld } from "./train-world.ts";

/** The sentences that a log shows more than once, apart from verbose lines and the state of a deployment. */
function repeated(run: Run): readonly string[] {
  const sentences = visible(run)
    .split("\n")
    .flatMap((line) => line.replace(/^\w+: /, "").split(/(?<=[.!?]) (?=[A-Z"])/))
    .filter((sentence) => sentence.length > 25 && !sentence.endsWith("The child deployment is executing."));
  return sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index);
}

/** The log without its verbose lines, which Octopus hides. */
function visible({ log }: Run): string {
  return log
    .split("\n")
    .filter((line) => !line.startsWith("verbose: "))
    .join("\n");
}

const frozen = (...projects: readonly string[]): Partial<World> => ({
  freezes: [{ name: "Xmas", start: "-1h", end: "+1d", projects: [...projects], environments: ["Staging"] }],
});
const prompting = { variables: [{ name: "Ticket", prompt: { required: true } }] };
const alone = (parameters: Walk["parameters"] = {}): Walk => ({ child: "Web API", parameters });
const policy = (name: string, more: Walk["parameters"] = {}): Walk =>
  train({ "ChildProject.Failure.Policy": name, ...more });
const always: Script = { duration: "2m", result: "Failed", error: "The disk is full." };

test.each<{ rule: string; world: World; walks: Walk; says: RegExp; times?: number }>([
  {
    rule: "a child that failed",
    world: trainWorld({ "Web API": failing }),
    walks: alone(),
    says: /The deployment of Web API 1\.1 to Staging failed: The disk is full\./g,
  },
  {
    rule: "a failure that is tried again, and the last one",
    world: trainWorld({ "Web API": { scripts: [fails, always] } }),
    walks: alone({ "ChildProject.Deployment.Retries": "1" }),
    says: /The deployment of Web API 1\.1 to Staging failed: /g,
    times: 2,
  },
  {
    rule: "no release, which is an error",
    world: trainWorld(),
    walks: alone({ "ChildProject.Release.Number": "7.*", "ChildProject.Release.NotFoundError": "Error" }),
    says: /No release of Web API matches/g,
  },
  {
    rule: "a blocker",
    world: trainWorld({ "Web API": prompting }),
    walks: alone(),
    says: /Cannot deploy Web API 1\.1 to Staging yet\./g,
  },
  {
    rule: "a schedule that is not waited for",
    world: trainWorld(),
    walks: alone({ "ChildProject.Deployment.FutureTime": "+90m" }),
    says: /is scheduled for/g,
  },
  {
    rule: "a request whose answer is lost for good",
    world: trainWorld(),
    walks: alone(),
    says: /It is unknown whether creating the deployment/g,
  },
  {
    rule: "Stop: a child of several that failed",
    world: trainWorld({ "Web API": failing }),
    walks: policy("Stop"),
    says: /The deployment of 1\.1 to Staging failed: The disk is full\./g,
  },
  {
    rule: "Continue: two children that failed",
    world: trainWorld({ Database: failing, "Web API": failing }),
    walks: policy("Continue"),
    says: /The deployment of 1\.1 to Staging failed: The disk is full\./g,
    times: 2,
  },
  {
    rule: "RerunUntilDone: the failure of each pass, and why there is no other",
    world: trainWorld({ Database: { scripts: [fails, always] }, "Web API": { scripts: [fails, always] } }),
    walks: policy("RerunUntilDone"),
    says: /No progress in pass 2/g,
  },
  {
    rule: "RollBack: the failure, and how the roll back ended",
    // The roll back fails a minute later with the same error, which has a time of its own.
    world: trainWorld({ "Web UI": { scripts: failing.scripts?.map((each) => ({ ...each, duration: "1m" })) } }),
    walks: policy("RollBack"),
    says: /1\.0 is current again\./g,
    times: 3,
  },
  {
    rule: "the check of the plans: what to do about two children that are blocked",
    world: trainWorld({ Database: prompting, "Web API": prompting }),
    walks: train(),
    says: /Nothing was created\. Fix this and deploy again\./g,
  },
  {
    rule: "the check of the plans: two children in a freeze",
    world: trainWorld({}, frozen("Database", "Web API")),
    walks: train(),
    says: /Deployments of Database to Staging are prevented/g,
  },
  {
    rule: "the check of the plans: a child that has no release",
    world: trainWorld(),
    walks: train({
      "ChildProject.Project.Name": "Database\n  release number: 7.*\nWeb API",
      "ChildProject.Release.NotFoundError": "Error",
    }),
    says: /No release of Database matches/g,
  },
])("$rule is said once", async ({ rule, world, walks, says, times = 1 }) => {
  const server = await serve(world);
  if (rule.includes("lost"))
    server.simulator.addFault({ method: "POST", route: "deployments", times: 1, reset: "before" });

  const run = await walk(server, walks);

  expect(visible(run).match(says), run.log).toHaveLength(times);
  expect(repeated(run), run.log).toEqual([]);
});
