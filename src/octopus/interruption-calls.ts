import * as z from "zod/mini";
import type * as model from "../model.ts";
import {
  converted,
  flag,
  id,
  ids,
  instant,
  listOf,
  member,
  optionalId,
  optionalText,
  optional,
  recordOf,
  resource,
  text,
} from "./fields.ts";
import type { SpaceGateway } from "./gateway.ts";
import type { Requests } from "./requests.ts";

type InterruptionCalls = Pick<
  SpaceGateway,
  "interruptionsOf" | "interruption" | "takeResponsibility" | "submitInterruption"
>;

/** https://octopus.com/docs/api/interruptions */
export function interruptionCalls({ readAll, readIfExists, write }: Requests): InterruptionCalls {
  const path = "interruptions/{interruptionId}";
  return {
    interruptionsOf: (taskId) =>
      readAll(`reading the interruptions of the server task ${taskId}`, "interruptions", Interruption, {
        regarding: taskId,
      }),
    interruption: (interruptionId) =>
      readIfExists(`reading the interruption ${interruptionId}`, path, Interruption, { interruptionId }),
    takeResponsibility: async (interruptionId) => {
      const purpose = `taking responsibility for the interruption ${interruptionId}`;
      await write("PUT", purpose, `${path}/responsible`, z.object({}), { interruptionId });
    },
    submitInterruption: async (interruptionId, values) => {
      const body = { Instructions: null, ...values };
      const purpose = `answering the interruption ${interruptionId}`;
      await write("POST", purpose, `${path}/submit`, z.object({}), { interruptionId }, body);
    },
  };
}

/** The answer is in the form's values. Servers before 2022 do not tell the type, so the form and the title have to. */
const Interruption: z.ZodMiniType<model.Interruption> = converted(
  resource({
    id: id<"Interruption">(),
    taskId: id<"ServerTask">(),
    title: text,
    type: optionalText,
    isPending: z.boolean(),
    created: instant,
    responsibleTeamIds: ids<"Team">(),
    responsibleUserId: optionalId<"User">(),
    canTakeResponsibility: flag,
    hasResponsibility: flag,
    correlationId: text,
    form: optional(
      z.object({
        Values: recordOf(z.unknown()),
        Elements: listOf(
          z.object({ Name: text, Control: optional(z.object({ Text: text, Buttons: listOf(member("Value", text)) })) }),
        ),
      }),
      { Values: {}, Elements: [] },
    ),
  }),
  ({ form, ...interruption }) => {
    const values: Readonly<Record<string, unknown>> = form.Values;
    const fields = [...form.Elements.map(({ Name }) => Name), ...Object.keys(values)];
    const result = values["Result"];
    const buttons = form.Elements.flatMap(({ Control }) => Control?.Buttons ?? []);
    return {
      ...interruption,
      type: interruptionType(interruption.type, interruption.title, fields),
      instructions: form.Elements.find(({ Name }) => Name === "Instructions")?.Control?.Text ?? "",
      result: typeof result === "string" ? result : undefined,
      offersNoRetry: buttons.length > 0 && !buttons.includes("Retry"),
    };
  },
);

/** The type of an interruption, by its fields and title if the server does not name it. */
function interruptionType(
  type: string | undefined,
  title: string,
  fields: readonly string[],
): model.Interruption["type"] {
  if (type !== undefined) return kindOfInterruption(type);
  if (fields.includes("Guidance") || title.endsWith(" requires failure guidance")) return "GuidedFailure";
  return fields.includes("Result") ? "ManualIntervention" : "Other";
}

/** A type as the server names it. */
export function kindOfInterruption(type: string): model.Interruption["type"] {
  return type === "ManualIntervention" || type === "GuidedFailure" ? type : "Other";
}
