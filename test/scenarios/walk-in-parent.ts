import { runStep } from "../../src/run-step.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { openParentTask } from "../parent-process/open-parent-task.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import type { ParentTask } from "../parent-process/parent-task.ts";
import { deploymentVariables, scriptVariables } from "../parent-process/step-variables.ts";
import { clockOf, recordingStep } from "./recording-step.ts";
import { deployStep, type Parameters, parent } from "./scenario.ts";

export interface Walk extends Partial<ParentDeployment> {
  readonly child: string;
  readonly parameters?: Parameters;
  readonly key?: string;
  /** Of the worker. */
  readonly timeZone?: string | undefined;
  /** What happens in the parent before the step begins. */
  readonly before?: (task: ParentTask) => Promise<void>;
  /** Called whenever time has passed; minutes since the step began. */
  readonly meanwhile?: (minutes: number) => Promise<void> | void;
}

export interface Walked {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** `level: text`, a line each. */
  readonly log: string;
  readonly taskId: string;
}

/** Runs the step as part of a parent deployment without its script: for tables with many rows. The parent's task stays open. */
export async function walk(server: OctopusServer, options: Walk): Promise<Walked> {
  const { child, parameters, key, timeZone, before, meanwhile, ...more } = options;
  const task = openParentTask(server, { ...parent, environment: "Staging", steps: [], ...more });
  try {
    await before?.(task);
    const secrets = { "Orchestration.ApiKey": key ?? server.keys["release-conductor"] ?? "" };
    const known = deploymentVariables({ ...secrets, ...task.variables, ...more.variables }, []);
    const { variables } = scriptVariables(deployStep(child, parameters), 1, known);
    const lines: string[] = [];
    const outputs: Record<string, string> = {};
    const step = recordingStep(lines, outputs, (name) => void lines.push(`artifact: ${name}`));
    const begin = server.now();
    const clock = { ...clockOf(server, () => meanwhile?.((server.now() - begin) / 60_000)), timeZone };
    const exitCode = await runStep(new Map(Object.entries(variables)), step, clock);
    return { exitCode, outputs, log: lines.join("\n"), taskId: task.taskId };
  } finally {
    task.complete(undefined, false);
    task.close();
  }
}
