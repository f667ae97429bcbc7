import { ParameterError } from "../errors.ts";
import { asId, type Named } from "../model.ts";
import { sentences, shortened } from "../text/format.ts";
import type { ApprovalSettings, Settings } from "../settings.ts";
import type { ParameterName } from "../step/parameter-declarations.ts";
import { choice, wholeNumber } from "../step/parameter-kinds.ts";
import {
  parentOf,
  type ParameterTexts,
  placeProblem,
  readApprovals,
  readChildSettings,
  type Reader,
  readerOf,
  readReporting,
  readSettings,
  readTargeting,
  type Report,
  titleOf,
} from "../step/parameters.ts";
import type { RawVariables } from "../step/system-variables.ts";
import { type ChildPlace, conflictsAmong } from "./child-conflicts.ts";
import { type ListedChild, type ListProblem, parseChildList } from "./child-list.ts";
import { type LabelKey, listLabels } from "./list-labels.ts";
import type { FailurePolicy, NonEmpty, TrainChild, TrainSettings } from "./train-settings.ts";

/**
 * Reads the step's parameters, the settings that the list of child projects has for single children, and what Octopus says about the parent
 * deployment. A setting of a child replaces the step's own field for that child. Throws one `ParameterError` that names every problem, and
 * a problem of the step's own field once; no problem quotes a secret.
 */
export function parseTrain(raw: RawVariables): TrainSettings {
  const problems = new Set<string>();
  const report: Report = (problem) => void problems.add(problem);
  const { children: listed, problems: listProblems } = parseChildList(raw.get(listName) ?? "", listLabels);
  for (const problem of listProblems) report(listSentence(problem));

  const readStep = readerOf(ownTexts(raw), report);
  const train = {
    parallelLimit: parallelLimit(readStep),
    failurePolicy: readStep("Failure.Policy", choice),
    passes: readStep("Failure.Passes", wholeNumber(0, 100)) || listed.length,
  };
  if (listed.length === 0) readSettings(readStep, parentOf(raw), "");
  const children = listed.flatMap((each) => readChild(each, raw, report) ?? []).map(sharing(listed));
  const levels = 1 + listed.slice(1).filter(({ together }) => !together).length;
  const [valid] = children;
  if (valid !== undefined) unawaited(valid.settings, reasonsToWait(levels, train.failurePolicy)).forEach(report);
  policyProblems(children, train.failurePolicy).forEach(report);
  const places = listed.flatMap((each) => placeOf(each, raw) ?? []);
  conflictsAmong(places).map(listSentence).forEach(report);
  for (const problem of sentences(placeProblem(raw))) report(problem);

  const [first, ...others] = children;
  if (first === undefined || problems.size > 0) throw new ParameterError([...problems]);
  return { ...train, levels: levelsOf([first, ...others]), common: first.settings };
}

const listName = "ChildProject.Project.Name";

/** A child, and whether it starts together with the one before it. */
interface PlacedChild extends TrainChild {
  readonly together: boolean;
}

/** Marks the children of a list of several that have no prompted variables of their own. @param listed all of them */
function sharing(listed: readonly ListedChild<LabelKey>[]): (child: PlacedChild) => PlacedChild {
  const own = listed.filter(({ overrides }) => overrides.has("ChildProject.Prompted.Variables"));
  return (child) => {
    if (listed.length === 1 || own.some(({ line }) => line === child.line)) return child;
    const targeting = { ...child.settings.targeting, sharesPromptedValues: true } as const;
    return { ...child, settings: { ...child.settings, targeting } };
  };
}

/** `undefined` means that the child has problems, which are reported. */
function readChild(listed: ListedChild<LabelKey>, raw: RawVariables, report: Report): PlacedChild | undefined {
  const problems: string[] = [];
  const collect: Report = (problem) => void problems.push(problem);
  const texts = textsFor(listed, raw);
  const settings = readSettings(readerOf(texts, collect), parentOf(raw), listed.name);
  const ifMissing = readIfMissing(listed, collect);
  const rollBack = readRollBack(listed, collect);
  const own = readApprovals(readerOf(ownTexts(raw), collect));
  if (problems.length === 0) problems.push(...contradictions(settings, texts));
  problems.push(...weakenedApprovals(settings.approvals, own, texts), ...modesOfStep(settings.child.mode, listed));
  for (const problem of problems.sort((a, b) => lineOf(a) - lineOf(b))) report(problem);
  return problems.length > 0
    ? undefined
    : { settings, ifMissing, rollBack, line: listed.line, together: listed.together };
}

