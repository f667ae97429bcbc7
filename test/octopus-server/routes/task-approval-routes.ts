import * as z from "zod";
import type { ServerTask } from "../documents/execution.ts";
import { bodyObject, optionalText, parseBody } from "../http/body.ts";
import { badRequest, notFound } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { inSpace } from "../state.ts";
import { taskOf, taskPlace } from "./lookup.ts";

/** Approvals that tasks wait for before they start (D26 tasks). */
export const taskApprovalRoutes: readonly Route[] = [
  space("GET", "tasks/{id}/servertaskapproval", "ServerTaskApprovalResponse", ofTask),
  space("GET", "servertaskapprovals", undefined, list),
  space("POST", "servertaskapprovals/{id}/approvals", "ServerTaskApprovalResponse", approve),
];

const ApprovalBody = bodyObject({
  ServerTaskApprovalId: optionalText,
  Status: z.enum(["Approved", "Rejected"]),
  Notes: optionalText,
});

function approvalResource(task: ServerTask): unknown {
  return {
    Id: approvalId(task),
    SpaceId: task.spaceId,
    Approvals: [],
    ApprovalState: "Pending",
    ApprovingUsers: [],
    ApprovingTeams: [],
    ApprovalsCount: 0,
    MinimumApproversRequired: 1,
  };
}

function approvalId({ number }: ServerTask): string {
  return `ServerTaskApprovals-${number}`;
}

function ofTask(call: SpaceCall): Reply {
  const task = taskOf(call);
  return ok({ Resource: task.preconditions.length > 0 ? approvalResource(task) : null });
}

function waiting(call: SpaceCall): readonly ServerTask[] {
  const runs = call.instance.engine.activeRuns().map(({ task }) => [task.id, task] as const);
  return inSpace(new Map(runs), call.space.id).filter(
    (task) => task.preconditions.length > 0 && call.access.may("TaskView", taskPlace(task)),
  );
}

function list(call: SpaceCall): Reply {
  return ok({ Resources: waiting(call).map(approvalResource) });
}

function approve(call: SpaceCall): Reply {
  const body = parseBody(ApprovalBody, call.body);
  const task = waiting(call).find((candidate) => approvalId(candidate) === call.param("id"));
  if (task === undefined) throw notFound(call.param("id"));
  if (body.ServerTaskApprovalId !== undefined && body.ServerTaskApprovalId !== call.param("id")) {
    throw badRequest("The approval in the body is not the one in the path.");
  }
  if (body.Status === "Approved") call.instance.engine.clearPreconditions(task);
  else
    call.instance.engine.end(task, {
      state: "Failed",
      error: `The deployment was rejected by ${call.user.displayName}.`,
    });
  return ok({ Resource: approvalResource(task) });
}
