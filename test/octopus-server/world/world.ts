import * as z from "zod";
import { weekdays } from "../rules/recurrence.ts";
import { Script } from "../tasks/script.ts";
import { Moment, Name, Names, orName, orText } from "./building-blocks.ts";
import { Duration } from "./duration.ts";
import { ProjectWorld, VariableWorld } from "./project-world.ts";

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
    /** Environments deployed to by hand. Without these and `automatic`: the environment with the phase's name if there is one, else any. */
    environments: Names.optional(),
    automatic: Names.default([]),
    optional: z.boolean().default(false),
    priority: z.boolean().default(false),
    /** Environments needed before the next phase. 0 means all. */
    minimum: z.number().int().min(0).default(0),
  }),
);

const LifecycleWorld = z.strictObject({ name: Name, phases: z.array(PhaseWorld).default([]) });

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
    /** A system team, which exists in every space. */
    system: z.boolean().default(false),
    roles: z.array(RoleWorld).default([]),
  }),
);

const RecurringWorld = z.strictObject({
  type: z.enum(["Daily", "Weekly", "Monthly", "Annually"]),
  /** The interval in days, weeks, months or years. */
  every: z.number().int().min(1).default(1),
  /** Days of the week. None means the day of the start. */
  days: z.array(z.enum(weekdays)).default([]),
  /** Date of the month. Absent means the date of the start. */
  date: z
    .string()
    .regex(/^([1-9]|[12]\d|3[01]|L)$/, "must be 1 to 31, or L")
    .optional(),
  /** A day of the week; `number` says which one in the month, `L` the last. */
  day: z.enum(weekdays).optional(),
  number: z.enum(["1", "2", "3", "4", "L"]).default("1"),
  /** No occurrence begins later. */
  until: Moment.optional(),
  /** Number of occurrences, including the first. */
  times: z.number().int().min(1).optional(),
  /** Minutes between UTC and the local time of the schedule. */
  utcOffset: z.number().int().default(0),
});

const FreezeWorld = z.strictObject({
  name: Name,
  /** Start and end of the first occurrence. */
  start: Moment,
  end: Moment,
  /** The project that owns the freeze. It is frozen, whether or not `projects` names it. */
  project: Name.optional(),
  recurring: RecurringWorld.optional(),
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
  tagSets: z
    .array(
      z.strictObject({
        name: Name,
        tags: Names.default([]),
        /** What its tags are for; `Target`: machines have them as roles, `Tag set/Tag`. */
        scopes: z.array(z.enum(["Tenant", "Environment", "Project", "Target", "Runbook"])).default(["Tenant"]),
      }),
    )
    .default([]),
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
 * A world: everything on a server, by names. Content at the top level belongs to the default space, that of other spaces stands in `spaces`.
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
          /** The API key. Absent means one derived from the name. */
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
export type ParsedFreeze = z.output<typeof FreezeWorld>;
export type ParsedRecurring = z.output<typeof RecurringWorld>;
export type ParsedHistory = z.output<typeof HistoryWorld>;
export type SpaceContent = Omit<ParsedSpace, "name" | "id" | "taskQueueStopped">;
