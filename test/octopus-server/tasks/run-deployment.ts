import type { Activity, ActivityStatus, Interruption, OutputVariable } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { endActivity, newActivity, startActivity, write } from "./activity-log.ts";
import { raiseGuidedFailure, raiseManualIntervention } from "./interruptions.ts";
import { unmetNeeds } from "../rules/unmet-needs.ts";
import { plannedSteps } from "./planned-steps.ts";
import type { PlannedStep } from "./planned-steps.ts";
import type { Ending, Keeps, Run, Wait } from "./run.ts";

/** Runs a deployment from start to end. Yields whenever it has to wait; the engine continues it. */
export function* runDeployment(core: Core, run: Run): Generator<Wait, Ending, void> {
  if (run.script.external) {
    yield { kind: "control" };
    return { state: "Success", error: "" };
  }
  const steps = plannedSteps(core, run);
  const activities = steps.map((step) => addStep(run, step));
  let warned = run.script.result === "Warning";
  let failure: string | undefined;
  for (const [index, step] of steps.entries()) {
    const activity = activities[index];
    if (activity === undefined) continue;
    if (failure !== undefined || step.skipped || step.result === "Skipped") {
      activity.status = "Skipped";
      continue;
    }
    const status = yield* runStep(core, run, step, activity);
    if (status === "SuccessWithWarning") warned = true;
    if (status === "Failed") failure = step.failureText;
    run.log.progressPercentage = Math.round((100 * (index + 1)) / steps.length);
  }
  if (failure === undefined && run.script.result === "Failed") failure = run.script.error;
  if (failure !== undefined) {
    write(run.log, "Fatal", failure, core.timeline.now());
    return { state: "Failed", error: failure };
  }
  run.task.hasWarningsOrErrors = warned;
  return { state: "Success", error: "" };
}

function addStep(run: Run, step: PlannedStep): Activity {
  const activity = newActivity(`${run.log.id}/${step.number}`, `Step ${step.number}: ${step.name}`, true);
  step.targets.forEach((target, index) => {
    activity.children.push(newActivity(`${activity.id}/${index + 1}`, target, false));
  });
  run.log.children.push(activity);
  return activity;
}

function* runStep(core: Core, run: Run, step: PlannedStep, activity: Activity): Generator<Wait, ActivityStatus, void> {
  startActivity(activity, core.timeline.now());
  if (step.interventions.length > 0) {
    const aborted = yield* intervene(core, run, step, activity);
    if (aborted) {
      step.failureText = "The deployment was aborted by a manual intervention.";
      endActivity(activity, "Failed", core.timeline.now());
      return "Failed";
    }
  }
  for (let attempt = 1; ; attempt++) {
    const unmet = unmetNeeds(core, run.deployment, step.needs);
    if (unmet.length > 0) step.failureText = unmet.join(" ");
    yield* attemptStep(core, run, step, activity);
    const now = core.timeline.now();
    const isToFail = step.result === "Failed" && (step.failures === undefined || attempt <= step.failures);
    if (!isToFail && unmet.length === 0) {
      const status = step.result === "Warning" ? "SuccessWithWarning" : "Success";
      finishTargets(activity, status, now);
      endActivity(activity, status, now);
      run.deployment.outputs = [...run.deployment.outputs, ...outputsOf(step)];
      return status;
    }
    run.deployment.failureEncountered = true;
    write(activity.children[0] ?? activity, "Error", step.failureText, now);
    finishTargets(activity, "Failed", now);
    const guidance = run.deployment.useGuidedFailure ? yield* askForGuidance(core, run, step, activity) : "Fail";
    const later = core.timeline.now();
    if (guidance === "Retry") {
      for (const child of activity.children) child.ended = null;
      continue;
    }
    if (guidance === "Ignore" || guidance === "Exclude") {
      if (guidance === "Exclude") for (const target of step.targets.slice(0, 1)) run.droppedTargets.add(target);
      endActivity(activity, "SuccessWithWarning", later);
      return "SuccessWithWarning";
    }
    endActivity(activity, "Failed", later);
    return "Failed";
  }
}

