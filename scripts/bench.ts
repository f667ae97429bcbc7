import { readFile, stat } from "node:fs/promises";
import { type JournalEntry, startOctopusServer, type World } from "../test/octopus-server/octopus-server.ts";
import { readStepTemplate, type StepTemplate } from "../test/parent-process/step-template.ts";
import { median, runOnce, type Measured } from "./bench/run-once.ts";
import { serverSpeed } from "./bench/server-speed.ts";
import { busyProject, manyTenants, slowChild } from "./bench/worlds.ts";

// Counts what the shipped step costs: requests, round trips and bytes against their budgets; times and memory are printed, never judged.

/** With preview, freezes and the look for an approved plan; 12 for selection and decision alone. */
const planBudget = { requests: 15, roundTrips: 7, bytes: 500_000 };
const templateBudget = 320 * 1024;

interface Row {
  readonly what: string;
  readonly cells: readonly string[];
  readonly excess: readonly string[];
}

const templateFile = new URL("../step-template.json", import.meta.url);
const template: StepTemplate = readStepTemplate(JSON.parse(await readFile(templateFile, "utf8")));

async function bench(): Promise<number> {
  const plans = [
    ...(await plainPlans()),
    ...(await refusedPlans()),
    ...(await vainPatterns()),
    ...(await tenantedPlans()),
  ];
  print(["up to the printed plan", "requests", "round trips", "bytes", "start-up", "memory"], plans);
  const waits = await waiting();
  print(["waiting for a child", "requests", "child ended to step ended"], waits);
  const { size } = await stat(templateFile);
  const sizes: Row = {
    what: "step-template.json",
    cells: [`${size} / ${templateBudget}`],
    excess: over("bytes", size, templateBudget),
  };
  print(["size", "bytes"], [sizes]);
  await printServerSpeed();

  const excess = [...plans, ...waits, sizes].flatMap(({ what, excess: each }) =>
    each.map((text) => `${what}: ${text}`),
  );
  for (const text of excess) process.stderr.write(`Over budget: ${text}\n`);
  return excess.length === 0 ? 0 : 1;
}

/** Where a list goes on, what completed late is asked for: in the source and in the destination. */
const lateCompletions = 2;

/** The first matching candidate qualifies: the same cost for any history and any distance to the server. */
async function plainPlans(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const count of [10, 1_000, 10_000]) {
    for (const delay of [0, 50, 150]) {
      const measured = await plan(busyProject(count), {}, delay);
      // Without a delay, answers are so quick that requests sent side by side look like a chain.
      const requests = planBudget.requests + (count > 30 ? lateCompletions : 0);
      const budget = { ...planBudget, requests, roundTrips: delay === 0 ? undefined : planBudget.roundTrips };
      rows.push(planRow(`${count} deployments, ${delay} ms away`, measured, budget));
    }
  }
  return rows;
}

/** Each release the server refuses costs one request more. */
async function refusedPlans(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const refused of [1, 5]) {
    const measured = await plan(busyProject(1_000, refused), {}, 0);
    rows.push(
      planRow(`${refused} refused by the server`, measured, {
        requests: planBudget.requests + lateCompletions + refused,
      }),
    );
  }
  return rows;
}

/** Nothing matches: one request more per hundred releases that share the pattern's beginning, whatever was deployed. */
async function vainPatterns(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [pattern, alike] of [
    ["9.*", 0],
    ["1.0.99*-none", 111],
  ] as const) {
    const measured = await plan(busyProject(10_000), { "ChildProject.Release.Number": pattern }, 0);
    const budget = { requests: planBudget.requests + Math.ceil(alike / 100) };
    rows.push(planRow(`10000 deployments, ${pattern} matches none`, measured, budget));
  }
  return rows;
}

/** The server cannot be asked for untenanted deployments: 20,000 of tenants are read past, in three lists whose pages grow to 1,000. */
async function tenantedPlans(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [what, tenant, requests] of [
    ["one tenant of 500", "Tenant 250", planBudget.requests + 1],
    ["untenanted, after 20000 of 500 tenants", "", planBudget.requests + 3 * (3 + 20)],
  ] as const) {
    rows.push(planRow(what, await plan(manyTenants(), { "ChildProject.Tenant.Name": tenant }, 0), { requests }));
  }
  return rows;
}

