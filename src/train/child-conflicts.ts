import type { Named } from "../model.ts";
import { placeText } from "../text/format.ts";
import type { ListProblem } from "./child-list.ts";

/** What one child of the list deploys, as entered or as resolved. Ids are compared, ignoring case. */
export interface ChildPlace {
  readonly line: number;
  readonly space: Named<string>;
  readonly project: Named<string>;
  readonly destination: Named<string>;
  readonly tenant?: Named<string> | undefined;
  /** Its source environments. Empty means none, or not known yet. */
  readonly sources: readonly Named<string>[];
  /** Deployments there count whatever tenant they are for. Absent means that only those for this child's tenant do. */
  readonly fromAnyone?: boolean | undefined;
}

/** Children that cannot be in one list, one problem for each, in the order of the list. */
export function conflictsAmong(children: readonly ChildPlace[]): readonly ListProblem[] {
  return children.flatMap((child, index) => {
    const others = children.filter((other) => other !== child && isSameProject(child, other));
    const earlier = others.filter((other) => children.indexOf(other) < index);
    const texts = [againAfter(child, earlier), otherTenancy(child, earlier), tooEarly(child, others)];
    return texts.flatMap((text) => (text === undefined ? [] : [{ line: child.line, text }]));
  });
}

function againAfter(child: ChildPlace, earlier: readonly ChildPlace[]): string | undefined {
  const first = earlier.find((other) => isSame(other.destination, child.destination) && isSameTenant(other, child));
  return (
    first &&
    `deploys ${child.project.name} to ${placeText(child)}, as line ${first.line} does already: remove one of them.`
  );
}

function otherTenancy(child: ChildPlace, earlier: readonly ChildPlace[]): string | undefined {
  const there = earlier.filter((other) => isSame(other.destination, child.destination));
  const isLikeAnother = there.some((other) => isUntenanted(other) === isUntenanted(child));
  const first = isLikeAnother ? undefined : there[0];
  return (
    first &&
    `deploys ${child.project.name} to ${nameOfPlace(child)}, but line ${first.line} deploys it to ${nameOfPlace(first)}: choose either tenants or untenanted.`
  );
}

function tooEarly(child: ChildPlace, others: readonly ChildPlace[]): string | undefined {
  const before = others.find(
    (other) =>
      (isSameTenant(other, child) || child.fromAnyone === true) &&
      child.sources.some((source) => isSame(source, other.destination)),
  );
  return (
    before &&
    `promotes ${child.project.name} from ${placeText(before)}, where line ${before.line} deploys it: all releases are chosen before the first deployment. Use a second step.`
  );
}

function isSameProject(a: ChildPlace, b: ChildPlace): boolean {
  return isSame(a.space, b.space) && isSame(a.project, b.project);
}

function isSameTenant(a: ChildPlace, b: ChildPlace): boolean {
  return idOf(a.tenant) === idOf(b.tenant);
}

function isUntenanted({ tenant }: ChildPlace): boolean {
  return tenant === undefined;
}

function isSame(a: Named<string>, b: Named<string>): boolean {
  return idOf(a) === idOf(b);
}

function idOf(named: Named<string> | undefined): string | undefined {
  return named?.id.trim().toLowerCase();
}

function nameOfPlace(child: ChildPlace): string {
  return isUntenanted(child) ? `${child.destination.name} untenanted` : placeText(child);
}
