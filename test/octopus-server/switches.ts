import * as z from "zod";

const OnOff = z.boolean();

/**
 * Named switches for behaviour that differs between servers, or that no source confirms. Each names its source, with the README's abbreviations.
 * The defaults are those of the newest server, as far as they are known.
 */
export const Switches = z.strictObject({
  /** Version text of `GET /api`. Source: D26 capabilities. */
  version: z.string().default("2026.3.4512"),
  /** Status of a single resource that the API key may not see. Source: GO pkg/core/api_error.go, not confirmed. */
  invisibleResource: z.enum(["404", "403"]).default("404"),
  /** Whether projects tell their lifecycle; those made from a template have the template's. Source: D26 projects, not confirmed. */
  projectsTellLifecycle: OnOff.default(true),
  /** Status of writes in maintenance mode. Source: D26 server-status, not confirmed. */
  maintenanceStatus: z.number().int().min(400).max(599).default(503),
  /** Whether only administrators may write. Source: D26 server-status. */
  maintenanceMode: OnOff.default(false),
  /** Status of a request for a deployment that a freeze forbids. Source: D26 deployment-freeze, not confirmed. */
  freezeStatus: z.number().int().min(400).max(499).default(400),
  /** Whether `deploymentfreezes?effectiveDate=` filters; older servers ignore it. Source: D26 deployment-freeze; GO does not know it. */
  freezesFilteredByEffectiveDate: OnOff.default(true),
  /** Whether recurring freezes tell an occurrence by `StartDate` and `EndDate`. Source: D26 deployment-freeze; GO does not know them. */
  freezesTellOccurrence: OnOff.default(true),
  /** Whether the list of freezes has those that belong to a project. No source. */
  projectFreezesListed: OnOff.default(true),
  /** Whether `PromoteTo` counts deployments for tenants as well. Source: D26 releases, not confirmed. */
  promoteToCountsTenantDeployments: OnOff.default(false),
  /** Whether a failed redeployment of a release makes a complete phase incomplete. Source: D26 lifecycles, not confirmed. */
  failedRedeployUndoesPhase: OnOff.default(false),
  /**
   * What happens in a phase without an environment of the tenant: the phase does not count (no source), another tenant must have completed it
   * (source: Issues 4707), or the tenant gets no further (source: Issues 2730).
   */
  tenantMissesPhase: z.enum(["skipped", "needsAnother", "deadEnd"]).default("skipped"),
  /** Whether a failed or cancelled newest deployment for one tenant blocks all other tenants. Source: Issues 3732, closed. */
  otherTenantsFailureBlocks: OnOff.default(false),
  /** Status of a request to cancel a finished task. Source: D26 tasks, not confirmed. */
  cancelOfFinishedTask: z.enum(["200", "400"]).default("200"),
  /** Whether a paused task keeps its start time. Source: issues 7468, 7996; before 2016 it did not (issue 2244). */
  pausedTaskKeepsStartTime: OnOff.default(true),
  /**
   * Whether a task that pauses has the instant of its pause as `CompletedTime`: never, until it ends, or also after its end.
   * Source: issues 7468, 7996 (2022.2 to 2023.1).
   */
  pauseIsCompletedTime: z.enum(["never", "untilEnd", "forEver"]).default("never"),
  /** Which guided failures have the same `CorrelationId`: all of a step, or none, because each retry has a log of its own. No source. */
  guidedFailureCorrelation: z.enum(["step", "attempt"]).default("step"),
  /** How often a guided failure of a step offers Retry. Source: issue 2885. */
  guidedFailureRetries: z.number().int().min(0).default(10),
  /** State of a task that is paused for guided failure: sources disagree. Source: D26 tasks. */
  guidedFailureState: z.enum(["Queued", "Executing"]).default("Queued"),
  /** Status when a user takes responsibility who is not in a responsible team. Source: D26 interruptions, not confirmed. */
  responsibilityRefusal: z.enum(["400", "403"]).default("403"),
  /** Category of the event of a submitted interruption. Source: D26 events, not confirmed. */
  submittedEventCategory: z.string().default("InterruptionSubmitted"),
  /** Whether unscoped tasks and events honour `spaces`. Source: docs getting-started, not confirmed. */
  unscopedListsHonourSpaces: OnOff.default(true),
  /** Whether `environments/v2?ids=` with several ids finds them; servers before 2025.4 answered an empty list. Source: docs getting-started. */
  environmentsV2FindsSeveralIds: OnOff.default(true),
  /** Whether `deployments?taskState=` filters; old servers ignored it. Source: D26 deployments, issue 2072. */
  deploymentsFilteredByTaskState: OnOff.default(true),
  /** Whether interruptions have a `Type`. Source: D26 interruptions. */
  interruptionTypes: OnOff.default(true),
  /** Whether tasks have the types of pending interruptions and preconditions. Source: D26 tasks. */
  pendingTypesOnTasks: OnOff.default(true),
  /** Envelope of pages: today's, or that of 2017 to 2019 (a link per page, no counts). Source: docs getting-started, T17. */
  paging: z.enum(["current", "old"]).default("current"),
  /** Property names of the executions API's answers. Source: D26 deployments. */
  executionsAnswer: z.enum(["PascalCase", "camelCase"]).default("PascalCase"),
  /** Routes that the server does not have; they answer like any unknown route. Source: D26 capabilities. */
  missingRoutes: z.array(z.string()).default([]),
  /** What retention leaves of tasks that have ended: everything, nothing, or not even the deployment's `TaskId`. Source: D26 tasks, issue 7575. */
  completedTasks: z.enum(["kept", "purged", "forgotten"]).default("kept"),
  /** Whether `LastUpdatedTime` is in the year 1. Source: T17, issue 7182. */
  yearOneDates: OnOff.default(false),
  /** Whether the line that stands for those cut from a log has a date; otherwise it is in the year 1. No source. */
  gapLinesHaveDates: OnOff.default(true),
  /** Whether `artifacts?regarding=` filters. No source. */
  artifactsFilteredByRegarding: OnOff.default(true),
  /** Whether an uploaded artifact keeps the `LogCorrelationId` its uploader sent. No source. */
  artifactsKeepSentLogCorrelationId: OnOff.default(false),
  /** Whether `spaces?ids=` filters. Source: D26 spaces, issue 7321. */
  spacesFilteredByIds: OnOff.default(true),
  /** Whether a deployment without any target is refused. Source: D26 deployments, no source for the text. */
  deploymentsNeedTargets: OnOff.default(true),
  /** Whether deployments may be limited by target tags; servers before 2026 did not know them. Source: CS deployments. */
  targetTags: OnOff.default(true),
  /** Which targets take part when a deployment names machines and tags: those that fit both, or either. No source. */
  targetTagsAndMachines: z.enum(["both", "either"]).default("both"),
  /** Whether a deployment with an unknown target tag is refused; otherwise that tag is dropped. No source. */
  unknownTargetTagsRefused: OnOff.default(true),
  /** Whether a deployment that starts later supersedes those that are queued now. No source. */
  scheduledDeploymentsSupersede: OnOff.default(false),
  /** Longest comment of a deployment, in characters. 0 means no limit. No source. */
  longestComment: z.number().int().min(0).default(0),
  /** What happens to a longer comment. No source. */
  longerComments: z.enum(["refused", "cut"]).default("refused"),
  /** Whether blanks around a comment are removed. No source. */
  commentsTrimmed: OnOff.default(false),
  /** Longest request line, in characters; a longer one answers 414. 0 means no limit. Source: Kestrel's default, not confirmed. */
  longestRequestLine: z.number().int().min(0).default(8192),
  /** Requests per minute and burst of one user's token bucket. 0 means no limit. Servers from 2026.3 on: 200. Source: docs rate-limiting. */
  rateLimitPerMinute: z.number().int().min(0).default(0),
  /** Whether 429 answers have a `Retry-After` header. Source: docs rate-limiting. */
  rateLimitRetryAfter: OnOff.default(true),
  /** Tasks that may execute at a time. 0 means no limit. Source: D26 tasks. */
  taskCap: z.number().int().min(0).default(0),
  /** How late a scheduled deployment may start by default, in minutes. Source: D26 deployments, issue 2856. */
  defaultStartWindowMinutes: z.number().int().min(1).default(30),
  /** How far ahead a deployment may be scheduled, in days. Source: CLI. */
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
