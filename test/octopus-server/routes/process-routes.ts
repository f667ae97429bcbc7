import * as z from "zod";
import { randomUUID } from "node:crypto";
import type { Action, Process, Step } from "../documents/process.ts";
import { bodyObject, idList, optionalText, parseBody } from "../http/body.ts";
import { badRequest, conflict, notFound } from "../http/refusal.ts";
import { ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { processResource, templateResource } from "../resources/process.ts";
import { changeProcess } from "../rules/snapshots.ts";
import { demandSight, projectOf } from "./lookup.ts";

export const processRoutes: readonly Route[] = [
  space("GET", "deploymentprocesses/{id}", "DeploymentProcessResource", "D26 deployment-processes", (call) =>
    show(call, byId(call)),
  ),
  space("PUT", "deploymentprocesses/{id}", "DeploymentProcessResource", "SW", (call) => modify(call, byId(call))),
  space("GET", "deploymentprocesses/{id}/template", "ReleaseTemplateResource", "D26 deployment-processes", (call) =>
    template(call, byId(call)),
  ),
  space(
    "GET",
    "projects/{id}/deploymentprocesses",
    "DeploymentProcessResource",
    "D26 deployment-processes, TS",
    (call) => show(call, ofProject(call)),
  ),
  space(
    "PUT",
    "projects/{id}/deploymentprocesses",
    "DeploymentProcessResource",
    "D26 deployment-processes, TS",
    (call) => modify(call, ofProject(call)),
  ),
];

// A property is a text, or an object around a value that may be sensitive.
const Properties = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.object({}).loose()]))
  .transform((given) => Object.fromEntries(Object.entries(given).map(([key, value]) => [key, propertyText(value)])));

const ProcessBody = bodyObject({
  Version: z.number().int().optional(),
  Steps: z.array(
    bodyObject({
      Id: optionalText,
      Name: z.string().min(1),
      Condition: optionalText,
      StartTrigger: optionalText,
      PackageRequirement: optionalText,
      Properties: Properties.optional(),
      Actions: z
        .array(
          bodyObject({
            Id: optionalText,
            Name: z.string().min(1),
            ActionType: z.string(),
            Notes: optionalText,
            IsDisabled: z.boolean().optional(),
            IsRequired: z.boolean().optional(),
            CanBeUsedForProjectVersioning: z.boolean().optional(),
            WorkerPoolId: optionalText,
            Environments: idList,
            ExcludedEnvironments: idList,
            Channels: idList,
            TenantTags: idList,
            Packages: z
              .array(
                bodyObject({ Id: optionalText, Name: optionalText, PackageId: optionalText, FeedId: optionalText }),
              )
              .optional(),
            Properties: Properties.optional(),
          }),
        )
        .optional(),
    }),
  ),
});

type StepBody = z.output<typeof ProcessBody>["Steps"][number];
type ActionBody = NonNullable<StepBody["Actions"]>[number];

function propertyText(value: string | number | boolean | object | null): string {
  if (value === null) return "";
  return typeof value === "object" ? String(Reflect.get(value, "Value") ?? "") : String(value);
}

function byId(call: SpaceCall): Process {
  const id = call.param("id");
  const process = call.instance.state.processes.get(id);
  if (process === undefined || process.spaceId !== call.space.id) throw notFound(id);
  demandSight(call, "ProcessView", { spaceId: process.spaceId, projectId: process.projectId }, id);
  return process;
}

function ofProject(call: SpaceCall): Process {
  const project = projectOf(call);
  const process = call.instance.state.processes.get(`deploymentprocess-${project.id}`);
  if (process === undefined) throw notFound(`deploymentprocess-${project.id}`);
  demandSight(call, "ProcessView", { spaceId: process.spaceId, projectId: process.projectId }, process.id);
  return process;
}

function show(call: SpaceCall, process: Process): Reply {
  return ok(processResource(call.instance, process));
}

function template(call: SpaceCall, process: Process): Reply {
  const channel = call.query.text("channel");
  const known = call.instance.state.channels.get(channel ?? "");
  if (channel !== undefined && known?.projectId !== process.projectId)
    throw badRequest(`The channel '${channel}' was not found.`);
  return ok(templateResource(call.instance, process, channel));
}

function modify(call: SpaceCall, process: Process): Reply {
  call.access.demand("ProcessEdit", { spaceId: process.spaceId, projectId: process.projectId });
  const body = parseBody(ProcessBody, call.body);
  if (process.id !== `deploymentprocess-${process.projectId}`)
    throw badRequest("A snapshot of a process cannot be changed.");
  if (body.Version !== undefined && body.Version !== process.version) {
    throw conflict("The process was changed by somebody else in the meantime. Please refresh and try again.");
  }
  return show(call, changeProcess(call.instance, process, body.Steps.map(stepOf)));
}

function stepOf(given: StepBody): Step {
  return {
    id: given.Id ?? randomUUID(),
    name: given.Name,
    condition: given.Condition ?? "Success",
    startTrigger: given.StartTrigger ?? "StartAfterPrevious",
    packageRequirement: given.PackageRequirement ?? "LetOctopusDecide",
    properties: given.Properties ?? {},
    actions: (given.Actions ?? []).map(actionOf),
  };
}

function actionOf(given: ActionBody): Action {
  return {
    id: given.Id ?? randomUUID(),
    name: given.Name,
    actionType: given.ActionType,
    notes: given.Notes ?? null,
    isDisabled: given.IsDisabled ?? false,
    isRequired: given.IsRequired ?? false,
    environmentIds: given.Environments ?? [],
    excludedEnvironmentIds: given.ExcludedEnvironments ?? [],
    channelIds: given.Channels ?? [],
    tenantTags: given.TenantTags ?? [],
    packages: (given.Packages ?? []).map((reference) => ({
      id: reference.Id ?? randomUUID(),
      name: reference.Name ?? "",
      packageId: reference.PackageId ?? "",
      feedId: reference.FeedId ?? "feeds-builtin",
    })),
    properties: given.Properties ?? {},
    canBeUsedForProjectVersioning: given.CanBeUsedForProjectVersioning ?? false,
    workerPoolId: given.WorkerPoolId ?? null,
  };
}
