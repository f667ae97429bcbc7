import * as z from "zod";

const OnOff = z.boolean();

/**
 * What differs between servers, or what is not confirmed about them, as named switches. Each says where it
 * comes from, in the README's abbreviations. Defaults are the newest server as far as it is known.
 */
export const Switches = z.strictObject({
  /** Version text of `GET /api`. Source: D26 capabilities. */
  version: z.string().default("2026.3.4512"),
  /** What a single resource answers that the key may not see. Source: GO pkg/core/api_error.go, not confirmed. */
  invisibleResource: z.enum(["404", "403"]).default("404"),
  /** Status of writes in maintenance mode. Source: D26 server-status, not confirmed. */
  maintenanceStatus: z.number().int().min(400).max(599).default(503),
  /** Whether only administrators may change things. Source: D26 server-status. */
  maintenanceMode: OnOff.default(false),
  /** Status of a deployment that a freeze forbids. Source: D26 deployment-freeze, not confirmed. */
  freezeStatus: z.number().int().min(400).max(499).default(400),
  /** Whether `deploymentfreezes?effectiveDate=` looks at that instant; older servers ignore it. Source: D26 deployment-freeze; GO does not know it. */
  freezesFilteredByEffectiveDate: OnOff.default(true),
  /** Whether the list of freezes has those that belong to a project. No source. */
  projectFreezesListed: OnOff.default(true),
  /** Whether `PromoteTo` counts deployments for tenants as well. Source: D26 releases, not confirmed. */
  promoteToCountsTenantDeployments: OnOff.default(false),
  /** Whether a phase stays complete when the release was deployed to it again and that failed. Source: D26 lifecycles, not confirmed. */
  failedRedeployUndoesPhase: OnOff.default(false),
  /**
   * A phase that has none of a tenant's environments: it does not count (the specification of this server), another tenant has to have
   * completed it (source: Issues 4707), or the tenant gets no further (source: Issues 2730).
   */
  tenantMissesPhase: z.enum(["skipped", "needsSomebody", "deadEnd"]).default("skipped"),
  /** Whether another tenant's newest deployment that failed or was cancelled keeps all others from going on. Source: Issues 3732, closed. */
  otherTenantsFailureBlocks: OnOff.default(false),
  /** What cancelling a finished task answers. Source: D26 tasks, not confirmed. */
  cancelOfFinishedTask: z.enum(["200", "400"]).default("200"),
  /** Whether a paused task keeps its start time. Source: D26 tasks, not confirmed. */
  pausedTaskKeepsStartTime: OnOff.default(true),
  /** State of a task that is paused for guided failure: sources disagree. Source: D26 tasks. */
  guidedFailureState: z.enum(["Queued", "Executing"]).default("Queued"),
  /** The answer to a user who takes responsibility and is not in a responsible team. Source: D26 interruptions, not confirmed. */
  responsibilityRefusal: z.enum(["400", "403"]).default("403"),
  /** Category of the event of a submitted interruption. Source: D26 events, not confirmed. */
  submittedEventCategory: z.string().default("InterruptionSubmitted"),
  /** Whether unscoped tasks and events honour `spaces`. Source: docs getting-started, not confirmed. */
  unscopedListsHonourSpaces: OnOff.default(true),
  /** Whether `environments/v2?ids=` with several ids finds them; servers before 2025.4 answered an empty list. Source: docs getting-started. */
  environmentsV2FindsSeveralIds: OnOff.default(true),
  /** Whether `deployments?taskState=` filters; old servers ignored it. Source: D26 deployments, issue 2072. */
  deploymentsFilteredByTaskState: OnOff.default(true),
  /** Whether interruptions say their type. Source: D26 interruptions. */
  interruptionTypes: OnOff.default(true),
  /** Whether tasks say what kinds of interruptions and preconditions they wait for. Source: D26 tasks. */
  pendingTypesOnTasks: OnOff.default(true),
  /** Envelope of pages: today's, or that of 2017 to 2019 (a link per page, no counts). Source: docs getting-started, T17. */
  paging: z.enum(["current", "old"]).default("current"),
  /** Property names of the executions API's answers. Source: D26 deployments. */
  executionsAnswer: z.enum(["PascalCase", "camelCase"]).default("PascalCase"),
  /** Routes that a server of this age does not know; they answer like any unknown route. Source: D26 capabilities. */
  missingRoutes: z.array(z.string()).default([]),
  /** What retention left of tasks that have ended: all, nothing, or not even the deployment's `TaskId`. Source: D26 tasks, issue 7575. */
  completedTasks: z.enum(["kept", "purged", "forgotten"]).default("kept"),
  /** Whether `LastUpdatedTime` is the year 1 (issue 7182). Source: T17, issue 7182. */
  yearOneDates: OnOff.default(false),
  /** Whether `artifacts?regarding=` filters. No source. */
  artifactsFilteredByRegarding: OnOff.default(true),
  /** Whether an uploaded artifact keeps the `LogCorrelationId` its uploader sent. No source. */
  artifactsKeepSentLogCorrelationId: OnOff.default(false),
  /** Whether spaces are found by `ids` (issue 7321). Source: D26 spaces, issue 7321. */
  spacesFilteredByIds: OnOff.default(true),
  /** Whether a deployment that no target could take part in is refused. Source: D26 deployments, no source for the text. */
  deploymentsNeedTargets: OnOff.default(true),
  /** Whether deployments may be limited by target tags; servers before 2026 did not know them. Source: CS deployments. */
  targetTags: OnOff.default(true),
  /** Which targets take part when a deployment names machines and tags: those that fit both, or either. No source. */
  targetTagsAndMachines: z.enum(["both", "either"]).default("both"),
  /** Whether a deployment with an unknown target tag is refused; otherwise that tag is dropped. No source. */
  unknownTargetTagsRefused: OnOff.default(true),
  /** Whether a deployment that is to start later supersedes what waits now. No source. */
  scheduledDeploymentsSupersede: OnOff.default(false),
  /** Characters of a deployment's comment. 0 means no limit. No source. */
  longestComment: z.number().int().min(0).default(0),
  /** What becomes of a comment that is longer. No source. */
  longerComments: z.enum(["refused", "cut"]).default("refused"),
  /** Whether a comment loses the blanks around it. No source. */
  commentsTrimmed: OnOff.default(false),
  /** Characters of a request line, above which the answer is 414. 0 means no limit. Source: Kestrel's default, not confirmed. */
  longestRequestLine: z.number().int().min(0).default(8192),
  /** Requests per minute and burst of one user's token bucket. 0 means no limit. Servers from 2026.3 on: 200. Source: docs rate-limiting. */
  rateLimitPerMinute: z.number().int().min(0).default(0),
  /** Whether 429 answers say when to come back. Source: docs rate-limiting. */
  rateLimitRetryAfter: OnOff.default(true),
  /** Tasks that may execute at a time. 0 means no limit. Source: D26 tasks. */
  taskCap: z.number().int().min(0).default(0),
  /** How long a scheduled deployment may start late by default, in minutes (issue 2856). Source: D26 deployments, issue 2856. */
  defaultStartWindowMinutes: z.number().int().min(1).default(30),
  /** How far ahead a deployment may be scheduled, in days. From the CLI's source. Source: CLI. */
  maximumScheduleDays: z.number().int().min(1).default(30),
});

