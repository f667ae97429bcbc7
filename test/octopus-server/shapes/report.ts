/** Where a check is in an answer, and what it has found so far. */
export interface Report {
  /** Names and indices from the root to the value being looked at. */
  readonly trail: (string | number)[];
  readonly violations: string[];
}

export type Check = (value: unknown, report: Report) => void;

/** Adds one sentence about the value the report is at. */
export function violate(report: Report, sentence: string): void {
  report.violations.push(`${report.trail.reduce<string>(step, "$")} ${sentence}`);
}

function step(path: string, next: string | number): string {
  if (typeof next === "number") return `${path}[${next}]`;
  return /^\w+$/.test(next) ? `${path}.${next}` : `${path}[${JSON.stringify(next)}]`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
