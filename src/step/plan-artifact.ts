import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { completionOf } from "../rules/attempts.ts";
import { enumOf } from "../octopus/fields.ts";
import { type Intention, intentionOf } from "../rules/approved-plan.ts";
import { describePassedOver, planSentence } from "../rules/describe.ts";
import { reasonOf } from "../rules/outcome.ts";
import type { Plan, PlanIdentity } from "../rules/plan.ts";
import type { TrainIntention, TrainShape } from "../rules/train-plan.ts";
import type { RollBackTarget } from "../rules/undo.ts";
import { placeText } from "../text/format.ts";

/** Versions of a stored plan: 1 for one child, 2 for several. Plans of a newer version are refused. */
const versions = { child: 1, train: 2 } as const;

/** A plan as it is stored and shown: the README documents its shape. */
export interface PlanArtifact {
  readonly fileName: string;
  readonly json: string;
  readonly digest: string;
}

/** Most characters of JSON. A longer artifact is not a plan. */
const contentLimit = 1_000_000;
const textOrNull = z.nullable(z.string());
const ids = z.array(z.string());

const Identity: z.ZodMiniType<PlanIdentity> = z.object({
  parentRelease: textOrNull,
  space: z.string(),
  project: z.string(),
  destination: z.string(),
  tenant: textOrNull,
  channel: textOrNull,
  mode: z.string(),
});

const IntentionShape: z.ZodMiniType<Intention> = z.object({
  identity: Identity,
  decision: enumOf(["deploy", "nothing"]),
  reason: z.string(),
  current: z.nullable(z.object({ id: z.string(), version: z.string() })),
  selected: z.nullable(
    z.object({
      id: z.string(),
      version: z.string(),
      contents: z.array(z.string()),
      git: textOrNull,
      process: textOrNull,
      snapshots: z.array(z.string()),
      variables: z.optional(enumOf(["outdated", "refreshed"])),
    }),
  ),
  skippedSteps: z.optional(ids),
  targets: z.optional(
    z.object({
      specificMachineIds: ids,
      excludedMachineIds: ids,
      specificTagIds: ids,
      excludedTagIds: ids,
    }),
  ),
});

const StoredChild = z.object({
  digest: z.string(),
  intention: IntentionShape,
  project: z.optional(z.string()),
});

/** One of the two fields is present. A union of zod would bring more code into the program. */
const RollBackShape = z.object({
  to: z.optional(z.object({ id: z.string(), version: z.string() })),
  why: z.optional(z.string()),
});

function rollBackOf(stored: z.infer<typeof RollBackShape> | null): RollBackTarget | null {
  if (stored === null) return null;
  return stored.to === undefined ? { why: stored.why ?? "" } : { to: stored.to };
}

const StoredTrain = z.object({
  digest: z.string(),
  train: z.object({ policy: z.string(), levels: z.array(z.number()) }),
  children: z.array(
    z.object({
      intention: IntentionShape,
      rollBack: z.nullable(RollBackShape),
      document: z.object({ project: z.optional(z.string()) }),
    }),
  ),
});

/** The plan of one child as JSON: the approved part with its digest, and further information for approvers. */
export function planArtifact(plan: Plan): PlanArtifact {
  const intention = intentionOf(plan, reasonOf(plan));
  const digest = digestOf(intention);
  const document = { version: versions.child, digest, intention, ...documentOf(plan) };
  return { fileName: planFileName(plan.order), json: JSON.stringify(document, undefined, 2), digest };
}

/** Further information for approvers, which the digest does not cover. */
function documentOf(plan: Plan) {
  const {
    order,
    current,
    selected,
    warnings,
    blockers,
    whereabouts,
    approval,
    passedOver,
    notDeployed,
    made,
    start,
    scope,
  } = plan;
  const source = selected?.attempt;
  return {
    made: new Date(made).toISOString(),
    whatIf: order.whatIf,
    project: order.project.name,
    channel: order.channel?.name ?? null,
    tenant: order.tenant?.name ?? null,
    destination: order.destination.name,
    sources: order.sources.map(({ name }) => name),
    condition: order.condition,
    pattern: order.pattern,
    message: planSentence(plan),
    start:
      start === undefined
        ? null
        : { local: start.local, zone: start.zone, utc: start.kind === "nonexistent" ? null : start.utc },
    machines: scope.machines?.map(({ name }) => name) ?? null,
    excludedMachines: scope.excluded.map(({ name }) => name),
    targetTags: scope.specificTagIds,
    excludedTargetTags: scope.excludedTagIds,
    flaw: current?.incomplete?.reason ?? null,
    source:
      source === undefined
        ? null
        : { deployment: source.deployment.id, completed: new Date(completionOf(source)).toISOString() },
    cautions: warnings,
    blockers,
    whereabouts,
    approvedPlan: approval.digest ?? null,
    passedOver: describePassedOver(passedOver),
    notDeployed: notDeployed.map(({ version }) => version),
  };
}

/** Several children in order, and what happens when one fails. */
export interface PlannedTrain {
  readonly policy: string;
  /** Absent means all children of a level at the same time. */
  readonly parallelLimit: number | undefined;
  /** The highest number of passes. 0 means that failed children are not deployed again. */
  readonly passes: number;
  readonly children: readonly {
    readonly level: number;
    readonly plan: Plan;
    readonly rollBack: RollBackTarget | null;
  }[];
}

