import * as z from "zod/mini";
import type * as model from "../model.ts";
import type { PromptedElement } from "../plan/prompted-form.ts";
import { flag, id, ids, listOf, optionalText, resource, text } from "./fields.ts";
import type { DeploymentPreview as DeploymentPreviewOfGateway } from "./gateway.ts";
import { Deployment } from "./resources.ts";
import { ServerTask } from "./task-resources.ts";

const WorkItem: z.ZodMiniType<model.LinkedText> = z.pipe(
  z.object({ Id: text, LinkUrl: optionalText, Description: text }),
  z.transform((item) => ({ id: item.Id, url: item.LinkUrl, text: item.Description })),
);

const Commit: z.ZodMiniType<model.LinkedText> = z.pipe(
  z.object({ Id: text, LinkUrl: optionalText, Comment: text }),
  z.transform((commit) => ({ id: commit.Id, url: commit.LinkUrl, text: commit.Comment })),
);

const BuildInformation: z.ZodMiniType<model.BuildInformation> = resource({
  packageId: text,
  version: text,
  buildUrl: optionalText,
  workItems: listOf(WorkItem),
  commits: listOf(Commit),
});

/** A release, or one of the changes of a preview: https://octopus.com/docs/api/releases */
export const ReleaseChange: z.ZodMiniType<model.ReleaseChange> = z.pipe(
  z.object({ Version: text, ReleaseNotes: text, BuildInformation: listOf(BuildInformation) }),
  z.transform((change) => ({
    version: change.Version,
    releaseNotes: change.ReleaseNotes,
    builds: change.BuildInformation,
  })),
);

const Element: z.ZodMiniType<Omit<PromptedElement, "defaultValue">> = z.pipe(
  z.object({
    Name: text,
    IsValueRequired: flag,
    Control: z.object({
      Name: text,
      Label: text,
      Required: flag,
      DisplaySettings: z.nullish(z.record(z.string(), z.nullish(z.string()))),
    }),
  }),
  z.transform(({ Name, IsValueRequired, Control }) => ({
    name: Name,
    variableName: Control.Name,
    label: Control.Label,
    required: IsValueRequired || Control.Required,
    type: controlTypes[Control.DisplaySettings?.["Octopus.ControlType"] ?? ""] ?? "text",
    options: optionsOf(Control.DisplaySettings?.["Octopus.SelectOptions"] ?? ""),
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

const Step: z.ZodMiniType<model.PreviewStep> = z.pipe(
  z.object({ ActionId: id<"Action">(), ActionName: text, CanBeSkipped: flag }),
  z.transform((step) => ({ id: step.ActionId, name: step.ActionName, canBeSkipped: step.CanBeSkipped })),
);

/** `releases/{id}/deployments/preview/{environmentId}`: what deploying a release there would do. */
export const DeploymentPreview: z.ZodMiniType<DeploymentPreviewOfGateway> = z.pipe(
  z.object({
    Changes: listOf(ReleaseChange),
    StepsToExecute: listOf(Step),
    UseGuidedFailureModeByDefault: z.nullish(z.boolean()),
    Form: z.nullish(
      z.object({
        Values: z.nullish(z.record(z.string(), z.nullish(z.string()))),
        Elements: z.nullish(z.array(Element)),
      }),
    ),
  }),
  z.transform(({ Changes, Form, StepsToExecute, UseGuidedFailureModeByDefault }) => ({
    changes: Changes,
    steps: StepsToExecute,
    guidedFailureByDefault: UseGuidedFailureModeByDefault ?? undefined,
    form: (Form?.Elements ?? []).map((element) => ({
      ...element,
      defaultValue: element.type === "sensitive" ? undefined : (Form?.Values?.[element.name] ?? undefined),
    })),
  })),
);

const PhaseProgress: z.ZodMiniType<model.PhaseProgress> = z.pipe(
  z.object({
    Blocked: flag,
    AutomaticDeploymentTargets: ids<"Environment">(),
    OptionalDeploymentTargets: ids<"Environment">(),
    Deployments: z.nullish(z.array(z.object({ Deployment, Task: z.nullish(ServerTask) }))),
  }),
  z.transform((phase) => ({
    isBlocked: phase.Blocked,
    environmentIds: [...phase.AutomaticDeploymentTargets, ...phase.OptionalDeploymentTargets],
    attempts: (phase.Deployments ?? []).map(({ Deployment: deployment, Task: task }) => ({
      deployment,
      ...(task === null || task === undefined ? {} : { task }),
    })),
  })),
);

/** `releases/{id}/progression` */
export const ReleaseProgression = z.pipe(
  z.object({ Phases: z.nullish(z.array(PhaseProgress)) }),
  z.transform(({ Phases }) => Phases ?? []),
);
