import { type Outcome, reasonOf, type StartedDeployment } from "../plan/outcome.ts";
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

/** What is known once the plan is final, and then once there is a deployment. Nothing is promised beyond that. */
export function outputsOfPlan(plan: Plan, started?: StartedDeployment): Outputs {
  const { selected, current, order, blockers } = plan;
  const deploys = plan.decision.kind === "deploy" || plan.decision.kind === "attach";
  // Whoever binds these as the release number of another step must not get what this one refused to choose.
  const chosen = plan.decision.kind === "not-found" ? undefined : selected?.release;
  const message = planMessage(plan);
  const { json, digest } = planArtifact(plan);
  return {
    ...emptyOutputs,
    ReleaseToPromote: chosen?.version ?? "N/A",
    ReleaseNotes: deploys ? `${plan.notes}\n\n${digestLine(digest, order)}` : message,
    ChildReleaseToDeploy:
      started !== undefined || (deploys && order.whatIf && blockers.length === 0) ? "True" : "False",
    Reason: reasonOf(plan),
    Message: message,
    CurrentRelease: current?.release.version ?? "N/A",
    ReleaseId: chosen?.id ?? "",
    DeploymentId: started?.deployment.id ?? "",
    TaskId: started?.task?.id ?? started?.deployment.taskId ?? "",
    TaskState: started?.task?.state ?? "",
    DeploymentUrl: started?.url ?? "",
    ApprovedBy: started?.approvedBy?.join(", ") ?? "",
    ReleasePlan: json,
  };
}

export function outputsOf({ kind, reason, message, plan, started }: Outcome): Outputs {
  return { ...outputsOfPlan(plan, started), Outcome: kind, Reason: reason, Message: message };
}
