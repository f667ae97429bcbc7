import type { Named } from "../model.ts";

export type NameMatch<T> =
  | { readonly kind: "found"; readonly value: T }
  /** Several resources have the name, and none of them in exactly this spelling. */
  | { readonly kind: "ambiguous"; readonly values: readonly T[] }
  /** Up to five names that exist, the most similar first. */
  | { readonly kind: "none"; readonly nearest: readonly string[] };

/**
 * The resource with exactly this name, else with this name in another case, else with this slug, else with this id. Surrounding blanks never
 * matter.
 */
export function matchName<T extends Named<string>>(wanted: string, all: readonly T[]): NameMatch<T> {
  const name = wanted.trim();
  const folded = fold(wanted);
  const rules: readonly ((candidate: T) => boolean)[] = [
    (candidate) => candidate.name.trim() === name,
    (candidate) => fold(candidate.name) === folded,
    (candidate) => candidate.slug !== undefined && fold(candidate.slug) === folded,
    (candidate) => fold(candidate.id) === folded,
  ];
  for (const rule of folded === "" ? [] : rules) {
    const values = all.filter(rule);
    const [value, ...others] = values;
    if (value !== undefined) return others.length === 0 ? { kind: "found", value } : { kind: "ambiguous", values };
  }
  return { kind: "none", nearest: nearestNames(folded, all) };
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}

function nearestNames(folded: string, all: readonly Named<string>[]): readonly string[] {
  return [...new Set(all.map((candidate) => candidate.name))]
    .map((name) => ({ name, distance: distance(start(folded), start(fold(name))) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name);
}

/** As much of a name as is compared. Octopus accepts no longer names, and the work grows with the square of the length. */
function start(name: string): string {
  return name.slice(0, 200);
}

/** A name that contains the other one counts as near as a single typing error. */
function distance(a: string, b: string): number {
  const edits = editDistance(a, b);
  const isPart = Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a));
  return isPart ? Math.min(edits, 1 + edits / 1000) : edits;
}

/** How many characters must be inserted, removed or replaced to make one text the other. */
function editDistance(a: string, b: string): number {
  // costs[n]: from the characters of `a` read so far to the first n characters of `b`.
  let costs = Array.from({ length: b.length + 1 }, (_, length) => length);
  let latest = b.length;
  for (const character of a) {
    let diagonal = 0;
    costs = costs.map((above, length) => {
      const replaced = diagonal + (b[length - 1] === character ? 0 : 1);
      latest = length === 0 ? above + 1 : Math.min(replaced, above + 1, latest + 1);
      diagonal = above;
      return latest;
    });
  }
  return latest;
}