export interface TrainPlanArtifact extends PlanArtifact {
  /** The children's plans. */
  readonly children: readonly {
    readonly intention: Intention;
    readonly rollBack: RollBackTarget | null;
    readonly document: Readonly<Record<string, unknown>>;
  }[];
}

/** The plan of several children as JSON. Its digest covers what happens to each child, in which order, and what happens when one fails. */
export function trainArtifact({ policy, parallelLimit, passes, children }: PlannedTrain): TrainPlanArtifact {
  const intention = trainIntentionOf({ policy, children });
  const digest = digestOf(intention);
  const documents = intention.children.flatMap((child, index) => {
    const plan = children[index]?.plan;
    return plan === undefined
      ? []
      : [{ intention: child.intention, rollBack: child.rollBack, document: documentOf(plan) }];
  });
  const document = {
    version: versions.train,
    digest,
    train: { policy, levels: children.map(({ level }) => level), parallel: parallelLimit ?? 0, passes },
    children: documents,
  };
  return {
    fileName: trainFileName(
      children.map(({ plan }) => plan.order),
      policy,
    ),
    json: JSON.stringify(document, undefined, 1),
    digest,
    children: documents,
  };
}

function trainIntentionOf({ policy, children }: Pick<PlannedTrain, "policy" | "children">): TrainIntention {
  return {
    policy,
    children: children.map(({ level, plan, rollBack }) => ({
      level,
      intention: intentionOf(plan, reasonOf(plan)),
      rollBack,
    })),
  };
}

/** As `planFileName`, for several children: the same for every plan of this list in this order under this policy. */
export function trainFileName(orders: readonly NamedOrder[], policy: string): string {
  const [first] = orders;
  const names = first === undefined ? "" : `${first.project.name} ${placeText(first)}`.replace(/(?<=^.{40}).*$/su, "");
  const hash = hashOf({ policy, children: orders.map(({ identity }) => identity) });
  return `${names} (train of ${orders.length}) ${hash.slice(0, 12)}.plan.json`;
}

type NamedOrder = Pick<Plan["order"], "project" | "tenant" | "destination" | "identity">;

/**
 * The same for all plans with the same subject, because later runs find a plan by the end of this name, a hash of ids. The names before the hash
 * may change.
 */
export function planFileName(order: NamedOrder): string {
  const names = `${order.project.name} ${placeText(order)}`.replace(/(?<=^.{40}).*$/su, "");
  return `${names} ${hashOf(order.identity).slice(0, 12)}.plan.json`;
}

/** A plan as a what-if run stored it: for one child, or for several. */
export interface ReadPlan extends TrainShape {
  readonly digest: string;
  /** Of each child, in order. */
  readonly intentions: readonly Intention[];
  /** The release to which each child is rolled back. */
  readonly rollBacks: readonly (RollBackTarget | null)[];
}

/** Reads a stored plan. A text says why the plan cannot be used, as a whole sentence. */
export function readPlanArtifact(content: unknown): ReadPlan | string {
  if (JSON.stringify(content).length > contentLimit) return "It is too long to be a plan.";
  const version = z.object({ version: z.number() }).safeParse(content);
  if (!version.success) return "It is damaged: it is not a plan of this step.";
  if (version.data.version > versions.train) {
    return `It has version ${version.data.version} and was made by a newer step; this one reads up to version ${versions.train}.`;
  }
  return version.data.version === versions.train ? readTrain(content) : readChild(content);
}

const damaged = "It is damaged: parts of it are missing.";
const changed = "It was changed after it was made: its digest does not match.";

function readChild(content: unknown): ReadPlan | string {
  const stored = StoredChild.safeParse(content);
  if (!stored.success) return damaged;
  const { digest, intention, project: name = "" } = stored.data;
  if (digestOf(intention) !== digest) return changed;
  const child = { name, level: 1, identity: intention.identity };
  return { digest, policy: "Stop", children: [child], intentions: [intention], rollBacks: [null] };
}

function readTrain(content: unknown): ReadPlan | string {
  const stored = StoredTrain.safeParse(content);
  if (!stored.success) return damaged;
  const { digest, train, children } = stored.data;
  const levelled = children.map((each, index) => ({ ...each, level: train.levels[index] ?? 0 }));
  const intention: TrainIntention = {
    policy: train.policy,
    children: levelled.map(({ level, intention: of, rollBack }) => ({
      level,
      intention: of,
      rollBack: rollBackOf(rollBack),
    })),
  };
  if (digestOf(intention) !== digest) return changed;
  return {
    digest,
    policy: train.policy,
    children: levelled.map(({ document, level, intention: { identity } }) => ({
      name: document.project ?? "",
      level,
      identity,
    })),
    intentions: children.map(({ intention: of }) => of),
    rollBacks: children.map(({ rollBack }) => rollBackOf(rollBack)),
  };
}

function digestOf(intention: Intention | TrainIntention): string {
  return hashOf(intention).slice(0, 32);
}

/** SHA-256 over JSON with sorted keys, so that their order does not matter. */
function hashOf(value: object): string {
  return createHash("sha256").update(JSON.stringify(value, inOrder)).digest("hex");
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
