import * as timersPromises from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { FaultInput } from "../octopus-server/http/faults.ts";
import type { JournalEntry } from "../octopus-server/http/journal.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { isLong } from "../random-cases.ts";
import { faultTable } from "./fault-table.ts";
import { runOrWalk, walk } from "./in-process.ts";
import { child, orchestration, type Parameters, type Run, run, serve } from "./scenario.ts";

interface Story {
  readonly name: string;
  readonly world: World;
  readonly parameters: Parameters;
  readonly ends: string;
  /** Changes the server before the step begins. */
  readonly before?: (server: OctopusServer) => void;
}

function worldWith(script: NonNullable<World["scripts"]>[number], guidedFailure: "On" | "Off" = "Off"): World {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  const releases = [{ version: "1.0", created: "-3h", deployments }];
  return orchestration({
    projects: [child("Web API", releases, { guidedFailure })],
    scripts: [{ project: "Web API", environment: "Staging", ...script }],
  });
}

/** Together these stories call every endpoint that the step uses to start a child, to poll its task and to cancel it. */
const stories: readonly Story[] = [
  {
    name: "a child that succeeds at once",
    world: worldWith({ duration: "1s" }),
    parameters: { "ChildProject.Release.Number": "1.*" },
    ends: "Deployed",
  },
  {
    name: "a queued child that succeeds, its log relayed",
    world: {
      ...worldWith({ queuedFor: "8s", duration: "8s" }),
      freezes: [{ name: "Xmas", start: "-1h", end: "+1d", projects: ["Web API"], environments: ["Staging"] }],
    },
    parameters: {
      "ChildProject.EnableEnhancedLogging.Value": "Yes",
      "ChildProject.Freeze.OverrideReason": "matrix",
    },
    ends: "Deployed",
  },
  {
    name: "a child whose failure is guided and that reaches its time limit",
    world: worldWith(
      { duration: "1h", steps: [{ name: "Deploy", result: "Failed", duration: "2s", failures: 1 }, { name: "Wait" }] },
      "On",
    ),
    parameters: { "ChildProject.GuidedFailure.Response": "Retry", "ChildProject.CancelDeployment.Seconds": "20" },
    ends: "TimedOut",
  },
  {
    name: "a child that fails and is deployed again",
    world: worldWith({ duration: "5s", result: "Failed", times: 1 }),
    parameters: { "ChildProject.Deployment.Retries": "1" },
    ends: "Deployed",
  },
  {
    name: "a child that is superseded",
    world: worldWith({ queuedFor: "forever", supersededAfter: "10s" }),
    parameters: {},
    ends: "Canceled",
  },
  {
    name: "a tenant's child on one machine, with a prompted value and refreshed variables",
    world: tenanted(),
    before: (server) => server.simulator.touchVariables("Web API"),
    parameters: {
      "ChildProject.Tenant.Name": "Contoso",
      "ChildProject.Target.MachineNames": "web-1",
      "ChildProject.Prompted.Variables": "Approver::Sam",
      "ChildProject.RefreshVariableSnapShots.Option": "Yes",
    },
    ends: "Deployed",
  },
];

function tenanted(): World {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h", tenant: "Contoso" }));
  const project = child("Web API", [{ version: "1.0", created: "-3h", deployments }], {
    tenanted: "Tenanted",
    steps: [{ name: "Deploy", roles: ["web"], packages: ["Web API"] }],
    variables: [{ name: "Approver", prompt: { required: true } }],
    scripts: [{ duration: "1s" }],
  });
  const place = { environments: ["Staging"], roles: ["web"], tenants: ["Contoso"] };
  return orchestration({
    projects: [project],
    tenants: [{ name: "Contoso", projects: { "Web API": ["Development", "Test", "Staging"] } }],
    machines: ["web-1", "web-2"].map((name) => ({ name, ...place })),
  });
}

interface Kind {
  readonly name: string;
  readonly fault: FaultInput;
  /** A read is repeated, so that the run ends as without the fault. */
  readonly passes: boolean;
  /** A deployment is created despite the fault, because the request is repeated or took effect. */
  readonly creates?: true;
}

