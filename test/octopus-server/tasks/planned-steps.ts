import type { Deployment } from "../documents/execution.ts";
import type { Core } from "../instance.ts";
import { plannedActions } from "../rules/targets.ts";
import type { PlannedAction } from "../rules/targets.ts";
import { withinLimits } from "../rules/target-tags.ts";
import { teamNamed } from "../state.ts";
import type { Run } from "./run.ts";
import type { InterventionScript, StepScript } from "./script.ts";

/** A step of a run: as in the process, with the changes of the script. */
export interface PlannedStep {
  readonly name: string;
  readonly number: string;
  readonly duration: number;
  readonly targets: readonly string[];
  readonly log: StepScript["log"];
  readonly result: StepScript["result"];
  readonly failures: number | undefined;
  readonly needs: StepScript["needs"];
  readonly interventions: readonly StepIntervention[];
  readonly outputs: StepScript["outputs"];
  readonly skipped: boolean;
  failureText: string;
}

export interface StepIntervention {
  readonly instructions: string;
  readonly teamIds: readonly string[];
  readonly asChildStep: boolean;
  /** Whether no other deployment of the project to the same environment and tenant starts meanwhile. */
  readonly blocksOthers: boolean;
  readonly linkedGroup: string | null;
}

const defaultDuration = 10_000;

/** The steps of a deployment in order: those of the process, then those that only the script has. */
export function plannedSteps(core: Core, run: Run): readonly PlannedStep[] {
  const { script } = run;
  const scripted = new Map(script.steps.map((step) => [step.name.toLowerCase(), step]));
  const actions = run.plan.filter(({ action }) => !action.isDisabled);
  const known = new Set(actions.map(({ action }) => action.name.toLowerCase()));
  const drafts: Draft[] = [
    ...actions.map((planned) => ({ planned, script: scripted.get(planned.action.name.toLowerCase()) })),
    ...script.steps
      .filter(({ name }) => !known.has(name.toLowerCase()))
      .map((step) => ({ planned: undefined, script: step })),
  ];
  if (drafts.length === 0) drafts.push({ planned: undefined, script: undefined });
  const duration = shareOfDuration(script.duration, drafts);
  return drafts.map((draft, index) => plannedStep(core, run, draft, index, duration));
}

interface Draft {
  readonly planned: PlannedAction | undefined;
  readonly script: StepScript | undefined;
}

function plannedStep(core: Core, run: Run, { planned, script }: Draft, index: number, share: number): PlannedStep {
  const isManual = planned?.action.actionType === "Octopus.Manual";
  const interventions = (script?.interventions ?? []).map((intervention) =>
    interventionOf(core, run, intervention, planned),
  );
  if (isManual && interventions.length === 0) interventions.push(manualStep(planned));
  return {
    name: planned?.action.name ?? script?.name ?? "Deploy",
    number: planned?.number ?? `${index + 1}`,
    duration: script?.duration ?? (isManual ? 0 : share),
    targets: script?.targets ?? targetNames(core, run, planned),
    log: script?.log ?? [],
    result: script?.result ?? "Success",
    failures: script?.failures,
    needs: script?.needs ?? [],
    interventions,
    outputs: script?.outputs ?? {},
    skipped:
      planned !== undefined &&
      (run.deployment.skipActions.includes(planned.action.id) || hasNoTarget(core, run, planned)),
    failureText: script?.error ?? "",
  };
}

function shareOfDuration(total: number | undefined, drafts: readonly Draft[]): number {
  const open = drafts.filter(
    ({ planned, script }) => script?.duration === undefined && planned?.action.actionType !== "Octopus.Manual",
  );
  if (open.length === 0) return 0;
  const given = drafts.reduce((sum, { script }) => sum + (script?.duration ?? 0), 0);
  return Math.max(0, Math.floor(((total ?? defaultDuration) - given) / open.length));
}

function interventionOf(
  core: Core,
  run: Run,
  intervention: InterventionScript,
  planned: PlannedAction | undefined,
): StepIntervention {
  return {
    instructions: intervention.instructions,
    teamIds: intervention.teams.map((name) => teamId(core, run.task.spaceId, name)),
    asChildStep: intervention.asChildStep,
    blocksOthers: intervention.blocksOthers || (planned !== undefined && blocksOthers(planned)),
    linkedGroup: intervention.linkedGroup ?? null,
  };
}

function blocksOthers({ action }: PlannedAction): boolean {
  return action.properties["Octopus.Action.Manual.BlockConcurrentDeployments"]?.toLowerCase() === "true";
}

function manualStep(planned: PlannedAction): StepIntervention {
  const { step, action } = planned;
  const { properties } = action;
  return {
    instructions: properties["Octopus.Action.Manual.Instructions"] ?? "",
    teamIds: (properties["Octopus.Action.Manual.ResponsibleTeamIds"] ?? "").split(",").filter((id) => id !== ""),
    asChildStep: step.actions.length > 1,
    blocksOthers: blocksOthers(planned),
    linkedGroup: null,
  };
}

/** The id of a team of the space or the system, by its name in a script. An unknown name is returned: a team without members. */
export function teamId(core: Core, spaceId: string, name: string): string {
  return teamNamed(core.state, spaceId, name)?.id ?? name;
}

function targetNames(core: Core, run: Run, planned: PlannedAction | undefined): readonly string[] {
  if (planned === undefined || planned.roles.length === 0) return ["Octopus Server"];
  return withinLimits(core, run.deployment, planned.machines).map(({ name }) => name);
}

function hasNoTarget(core: Core, run: Run, planned: PlannedAction): boolean {
  return planned.roles.length > 0 && withinLimits(core, run.deployment, planned.machines).length === 0;
}

/** Every machine a deployment runs on. */
export function machinesOfRun(core: Core, run: Run): readonly string[] {
  return [
    ...new Set(
      run.plan.flatMap((planned) =>
        planned.roles.length === 0 ? [] : withinLimits(core, run.deployment, planned.machines).map(({ id }) => id),
      ),
    ),
  ];
}

/** The actions that a deployment runs, with the targets that it has when it starts. */
export function planOf(core: Core, deployment: Deployment): readonly PlannedAction[] {
  const { spaceId, projectId, channelId, environmentId, tenantId, processSnapshotId } = deployment;
  const tenant = core.state.tenants.get(tenantId ?? "") ?? null;
  const destination = { spaceId, projectId, channelId, environmentId, tenant };
  return plannedActions(core, core.state.processes.get(processSnapshotId), destination);
}
