import type { Instant, Named } from "../model.ts";

/** An instant as operators read it: `2021-01-14 19:00 UTC`. */
export function instantText(instant: Instant): string {
  return `${minuteOf(instant).replace("T", " ")} UTC`;
}

/** An instant in a file name: `2021_01_14_19_00`, UTC. */
export function stampText(instant: Instant): string {
  return minuteOf(instant).replace(/\D/g, "_");
}

/** `2021-01-14T19:00`, UTC. Without a time zone, because the first one that is used loads the tables of all zones. */
function minuteOf(instant: Instant): string {
  // oxlint-disable-next-line no-restricted-globals -- writes a given instant and reads no clock
  return new Date(instant).toISOString().slice(0, 16);
}

/** A duration in its two largest units: `12 s`, `4 min 10 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Where something is deployed: `Production`, or `Production for Contoso`. */
export function placeText(place: { readonly destination: Named<string>; readonly tenant?: Named<string> | undefined }) {
  const { destination, tenant } = place;
  return tenant === undefined ? destination.name : `${destination.name} for ${tenant.name}`;
}

/** A number with its noun, in the plural unless it is 1: `1 step`, `3 steps`. */
export function plural(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

/** An entered text in quotes, shortened. */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/** As much of a foreign text as a message repeats. */
export function shortened(text: string, limit = 200): string {
  return text.length > limit ? `${text.slice(0, limit - 3)}...` : text;
}

/** Names in quotes: `"Test", "Production"`. */
export function quotedList(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** Names for a sentence: `Anna, Wendy and Bob`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A text of the server with the end of a sentence. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** The text with a capital letter at its beginning. */
export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The sentences that are present, in order. */
export function sentences(...texts: readonly (string | false | undefined)[]): readonly string[] {
  return texts.flatMap((text) => text || []);
}
