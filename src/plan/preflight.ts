import { activeFreezes } from "./active-freezes.ts";
import type { Run } from "../run.ts";
import type { DeploymentPreview, PreviewStep, PromptedElement, Release } from "../model.ts";
import { lackingSight } from "../approvals/find-approved-plan.ts";
import {
  blockersOf,
  lackingLater,
  laterWarnings,
  mayCarryDefect,
  type PreflightFindings,
  whereaboutsOf,
} from "../rules/preflight.ts";
import type { Plan } from "../rules/plan.ts";
import { startInstant } from "../rules/planned-start.ts";
import { fillPromptedForm, remarksOnValues, unknownNames } from "../rules/prompted-form.ts";
import { promptsElsewhere } from "../resolve/prompts-elsewhere.ts";
import { releaseNotes } from "../rules/release-notes.ts";
import { recover } from "../recover.ts";
import type { Context } from "../resolve/resolve-context.ts";

/**
 * Completes a plan that deploys something: blockers, changes, defects, and in a what-if run earlier deployments of the release and missing
 * permissions. Nothing here can fail the run: a read that fails is a warning.
 */
export async function preflight(
  context: Context,
  plan: Plan,
  { step, clock }: Pick<Run, "step" | "clock">,
): Promise<Plan> {
  const { selected, decision, order } = plan;
  if (selected === undefined || (decision.kind !== "deploy" && decision.kind !== "adopt")) return plan;
  const { space, settings, tenant, destination } = context;
  const { release } = selected;
  const orWarn = <T>(what: string, reading: Promise<T>) =>
    recover(reading, ({ message }) => {
      step.warning(`${what} could not be read: ${message}`);
      return undefined;
    });
  const inWhatIf = <T>(what: string, read: () => Promise<T>) => (order.whatIf ? orWarn(what, read()) : undefined);

  const [preview, freezes, unanswered, phases, grants, hiddenPlan] = await Promise.all([
    orWarn("What the deployment would change", space.deploymentPreview(release.id, destination.id, tenant?.id)),
    decision.kind === "deploy"
      ? orWarn("Deployment freezes", activeFreezes(context, startInstant(plan.start, clock.now())))
      : undefined,
    leavesChildAlone(context, plan) && release.processId !== undefined
      ? orWarn("The manual interventions of the child", space.manualStepsOf(release.processId))
      : undefined,
    order.whatIf || mayCarryDefect(selected, context.phase)
      ? orWarn("Where the release has been", space.phasesOfRelease(release.id))
      : undefined,
    inWhatIf("The API key's permissions", () => space.ownPermissions()),
    inWhatIf("The API key's permissions in the parent", () => lackingSight(context)),
  ]);
  const runs = ({ id }: PreviewStep) => !plan.scope.skippedActionIds.includes(id);
  const prompted = await judgePrompted(context, release, preview?.form, step);
  const findings: PreflightFindings = {
    freezes: freezes ?? [],
    overridesFreezes: settings.freezeOverrideReason !== undefined,
    promptedProblems: prompted.problems,
    // A process may have steps for other environments and channels.
    unanswered: unanswered?.filter(
      (name) => !preview || preview.steps.some((each) => each.name === name && runs(each)),
    ),
    phases,
    grants,
    hiddenPlan,
    hiddenTags: context.targetTags.hidden,
    laterNeeds: laterNeeds(context),
    environments: context.environments,
  };
  const changes = await orWarn("The release's build information", changesOf(context, release, preview));
  return {
    ...plan,
    preflight: { preview, freezes, at: clock.elapsed() },
    blockers: decision.kind === "deploy" ? blockersOf(plan, findings) : [],
    warnings: [...plan.warnings, ...laterWarnings(plan, findings)],
    unknownPrompts: prompted.unknown,
    whereabouts: whereaboutsOf(order, findings),
    notes: releaseNotes({
      project: order.project.name,
      current: plan.current?.release,
      selected: release,
      changes: changes ?? [],
    }),
  };
}

/**
 * Logs which permissions are missing for what may become necessary after the deployment was created. If they cannot be read, the request that
 * needs them says so later.
 */
export async function sayLackingRights(
  context: Context,
  { order }: Pick<Plan, "order">,
  { step, known }: { readonly step: Run["step"]; readonly known?: PreflightFindings["grants"] },
): Promise<void> {
  const needs = laterNeeds(context);
  if (needs.length === 0) return;
  const grants = known ?? (await recover(context.space.ownPermissions(), () => undefined));
  const lacking = lackingLater(order, needs, grants);
  if (lacking !== undefined) step.info(lacking);
}

/** Whether the run ends before the child can ask for an approval. */
function leavesChildAlone({ settings: { wait, approvals } }: Context, { start }: Plan): boolean {
  return approvals.useParents && (wait === "No" || (wait === "Yes" && start !== undefined));
}

/** The server's list of changes. The server leaves the release out of a first deployment and of a downgrade. */
async function changesOf({ space }: Context, release: Release, preview: DeploymentPreview | undefined) {
  const changes = preview?.changes ?? [];
  if (preview === undefined || changes.some(({ version }) => version === release.version)) return changes;
  const own = await space.releaseChange(release.id);
  return own === undefined ? changes : [own, ...changes];
}

/** The problems of the prompted values. Remarks about them are logged. */
async function judgePrompted(
  context: Context,
  release: Release,
  form: readonly PromptedElement[] | undefined,
  step: Run["step"],
): Promise<{ readonly problems: readonly string[]; readonly unknown?: readonly string[] | undefined }> {
  if (form === undefined) return { problems: [] };
  const { promptedValues, sharesPromptedValues } = context.settings.targeting;
  const elsewhere = await promptsElsewhere(context, release, form);
  for (const { level, text } of remarksOnValues(promptedValues, form, elsewhere)) step[level](text);
  const filled = fillPromptedForm(promptedValues, form, elsewhere);
  return {
    problems: filled.kind === "filled" ? [] : filled.problems,
    unknown: sharesPromptedValues && unknownNames(promptedValues, form, elsewhere),
  };
}

/** Permissions this run may need after it created the deployment, each with its purpose as the end of "to …". */
function laterNeeds({ settings }: Context): PreflightFindings["laterNeeds"] {
  const { wait, limits, approvals, targeting } = settings;
  const isLimited = limits.queue !== undefined || limits.run !== undefined;
  return [
    ...(wait !== "No" && isLimited ? [{ permission: "TaskCancel", purpose: "cancel the child on time-out" }] : []),
    ...(approvals.useParents
      ? [{ permission: "InterruptionViewSubmitResponsible", purpose: "approve the child's manual interventions" }]
      : []),
    ...(targeting.refreshSnapshot
      ? [{ permission: "ReleaseEdit", purpose: "refresh the release's variable snapshot" }]
      : []),
  ];
}
