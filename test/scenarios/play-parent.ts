import { runStep } from "../../src/run-step.ts";
import { artifactFileName } from "../../src/step/runtime.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { openParentTask } from "../parent-process/open-parent-task.ts";
import type { ParentDeployment } from "../parent-process/parent-deployment.ts";
import type { ParentStepResult } from "../parent-process/parent-result.ts";
import type { ParentTask } from "../parent-process/parent-task.ts";
import { deploymentVariables, scriptVariables, stepVariables } from "../parent-process/step-variables.ts";
import { evaluate } from "../step-host/octostache.ts";
import { clockOf, recordingStep } from "./recording-step.ts";

export interface Played {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
}

/**
 * A parent deployment whose steps run in this process, for tables with many cases: everything but Bash, the bundle and run conditions is
 * as in `runParentDeployment`. The result is that of the last step that ran.
 */
export async function playParent(server: OctopusServer, deployment: ParentDeployment): Promise<Played> {
  const task = openParentTask(server, deployment);
  const finished: ParentStepResult[] = [];
  let last: Played = { exitCode: 0, outputs: {}, log: "" };
  try {
    for (const [index, step] of deployment.steps.entries()) {
      const known = deploymentVariables({ ...deployment.variables, ...task.variables }, finished);
      if (step.kind === "manual-intervention") {
        const text = evaluate(step.instructions, { ...known, ...stepVariables(step, index + 1) });
        const answer = await task.ask(step.name, text, step.teams ?? []);
        last = { exitCode: answer?.result === "Proceed" ? 0 : 1, outputs: {}, log: "" };
      } else {
        const { variables } = scriptVariables(step, index + 1, known);
        last = await playStep(server, task, new Map(Object.entries(variables)));
      }
      if (last.exitCode !== 0) break;
      finished.push({ ...nothing, name: step.name, outputs: last.outputs });
    }
    task.complete(last.exitCode === 0 ? undefined : "A step failed.", false);
    return last;
  } finally {
    task.close();
  }
}

const nothing = { status: "Success", log: [], sensitiveOutputs: [], artifacts: [] } as const;

async function playStep(server: OctopusServer, task: ParentTask, raw: ReadonlyMap<string, string>): Promise<Played> {
  const log: string[] = [];
  const outputs: Record<string, string> = {};
  const step = recordingStep(log, outputs, (name, content) =>
    task.collect({ name: artifactFileName(name), content: Buffer.from(content) }),
  );
  const exitCode = await runStep(raw, step, clockOf(server));
  return { exitCode, outputs, log: log.join("\n") };
}
