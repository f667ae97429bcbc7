import { neutralise } from "../plan/words.ts";

/** Octopus' own log levels; `info` is the default one. */
export type LogLevel = "verbose" | "info" | "highlight" | "wait" | "warning" | "error";

/** A message to Octopus on a line of its own, its values in base64 */
export function serviceMessage(name: string, attributes: Readonly<Record<string, string>>): string {
  const encoded = Object.entries(attributes).map(
    ([key, value]) => ` ${key}='${Buffer.from(value, "utf8").toString("base64")}'`,
  );
  return `##octopus[${name}${encoded.join("")}]\n`;
}

/** Text at a level, a level that is always given back: Octopus keeps the last one until told otherwise. */
export function logText(level: LogLevel, text: string): string {
  const lines = `${neutralise(text)}\n`;
  return level === "info" ? lines : `${switchTo(level)}${lines}${switchTo("default")}`;
}

function switchTo(level: Exclude<LogLevel, "info"> | "default"): string {
  return serviceMessage(`stdout-${level}`, {});
}