async function plan(
  world: World,
  parameters: Readonly<Record<string, string>>,
  delay: number,
): Promise<readonly Measured[]> {
  const server = await startOctopusServer({ world });
  // A real run, for a what-if asks more; nothing is created, so that every run finds the same.
  server.simulator.addFault({ method: "POST", route: "deployments", status: 400 });
  if (delay > 0) server.simulator.addFault({ delay: `${delay}ms` });
  const runs: Measured[] = [];
  for (let run = 0; run < 3; run += 1) {
    runs.push(await runOnce(template, server, parameters, beforeCreation));
  }
  await server.stop();
  return runs;
}

/** Once the plan is printed, the step asks for its rights and looks at the destination's deployments again before it creates its own. */
function beforeCreation(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  if (!journal.some(({ method }) => method === "POST")) return journal;
  const end = (what: RegExp) => journal.findLastIndex(({ path }) => what.test(path));
  const [rights, look] = [end(/\/users\/me$/), end(/\/deployments\?.*skip=0&/)];
  return journal.slice(0, rights < 0 ? look : Math.min(rights, look));
}

interface Budget {
  readonly requests: number;
  readonly roundTrips?: number | undefined;
  readonly bytes?: number;
}

function planRow(what: string, runs: readonly Measured[], budget: Budget): Row {
  const most = (number: (run: Measured) => number) => Math.max(...runs.map(number));
  const counts = {
    requests: most((run) => run.requests),
    roundTrips: most((run) => run.roundTrips),
    bytes: most((run) => run.bytes),
  };
  const failed = runs.filter(({ result }) => !result.log.some(({ text }) => /^Plan [0-9a-f]{32} /.test(text))).length;
  return {
    what,
    cells: [
      against(counts.requests, budget.requests),
      budget.roundTrips === undefined ? "-" : against(counts.roundTrips, budget.roundTrips),
      against(counts.bytes, budget.bytes),
      `${median(runs.map((run) => run.startUp)).toFixed(1)} x node`,
      `${median(runs.map((run) => run.megabytes)).toFixed(0)} MB`,
    ],
    excess: [
      ...over("requests", counts.requests, budget.requests),
      ...over("round trips", counts.roundTrips, budget.roundTrips),
      ...over("bytes", counts.bytes, budget.bytes),
      ...(failed === 0 ? [] : [`${failed} runs printed no plan`]),
    ],
  };
}

function against(value: number, budget: number | undefined): string {
  return budget === undefined ? String(value) : `${value} / ${budget}`;
}

/** A thirty-minute child costs fewer than 250 requests; the step ends soon after the child. */
async function waiting(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [duration, seconds] of [
    ["5s", 5],
    ["1m", 60],
    ["10m", 600],
    ["29m", 1740],
  ] as const) {
    const server = await startOctopusServer({ world: slowChild(duration) });
    const { result, requests } = await runOnce(template, server, {});
    const ended = [...server.simulator.state().history.tasks.values()].at(-1)?.completedTime ?? Number.NaN;
    const lag = (server.now() - ended) / 1000;
    const limit = Math.min(10, Math.max(1, seconds / 10));
    rows.push({
      what: duration,
      cells: [`${requests} / 250`, `${lag.toFixed(1)} s / ${limit.toFixed(1)} s`],
      excess: [
        ...over("requests", requests, 249),
        ...over("seconds of virtual time", lag, limit),
        ...(result.exitCode === 0 ? [] : ["the run failed"]),
      ],
    });
    await server.stop();
  }
  return rows;
}

/** The embedded server alone, with 10,000 releases and 50,000 deployments in one project. Aims: under 1 s, and 20 ms. */
async function printServerSpeed(): Promise<void> {
  const { startUpMs, requests } = await serverSpeed();
  const rows = requests.map(({ path, ms }) => ({ what: path, cells: [ms.toFixed(1)], excess: [] }));
  const all = { what: "median of these", cells: [median(requests.map(({ ms }) => ms)).toFixed(1)], excess: [] };
  const startUp = { what: "start-up of the process", cells: [startUpMs.toFixed(0)], excess: [] };
  print(["the embedded server, 50000 deployments", "ms"], [startUp, ...rows, all]);
}

function over(what: string, value: number, budget: number | undefined): readonly string[] {
  return budget === undefined || value <= budget ? [] : [`${value} ${what}, the budget is ${budget}`];
}

function print(head: readonly string[], rows: readonly Row[]): void {
  const lines = [head, ...rows.map(({ what, cells }) => [what, ...cells])];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  for (const line of lines) {
    process.stdout.write(
      `${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}\n`,
    );
  }
  process.stdout.write("\n");
}

process.exitCode = await bench();
