import * as z from "zod";
import { Script } from "../tasks/script.ts";
import { Duration, parseDuration } from "./duration.ts";

const Name = z.string().min(1);
const Names = z.array(Name);

/** An instant: ISO 8601, or a span before or after the server's start such as `-2d` or `+30m`. Resolved when the world is loaded. */
const Moment = z
  .string()
  .refine(
    (text) => (/^[+-]/.test(text) ? parseDuration(text.slice(1)) !== undefined : !Number.isNaN(Date.parse(text))),
    "is neither an ISO date and time nor a span such as -2d or +30m",
  );

/** Where a plain text is enough, it may stand for the whole object: here, for its property `key`. */
function orText<S extends z.ZodType>(key: string, schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  const shorthand = z.preprocess((value) => (typeof value === "string" ? { [key]: value } : value), schema);
  // The door for what a preprocessed schema accepts: zod itself only knows "anything".
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return shorthand as unknown as z.ZodType<z.output<S>, z.input<S> | string>;
}

function orName<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>, z.input<S> | string> {
  return orText("name", schema);
}

const EnvironmentWorld = orName(
  z.strictObject({
    name: Name,
    guidedFailure: z.boolean().default(false),
    type: z.enum(["Static", "Parent", "Ephemeral"]).default("Static"),
    /** Parent of an ephemeral environment. */
    parent: Name.optional(),
  }),
);

const PhaseWorld = orName(
  z.strictObject({
    name: Name,
    /** Environments deployed to by hand. Neither these nor automatic ones: an environment of the phase's name if there is one, else any. */
    environments: Names.optional(),
    automatic: Names.default([]),
    optional: z.boolean().default(false),
    priority: z.boolean().default(false),
    /** Environments needed before the next phase; 0: all. */
    minimum: z.number().int().min(0).default(0),
  }),
);

const LifecycleWorld = z.strictObject({ name: Name, phases: z.array(PhaseWorld).default([]) });

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
    /** A required step cannot be skipped. */
    required: z.boolean().default(false),
    manualIntervention: z.strictObject({ instructions: z.string().default(""), teams: Names.default([]) }).optional(),
  }),
);

const VariableWorld = z.strictObject({
  name: Name,
  id: Name.optional(),
  value: z.string().optional(),
  sensitive: z.boolean().default(false),
  environments: Names.default([]),
  channels: Names.default([]),
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
    /** When it was asked to start. */
    scheduled: Moment.optional(),
    started: Moment.optional(),
    completed: Moment.optional(),
    /** Between start and end when `completed` is not given. */
    took: Duration.default(60_000),
    state: z.enum(["Success", "Warning", "Failed", "Canceled", "TimedOut", "Executing", "Queued"]).default("Success"),
    error: z.string().optional(),
    specificMachines: Names.default([]),
    excludedMachines: Names.default([]),
    skippedSteps: Names.default([]),
    by: Name.optional(),
    comments: z.string().default(""),
    /** Retention removed its task. */
    taskPurged: z.boolean().default(false),
    /** Its id went with the task (issue 7575). */
    taskIdForgotten: z.boolean().default(false),
    /** For one that is queued or executing: how it goes on; absent: until the control API ends it. */
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
    /** `step` or `step:package reference` to version; absent: the release's version for every package of the process. */
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

const ProjectWorld = orName(
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
    /** How deployments of this project go; the first that fits counts. */
    scripts: z.array(Script).default([]),
  }),
);

const TenantWorld = orName(
  z.strictObject({
    name: Name,
    tags: Names.default([]),
    disabled: z.boolean().default(false),
    /** Project to environments. */
    projects: z.record(z.string(), Names).default({}),
  }),
);

const MachineWorld = z.strictObject({
  name: Name,
  environments: Names.min(1),
  roles: Names.default([]),
  tenants: Names.default([]),
  tenantTags: Names.default([]),
  participation: z.enum(["Untenanted", "Tenanted", "TenantedOrUntenanted"]).optional(),
  disabled: z.boolean().default(false),
  health: z.enum(["Healthy", "Unavailable", "Unknown", "HasWarnings", "Unhealthy"]).default("Healthy"),
});

const RoleWorld = orText(
  "role",
  z.strictObject({
    /** A user role: built in, or of `userRoles`. */
    role: Name,
    projects: Names.default([]),
    projectGroups: Names.default([]),
    environments: Names.default([]),
    tenants: Names.default([]),
    /** For the whole server: its system permissions count, not those for spaces. */
    system: z.boolean().default(false),
  }),
);

