import { PlanChangedError } from "../errors.ts";
import { digestToShow, trainDigestLine } from "../rules/digest-line.ts";
import { type PlanArtifact, trainArtifact } from "../step/plan-artifact.ts";
import type { PlannedMember } from "./planned.ts";
import type { TrainSettings } from "./train-settings.ts";

/** The plan of all children, as it is stored and shown. */
export interface TrainArtifact extends PlanArtifact {
  readonly line: string;
  /** JSON of the children's plans, for the output variable. */
  readonly output: string;
}

/** Characters. A longer plan is cut in the output variable to what is approved, or to the name of the artifact that holds all. */
const planOutputLimit = 100_000;

const planArtifactLimit = 1_000_000;

/** The plan of the whole run. `undefined` means that some child has none, so that there is nothing to approve. */
export function artifactOf(planned: readonly PlannedMember[], train: TrainSettings): TrainArtifact | undefined {
  const children = planned.flatMap(({ level, plan, rollBack = null }) =>
    plan === undefined ? [] : [{ level, plan, rollBack }],
  );
  const [first] = children;
  if (first === undefined || planned.some(({ plan, kind }) => plan === undefined && kind !== "missing"))
    return undefined;
  const artifact = trainArtifact({
    policy: train.failurePolicy,
    parallelLimit: train.parallelLimit,
    passes: train.failurePolicy === "RerunUntilDone" ? train.passes : 0,
    children,
  });
  if (artifact.json.length > planArtifactLimit)
    throw new PlanChangedError(
      `The plan for ${planned.length} child projects has ${artifact.json.length} characters; a later run reads at most ${planArtifactLimit}.`,
      "Split the child projects into several steps. Nothing was created.",
    );
  const { plan } = children.find((child) => child.plan.approval.digest) ?? first;
  const line = trainDigestLine(
    digestToShow(plan, artifact.digest),
    children.map((child) => child.plan.order),
  );
  return { ...artifact, line, output: outputOf(artifact) };
}

/** An array, unless there is one child only. */
function outputOf({ children, digest, fileName }: ReturnType<typeof trainArtifact>): string {
  const [only] = children.length === 1 ? children : [];
  const all = JSON.stringify(only ? { digest, ...only, ...only.document, document: undefined } : children);
  const brief = JSON.stringify(children.map(({ intention, rollBack }) => ({ intention, rollBack })));
  const pointer = JSON.stringify([{ digest, artifact: fileName }]);
  return [all, brief].find(({ length }) => length <= planOutputLimit) ?? pointer;
}
