import { readFile, stat } from "node:fs/promises";
import { readStepTemplate } from "../test/parent-process/step-template.ts";
import { countsOf, type Counts, untilCreated, untilFirstLook } from "./bench/journal.ts";
import { measure, type Measured } from "./bench/measure.ts";
import { emptyProcess, type EmptyProcess } from "./bench/empty-process.ts";
import { memoryBudget, type RowPlan, rowPlans } from "./bench/rows.ts";
import { serverSpeed } from "./bench/server-speed.ts";
import { against, over, table } from "./bench/table.ts";

// Counts requests, round trips and bytes of the shipped step up to the answer that creates the deployment, measures its peak memory and how
// late it notices the end of its child, and compares all of these with budgets. Wall times are only printed. `--quick`, for the gate, leaves
// out the slow rows and the speed of the embedded server. Other arguments select rows by parts of their names.

const templateBudget = 195_000;
const templateFile = new URL("../step-template.json", import.meta.url);
const template = readStepTemplate(JSON.parse(await readFile(templateFile, "utf8")));

interface Row {
  readonly cells: readonly string[];
  readonly excess: readonly string[];
}

const head = [
  "",
  "requests",
  "to first look",
  "round trips",
  "bytes",
  "at once",
  "late by ms",
  "wall",
  "memory",
  "over node",
];

async function bench(options: readonly string[]): Promise<number> {
  const isQuick = options.includes("--quick");
  const words = options.filter((option) => !option.startsWith("--"));
  const empty = emptyProcess();
  const plans = rowPlans.filter(
    ({ what, slow }) =>
      !(isQuick && slow === true) && (words.length === 0 || words.some((word) => what.includes(word))),
  );
  const rows: Row[] = [];
  for (const [index, plan] of plans.entries()) {
    progress(`${index + 1} of ${plans.length}: ${plan.what}`);
    rows.push(await rowOf(plan, empty));
  }
  process.stdout.write(`${table([head, ...rows.map(({ cells }) => cells)])}\n`);
  const { size } = await stat(templateFile);
  process.stdout.write(`\nstep-template.json: ${against(size, templateBudget)} bytes\n`);
  if (!isQuick) await printServerSpeed();

  const excess = [...rows.flatMap((row) => row.excess), ...over("step-template.json", "bytes", size, templateBudget)];
  for (const text of excess) process.stderr.write(`Over budget: ${text}\n`);
  return excess.length === 0 ? 0 : 1;
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function rowOf(plan: RowPlan, empty: EmptyProcess): Promise<Row> {
  const { what, budget, outcome } = plan;
  const { measured, counts } = await counted(plan);
  const { result, journal, lag, wall, megabytes } = measured;
  const cells = [
    what,
    against(counts.requests, budget.requests),
    String(untilFirstLook(journal).length),
    against(counts.roundTrips, plan.scene.delay === undefined ? undefined : budget.roundTrips),
    against(counts.bytes, budget.bytes),
    against(counts.atOnce, budget.atOnce),
    plan.lasts === undefined ? "" : against(lag, lagBudget(plan)),
    `${wall} ms`,
    `${against(Math.ceil(megabytes), memoryBudget(budget))} MB`,
    `+${(megabytes - empty.megabytes).toFixed(0)} MB`,
  ];
  const ended = result.outputs["Outcome"];
  const excess = [
    ...over(what, "requests", counts.requests, budget.requests),
    ...over(what, "round trips", counts.roundTrips, budget.roundTrips),
    ...over(what, "bytes", counts.bytes, budget.bytes),
    ...over(what, "requests at once", counts.atOnce, budget.atOnce),
    ...over(what, "MB of memory", Math.ceil(megabytes), memoryBudget(budget)),
    ...(ended === outcome ? [] : [`${what}: ended as ${ended}, not as ${outcome}: ${result.outputs["Message"]}`]),
    ...over(what, "ms after the child ended", lag, lagBudget(plan)),
  ];
  return { cells, excess };
}

/** How soon the step has to end after its child, in milliseconds. */
function lagBudget({ lasts }: RowPlan): number | undefined {
  return lasts === undefined ? undefined : Math.min(10_000, Math.max(1_000, lasts * 100));
}

/**
 * On a busy machine parallel requests may look like a chain, so a chain that is too long is measured again. A chain is never too short by chance.
 */
async function counted(plan: RowPlan): Promise<{ readonly measured: Measured; readonly counts: Counts }> {
  for (let tries = 1; ; tries++) {
    const measured = await measure(template, plan.scene);
    const { journal } = measured;
    const counts = countsOf(plan.lasts === undefined ? untilCreated(journal) : journal);
    if (tries === 3 || counts.roundTrips <= (plan.budget.roundTrips ?? Number.POSITIVE_INFINITY)) {
      if (process.env["BENCH_JOURNAL"] !== undefined)
        printJournal(plan.lasts === undefined ? untilFirstLook(journal) : journal);
      return { measured, counts };
    }
  }
}

/** Set `BENCH_JOURNAL` to any value to see the requests. */
function printJournal(journal: Measured["journal"]): void {
  const [first] = journal;
  for (const { method, path, start, end, bytes } of journal) {
    const times = [start, end ?? start].map((time) => String(time - (first?.start ?? 0)).padStart(5));
    process.stdout.write(`${times.join(" - ")} ${String(bytes).padStart(7)} ${method} ${path}\n`);
  }
}

/** The embedded server alone, with 10,000 releases and 50,000 deployments in one project. Aims: under 1 s, and 20 ms. */
async function printServerSpeed(): Promise<void> {
  progress("the embedded server");
  const { startUpMs, requests } = await serverSpeed();
  const rows = requests.map(({ path, ms }) => [path, ms.toFixed(1)]);
  process.stdout.write(
    `\n${table([["the embedded server, 50,000 deployments", "ms"], ["start-up of the process", startUpMs.toFixed(0)], ...rows])}\n`,
  );
}

process.exitCode = await bench(process.argv.slice(2));