const kinds: readonly Kind[] = [
  { name: "401", fault: { status: 401 }, passes: false },
  { name: "403", fault: { missingPermission: "DeploymentView" }, passes: false },
  { name: "404", fault: { status: 404 }, passes: false },
  { name: "409", fault: { status: 409 }, passes: false },
  { name: "429 three times", fault: { status: 429, times: 3 }, passes: true, creates: true },
  { name: "429 with Retry-After", fault: { status: 429, retryAfter: 30 }, passes: true, creates: true },
  { name: "500 three times", fault: { status: 500, times: 3 }, passes: true },
  { name: "502 with a web page", fault: { status: 502, html: true }, passes: true },
  { name: "503 without a body", fault: { status: 503, empty: true }, passes: true },
  { name: "504 after it took effect", fault: { status: 504, after: true }, passes: true, creates: true },
  { name: "reset before, three times", fault: { reset: "before", times: 3 }, passes: true },
  { name: "reset after", fault: { reset: "after" }, passes: true, creates: true },
  { name: "committed late", fault: { lateCommit: "40s" }, passes: true, creates: true },
  { name: "cut off", fault: { truncate: "cut" }, passes: true, creates: true },
  { name: "half an answer", fault: { truncate: "closed" }, passes: true, creates: true },
  { name: "too slow", fault: { delay: "20ms" }, passes: true, creates: true },
  { name: "dripping", fault: { drip: "30ms" }, passes: true, creates: true },
  { name: "redirect", fault: { redirect: "https://elsewhere.example.com{path}" }, passes: false },
  { name: "a web page", fault: { status: 200, html: true }, passes: false },
  { name: "nothing", fault: { status: 200, empty: true }, passes: false },
];

/** The routes that a story calls and no earlier story called, found by running it without faults. */
async function routesOf(server: OctopusServer, story: Story, known: Set<string>): Promise<readonly string[]> {
  server.simulator.loadWorld(story.world);
  story.before?.(server);
  server.clearJournal();
  const { outputs, log } = await walk(server, { child: "Web API", key: server.apiKey, parameters: story.parameters });
  expect(outputs["Outcome"], log).toBe(story.ends);
  const routes = new Set(
    server.journal().flatMap(({ route }) => (route === undefined || known.has(route) ? [] : [route])),
  );
  for (const route of routes) known.add(route);
  return [...routes];
}

/** Time limits of requests that end when the test says so, so that no machine is too slow for a healthy request. */
function limitsByHand() {
  const running = new Set<AbortController>();
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
    const limit = new AbortController();
    running.add(limit);
    return limit.signal;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return {
    /** Ends the limits when a fault has struck a request, and no other request is under way. */
    endWhenStruck: async (server: OctopusServer, walking: Promise<unknown>) => {
      const end = new AbortController();
      void walking.finally(() => end.abort());
      // For some turns of the event loop, so that what was just sent has arrived.
      for (let calm = 0; !end.signal.aborted && calm < 3; calm = isStruckAlone(server) ? calm + 1 : 0) {
        await timersPromises.setImmediate();
      }
      for (const limit of running) limit.abort();
      running.clear();
    },
  };
}

function struckIn(server: OctopusServer): JournalEntry | undefined {
  return server.journal().find(({ fault }) => fault !== undefined);
}

function isStruckAlone(server: OctopusServer): boolean {
  const struck = struckIn(server);
  return struck !== undefined && server.journal().every((entry) => entry === struck || entry.end !== undefined);
}

function isUnderWay(entry: JournalEntry | undefined): boolean {
  return entry !== undefined && entry.end === undefined;
}

/** Waits until the request that was struck has taken effect. */
async function afterStruck(server: OctopusServer): Promise<void> {
  while (isUnderWay(struckIn(server))) await timersPromises.setTimeout(1);
}

test("every endpoint the step calls x every fault: at most one live deployment, the right outcome, a readable message", async () => {
  const server = await serve({});
  const limits = limitsByHand();
  const known = new Set<string>();
  const table = faultTable(
    kinds.map(({ name }) => name),
    7,
  );
  const doubles: string[] = [];
  const wrong: string[] = [];
  for (const story of stories) {
    for (const route of await routesOf(server, story, known)) {
      for (const { name, fault, passes, creates } of kinds) {
        if (!table.isTried(route, name)) continue;
        const [method = "", path = ""] = route.split(" ");
        const title = `${story.name}: ${route}: ${name}`;
        server.simulator.loadWorld(story.world);
        story.before?.(server);
        server.clearJournal();
        server.simulator.clearFaults();
        // A read is never answered.
        const isNever = fault.delay !== undefined && method === "GET";
        server.simulator.addFault({ method, route: path, times: 1, ...fault, ...(isNever && { delay: "1h" }) });
        // A write that is cut off takes effect while the step waits before it looks for the deployment.
        const meanwhile = () => (fault.delay !== undefined && !isNever ? afterStruck(server) : undefined);
        const walking = walk(server, { child: "Web API", key: server.apiKey, parameters: story.parameters, meanwhile });
        if (fault.delay !== undefined || fault.drip !== undefined) await limits.endWhenStruck(server, walking);
        const result = await walking;
        await meanwhile();
        if (!isReadable(result, server)) wrong.push(`${title}: unreadable: ${messageOf(result)}`);
        else if (passes && method === "GET" && kindOf(result) !== story.ends) {
          wrong.push(`${title}: ${kindOf(result)} ${messageOf(result)}`);
        }
        const children = childDeployments(server).length;
        if (children > allowed(story)) doubles.push(title);
        if (!isCreation(route)) continue;
        if (kindOf(result) !== (children > 0 ? story.ends : "error")) {
          wrong.push(`${title}: ${children} deployments, ${kindOf(result)} ${messageOf(result)}`);
        }
        if (children > 0 !== (creates === true)) wrong.push(`${title}: ${children} deployments`);
      }
    }
  }
  console.log(`fault matrix: ${table.cases()} cases, ${doubles.length} double deployments`);
  expect({ wrong, doubles }).toEqual({ wrong: [], doubles: [] });
  expect(table.neglected()).toEqual([]);
  expect(known.size * kinds.length).toBeGreaterThan(600);
  if (isLong) expect(table.cases()).toBe(known.size * kinds.length);
}, 900_000);

