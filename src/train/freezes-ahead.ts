import type { DeploymentFreeze } from "../model.ts";
import { recover } from "../recover.ts";
import { freezesAhead, judgeAhead, type Window, windowOf } from "../rules/freezes-ahead.ts";
import { startInstant } from "../rules/planned-start.ts";
import { placeText } from "../text/format.ts";
import type { PlannedMember } from "./planned.ts";

type Resolved = Extract<PlannedMember, { kind: "resolved" }>;

/**
 * Adds to the plans which freezes begin while the run may still be under way, because later levels start later. All children are judged for
 * the same time, so two reads are enough. Freezes that cannot be read are a warning only, because each deployment checks them again.
 */
export async function withFreezesAhead<Member extends Resolved>(
  members: readonly Member[],
  policy: string,
): Promise<readonly Member[]> {
  const [first] = members.filter(isCreating);
  if (first?.plan === undefined) return members;
  const { run, context } = first;
  const window = windowOf(startInstant(first.plan.start, run.clock.now()), members.filter(takesTime));
  const asking = [window.start, window.end].map((at) => context.space.deploymentFreezes({ at }));
  const [atStart = [], atEnd = []] = await recover(Promise.all(asking), ({ message }) => {
    run.step.warning(`Deployment freezes ahead could not be read: ${message}`);
    return [];
  });
  return members.map((member) => (isCreating(member) ? judged(member, { atStart, atEnd, window, policy }) : member));
}

interface Ahead {
  readonly atStart: readonly DeploymentFreeze[];
  readonly atEnd: readonly DeploymentFreeze[];
  readonly window: Window;
  readonly policy: string;
}

function judged<Member extends Resolved>(member: Member, { policy, ...asked }: Ahead): Member {
  const { plan, context } = member;
  if (plan === undefined) return member;
  const { project, destination, tenant, settings } = context;
  const scope = { projectId: project.id, environmentId: destination.id, tenantId: tenant?.id };
  const { blockers, warnings } = judgeAhead(freezesAhead(asked, scope), {
    what: `${project.name} to ${placeText(context)}`,
    policy,
    isOverridden: settings.freezeOverrideReason !== undefined,
  });
  const added = { blockers: [...plan.blockers, ...blockers], warnings: [...plan.warnings, ...warnings] };
  return { ...member, plan: { ...plan, ...added } };
}

function isCreating({ plan }: Pick<PlannedMember, "plan">): boolean {
  return plan?.decision.kind === "deploy" || plan?.decision.kind === "wait-for";
}

function takesTime({ plan }: Pick<PlannedMember, "plan">): boolean {
  return plan?.decision.kind !== "skip" && plan?.decision.kind !== "not-found";
}
