import type { User } from "../documents/configuration.ts";
import type { Artifact, EventDocument, Interruption } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import type { Access } from "../rules/access.ts";
import { mayAnswer } from "../rules/responsibility.ts";
import { guidanceChoices } from "../tasks/interruptions.ts";
import { dateTime, resource } from "./common.ts";

export function interruptionResource(core: Core, interruption: Interruption, user: User, access: Access): unknown {
  const self = `${core.api}/${interruption.spaceId}/interruptions/${interruption.id}`;
  const responsible = interruption.responsibleUserId;
  const isManual = interruption.type === "ManualIntervention";
  return {
    ...resource(interruption.id, {
      Self: self,
      Submit: `${self}/submit`,
      Responsible: `${self}/responsible`,
      ...(responsible === null ? {} : { User: `${core.api}/users/${responsible}` }),
    }),
    SpaceId: interruption.spaceId,
    Title: interruption.title,
    ...(core.switches().interruptionTypes ? { Type: interruption.type } : {}),
    Created: dateTime(interruption.created),
    IsPending: interruption.isPending,
    TaskId: interruption.taskId,
    RelatedDocumentIds: interruption.relatedDocumentIds,
    ResponsibleTeamIds: interruption.responsibleTeamIds,
    ResponsibleUserId: responsible,
    CanTakeResponsibility: mayAnswer(core, interruption, access),
    HasResponsibility: responsible === user.id,
    CorrelationId: interruption.correlationId,
    IsLinkedToOtherInterruption: interruption.linkedGroup !== null,
    PullRequests: [],
    Form: {
      Values: interruption.values,
      Elements: isManual ? manualForm(interruption) : guidanceForm(core, interruption),
    },
  };
}

function manualForm(interruption: Interruption): unknown {
  return [
    element("Instructions", { Type: "Paragraph", Text: interruption.instructions, ResolveLinks: false }),
    element("Notes", { Type: "TextArea", Label: "Notes" }),
    element("Result", { Type: "SubmitButtonGroup", Buttons: [button("Proceed", false), button("Abort", true)] }),
  ];
}

function guidanceForm(core: Core, interruption: Interruption): unknown {
  const choices = guidanceChoices(core, interruption).map((value) => button(value, value === "Fail"));
  return [
    element("Instructions", { Type: "Paragraph", Text: interruption.instructions, ResolveLinks: false }),
    element("Notes", { Type: "TextArea", Label: "Notes" }),
    element("Guidance", { Type: "SubmitButtonGroup", Buttons: choices }),
  ];
}

function element(name: string, control: unknown): unknown {
  return { Name: name, Control: control, IsValueRequired: false };
}

function button(value: string, requiresConfirmation: boolean): unknown {
  return { Text: value, Value: value, RequiresConfirmation: requiresConfirmation };
}

export function eventResource(core: Core, event: EventDocument, withDifference: boolean): unknown {
  return {
    ...resource(event.id, {
      Self: `${core.api}${event.spaceId === null ? "" : `/${event.spaceId}`}/events/${event.id}`,
    }),
    SpaceId: event.spaceId,
    Category: event.category,
    UserId: event.userId,
    Username: event.username,
    IsService: event.isService,
    IdentityEstablishedWith: event.userId === "users-system" ? "" : "API key",
    UserAgent: event.userId === "users-system" ? "Server" : "",
    IpAddress: null,
    ApiKeyId: null,
    ApiKeyHint: null,
    Occurred: dateTime(event.occurred),
    Message: event.message,
    MessageHtml: event.message,
    MessageReferences: event.references.map(({ id, start, length }) => ({
      ReferencedDocumentId: id,
      StartIndex: start,
      Length: length,
    })),
    Comments: null,
    Details: null,
    ChangeDetails: withDifference ? { DocumentContext: null, Differences: null } : null,
    RelatedDocumentIds: event.relatedDocumentIds,
  };
}

export function artifactResource(core: Core, artifact: Artifact): unknown {
  const self = `${core.api}/${artifact.spaceId}/artifacts/${artifact.id}`;
  return {
    ...resource(artifact.id, { Self: self, Content: `${self}/content` }),
    SpaceId: artifact.spaceId,
    Filename: artifact.filename,
    Source: artifact.source,
    ServerTaskId: artifact.serverTaskId,
    Created: dateTime(artifact.created),
    LogCorrelationId: artifact.logCorrelationId,
  };
}
