import type * as client from "@octopusdeploy/api-client";
import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { PromptedElement } from "../model.ts";
import {
  converted,
  flag,
  id,
  ifValid,
  listOf,
  member,
  optionalText,
  optional,
  recordOf,
  resource,
  text,
} from "./fields.ts";
import type { FieldsOf } from "./fields.ts";
import { Deployment, Machine, phaseEnvironments } from "./resources.ts";
import { ServerTask } from "./task-resources.ts";

function linkedText(textName: string): z.ZodMiniType<model.LinkedText> {
  return resource({ id: text, url: ["LinkUrl", optionalText], text: [textName, text] });
}

const BuildInformation: z.ZodMiniType<model.BuildInformation> = resource({
  packageId: text,
  version: text,
  buildUrl: optionalText,
  workItems: listOf(linkedText("Description")),
  commits: listOf(linkedText("Comment")),
} satisfies FieldsOf<client.MappedOctopusPackageVersionBuildInformation>);

/** A release, or one of the changes of a preview: https://octopus.com/docs/api/releases */
export const ReleaseChange: z.ZodMiniType<model.ReleaseChange> = resource({
  version: text,
  releaseNotes: text,
  builds: ["BuildInformation", listOf(BuildInformation)],
} satisfies FieldsOf<client.ReleaseChanges, "builds">);

/** A sensitive value is an object that says only whether there is one: it counts as absent. */
const TextsByName = recordOf(ifValid(z.string()));

const Element: z.ZodMiniType<Omit<PromptedElement, "defaultValue">> = converted(
  resource({
    name: text,
    isValueRequired: flag,
    control: resource({ name: text, label: text, required: flag, displaySettings: TextsByName }),
  }),
  ({ name, isValueRequired, control }) => ({
    name,
    variableName: control.name,
    label: control.label,
    required: isValueRequired || control.required,
    type: controlTypes[control.displaySettings["Octopus.ControlType"] ?? ""] ?? "text",
    options: optionsOf(control.displaySettings["Octopus.SelectOptions"] ?? ""),
  }),
);

const controlTypes: Readonly<Record<string, PromptedElement["type"]>> = {
  MultiLineText: "multi-line",
  Sensitive: "sensitive",
  Select: "select",
  Checkbox: "checkbox",
};

/** One `value|label` per line. */
function optionsOf(lines: string): NonNullable<PromptedElement["options"]> {
  return lines
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [value = "", label = value] = line.split("|", 2);
      return { value, label };
    });
}

const Step: z.ZodMiniType<model.PreviewStep> = converted(
  resource({
    id: ["ActionId", id<"Action">()],
    name: ["ActionName", text],
    canBeSkipped: flag,
    machines: listOf(Machine),
    unavailable: ["UnavailableMachines", listOf(Machine)],
    excluded: ["ExcludedMachines", listOf(Machine)],
  }),
  ({ unavailable, excluded, ...step }) => ({ ...step, unavailable: [...unavailable, ...excluded] }),
);

/** `releases/{id}/deployments/preview/{environmentId}`: what deploying a release there would do. */
export const DeploymentPreview: z.ZodMiniType<model.DeploymentPreview> = converted(
  resource({
    changes: listOf(ReleaseChange),
    steps: ["StepsToExecute", listOf(Step)],
    guidedFailureByDefault: ["UseGuidedFailureModeByDefault", optional(z.boolean())],
    form: optional(resource({ values: TextsByName, elements: listOf(Element) })),
  }),
  ({ form, ...preview }) => ({
    ...preview,
    form: (form?.elements ?? []).map((element) => ({
      ...element,
      defaultValue: element.type === "sensitive" ? undefined : form?.values[element.name],
    })),
  }),
);

const PhaseProgress: z.ZodMiniType<model.PhaseProgress> = converted(
  resource({
    isBlocked: ["Blocked", flag],
    ...phaseEnvironments,
    attempts: ["Deployments", listOf(resource({ deployment: Deployment, task: optional(ServerTask) }))],
  }),
  ({ automatic, manual, ...phase }) => ({ ...phase, environmentIds: [...automatic, ...manual] }),
);

const Action = resource({ name: text, actionType: text, isDisabled: flag } satisfies FieldsOf<client.DeploymentAction>);

/** `deploymentprocesses/{id}` */
export const ManualSteps = converted(member("Steps", listOf(member("Actions", listOf(Action)))), (steps) =>
  steps
    .flat()
    .filter(({ actionType, isDisabled }) => actionType === "Octopus.Manual" && !isDisabled)
    .map(({ name }) => name),
);

/** Whether one of its manual interventions keeps other deployments from starting while it waits: `deploymentprocesses/{id}` */
export const BlocksOthers = converted(
  member("Steps", listOf(member("Actions", listOf(member("Properties", TextsByName))))),
  (steps) => steps.flat().some((properties) => /^true$/i.test(properties[blockingProperty] ?? "")),
);

/** As a step exported from the portal shows it. */
const blockingProperty = "Octopus.Action.Manual.BlockConcurrentDeployments";

/** `releases/{id}/progression` */
export const ReleaseProgression = member("Phases", listOf(PhaseProgress));
