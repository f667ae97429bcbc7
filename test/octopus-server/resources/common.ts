/** Octopus' way to write an instant: ISO 8601 with an explicit offset. */
export function dateTime(instant: number): string;
export function dateTime(instant: number | null): string | null;
export function dateTime(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString().replace("Z", "+00:00");
}

/** How .NET writes a date that is not set (issue 7182). */
export const yearOne = "0001-01-01T00:00:00.000+00:00";

/** The properties that every resource has. The id is left out of a resource that is no document (CS Model/Resource.cs). */
export function resource(id: string | null, links: Readonly<Record<string, string>>): ResourceBase {
  return id === null ? { Links: links } : { Id: id, Links: links };
}

export interface ResourceBase {
  readonly Id?: string;
  readonly Links: Readonly<Record<string, string>>;
}

const retentionUnit = { Unit: "Days" } as const;

export const keepForever = {
  ...retentionUnit,
  QuantityToKeep: 0,
  ShouldKeepForever: true,
  Strategy: "Forever",
} as const;
export const keepThreeDays = {
  ...retentionUnit,
  QuantityToKeep: 3,
  ShouldKeepForever: false,
  Strategy: "Count",
} as const;

/** A span of time in words, as in the duration of a task. */
export function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? "1 hour" : `${hours} hours`;
}
