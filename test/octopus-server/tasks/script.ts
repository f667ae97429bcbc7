import * as z from "zod";
import { Duration } from "../world/duration.ts";

const LogLineScript = z.union([
  z.string().transform((text) => ({ text, category: "Info", target: undefined, after: undefined })),
  z.strictObject({
    text: z.string(),
    category: z.string().default("Info"),
    /** Name of a target of the step. Absent means its first one; `*`: every one. */
    target: z.string().optional(),
    /** Time since the start of the step. Absent means that lines are spread over the step. */
    after: Duration.optional(),
  }),
]);

const InterventionScript = z.strictObject({
  instructions: z.string().default(""),
  /** Names of the responsible teams. Empty means all users who may deploy. */
  teams: z.array(z.string()).default([]),
  /** In a child step the task keeps its slot and stays `Executing`. */
  asChildStep: z.boolean().default(false),
  /** Other deployments of the project to the same environment and tenant wait meanwhile, as by `BlockConcurrentDeployments`. */
  blocksOthers: z.boolean().default(false),
  /** Interventions with the same name are answered together. */
  linkedGroup: z.string().optional(),
});

const OutputScript = z.union([
  z.string().transform((value) => ({ value, sensitive: false })),
  z.strictObject({ value: z.string(), sensitive: z.boolean().default(false) }),
]);

const StepScript = z.strictObject({
  name: z.string().min(1),
  duration: Duration.optional(),
  targets: z.array(z.string()).optional(),
  log: z.array(LogLineScript).default([]),
  result: z.enum(["Success", "Warning", "Failed", "Skipped"]).default("Success"),
  error: z.string().default("The remote script failed with exit code 1"),
  /** How many attempts fail before one succeeds. Absent means all of them. */
  failures: z.number().int().min(1).optional(),
  /**
   * The step fails unless, when it begins, each of these projects has this version or a later one in the same environment. Without `atLeast` it
   * is the version that is being deployed.
   */
  needs: z.array(z.strictObject({ project: z.string().min(1), atLeast: z.string().optional() })).default([]),
  /** Raised together when the step begins, which goes on when all of them are answered. */
  interventions: z.array(InterventionScript).default([]),
  outputs: z.record(z.string(), OutputScript).default({}),
});

/** How a deployment goes. The newest script that matches a deployment applies. */
export const Script = z.strictObject({
  space: z.string().optional(),
  /** Name, slug or id. Absent means any project. */
  project: z.string().optional(),
  environment: z.string().optional(),
  tenant: z.string().optional(),
  /** Release version, with `*` for any text. */
  version: z.string().optional(),
  /** How many deployments the script applies to. Absent means all. */
  times: z.number().int().min(1).optional(),
  /** Starts and then runs until the control API ends it. */
  external: z.boolean().default(false),
  /** How long the deployment stays queued after it could have started. */
  queuedFor: z.union([z.literal("forever"), Duration]).optional(),
  /** How long the deployment may stay queued, before it ends as `TimedOut`. */
  queueTimeout: Duration.optional(),
  /** Of the whole deployment; steps without a duration share what the others leave. */
  duration: Duration.optional(),
  result: z.enum(["Success", "Warning", "Failed"]).default("Success"),
  error: z
    .string()
    .default("The deployment failed because one or more steps failed. Please see the deployment log for details."),
  steps: z.array(StepScript).default([]),
  precondition: z
    .strictObject({
      type: z.string().default("Approval"),
      changeRequest: z.string().default("CHG0000001"),
      after: z.union([z.literal("never"), Duration]).default("never"),
      rejected: z.boolean().default(false),
    })
    .optional(),
  /** How long after it was queued the server cancels the deployment, as if a newer one superseded it. */
  supersededAfter: Duration.optional(),
  /** How long a cancelled task stays `Cancelling`. Absent means one second. */
  cancelTakes: Duration.default(1000),
});

export type Script = z.output<typeof Script>;
export type ScriptInput = z.input<typeof Script>;
export type StepScript = z.output<typeof StepScript>;
export type InterventionScript = z.output<typeof InterventionScript>;

/** What a script is matched with: the names of a deployment's documents, per kind. */
export interface ScriptSubject {
  readonly space: readonly string[];
  readonly project: readonly string[];
  readonly environment: readonly string[];
  readonly tenant: readonly string[];
  readonly version: string;
}

export function fits(script: Script, subject: ScriptSubject): boolean {
  return (
    named(script.space, subject.space) &&
    named(script.project, subject.project) &&
    named(script.environment, subject.environment) &&
    named(script.tenant, subject.tenant) &&
    (script.version === undefined || wildcard(script.version).test(subject.version))
  );
}

function named(wanted: string | undefined, names: readonly string[]): boolean {
  return wanted === undefined || names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "i");
}
