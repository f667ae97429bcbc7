import { type GivenApproval, readApprovals } from "../approvals/read-approvals.ts";
import type { Instant } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { reportHtml } from "../report/html.ts";
import { type InputChild, reportName, reportOf } from "../report/report-data.ts";
import { type ReportParent, reportJson } from "../report/report.ts";
import type { RunRecord } from "../report/run-record.ts";
import { adviceOf, asStepError } from "../failure.ts";
import { taskUrl } from "../resolve/deployment-url.ts";
import type { Context } from "../resolve/resolve-context.ts";
import type { ChildResult, TrainEnd } from "../rules/train.ts";
import type { Parent } from "../settings.ts";
import { planArtifact } from "../step/plan-artifact.ts";
import type { StepRuntime } from "../step/runtime.ts";
import type { TrainSettings } from "./train-settings.ts";

/** What is known of a run when it ends, however it ends. */
export interface RunFacts {
  readonly train: TrainSettings;
  readonly record: RunRecord;
  readonly results: readonly ChildResult[];
  /** Digest of the plan. Absent means that there is none. */
  readonly digest?: string | undefined;
  /** Absent means that the server was not reached. */
  readonly octopus?: Pick<OctopusGateway, "portalUrl"> | undefined;
  /** Any child that could be resolved. Absent means that none could. */
  readonly context?: Context | undefined;
}

/** Publishes the report as artifacts of the parent's task. */
export type SaveReport = (step: Pick<StepRuntime, "publishArtifact" | "warning">) => void;

/**
 * Reads what only the report needs. Reads nothing if no report is wanted.
 * @param known has no train if the parameters could not be read, so that it is unknown whether a report is wanted
 */
export async function prepareReport(known: Partial<RunFacts>, end: TrainEnd, ended: Instant): Promise<SaveReport> {
  const { train, record, results = [], ...others } = known;
  if (train === undefined || record === undefined || !isWanted(train)) return () => undefined;
  const facts = { ...others, train, record, results };
  const approvals = facts.context === undefined ? [] : await readApprovals(facts.context);
  return (step) => {
    const report = reportOn(facts, { end, ended, approvals });
    const name = reportName(report);
    try {
      step.publishArtifact(`${name}.html`, reportHtml(report));
      step.publishArtifact(`${name}.json`, reportJson(report));
    } catch (error) {
      // A report that cannot be saved must not change how the run ends.
      step.warning(`The report was not saved. ${adviceOf(asStepError(error))}`);
    }
  };
}

function isWanted({ levels, failurePolicy, common }: TrainSettings): boolean {
  return common.report === "Default" ? levels.flat().length > 1 || failurePolicy !== "Stop" : common.report === "Yes";
}

interface End {
  readonly end: TrainEnd;
  readonly ended: Instant;
  readonly approvals: readonly GivenApproval[];
}

function reportOn({ train, record, results, digest, octopus }: RunFacts, { end, ended, approvals }: End) {
  const { common, failurePolicy, parallelLimit, passes } = train;
  const [first] = results.flatMap(({ outcome }) => outcome.plan ?? []);
  const plan =
    first?.approval.digest ?? digest ?? (first && results.length === 1 ? planArtifact(first).digest : undefined);
  return reportOf({
    mode: common.whatIf ? "plan" : "run",
    parent: parentOf(common.parent, octopus),
    end,
    made: record.made,
    ended,
    policy: {
      onFailure: failurePolicy,
      atTheSameTime: parallelLimit ?? null,
      passes: failurePolicy === "RerunUntilDone" ? passes : null,
    },
    digest: plan,
    approvals: approvals.map(({ digests, ...each }) => ({
      ...each,
      digest: digests.find((shown) => shown === plan) ?? digests[0] ?? null,
    })),
    children: results.map((result) => childOf(result, record)),
  });
}

function childOf(result: ChildResult, record: RunRecord): InputChild {
  const { name, outcome, rollBack, rollBackTarget: target } = result;
  return {
    result,
    ...record.historyOf(name, outcome.plan?.earlier ?? []),
    rollBack: rollBack
      ? { outcome: rollBack.end, to: rollBack.version ?? null, why: rollBack.message }
      : target
        ? { outcome: null, to: "to" in target ? target.to.version : null, why: "why" in target ? target.why : null }
        : undefined,
  };
}

function parentOf(parent: Parent, octopus: RunFacts["octopus"]): ReportParent {
  const { spaceId, taskId } = parent;
  return {
    project: parent.projectName ?? "",
    release: parent.releaseNumber ?? null,
    runbook: parent.runbookName ?? null,
    environment: parent.environmentName ?? null,
    tenant: parent.tenantName ?? null,
    step: parent.stepName ?? null,
    taskId: taskId ?? null,
    url: octopus && spaceId && taskId ? taskUrl(octopus, spaceId, taskId) : null,
  };
}
