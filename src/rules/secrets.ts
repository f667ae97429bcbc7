import type { PromptedValue } from "./prompted-variables.ts";

/**
 * Hides secrets in a foreign text, because a server may repeat them, in capital letters or not. The longest are hidden first, so that no part of
 * one remains.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secretHider(secrets)(text);
}

/** The same for many texts. Each text is read once for all secrets. */
export function secretHider(secrets: readonly string[]): (text: string) => string {
  const longest = [...new Set(secrets.map(inLowerCase))]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length);
  const shorts = new Set(longest.filter((secret) => !isLong(secret)));
  const longs = new Map<string, string[]>();
  for (const secret of longest.filter(isLong)) {
    const key = secret.slice(0, keyLength);
    longs.set(key, [...(longs.get(key) ?? []), secret]);
  }
  const known = { longs, shorts };
  return (text) => {
    if (longest.length === 0) return text;
    const lower = inLowerCase(text);
    return hidden(text, (index) => lengthOf(known, lower, index));
  };
}

/**
 * Every form in which the server or the child may repeat these values: unchanged, in one line, line by line, and as JSON. `True` and its like
 * are no secrets.
 */
export function echoesOf(values: readonly PromptedValue[]): readonly string[] {
  const forms = values.flatMap(({ value }) => [
    value.trim(),
    value.trim().replace(/\s+/g, " "),
    JSON.stringify(value.trim()).slice(1, -1),
    ...value
      .split("\n")
      .map((line) => line.trim())
      .filter(isLong),
  ]);
  return [...new Set(forms)].filter((form) => !/^(true|false|yes|no)?$/i.test(form));
}

/** Two secrets that overlap are hidden as one, so that no part of either remains. */
function hidden(text: string, secretAt: (index: number) => number): string {
  const parts: string[] = [];
  let kept = 0;
  let start = 0;
  let end = 0;
  for (let index = 0; index < text.length; index++) {
    const length = secretAt(index);
    if (length === 0) continue;
    if (index >= end) {
      if (end > 0) parts.push(text.slice(kept, start), "********");
      kept = end;
      start = index;
    }
    end = Math.max(end, index + length);
  }
  return end === 0 ? text : [...parts, text.slice(kept, start), "********", text.slice(end)].join("");
}

interface KnownSecrets {
  /** By their first characters, the longest first. */
  readonly longs: ReadonlyMap<string, readonly string[]>;
  readonly shorts: ReadonlySet<string>;
}

/** Length of the longest secret that begins at this place of a text; 0 if none does. */
function lengthOf({ longs, shorts }: KnownSecrets, text: string, index: number): number {
  const long = longs.get(text.slice(index, index + keyLength))?.find((secret) => text.startsWith(secret, index));
  return long?.length ?? (shorts.size === 0 ? 0 : lengthOfShort(shorts, text, index));
}

/** Short secrets are hidden only as whole words, because they may be parts of ordinary words. */
function lengthOfShort(shorts: ReadonlySet<string>, text: string, index: number): number {
  if (!/^[\s"'`([{=:,]?$/.test(text.slice(Math.max(0, index - 1), index))) return 0;
  for (let length = keyLength - 1; length > 0; length--) {
    const after = text.slice(index + length, index + length + 1);
    if (/^[\s"'`)\]},;:.!?]?$/.test(after) && shorts.has(text.slice(index, index + length))) return length;
  }
  return 0;
}

/** ASCII letters only, because others may change the length of the text. */
function inLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const keyLength = 6;

function isLong(text: string): boolean {
  return text.length >= keyLength;
}
