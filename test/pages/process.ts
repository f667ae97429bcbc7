import { expect } from "vitest";
import type { ManualInterventionStep, ParentStep, RunCondition, ScriptStep } from "../parent-process/parent-steps.ts";
import { fieldsOf } from "../parent-process/process-steps.ts";
import { template } from "../scenarios/scenario.ts";
import { code, entered, nameOf, table } from "./page.ts";
import { type OclBlock, readOcl } from "./read-ocl.ts";

/** One step of a process in OCL, or the lines that a page adds to one. */
export interface OclStep {
  readonly slug: string;
  /** `name`, `condition`. */
  readonly values: OclBlock["values"];
  readonly properties: Properties;
  /** `action_type`, `worker_pool`, `excluded_environments`. */
  readonly action: OclBlock["values"];
  readonly actionProperties: Properties;
}

type Properties = Readonly<Record<string, string>>;

/** The steps in the OCL of a page. */
export function oclSteps(text: string): readonly OclStep[] {
  return code(text, "hcl").flatMap((block) => readOcl(block).map(oclStep));
}

function oclStep({ type, label, values, blocks }: OclBlock): OclStep {
  if (type !== "step" || blocks.some((block) => block.type !== "action") || blocks.length > 1)
    throw new Error(`A step has at most one action: ${label}`);
  const { properties, ...own } = values;
  const { properties: ofAction, ...action } = blocks[0]?.values ?? {};
  return { slug: label, values: own, properties: map(properties), action, actionProperties: map(ofAction) };
}

function map(value: OclBlock["values"][string] | undefined): Properties {
  if (value === undefined) return {};
  if (typeof value === "string" || Array.isArray(value)) throw new Error("Properties stand between braces.");
  return Object.fromEntries(Object.entries(value));
}

/** A process with the lines of a page added to it. New steps stand where the page has them: in front of all others, or behind them. */
export function added(process: readonly OclStep[], text: string): readonly OclStep[] {
  const changes = oclSteps(text);
  const isNew = ({ slug }: OclStep) => process.every((step) => step.slug !== slug);
  const firstOld = changes.findIndex((step) => !isNew(step));
  const inFront = changes.filter((step, index) => isNew(step) && index < firstOld);
  return [
    ...inFront,
    ...process.map((step) =>
      changes.filter(({ slug }) => slug === step.slug).reduce((all, change) => merged(all, change), step),
    ),
    ...changes.filter((step) => isNew(step) && !inFront.includes(step)),
  ];
}

function merged(step: OclStep, change: OclStep): OclStep {
  return {
    slug: step.slug,
    values: { ...step.values, ...change.values },
    properties: { ...step.properties, ...change.properties },
    action: { ...step.action, ...change.action },
    actionProperties: { ...step.actionProperties, ...change.actionProperties },
  };
}

/** A process with the fields that a table names; its columns are steps. */
export function withTable(process: readonly OclStep[], text: string): readonly OclStep[] {
  const [[, ...names] = [], ...rows] = table(text, "Field");
  return process.map((step) => {
    const column = names.indexOf(textOf(step.values["name"]));
    if (column === -1) return step;
    const fields = rows.map(([label = "", ...values]) => [nameOf(label), entered(values[column] ?? "")]);
    return { ...step, actionProperties: { ...step.actionProperties, ...Object.fromEntries(fields) } };
  });
}

/** What a page says of the conditions under which steps run: the environments that each step skips, and all run conditions. */
function conditionsIn(text: string): {
  readonly skipped: Readonly<Record<string, string>>;
  readonly runs: readonly string[];
} {
  const skipped = [...text.matchAll(/^ *- (_.+_) skips? _([^_]+)_\.$/gm)].flatMap(([, names = "", environment = ""]) =>
    [...names.matchAll(/_([^_]+)_/g)].map(([, name = ""]) => [name, slugOf(environment)] as const),
  );
  const runs = [...text.matchAll(/\[run\s+condition\]\(\S+\)\s+_([A-Za-z]+)/g)].map(([, condition = ""]) => condition);
  return { skipped: Object.fromEntries(skipped), runs };
}

