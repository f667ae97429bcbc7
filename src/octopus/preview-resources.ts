import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { PromptedElement } from "../plan/prompted-form.ts";
import { flag, id, ids, listOf, member, optionalText, orElse, resource, text } from "./fields.ts";
import type { DeploymentPreview as DeploymentPreviewOfGateway } from "./gateway.ts";
import { Deployment } from "./resources.ts";
import { ServerTask } from "./task-resources.ts";

const WorkItem: z.ZodMiniType<model.LinkedText> = resource(
  { id: text, url: optionalText, text },
  { url: "LinkUrl", text: "Description" },
);

const Commit: z.ZodMiniType<model.LinkedText> = resource(
  { id: text, url: optionalText, text },
  { url: "LinkUrl", text: "Comment" },
);

const BuildInformation: z.ZodMiniType<model.BuildInformation> = resource({
  packageId: text,
  version: text,
  buildUrl: optionalText,
  workItems: listOf(WorkItem),
  commits: listOf(Commit),
});

/** A release, or one of the changes of a preview: https://octopus.com/docs/api/releases */
export const ReleaseChange: z.ZodMiniType<model.ReleaseChange> = resource(
  { version: text, releaseNotes: text, builds: listOf(BuildInformation) },
  { builds: "BuildInformation" },
);

const noTexts: Readonly<Record<string, string | undefined>> = {};
const TextsByName = orElse(z.record(z.string(), optionalText), noTexts);

const Element: z.ZodMiniType<Omit<PromptedElement, "defaultValue">> = z.pipe(
  resource({
    name: text,
    isValueRequired: flag,
    control: resource({ name: text, label: text, required: flag, displaySettings: TextsByName }),
  }),
  z.transform(({ name, isValueRequired, control }) => ({
    name,
    variableName: control.name,
    label: control.label,
    required: isValueRequired || control.required,
    type: controlTypes[control.displaySettings["Octopus.ControlType"] ?? ""] ?? "text",
    options: optionsOf(control.displaySettings["Octopus.SelectOptions"] ?? ""),
  })),
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

const Target = resource({ id: id<"Machine">(), name: text });

const Step: z.ZodMiniType<model.PreviewStep> = z.pipe(
  resource(
    {
      id: id<"Action">(),
      name: text,
      canBeSkipped: flag,
      machines: listOf(Target),
      unavailable: listOf(Target),
      excluded: listOf(Target),
    },
    { id: "ActionId", name: "ActionName", unavailable: "UnavailableMachines", excluded: "ExcludedMachines" },
  ),
  z.transform(({ unavailable, excluded, ...step }) => ({ ...step, unavailable: [...unavailable, ...excluded] })),
);

/** `releases/{id}/deployments/preview/{environmentId}`: what deploying a release there would do. */
export const DeploymentPreview: z.ZodMiniType<DeploymentPreviewOfGateway> = z.pipe(
  resource(
    {
      changes: listOf(ReleaseChange),
      steps: listOf(Step),
      guidedFailureByDefault: orElse(z.boolean(), undefined),
      form: orElse(resource({ values: TextsByName, elements: listOf(Element) }), undefined),
    },
    { steps: "StepsToExecute", guidedFailureByDefault: "UseGuidedFailureModeByDefault" },
  ),
  z.transform(({ form, ...preview }) => ({
    ...preview,
    form: (form?.elements ?? []).map((element) => ({
      ...element,
      defaultValue: element.type === "sensitive" ? undefined : form?.values[element.name],
    })),
  })),
);

const PhaseProgress: z.ZodMiniType<model.PhaseProgress> = z.pipe(
  resource(
    {
      isBlocked: flag,
      automatic: ids<"Environment">(),
      optional: ids<"Environment">(),
      attempts: listOf(resource({ deployment: Deployment, task: orElse(ServerTask, undefined) })),
    },
    {
      isBlocked: "Blocked",
      automatic: "AutomaticDeploymentTargets",
      optional: "OptionalDeploymentTargets",
      attempts: "Deployments",
    },
  ),
  z.transform(({ automatic, optional, ...phase }) => ({ ...phase, environmentIds: [...automatic, ...optional] })),
);

const Action = resource({ name: text, actionType: text, isDisabled: flag });

/** `deploymentprocesses/{id}` */
export const ManualSteps = z.pipe(
  member("Steps", listOf(member("Actions", listOf(Action)))),
  z.transform((steps) =>
    steps
      .flat()
      .filter(({ actionType, isDisabled }) => actionType === "Octopus.Manual" && !isDisabled)
      .map(({ name }) => name),
  ),
);

/** `releases/{id}/progression` */
export const ReleaseProgression = member("Phases", listOf(PhaseProgress));
