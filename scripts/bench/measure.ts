import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type JournalEntry,
  type OctopusServer,
  startOctopusServer,
  type World,
} from "../../test/octopus-server/octopus-server.ts";
import type { ParentStep } from "../../test/parent-process/parent-steps.ts";
import { runParentDeployment } from "../../test/parent-process/run-parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { runStep, type StepResult } from "../../test/step-host/run-step.ts";
import { account, approvalEnvironment, approver, child, parent } from "./worlds.ts";

/** One run of the shipped step, and its requests. */
export interface Measured {
  readonly result: StepResult;
  readonly journal: readonly JournalEntry[];
  /** Milliseconds between the end of the last server task and that of the step, by the server's clock. */
  readonly lag: number;
  /** Wall time, milliseconds. */
  readonly wall: number;
  /** The program's largest resident size. */
  readonly megabytes: number;
}

/** The measured step: the last one of a parent deployment, in a world of its own. */
export interface Scene {
  readonly world: () => World;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The environment in which a plan was approved before. Absent means none. */
  readonly approved?: "same deployment" | "approval environment";
  /** Delay of each answer in milliseconds. */
  readonly delay?: number;
}

/** Plays a scene once. */
export async function measure(template: StepTemplate, scene: Scene): Promise<Measured> {
  const server = await startOctopusServer({ world: scene.world() });
  try {
    return await play(template, server, scene);
  } finally {
    await server.stop();
  }
}

async function play(template: StepTemplate, server: OctopusServer, scene: Scene): Promise<Measured> {
  let last: Measured | undefined;
  const runScript: typeof runStep = async (script) => {
    server.clearJournal();
    return (last = await watched(server, script)).result;
  };
  const deploy = (environment: string, steps: readonly ParentStep[]) =>
    runParentDeployment(server, {
      ...parent,
      environment,
      variables: { "Orchestration.ApiKey": server.keys[account] ?? "" },
      sensitive: ["Orchestration.ApiKey"],
      people: () => ({ by: approver, result: "Proceed" }),
      steps,
      runScript,
    });
  const step = stepOf(template, "Deploy", scene.parameters);
  const planning = [stepOf(template, "Plan", { ...scene.parameters, "ChildProject.WhatIf.Value": "Yes" }), approval];
  if (scene.approved === "approval environment") await deploy(approvalEnvironment, planning);
  if (scene.delay !== undefined) server.simulator.addFault({ delay: `${scene.delay}ms` });
  await deploy("Staging", scene.approved === "same deployment" ? [...planning, step] : [step]);
  if (last === undefined) throw new Error("No step was run.");
  return last;
}

const open = ["#", "{"].join("");

function stepOf(template: StepTemplate, name: string, parameters: Scene["parameters"]): ParentStep {
  return {
    kind: "script",
    name,
    template,
    parameters: {
      "ChildProject.Project.Name": child,
      "ChildProject.Api.Key": `${open}Orchestration.ApiKey}`,
      "ChildProject.Destination.EnvironmentName": "Staging",
      ...parameters,
    },
  };
}

const approval: ParentStep = {
  kind: "manual-intervention",
  name: "Approve",
  instructions: `${open}Octopus.Action[Plan].Output.ReleaseNotes}`,
  teams: ["QA"],
};

async function watched(server: OctopusServer, script: Parameters<typeof runStep>[0]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const memoryFile = join(folder, "memory");
    const preload = fileURLToPath(new URL("report-memory.cjs", import.meta.url));
    const { environment = {} } = script;
    const options = `${environment["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(preload)}`;
    const start = Date.now();
    const result = await runStep({
      ...script,
      environment: { ...environment, NODE_OPTIONS: options, BENCH_MEMORY_FILE: memoryFile },
    });
    const wall = Date.now() - start;
    const { tasks } = server.simulator.state().history;
    const ended = Math.max(0, ...[...tasks.values()].map(({ completedTime }) => completedTime ?? 0));
    const megabytes = Number(await readFile(memoryFile, "utf8")) / 1024;
    return { result, journal: server.journal(), lag: server.now() - ended, wall, megabytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
