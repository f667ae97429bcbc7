import type { PromptedValue } from "./prompted-variables.ts";

/**
 * Takes secrets out of a text that somebody else wrote: a server may repeat what it was sent. The longest are taken out first, so that no
 * part of one remains.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return [...secrets].sort((a, b) => b.length - a.length).reduce(hide, text);
}

/** Every form in which the server or the child may repeat these values: as they are, in one line, line by line, and as JSON. */
export function echoesOf(values: readonly PromptedValue[]): readonly string[] {
  const forms = values.flatMap(({ value }) => [
    value.trim(),
    value.trim().replace(/\s+/g, " "),
    JSON.stringify(value.trim()).slice(1, -1),
    ...value.split(/\s*\n\s*/).filter(isLong),
  ]);
  return [...new Set(forms)].filter((form) => form !== "");
}

/** A short secret is hidden only where it stands by itself: hiding it wherever it occurs would tear up ordinary words. */
function hide(text: string, secret: string): string {
  if (isLong(secret)) return text.replaceAll(secret, "********");
  const itself = secret.replace(/\W/g, "\\$&");
  return text.replace(new RegExp(`(?<=^|[\\s"'\`(\\[{=:,])${itself}(?=$|[\\s"'\`)\\]},;:.!?])`, "g"), "********");
}

function isLong(text: string): boolean {
  return text.length >= 6;
}
