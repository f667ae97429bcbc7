import type { Id, Phase } from "../model.ts";

/** Where a release must have been deployed before. */
export type PromotionPath =
  | {
      readonly kind: "from-environments";
      /** Never empty; the environments of the nearest phase first. */
      readonly environmentIds: readonly Id<"Environment">[];
      /**
       * All phases before the destination's are optional: when nothing matching was deployed there, the newest created release that can
       * be deployed is taken, as for the first phase.
       */
      readonly allOptional: boolean;
      readonly warning?: "source-after-destination" | undefined;
    }
  /** No phase comes before: the newest created release that can be deployed is taken. */
  | { readonly kind: "first-phase" }
  | { readonly kind: "destination-not-in-lifecycle" }
  | { readonly kind: "source-is-destination" };

export interface PromotionQuestion {
  /** In order, as the lifecycle preview shows them; absent for a channel without any lifecycle (ephemeral environments). */
  readonly phases: readonly Phase[] | undefined;
  readonly destination: Id<"Environment">;
  /** The source environment an operator asked for. */
  readonly source?: Id<"Environment"> | undefined;
}

/**
 * A given source is always accepted. Otherwise the search goes back from the destination's phase through optional phases to the first required
 * one, and takes the environments of all of them. If an environment is in several phases, the first counts.
 */
export function promotionPath({ phases, destination, source }: PromotionQuestion): PromotionPath {
  if (source === destination) return { kind: "source-is-destination" };
  const destinationIndex = phases === undefined ? 0 : phaseIndex(phases, destination);
  if (destinationIndex < 0) return { kind: "destination-not-in-lifecycle" };
  if (source !== undefined) {
    const isAfter = phases !== undefined && phaseIndex(phases, source) > destinationIndex;
    const warning = isAfter ? "source-after-destination" : undefined;
    return { kind: "from-environments", environmentIds: [source], allOptional: false, warning };
  }
  return pathBefore((phases ?? []).slice(0, destinationIndex));
}

function phaseIndex(phases: readonly Phase[], environmentId: Id<"Environment">): number {
  return phases.findIndex((phase) => phase.environmentIds.includes(environmentId));
}

function pathBefore(earlier: readonly Phase[]): PromotionPath {
  // A phase left without environments is complete as it stands and cannot be a source.
  const phases = earlier.filter((phase) => phase.environmentIds.length > 0);
  if (phases.length === 0) return { kind: "first-phase" };
  const required = phases.findLastIndex((phase) => !phase.isOptional);
  const environmentIds = phases
    .slice(Math.max(required, 0))
    .reduceRight<readonly Id<"Environment">[]>((nearer, phase) => [...nearer, ...phase.environmentIds], []);
  return { kind: "from-environments", environmentIds: [...new Set(environmentIds)], allOptional: required < 0 };
}
