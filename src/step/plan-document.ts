import { instantText } from "../plan/words.ts";
import { describePassedOver } from "../plan/describe.ts";
import { completionOf } from "../plan/attempts.ts";
import { reasonOf } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";

/** Rises when a field changes its meaning; readers refuse documents of a newer version. */
const planDocumentVersion = 1;

/** The plan as the `ReleasePlan` output variable gives it to later steps and other tools. */
export function planDocument({ order, current, selected, decision, cautions, passedOver, notDeployed }: Plan) {
  const { project, channel, destination, sources, mode, condition, pattern } = order;
  const attempt = selected?.attempt;
  return {
    version: planDocumentVersion,
    project: { id: project.id, name: project.name },
    channel: channel === undefined ? null : { id: channel.id, name: channel.name },
    destination: { id: destination.id, name: destination.name },
    sources: sources.map(({ id, name }) => ({ id, name })),
    mode,
    condition,
    pattern,
    current:
      current === undefined
        ? null
        : { id: current.release.id, version: current.release.version, flaw: current.flaw?.reason ?? null },
    selected: selected === undefined ? null : { id: selected.release.id, version: selected.release.version },
    selectedBecauseOf:
      attempt === undefined
        ? null
        : { deployment: attempt.deployment.id, completed: instantText(completionOf(attempt)) },
    decision: decision.kind,
    reason: reasonOf({ decision }),
    cautions,
    passedOver: describePassedOver(passedOver),
    notDeployed: notDeployed.map(({ version }) => version),
  };
}