/** Makes sure that a page and its OCL say the same. @param before the process to which the OCL was added */
export function expectSame(text: string, process: readonly OclStep[], before: readonly OclStep[]): void {
  const { skipped, runs } = conditionsIn(text);
  const skipping = process.flatMap(({ values, action }) =>
    listOf(action["excluded_environments"]).map((slug) => [textOf(values["name"]), slug] as const),
  );
  expect(Object.fromEntries(skipping), "environments that steps skip").toEqual(skipped);
  const conditions = process.flatMap(({ values }) => textOf(values["condition"]) || []);
  expect(new Set(conditions), "run conditions").toEqual(new Set(runs));
  const [[, ...names] = [], ...rows] = table(text, "Field");
  for (const step of process) {
    const column = names.indexOf(textOf(step.values["name"]));
    const changed = Object.entries(step.actionProperties).filter(
      ([name, value]) =>
        name.startsWith("ChildProject.") &&
        before.find(({ slug }) => slug === step.slug)?.actionProperties[name] !== value,
    );
    if (column === -1) {
      expect(changed, `the table has no column for ${step.slug}`).toEqual([]);
      continue;
    }
    const listed = rows.map(([label = "", ...values]) => [nameOf(label), entered(values[column] ?? "")] as const);
    for (const [name, value] of listed)
      expect(step.actionProperties[name] ?? template.defaults[name], `${name} of ${step.slug}`).toBe(value);
    const fields = listed.map(([name]) => name);
    expect(
      changed.map(([name]) => name).filter((name) => !fields.includes(name)),
      `fields of ${step.slug} that the table leaves out`,
    ).toEqual([]);
  }
}

export function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}

/** The steps of a process that run in an environment, for the parent's harness. @param teams by name, as in the text around the process */
export function stepsIn(
  process: readonly OclStep[],
  environment: string,
  teams: readonly string[],
): readonly ParentStep[] {
  return process
    .filter(({ action }) => !listOf(action["excluded_environments"]).includes(slugOf(environment)))
    .filter((step) => !isOnTargets(step))
    .map((step) => (step.action["action_type"] === "Octopus.Manual" ? intervention(step, teams) : script(step)));
}

/** Whether a step runs on deployment targets. */
export function isOnTargets({ actionProperties }: OclStep): boolean {
  return (
    actionProperties["Octopus.Action.RunOnServer"] === "false" && "Octopus.Action.Script.ScriptBody" in actionProperties
  );
}

function intervention(step: OclStep, teams: readonly string[]): ManualInterventionStep {
  const { actionProperties } = step;
  const slugs = (actionProperties["Octopus.Action.Manual.ResponsibleTeamIds"] ?? "").split(",");
  return {
    kind: "manual-intervention",
    ...common(step),
    instructions: actionProperties["Octopus.Action.Manual.Instructions"] ?? "",
    teams: slugs.map((slug) => {
      const team = teams.find((name) => slugOf(name) === slug);
      if (team === undefined) throw new Error(`The text names no team for ${slug}.`);
      return team;
    }),
  };
}

function script(step: OclStep): ScriptStep {
  return { kind: "script", ...common(step), template, parameters: fieldsOf(step.actionProperties) };
}

function common(step: OclStep): Pick<ParentStep, "name" | "condition"> {
  const condition = conditionOf(step);
  return { name: textOf(step.values["name"]), ...(condition === undefined ? {} : { condition }) };
}

function conditionOf({ values, properties }: OclStep): RunCondition | undefined {
  switch (values["condition"]) {
    case undefined:
      return undefined;
    case "Failure":
      return "failure";
    case "Variable":
      return { expression: properties["Octopus.Step.ConditionVariableExpression"] ?? "" };
    default:
      throw new Error(`This is no run condition: ${textOf(values["condition"])}`);
  }
}

/** Values of the project variables in a table for one deployment. The most narrowly scoped one counts. */
export function variablesFor(
  text: string,
  { environment, channel }: { readonly environment: string; readonly channel: string },
): Readonly<Record<string, string>> {
  const [heads, ...rows] = table(text, "Variable");
  expect(heads).toEqual(["Variable", "Value", "Scope"]);
  const holds = (scope: string) => scope === `environment ${environment}` || scope === `channel ${channel}`;
  const unscoped = rows.filter(([, , scope = ""]) => scope === "");
  const scoped = rows.filter(([, , scope = ""]) => scope !== "" && holds(scope));
  return Object.fromEntries([...unscoped, ...scoped].map(([name = "", value = ""]) => [entered(name), entered(value)]));
}

export function textOf(value: OclBlock["values"][string] | undefined): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: OclBlock["values"][string] | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}
