import type { Clock } from "../../src/clock.ts";
import { deployChildProject } from "../../src/deploy-child-project.ts";
import { StepError } from "../../src/errors.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import type { OutcomeKind } from "../../src/rules/outcome.ts";
import { echoesOf } from "../../src/rules/secrets.ts";
import { parseTrain } from "../../src/train/parse-train.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { clockOf, recordingStep } from "./recording-step.ts";
import { type Parameters, template } from "./scenario.ts";

/** How a walk in this process ended: an outcome or an error, never anything else. */
export interface Walk {
  readonly kind: OutcomeKind | "error";
  readonly message: string;
  /** Everything it said, `level: text`. */
  readonly log: readonly string[];
}

export interface WalkOptions {
  readonly project?: string;
  /** Its parent's task, and the step's action. */
  readonly taskId?: string;
  readonly actionId?: string;
  readonly requestLimitMs?: number;
}

/** The whole walk with the real gateway over real HTTP; sleeping moves the server's clock unless another clock is given. */
export async function walk(
  server: OctopusServer,
  parameters: Parameters = {},
  { project = "Web API", taskId = "ServerTasks-900", actionId = "action-1", requestLimitMs = 5_000 }: WalkOptions = {},
  clock: Clock = clockOf(server),
): Promise<Walk> {
  const log: string[] = [];
  try {
    const { settings } = parseTrain(
      new Map<string, string>([
        ...Object.entries(template.defaults),
        ["ChildProject.Web.ServerUrl", server.url],
        ["ChildProject.Api.Key", server.apiKey],
        ["ChildProject.Space.Name", "Default"],
        ["ChildProject.Project.Name", project],
        ["ChildProject.Destination.EnvironmentName", "Staging"],
        ["ChildProject.ManualIntervention.EnvironmentToUse", ""],
        ["ChildProject.ManualInterventions.UseApprovalsFromParent", "No"],
        ["ChildProject.Plan.Policy", "Ignore"],
        ["Octopus.Project.Id", "Projects-900"],
        ["Octopus.Task.Id", taskId],
        ["Octopus.Action.Id", actionId],
        ...Object.entries(parameters),
      ]),
    ).levels[0][0];
    const octopus = await connectToOctopus({
      serverUrl: server.url,
      credential: settings.server.credential,
      secrets: echoesOf(settings.targeting.promptedValues),
      clock,
      userAgent: "walk",
      patience: { planning: 60_000, polling: 600_000 },
      requestLimitMs,
      onRetry: (text) => log.push(`retry: ${text}`),
    });
    const step = recordingStep(log);
    const { kind, message } = await deployChildProject({ settings, ifMissing: "error" }, { octopus, step, clock, publish: () => undefined });
    return { kind, message, log };
  } catch (error) {
    if (!(error instanceof StepError) || error.name === "InternalError") throw error;
    return { kind: "error", message: `${error.message} ${error.remedy}`, log };
  }
}
