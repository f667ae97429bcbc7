import { ConfigurationError, NotFoundError, ParameterError, type StepError } from "../errors.ts";
import type { Environment } from "../model.ts";
import type { OctopusGateway } from "../octopus/gateway.ts";
import { recover } from "../recover.ts";
import { refuseToWaitForOwnProject } from "../resolve/own-project.ts";
import { isMissing } from "../resolve/missing-project.ts";
import { type Context, resolveContext } from "../resolve/resolve-context.ts";
import { titleOf } from "../step/parameters.ts";
import { sentences } from "../text/format.ts";
import { conflictsAmong } from "./child-conflicts.ts";
import type { TrainChild, TrainSettings } from "./train-settings.ts";

/** A child of the list, and what its names mean on the server. */
export type Member = Placed &
  (
    | { readonly kind: "resolved"; readonly context: Context }
    /** The project does not exist, and the list says to skip the child then. */
    | { readonly kind: "missing" }
    | { readonly kind: "problem"; readonly error: StepError }
  );

export interface Placed {
  readonly child: TrainChild;
  /** 1 for the first level. */
  readonly level: number;
}

/**
 * Resolves the names of all children side by side. Throws `ParameterError` for children that turn out to be the same or to contradict each
 * other. A problem of a single child is returned with that child.
 */
export async function resolveMembers(train: TrainSettings, octopus: OctopusGateway): Promise<readonly Member[]> {
  const members = await Promise.all(placedIn(train).map((each) => resolveMember(each, octopus)));
  const conflicts = conflictsAmong(members.flatMap((member) => (member.kind === "resolved" ? placeOf(member) : [])));
  if (conflicts.length > 0) throw new ParameterError(conflicts.map(({ line, text }) => `Line ${line} ${text}`));
  return members;
}

/** All children of the list, in order. */
export function placedIn({ levels }: TrainSettings): readonly Placed[] {
  return levels.flatMap((level, index) => level.map((child) => ({ child, level: index + 1 })));
}

async function resolveMember(placed: Placed, octopus: OctopusGateway): Promise<Member> {
  const { settings, ifMissing } = placed.child;
  const resolving = async (): Promise<Member> => {
    if (ifMissing === "skip" && (await isMissing(settings, octopus))) return { ...placed, kind: "missing" };
    const context = await resolveContext(settings, octopus);
    refuseToWaitForOwnProject(context);
    return { ...placed, kind: "resolved", context };
  };
  return await recover(resolving(), (error): Member => ({ ...placed, kind: "problem", error }));
}

function placeOf({ child: { line }, context }: Extract<Member, { kind: "resolved" }>) {
  const { space, settings, project, destination, tenant, route } = context;
  const sources: readonly Environment[] = route.kind === "promote" ? route.sources : [];
  const fromAnyone = route.kind === "promote" && route.whose === "anyone";
  return {
    line,
    space: { id: space.spaceId, name: settings.child.space },
    project,
    destination,
    tenant,
    sources,
    fromAnyone,
  };
}

/** Throws `ConfigurationError` if the parent's deployment is limited, because its children could only be rolled back in part. */
export function refuseLimitedRollBack({
  settings: { parent },
  targetTags,
}: Pick<Context, "settings" | "targetTags">): void {
  const limits = sentences(
    parent.specificMachineIds.length > 0 && "machines",
    targetTags.specific.length + targetTags.excluded.length > 0 && "target tags",
  );
  if (limits.length === 0) return;
  throw new ConfigurationError(
    `${titleOf("ChildProject.Failure.Policy")} is RollBack, but the parent's deployment is limited to ${limits.join(" and ")}: nothing could be rolled back. Nothing was created.`,
    "Deploy the parent without limits, or choose another policy.",
  );
}

/** All wrong names of all children in one error, and what else could not be resolved. `undefined` means that every name means something. */
export function namesProblem(members: readonly Member[]): StepError | undefined {
  const errors = members.flatMap((member) => (member.kind === "problem" ? member.error : []));
  const wrong = errors.find((error) => error instanceof NotFoundError || error instanceof ConfigurationError);
  return wrong && new NotFoundError([...new Set(errors.map(({ message }) => message))].join(" "), wrong.remedy);
}