function isCreation(route: string): boolean {
  return /^POST .*deployments(\/override)?$/.test(route);
}

/** All deployments of the child to Staging. */
function childDeployments(server: OctopusServer): readonly unknown[] {
  const { history, projects, environments } = server.simulator.state();
  return [...history.deployments.values()].filter(
    ({ projectId, environmentId }) =>
      projects.get(projectId)?.name === "Web API" && environments.get(environmentId)?.name === "Staging",
  );
}

function allowed({ parameters }: Story): number {
  return 1 + Number(parameters["ChildProject.Deployment.Retries"] ?? 0);
}

/** How a run ended, or `error` when the step itself went wrong. */
function kindOf({ outputs: { Outcome, Reason = "" } }: Run): string | undefined {
  const isError = Outcome === "Failed" && ["Blocked", "Frozen", "PermissionMissing", "PlanChanged"].includes(Reason);
  return isError ? "error" : Outcome;
}

/** The message that an operator reads at the end. That of an error has its remedy. */
function messageOf(result: Run): string {
  if (kindOf(result) !== "error") return result.outputs.Message ?? "";
  const lines = result.log.split("\n").filter((line) => line.startsWith("fatal: "));
  return lines.map((line) => line.slice("fatal: ".length)).join("\n");
}

/** Whether the message is in whole sentences, an error names the failed call or what is missing, and no output contains the key. */
function isReadable(result: Run, server: OctopusServer): boolean {
  const message = messageOf(result);
  const isSentence =
    /^([A-Z]|http).{20,}[.)]$/s.test(message.trim()) &&
    !/undefined|null|\[object|<html|AxiosError|unforeseen/i.test(message);
  const saysWhere =
    /\((?:.+: )?(GET|POST|PUT) \/\S+\)|no longer exists|was not found|lacks the permission|a role with [A-Z]\w+ for/.test(
      message,
    );
  const said = [message, result.log, JSON.stringify(result.outputs), result.resultMessage ?? ""];
  return isSentence && (kindOf(result) !== "error" || saysWhere) && !said.some((text) => text.includes(server.apiKey));
}

test.each<{
  readonly rule: string;
  readonly fault: FaultInput;
  readonly ends: string;
  readonly play: typeof runOrWalk;
}>([
  {
    rule: "a refusal",
    fault: { route: "environments/all", missingPermission: "EnvironmentView" },
    ends: "Failed",
    play: run,
  },
  {
    rule: "an overloaded server",
    fault: { method: "GET", rate: 0.3, status: 429, retryAfter: 5 },
    ends: "Deployed",
    play: runOrWalk,
  },
  {
    rule: "a failing proxy",
    fault: { method: "GET", rate: 0.3, status: 502, html: true },
    ends: "Deployed",
    play: runOrWalk,
  },
  { rule: "a shaky network", fault: { method: "GET", rate: 0.3, reset: "before" }, ends: "Deployed", play: run },
  { rule: "answers cut off", fault: { method: "GET", rate: 0.2, truncate: "cut" }, ends: "Deployed", play: run },
])("the step with $rule", async ({ fault, ends, play }) => {
  const server = await serve(worldWith({ duration: "5m" }));
  server.simulator.addFault(fault);

  const { outputs, log } = await play(server, "Web API");

  expect(outputs.Outcome, log).toBe(ends);
  expect(childDeployments(server)).toHaveLength(ends === "Deployed" ? 1 : 0);
});
