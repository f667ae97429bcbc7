import * as z from "zod";
import { Script } from "../tasks/script.ts";
import { Moment, Name, Names, orName, orText } from "./building-blocks.ts";
import { Duration } from "./duration.ts";

const PackageWorld = orName(z.strictObject({ name: z.string(), packageId: Name.optional() }));

const StepWorld = orName(
  z.strictObject({
    name: Name,
    id: Name.optional(),
    type: z.string().default("Octopus.Script"),
    roles: Names.default([]),
    /** Package ids, or references by name. */
    packages: z.array(PackageWorld).default([]),
    environments: Names.default([]),
    excludedEnvironments: Names.default([]),
    channels: Names.default([]),
    tenantTags: Names.default([]),
    disabled: z.boolean().default(false),
    /** Names of sensitive properties, which the server shows without their values. */
    secrets: Names.default([]),
    /** A required step cannot be skipped. */
    required: z.boolean().default(false),
    manualIntervention: z
      .strictObject({
        instructions: z.string().default(""),
        teams: Names.default([]),
        /** While it waits, no other deployment of the project to the same environment and tenant starts. */
        blocksOthers: z.boolean().default(false),
      })
      .optional(),
  }),
);

export const VariableWorld = z.strictObject({
  name: Name,
  id: Name.optional(),
  value: z.string().optional(),
  sensitive: z.boolean().default(false),
  environments: Names.default([]),
  channels: Names.default([]),
  tenantTags: Names.default([]),
  prompt: z
    .strictObject({
      label: z.string().default(""),
      description: z.string().default(""),
      required: z.boolean().default(false),
      /** `SingleLineText`, `MultiLineText`, `Select`, `Checkbox`, `Sensitive`. */
      control: z.string().default("SingleLineText"),
      /** Of a select: `value|text`, or just the value. */
      options: Names.default([]),
    })
    .optional(),
});

const WorkItemWorld = z.strictObject({
  id: Name,
  description: z.string().default(""),
  url: z.string().optional(),
  source: z.string().default("GitHub"),
});
const CommitWorld = z.strictObject({ id: Name, comment: z.string().default(""), url: z.string().optional() });

const BuildInformationWorld = z.strictObject({
  package: Name,
  version: Name.optional(),
  buildNumber: z.string().default("1"),
  buildUrl: z.string().optional(),
  branch: z.string().default("main"),
  workItems: z.array(WorkItemWorld).default([]),
  commits: z.array(CommitWorld).default([]),
});

const DeploymentWorld = orText(
  "environment",
  z.strictObject({
    environment: Name,
    tenant: Name.optional(),
    /** When it was created. */
    at: Moment.optional(),
    /** The instant for which it was scheduled. */
    scheduled: Moment.optional(),
    started: Moment.optional(),
    completed: Moment.optional(),
    /** Time from start to end when `completed` is not given. */
    took: Duration.default(60_000),
    state: z.enum(["Success", "Warning", "Failed", "Canceled", "TimedOut", "Executing", "Queued"]).default("Success"),
    error: z.string().optional(),
    specificMachines: Names.default([]),
    excludedMachines: Names.default([]),
    /** Target tags it was limited to, or that were left out: a role of a machine, or `Tag set/Tag`. */
    targetTags: Names.default([]),
    excludedTargetTags: Names.default([]),
    skippedSteps: Names.default([]),
    by: Name.optional(),
    comments: z.string().default(""),
    /** Retention removed its task. */
    taskPurged: z.boolean().default(false),
    /** Retention removed its task, and the server forgot the task's id (issue 7575). */
    taskIdForgotten: z.boolean().default(false),
    /** It was created and never ran: it has no task and no targets, and `state` is ignored (issue 7575). */
    neverRan: z.boolean().default(false),
    /** How a queued or executing deployment goes on. Absent means until the control API ends it. */
    script: Script.optional(),
  }),
);

const ReleaseWorld = orText(
  "version",
  z.strictObject({
    version: Name,
    channel: Name.optional(),
    created: Moment.optional(),
    notes: z.string().default(""),
    /** `step` or `step:package reference` to version. Absent means the release's version for every package of the process. */
    packages: z.record(z.string(), z.string()).optional(),
    buildInformation: z.array(BuildInformationWorld).default([]),
    git: z.strictObject({ ref: Name, commit: Name }).optional(),
    gitResources: z
      .array(z.strictObject({ step: Name, name: z.string().default(""), ref: Name, commit: Name }))
      .default([]),
    /** Unresolved defects. */
    defects: z.array(z.string()).default([]),
    deployments: z.array(DeploymentWorld).default([]),
  }),
);

const ChannelWorld = orName(
  z.strictObject({
    name: Name,
    isDefault: z.boolean().default(false),
    lifecycle: Name.optional(),
    tenantTags: Names.default([]),
    type: z.enum(["Lifecycle", "EphemeralEnvironment"]).default("Lifecycle"),
    parentEnvironment: Name.optional(),
  }),
);

export const ProjectWorld = orName(
  z.strictObject({
    name: Name,
    slug: Name.optional(),
    group: Name.optional(),
    lifecycle: Name.optional(),
    disabled: z.boolean().default(false),
    tenanted: z.enum(["Untenanted", "TenantedOrUntenanted", "Tenanted"]).default("Untenanted"),
    guidedFailure: z.enum(["EnvironmentDefault", "Off", "On"]).default("EnvironmentDefault"),
    git: z.strictObject({ url: Name, defaultBranch: Name.default("main") }).optional(),
    allowDeploymentsToNoTargets: z.boolean().default(false),
    excludeUnhealthyTargets: z.boolean().default(false),
    skipUnavailableTargets: z.boolean().default(false),
    cancelQueuedTasks: z.boolean().default(false),
    cancelRunningTasks: z.boolean().default(false),
    steps: z.array(StepWorld).default([]),
    variables: z.array(VariableWorld).default([]),
    libraryVariableSets: Names.default([]),
    channels: z.array(ChannelWorld).default([]),
    releases: z.array(ReleaseWorld).default([]),
    /** How deployments of this project go. The first script that matches applies. */
    scripts: z.array(Script).default([]),
  }),
);

export type ParsedProject = z.output<typeof ProjectWorld>;
export type ParsedRelease = z.output<typeof ReleaseWorld>;
export type ParsedDeployment = z.output<typeof DeploymentWorld>;
export type ParsedStep = z.output<typeof StepWorld>;
export type ParsedVariable = z.output<typeof VariableWorld>;