const TeamWorld = orName(
  z.strictObject({
    name: Name,
    members: Names.default([]),
    /** Members through a group of an external directory. */
    externalMembers: Names.default([]),
    /** Known in every space. */
    system: z.boolean().default(false),
    roles: z.array(RoleWorld).default([]),
  }),
);

const FreezeWorld = z.strictObject({
  name: Name,
  start: Moment,
  end: Moment,
  projects: Names.default([]),
  environments: Names.default([]),
  tenants: Names.default([]),
});

/** Many releases, each deployed to every environment named, without events and logs. */
const HistoryWorld = z.strictObject({
  project: Name,
  environment: z.union([Name.transform((name) => [name]), Names.min(1)]).optional(),
  channel: Name.optional(),
  tenant: Name.optional(),
  count: z.number().int().min(1).max(200_000),
  /** Creation of the oldest release. */
  from: Moment.optional(),
  every: Duration.default(3_600_000),
  /** `{n}` is the number, counted from 1. */
  version: z.string().default("1.0.{n}"),
  /** Deploys this existing release again and again; no new releases. */
  release: Name.optional(),
  state: z.enum(["Success", "Failed"]).default("Success"),
  /** Commits in each release's build information. */
  commits: z.number().int().min(0).default(0),
  /** Packages of each release; one name per package, all in its version. */
  packages: Names.default([]),
});

const spaceContent = {
  environments: z.array(EnvironmentWorld).default([]),
  lifecycles: z.array(LifecycleWorld).default([]),
  projectGroups: z.array(orName(z.strictObject({ name: Name }))).default([]),
  tagSets: z.array(z.strictObject({ name: Name, tags: Names.default([]) })).default([]),
  libraryVariableSets: z
    .array(z.strictObject({ name: Name, variables: z.array(VariableWorld).default([]) }))
    .default([]),
  projects: z.array(ProjectWorld).default([]),
  tenants: z.array(TenantWorld).default([]),
  machines: z.array(MachineWorld).default([]),
  teams: z.array(TeamWorld).default([]),
  freezes: z.array(FreezeWorld).default([]),
  history: z.array(HistoryWorld).default([]),
  scripts: z.array(Script).default([]),
};

const SpaceWorld = z.strictObject({
  name: Name,
  id: z
    .string()
    .regex(/^Spaces-\d+$/, "must look like Spaces-12")
    .optional(),
  taskQueueStopped: z.boolean().default(false),
  ...spaceContent,
});

/**
 * A world: everything on a server, by names. What stands at the top level belongs to the default space; other spaces follow in `spaces`.
 * A world is checked as a whole: a malformed one is refused with everything that is wrong.
 */
export const World = z.strictObject({
  /** For editors; ignored. */
  $schema: z.string().optional(),
  /** The instant a virtual clock starts at. */
  now: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), "is not a date and time")
    .optional(),
  /** The default space. */
  space: z
    .union([
      Name.transform((name) => ({ name, id: undefined, taskQueueStopped: false })),
      z.strictObject({
        name: Name,
        id: z
          .string()
          .regex(/^Spaces-\d+$/, "must look like Spaces-12")
          .optional(),
        taskQueueStopped: z.boolean().default(false),
      }),
    ])
    .optional(),
  users: z
    .array(
      orName(
        z.strictObject({
          name: Name,
          displayName: Name.optional(),
          email: z.string().optional(),
          service: z.boolean().default(false),
          active: z.boolean().default(true),
          /** The API key; absent: one derived from the name. */
          key: z.string().min(1).optional(),
          /** Teams of the default space, or of the system. */
          teams: Names.default([]),
          /** Member of the administrators. */
          administrator: z.boolean().default(false),
        }),
      ),
    )
    .default([]),
  userRoles: z
    .array(z.strictObject({ name: Name, permissions: Names.default([]), systemPermissions: Names.default([]) }))
    .default([]),
  ...spaceContent,
  spaces: z.array(SpaceWorld).default([]),
});

/** A world as it is written. */
export type World = z.input<typeof World>;
export type ParsedWorld = z.output<typeof World>;
export type ParsedSpace = z.output<typeof SpaceWorld>;
export type ParsedProject = z.output<typeof ProjectWorld>;
export type ParsedRelease = z.output<typeof ReleaseWorld>;
export type ParsedDeployment = z.output<typeof DeploymentWorld>;
export type ParsedStep = z.output<typeof StepWorld>;
export type ParsedVariable = z.output<typeof VariableWorld>;
export type ParsedHistory = z.output<typeof HistoryWorld>;
export type ParsedTeam = z.output<typeof TeamWorld>;
export type SpaceContent = Omit<ParsedSpace, "name" | "id" | "taskQueueStopped">;
