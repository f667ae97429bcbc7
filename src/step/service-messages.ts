import { sanitizeLogText } from "../text/sanitize.ts";

/** Octopus' own log levels; `info` is the default one. */
export type LogLevel = "verbose" | "info" | "highlight" | "wait" | "warning" | "error";

/** A service message on a line of its own. Values are encoded in base64, so that no text can end the message or begin another. */
export function serviceMessage(name: string, attributes: Readonly<Record<string, string>>): string {
  const encoded = Object.entries(attributes).map(
    ([key, value]) => ` ${key}='${Buffer.from(value, "utf8").toString("base64")}'`,
  );
  return `##octopus[${name}${encoded.join("")}]\n`;
}

/** Text at a log level. Every level except `info` is reset after the text, because Octopus keeps a level until the next change. */
export function logText(level: LogLevel, text: string): string {
  const lines = `${sanitizeLogText(text)}\n`;
  return level === "info" ? lines : `${switchTo(level)}${lines}${switchTo("default")}`;
}

function switchTo(level: Exclude<LogLevel, "info"> | "default"): string {
  return serviceMessage(`stdout-${level}`, {});
}