/** One attempt at a step: its log lines appear over its duration. */
function* attemptStep(core: Core, run: Run, step: PlannedStep, activity: Activity): Generator<Wait, void, void> {
  const start = core.timeline.now();
  const targets = activity.children.filter(({ name }) => !run.droppedTargets.has(name));
  for (const target of targets) startActivity(target, start);
  const lines = step.log
    .map((line, index) => ({
      ...line,
      at: start + (line.after ?? Math.floor((step.duration * (index + 1)) / (step.log.length + 1))),
    }))
    .sort((a, b) => a.at - b.at);
  for (const line of lines) {
    if (line.at > core.timeline.now()) yield { kind: "until", instant: line.at };
    activity.progressPercentage = step.duration === 0 ? 100 : Math.floor((100 * (line.at - start)) / step.duration);
    for (const target of targetsOf(line.target, targets, activity)) write(target, line.category, line.text, line.at);
    if (line.category === "Warning") run.task.hasWarningsOrErrors = true;
  }
  const end = start + step.duration;
  if (end > core.timeline.now()) yield { kind: "until", instant: end };
}

function targetsOf(name: string | undefined, targets: readonly Activity[], activity: Activity): readonly Activity[] {
  if (name === "*") return targets;
  const first = targets[0] ?? activity;
  return [name === undefined ? first : (targets.find((target) => target.name === name) ?? first)];
}

function finishTargets(activity: Activity, status: ActivityStatus, now: number): void {
  for (const target of activity.children) if (target.status === "Running") endActivity(target, status, now);
}

function outputsOf(step: PlannedStep): readonly OutputVariable[] {
  return Object.entries(step.outputs).map(([name, { value, sensitive }]) => ({
    actionName: step.name,
    name,
    value,
    isSensitive: sensitive,
  }));
}

/** Raises the interventions of a step and waits for all answers. Returns whether one was Abort. */
function* intervene(core: Core, run: Run, step: PlannedStep, activity: Activity): Generator<Wait, boolean, void> {
  const interruptions = step.interventions.map((intervention) =>
    raiseManualIntervention(core, run, { ...intervention, title: `Step ${step.number}: ${step.name}` }),
  );
  write(activity, "Wait", "Waiting for manual intervention", core.timeline.now());
  yield { kind: "answers", interruptions, keeps: keptBy(step) };
  for (const answered of interruptions) logAnswer(core, activity, answered);
  return interruptions.some(({ values }) => values["Result"] === "Abort");
}

function keptBy({ interventions }: PlannedStep): Keeps {
  if (interventions.some(({ asChildStep }) => asChildStep)) return "slot";
  return interventions.some(({ blocksOthers }) => blocksOthers) ? "place" : "nothing";
}

function logAnswer(core: Core, activity: Activity, interruption: Interruption): void {
  const user = core.state.users.get(interruption.submittedById ?? "");
  const { Result: result, Notes: notes } = interruption.values;
  write(activity, "Info", `Submitted by: ${user?.displayName ?? "unknown"}`, core.timeline.now());
  write(activity, "Info", `Result: ${result ?? ""}`, core.timeline.now());
  if (notes) write(activity, "Info", `Notes: ${notes}`, core.timeline.now());
}

function* askForGuidance(core: Core, run: Run, step: PlannedStep, activity: Activity): Generator<Wait, string, void> {
  const interruption = raiseGuidedFailure(core, run, `Step ${step.number}: ${step.name}`);
  write(activity, "Wait", "Waiting for failure guidance", core.timeline.now());
  yield { kind: "answers", interruptions: [interruption], keeps: "nothing" };
  const guidance = interruption.values["Guidance"] ?? "Fail";
  write(activity, "Info", `Guidance: ${guidance}`, core.timeline.now());
  return guidance;
}
