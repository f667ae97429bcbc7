import type { Action, Process, Step } from "../octopus-server/documents/process.ts";
import { type ParentStep, type RunCondition } from "./parent-steps.ts";
import { plainScript, type StepTemplate } from "./step-template.ts";

/** Where a process runs, and what its steps are made of. */
export interface ProcessPlace {
  readonly environmentId: string;
  readonly channelId: string;
  /** The template of the steps that have its fields: an embedded server has no library of templates. */
  readonly template: StepTemplate;
  /** Names of teams by id. */
  readonly teams: ReadonlyMap<string, { readonly name: string }>;
}

/** Whether a step of the process was made from the step template. */
export function usesTemplate({ steps }: Process): boolean {
  return steps.some(({ actions }) => actions.some(isOfTemplate));
}

function isOfTemplate({ properties }: Pick<Action, "properties">): boolean {
  return Object.keys(fieldsOf(properties)).length > 0;
}

/** The fields of the form among the properties. */
export function fieldsOf(properties: Action["properties"]): Action["properties"] {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name.startsWith("ChildProject.")));
}

/** The steps of a process as a worker runs them in one place, without disabled ones and those of other environments and channels. */
export function processSteps({ steps }: Process, place: ProcessPlace): readonly ParentStep[] {
  return steps.flatMap((step) => {
    const [action] = step.actions;
    return action === undefined || !runsIn(action, place) ? [] : [parentStep(step, action, place)];
  });
}

function runsIn(action: Action, { environmentId, channelId }: ProcessPlace): boolean {
  const { environmentIds, excludedEnvironmentIds, channelIds } = action;
  const isListed = (ids: readonly string[], id: string) => ids.length === 0 || ids.includes(id);
  return (
    !action.isDisabled &&
    isListed(environmentIds, environmentId) &&
    !excludedEnvironmentIds.includes(environmentId) &&
    isListed(channelIds, channelId)
  );
}

function parentStep(step: Step, { name, actionType, properties }: Action, place: ProcessPlace): ParentStep {
  const common = {
    name,
    condition: conditionOf(step),
    start: step.startTrigger === "StartWithPrevious" ? ("with-previous" as const) : ("after-previous" as const),
  };
  if (actionType === "Octopus.Manual") {
    const ids = (properties["Octopus.Action.Manual.ResponsibleTeamIds"] ?? "").split(",");
    return {
      ...common,
      kind: "manual-intervention",
      instructions: properties["Octopus.Action.Manual.Instructions"] ?? "",
      teams: ids.flatMap((id) => place.teams.get(id.trim())?.name ?? []),
    };
  }
  const isOwn = isOfTemplate({ properties });
  const script =
    properties["Octopus.Action.Script.ScriptBody"] ?? `echo 'Steps of the type ${actionType} are not run.'`;
  return {
    ...common,
    kind: "script",
    template: isOwn ? place.template : plainScript(script),
    parameters: isOwn ? fieldsOf(properties) : {},
  };
}

function conditionOf({ condition, properties }: Step): RunCondition {
  switch (condition) {
    case "Failure":
      return "failure";
    case "Always":
      return "always";
    case "Variable":
      return { expression: properties["Octopus.Step.ConditionVariableExpression"] ?? "" };
    default:
      return "success";
  }
}
