import type { Outcome } from "../plan/outcome.ts";
import { reasonOf } from "../plan/outcome.ts";
import { planMessage } from "../plan/describe.ts";
import type { Plan } from "../plan/plan.ts";
import { digestLine } from "../plan/digest-line.ts";
import { planArtifact } from "./plan-artifact.ts";

/** The step's output variables, declared by what a run that never got as far as a plan publishes. `output-help.ts` says what they hold. */
export const emptyOutputs = {
  ReleaseToPromote: "N/A",
  ReleaseNotes: "",
  ChildReleaseToDeploy: "False",
  Outcome: "Failed",
  Reason: "Blocked",
  Message: "",
  CurrentRelease: "N/A",
  ReleaseId: "",
  DeploymentId: "",
  TaskId: "",
  TaskState: "",
  DeploymentUrl: "",
  ApprovedBy: "",
  ReleasePlan: "",
};

export type OutputName = keyof typeof emptyOutputs;
export type Outputs = Readonly<Record<OutputName, string>>;

/** What is known once the plan is final. Nothing was created yet, so nothing is promised beyond the plan. */
export function outputsOfPlan(plan: Plan): Outputs {
  const { selected, current, order, blockers } = plan;
  const deploys = plan.decision.kind === "deploy" || plan.decision.kind === "attach";
  const message = planMessage(plan);
  const { json, digest } = planArtifact(plan);
  return {
    ...emptyOutputs,
    ReleaseToPromote: selected?.release.version ?? "N/A",
    ReleaseNotes: deploys
      ? `${plan.notes}\n\n${digestLine(digest, order.project.name, order.destination.name)}`
      : message,
    ChildReleaseToDeploy: deploys && order.whatIf && blockers.length === 0 ? "True" : "False",
    Reason: reasonOf(plan),
    Message: message,
    CurrentRelease: current?.release.version ?? "N/A",
    ReleaseId: selected?.release.id ?? "",
    ReleasePlan: json,
  };
}

export function outputsOf({ kind, reason, message, plan, started }: Outcome): Outputs {
  const ofPlan = outputsOfPlan(plan);
  return {
    ...ofPlan,
    ChildReleaseToDeploy: started === undefined ? ofPlan.ChildReleaseToDeploy : "True",
    Outcome: kind,
    Reason: reason,
    Message: message,
    DeploymentId: started?.deployment.id ?? "",
    TaskId: started?.task?.id ?? started?.deployment.taskId ?? "",
    TaskState: started?.task?.state ?? "",
    DeploymentUrl: started?.url ?? "",
    ApprovedBy: started?.approvedBy?.join(", ") ?? "",
  };
}