export type Switches = z.output<typeof Switches>;
export type SwitchChanges = Partial<Switches>;

/** Old servers and known defects by name. Several may be combined; later ones win. */
export const profiles = {
  newest: {},
  rateLimited: { rateLimitPerMinute: 200 },
  rateLimitedWithoutRetryAfter: { rateLimitPerMinute: 200, rateLimitRetryAfter: false },
  maintenance: { maintenanceMode: true },
  camelCaseExecutions: { executionsAnswer: "camelCase" },
  noInterruptionType: { interruptionTypes: false },
  noPendingInterruptionTypes: { pendingTypesOnTasks: false },
  environmentsV2IdsEmpty: { environmentsV2FindsSeveralIds: false },
  yearOneDates: { yearOneDates: true },
  purgedTasks: { completedTasks: "purged" },
  nullTaskIds: { completedTasks: "forgotten" },
  noFreezes: { missingRoutes: ["deploymentfreezes", "deployments/override"] },
  noTargetTags: { targetTags: false },
  "2019.7": {
    version: "2019.7.12",
    targetTags: false,
    paging: "old",
    interruptionTypes: false,
    pendingTypesOnTasks: false,
    environmentsV2FindsSeveralIds: false,
    artifactsFilteredByRegarding: false,
    missingRoutes: [
      "deploymentfreezes",
      "deployments/override",
      "deployments/create/untenanted/v1",
      "deployments/create/tenanted/v1",
      "releases/create/v1",
      "environments/v2",
    ],
  },
  "2022.3": {
    version: "2022.3.10594",
    targetTags: false,
    interruptionTypes: true,
    pendingTypesOnTasks: false,
    executionsAnswer: "camelCase",
    environmentsV2FindsSeveralIds: false,
    missingRoutes: ["deploymentfreezes", "deployments/override", "environments/v2"],
  },
} satisfies Readonly<Record<string, SwitchChanges>>;

export type ProfileName = keyof typeof profiles;

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name);
}

/** Every switch at its default. */
export function defaultSwitches(): Switches {
  return Switches.parse({});
}
