/** A figure and its budget, if it has one. */
export function against(value: number, budget: number | undefined): string {
  return budget === undefined ? String(value) : `${value} / ${budget}`;
}

/** The sentence about a figure above its budget. */
export function over(what: string, unit: string, value: number, budget: number | undefined): readonly string[] {
  return budget === undefined || value <= budget ? [] : [`${what}: ${value} ${unit}, the budget is ${budget}`];
}

/** Columns of the same width, the first to the left. */
export function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(cell).join("  ")).join("\n");
}