/** The line of the list that a problem is about. 0 means that it is about the step's own fields. */
function lineOf(problem: string): number {
  return Number(/^line (\d+)/.exec(problem)?.[1] ?? 0);
}

/** The step's own fields. */
function ownTexts(raw: RawVariables): ParameterTexts {
  return { textOf: (name) => raw.get(name), titleOf, firstLineOf: () => 1 };
}

/** The values of one child in the list, else those of the step's own fields. */
function textsFor(listed: ListedChild<LabelKey>, raw: RawVariables): ParameterTexts {
  const { overrides } = listed;
  return {
    textOf: (name) => overrides.get(name)?.value ?? raw.get(name),
    titleOf: (name) => (overrides.has(name) ? settingTitle(listed, name) : titleOf(name)),
    firstLineOf: (name) => overrides.get(name)?.line ?? 1,
  };
}

/** `line 4, "release number" of Web API` */
function settingTitle({ name, line, overrides }: ListedChild<LabelKey>, key: LabelKey): string {
  const override = overrides.get(key);
  return `line ${override?.line ?? line}, "${override?.label ?? key}" of ${shortened(name)}`;
}

function readIfMissing(listed: ListedChild<LabelKey>, report: Report): TrainChild["ifMissing"] {
  const options = { options: ["error", "skip"], defaultValue: "error" } as const;
  const text = listed.overrides.get("if missing")?.value;
  return readReporting(report, settingTitle(listed, "if missing"), () => choice(text, options));
}

function readRollBack(listed: ListedChild<LabelKey>, report: Report): TrainChild["rollBack"] {
  const text = listed.overrides.get("roll back")?.value;
  if (text === undefined) return undefined;
  const options = { options: ["yes", "never"], defaultValue: "yes" } as const;
  return readReporting(report, settingTitle(listed, "roll back"), () => choice(text, options));
}

/** `undefined` means a whole level, entered as 0. */
function parallelLimit(read: Reader): number | undefined {
  return read("Parallel.Limit", wholeNumber(0, 100)) || undefined;
}

function listSentence({ line, text }: ListProblem): string {
  return line === undefined ? `${titleOf(listName)} ${text}` : `${titleOf(listName)}: line ${line} ${text}`;
}

/** Values of one child that are valid one by one and contradict each other. */
function contradictions(
  { child: { mode, condition } }: Settings,
  { titleOf: titleIn }: ParameterTexts,
): readonly string[] {
  if (mode === "Promote" || (condition !== "Higher" && condition !== "PackagesDiffer")) return [];
  const [modeTitle, conditionTitle] = [
    titleIn("ChildProject.DeploymentMode.Value"),
    titleIn("ChildProject.Deployment.Condition"),
  ];
  const sides = [`${modeTitle} is ${mode}, which always deploys`, `${conditionTitle} is ${condition}`];
  // A child's setting comes first, because its line has to be corrected.
  const [first, second] =
    conditionTitle.startsWith("line ") && !modeTitle.startsWith("line ") ? sides.reverse() : sides;
  return [`${first}, but ${second}: choose Promote or Always.`];
}

/** RollBack and Previous apply to the whole step. */
function modesOfStep(mode: Settings["child"]["mode"], listed: ListedChild<LabelKey>): readonly string[] {
  const name = "ChildProject.DeploymentMode.Value";
  if (!listed.overrides.has(name) || (mode !== "RollBack" && mode !== "Previous")) return [];
  return [`${settingTitle(listed, name)} is ${mode}: that is for the whole step only, in ${titleOf(name)}.`];
}

/** A child's setting must not weaken the approval rules of the step's own fields. A value that cannot be read is never weaker. */
function weakenedApprovals(child: ApprovalSettings, own: ApprovalSettings, texts: ParameterTexts): readonly string[] {
  const weaker = (name: ParameterName, value: string | number, ownValue: string | number, rule: string) =>
    `${texts.titleOf(name)} is ${value}, but ${titleOf(name)} is ${ownValue}: ${rule}`;
  const [use, minimum] = [
    "ChildProject.ManualInterventions.UseApprovalsFromParent",
    "ChildProject.ManualIntervention.MinimumApprovers",
  ] as const;
  return sentences(
    child.useParents > own.useParents && weaker(use, "Yes", "No", "for a single child it may only be changed to No."),
    child.minimumApprovers < own.minimumApprovers &&
      weaker(minimum, child.minimumApprovers, own.minimumApprovers, "for a single child it may only be raised."),
  );
}

