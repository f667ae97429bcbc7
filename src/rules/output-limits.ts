/** Output variables by their full names. */
type NamedValues = readonly (readonly [string, string])[];

/** Characters of names and values together. */
export function sizeOf(outputs: NamedValues): number {
  return outputs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** The outputs that fit into `limit` characters, small ones first, in their order. */
export function withinLimit(outputs: NamedValues, limit: number): NamedValues {
  const bySize = [...outputs.keys()].sort(
    (a, b) => sizeOf([outputs[a] ?? ["", ""]]) - sizeOf([outputs[b] ?? ["", ""]]),
  );
  const kept = new Set<number>();
  let size = 0;
  for (const index of bySize) {
    size += sizeOf([outputs[index] ?? ["", ""]]);
    if (size > limit) break;
    kept.add(index);
  }
  return outputs.filter((_, index) => kept.has(index));
}

/** Names of the outputs that do not fit into `limit` characters. */
export function leftOut(outputs: NamedValues, limit: number): readonly string[] {
  const kept = new Set(withinLimit(outputs, limit));
  return outputs.filter((output) => !kept.has(output)).map(([name]) => name);
}
