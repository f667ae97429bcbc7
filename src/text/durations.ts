/** The unit of a number that stands alone. */
export type DurationUnit = "seconds" | "minutes";

/**
 * A duration in seconds, or `undefined` if the text is none: a whole number in the field's unit (`90` or `90.0`), or with units (`1d`, `1h30m`,
 * `90s`). More than 400 days are taken for a mistake.
 */
export function parseDuration(text: string, unit: DurationUnit): number | undefined {
  const trimmed = text.trim();
  const seconds = /^\d+(?:\.0+)?$/.test(trimmed) ? Number(trimmed) * secondsPer[unit] : secondsWithUnits(trimmed);
  return seconds === undefined || seconds > longestDuration ? undefined : seconds;
}

const secondsPer = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
const longestDuration = 400 * secondsPer.days;

function secondsWithUnits(text: string): number | undefined {
  const match = /^(?=\d)(?:(\d+)d\s*)?(?:(\d+)h\s*)?(?:(\d+)m\s*)?(?:(\d+)s)?$/i.exec(text);
  if (match === null) return undefined;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return (
    Number(days) * secondsPer.days +
    Number(hours) * secondsPer.hours +
    Number(minutes) * secondsPer.minutes +
    Number(seconds)
  );
}
