import type { Interruption } from "../documents/execution.ts";
import { isRecord } from "../http/body.ts";
import { badRequest, missingPermission, notFound } from "../http/refusal.ts";
import { nothing, ok } from "../http/reply.ts";
import type { Reply } from "../http/reply.ts";
import { space } from "../http/route.ts";
import type { Route, SpaceCall } from "../http/route.ts";
import { page } from "../resources/collection.ts";
import { interruptionResource } from "../resources/trail.ts";
import { userResource } from "../resources/people.ts";
import { mayAnswer, mayView } from "../rules/responsibility.ts";
import type { Core } from "../instance.ts";
import { inSpace } from "../state.ts";
import { guidanceChoices } from "../tasks/interruptions.ts";
import { demandSight } from "./lookup.ts";

export const interruptionRoutes: readonly Route[] = [
  space("GET", "interruptions", "ResourceCollection_of_InterruptionResource", "D26 interruptions", list),
  space("GET", "interruptions/{id}", "InterruptionResource", "D26 interruptions", (call) =>
    show(call, interruptionOf(call)),
  ),
  space("GET", "interruptions/{id}/responsible", "UserResource", "D26 interruptions", responsible),
  space("PUT", "interruptions/{id}/responsible", "UserResource", "D26 interruptions", takeResponsibility),
  space("POST", "interruptions/{id}/submit", "InterruptionResource", "D26 interruptions", submit),
];

/** Newest first. An unknown `regarding` finds nothing (D26 interruptions). */
function list(call: SpaceCall): Reply {
  const ids = call.query.list("ids");
  const regarding = call.query.list("regarding");
  const pendingOnly = call.query.flag("pendingOnly") ?? false;
  const found = inSpace(call.instance.state.interruptions, call.space.id)
    .filter(
      (interruption) =>
        (ids === undefined || ids.includes(interruption.id)) &&
        (regarding === undefined || regarding.every((id) => interruption.relatedDocumentIds.includes(id))) &&
        (!pendingOnly || interruption.isPending) &&
        mayView(call.instance, interruption, call.access),
    )
    .sort((a, b) => b.created - a.created || b.number - a.number);
  return ok(
    page(call, "Interruption", found, (one) => interruptionResource(call.instance, one, call.user, call.access)),
  );
}

function interruptionOf(call: SpaceCall): Interruption {
  const id = call.param("id");
  const interruption = call.instance.state.interruptions.get(id);
  if (interruption === undefined || interruption.spaceId !== call.space.id) throw notFound(id);
  if (!mayView(call.instance, interruption, call.access)) demandSight(call, "InterruptionView", { spaceId: null }, id);
  return interruption;
}

function show(call: SpaceCall, interruption: Interruption): Reply {
  return ok(interruptionResource(call.instance, interruption, call.user, call.access));
}

function responsible(call: SpaceCall): Reply {
  const user = call.instance.state.users.get(interruptionOf(call).responsibleUserId ?? "");
  return user === undefined ? nothing(204) : ok(userResource(call.instance, user, call.user));
}

/** Taking over from another user is allowed: the last one wins (D26 interruptions). */
function takeResponsibility(call: SpaceCall): Reply {
  const interruption = interruptionOf(call);
  if (!interruption.isPending) {
    throw badRequest("This interruption has already been submitted, possibly by another user.");
  }
  demandRight(call, interruption);
  interruption.responsibleUserId = call.user.id;
  return ok(userResource(call.instance, call.user, call.user));
}

function submit(call: SpaceCall): Reply {
  const interruption = interruptionOf(call);
  if (!isRecord(call.body)) throw badRequest("No request body was supplied.");
  if (!interruption.isPending) {
    // A linked interruption that was answered with another one is "not pending" for the second user (issue 4550).
    throw badRequest(
      interruption.linkedGroup === null
        ? "The interruption has already been submitted."
        : "The interruption is not pending input",
    );
  }
  demandRight(call, interruption);
  const { responsibleUserId } = interruption;
  if (responsibleUserId === null) {
    throw badRequest("You must take responsibility for this interruption before attempting to submit it.");
  }
  if (responsibleUserId !== call.user.id) {
    throw badRequest(
      "Someone else has taken responsibility for this interruption, and only they are allowed to submit it.",
    );
  }
  call.instance.engine.answer(interruption, call.user, valuesOf(call.instance, interruption, call.body));
  return show(call, interruption);
}

function demandRight(call: SpaceCall, interruption: Interruption): void {
  if (mayAnswer(call.instance, interruption, call.access)) return;
  if (call.instance.switches().responsibilityRefusal === "403") throw missingPermission("InterruptionSubmit");
  throw badRequest("You are not a member of a team that is responsible for this interruption.");
}

function choicesOf(
  core: Core,
  interruption: Interruption,
): { readonly field: string; readonly values: readonly string[] } {
  return interruption.type === "ManualIntervention"
    ? { field: "Result", values: ["Proceed", "Abort"] }
    : { field: "Guidance", values: guidanceChoices(core, interruption) };
}

/** The values in the flat dictionary that clients send. Throws the 400 unless the choice is one of the form's buttons. */
function valuesOf(
  core: Core,
  interruption: Interruption,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string | null>> {
  const { field, values } = choicesOf(core, interruption);
  const sent = new Map(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value]));
  const choice = values.find((value) => value === sent.get(field.toLowerCase()));
  if (choice === undefined) throw badRequest("There were errors with the form.");
  const notes = sent.get("notes");
  return { Notes: typeof notes === "string" ? notes : null, [field]: choice };
}