/** Why the step has to know how each child ended. None means that it need not. */
function reasonsToWait(levels: number, failurePolicy: FailurePolicy): readonly string[] {
  return sentences(
    levels > 1 && `${titleOf(listName)} has ${levels} levels that start one after the other`,
    failurePolicy !== "Stop" && `${titleOf("ChildProject.Failure.Policy")} is ${failurePolicy}`,
  );
}

/** Values that contradict the policy. */
function policyProblems(children: readonly TrainChild[], failurePolicy: FailurePolicy): readonly string[] {
  // There is no roll back of a roll back.
  const mode = children
    .map(({ settings }) => settings.child.mode)
    .find((each) => each === "RollBack" || (each === "Previous" && failurePolicy === "RollBack"));
  const policy = `${titleOf("ChildProject.Failure.Policy")} is ${failurePolicy}`;
  const guided = children.some(({ settings }) => settings.guidedFailure.mode === "On");
  const isNarrowed = children.some(({ settings }) => settings.targeting.machines.length > 0);
  return sentences(
    mode !== undefined &&
      failurePolicy !== "Stop" &&
      failurePolicy !== "Continue" &&
      `${titleOf("ChildProject.DeploymentMode.Value")} is ${mode}, but ${policy}: choose Stop or Continue.`,
    failurePolicy === "RerunUntilDone" &&
      guided &&
      `${policy}, but ${titleOf("ChildProject.GuidedFailure.Mode")} is On: a child that waits for guidance does not fail. Choose Default or Off.`,
    failurePolicy === "RollBack" &&
      isNarrowed &&
      `${policy}, but ${titleOf("ChildProject.Target.MachineNames")} names machines: nothing could be rolled back. Leave it blank.`,
  );
}

function unawaited({ wait, schedule }: Settings, reasons: readonly string[]): readonly string[] {
  const why = reasons.join(" and ");
  if (why === "") return [];
  const waitTitle = titleOf("ChildProject.WaitForFinish.Value");
  const isLater = schedule.start !== undefined && wait !== "ThroughSchedule";
  return sentences(
    wait === "No" && `${waitTitle} is No, but ${why}: choose Yes or ThroughSchedule.`,
    isLater &&
      `${titleOf("ChildProject.Deployment.FutureTime")} is given and ${waitTitle} is ${wait}, but ${why}: choose ThroughSchedule, or leave the schedule blank.`,
  );
}

/** `undefined` means that the fields have problems, which are reported elsewhere. */
function placeOf(listed: ListedChild<LabelKey>, raw: RawVariables): ChildPlace | undefined {
  const problems: string[] = [];
  const read = readerOf(textsFor(listed, raw), (problem) => void problems.push(problem));
  const { space, project, destination, mode, source } = readChildSettings(read, parentOf(raw), listed.name);
  const { tenant } = readTargeting(read);
  if (problems.length > 0) return undefined;
  return {
    line: listed.line,
    space: entered(space),
    project: entered(project),
    destination: entered(destination),
    tenant: tenant === undefined ? undefined : entered(tenant),
    // Other modes have no source environment.
    sources: mode === "Promote" && source !== undefined ? [entered(source)] : [],
  };
}

/** A name stands for itself until it is resolved. */
function entered(name: string): Named<string> {
  return { id: asId(name), name };
}

function levelsOf([first, ...others]: NonEmpty<PlacedChild>): TrainSettings["levels"] {
  const levels: [[TrainChild, ...TrainChild[]], ...[TrainChild, ...TrainChild[]][]] = [[childOf(first)]];
  for (const each of others) {
    if (each.together) levels.at(-1)?.push(childOf(each));
    else levels.push([childOf(each)]);
  }
  return levels;
}

function childOf({ settings, line, ifMissing, rollBack }: PlacedChild): TrainChild {
  return { settings, line, ifMissing, rollBack };
}
