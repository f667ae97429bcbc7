import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { completionOf } from "../rules/attempts.ts";
import { type Intention, intentionOf, type StoredPlan } from "../rules/approved-plan.ts";
import { describePassedOver, planSentence } from "../rules/describe.ts";
import { reasonOf } from "../rules/outcome.ts";
import type { Plan, PlanIdentity } from "../rules/plan.ts";
import { placeText } from "../text/format.ts";

/** Rises when a field changes its meaning; readers refuse plans of a newer version. */
const planVersion = 1;

/** A plan as it is stored and shown: the README documents its shape. */
export interface PlanArtifact {
  readonly fileName: string;
  readonly json: string;
  readonly digest: string;
}

/** Characters of JSON: a longer artifact is no plan, and is not read any further. */
const contentLimit = 1_000_000;
const textOrNull = z.nullable(z.string());

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
  decision: z.enum(["deploy", "nothing"]),
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
      variables: z.optional(z.enum(["outdated", "refreshed"])),
    }),
  ),
});

const Stored = z.object({ digest: z.string(), intention: IntentionShape });

/** The plan as JSON: what people approve, under its digest, and around it what they should know. */
export function planArtifact(plan: Plan): PlanArtifact {
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
  const intention = intentionOf(plan, reasonOf(plan));
  const digest = digestOf(intention);
  const source = selected?.attempt;
  const document = {
    version: planVersion,
    digest,
    intention,
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
  return { fileName: planFileName(order), json: JSON.stringify(document, undefined, 2), digest };
}

/**
 * The same for every plan of the same thing, and for no other, because later runs find a plan by the end of this name. It ends with a hash
 * of the ids; the names before it may have been changed since.
 */
export function planFileName(order: Pick<Plan["order"], "project" | "tenant" | "destination" | "identity">): string {
  const names = `${order.project.name} ${placeText(order)}`.replace(/(?<=^.{40}).*$/su, "");
  return `${names} ${hashOf(order.identity).slice(0, 12)}.plan.json`;
}

/** Reads a stored plan of this identity. Says why it cannot be relied on, as a whole sentence. */
export function readPlanArtifact(content: unknown, identity: PlanIdentity): StoredPlan | string {
  if (JSON.stringify(content).length > contentLimit) return "It is too long to be a plan.";
  const version = z.object({ version: z.number() }).safeParse(content);
  if (!version.success) return "It is damaged: it is not a plan of this step.";
  if (version.data.version > planVersion) {
    return `It has version ${version.data.version} and was made by a newer step; this one reads up to version ${planVersion}.`;
  }
  const stored = Stored.safeParse(content);
  if (!stored.success) return "It is damaged: parts of it are missing.";
  const { digest, intention } = stored.data;
  if (digestOf(intention) !== digest) return "It was changed after it was made: its digest does not fit it.";
  return hashOf(intention.identity) === hashOf(identity) ? { intention, digest } : "It is about something else.";
}

function digestOf(intention: Intention): string {
  return hashOf(intention).slice(0, 32);
}

/** SHA-256 over JSON whose keys are in order, so that the order in which they were written does not matter. */
function hashOf(value: object): string {
  return createHash("sha256").update(JSON.stringify(value, inOrder)).digest("hex");
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
