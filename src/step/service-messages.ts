/** Octopus' own log levels; `info` is the default one. */
export type LogLevel = "verbose" | "info" | "highlight" | "wait" | "warning" | "error";

/** Sets an output variable of this step. A sensitive one is masked in every later log. */
export function setVariable(name: string, value: string, sensitivity: "plain" | "sensitive" = "plain"): string {
  return serviceMessage("setVariable", sensitivity === "plain" ? { name, value } : { name, value, sensitive: "True" });
}

/** Asks Octopus to collect a file, which must still exist when the step ends. The length is in bytes. */
export function createArtifact(path: string, name: string, length: number): string {
  return serviceMessage("createArtifact", { path, name, length: String(length) });
}

/** Shows how far the step is, in whole per cent from 0 to 100. */
export function progress(percentage: number, message: string): string {
  return serviceMessage("progress", { percentage: String(percentage), message });
}

/** The sentence the task shows as the reason of a failure; counts only when the step then exits with a code other than 0. */
export function resultMessage(message: string): string {
  return serviceMessage("resultMessage", { message });
}

/** Asks Octopus to hide a value in everything printed from now on; values of three characters or fewer are never hidden. */
export function mask(value: string): string {
  return serviceMessage("mask", { value });
}

/** Text at a level, a level that is always given back: Octopus keeps the last one until told otherwise. */
export function logText(level: LogLevel, text: string): string {
  const lines = `${neutralise(text)}\n`;
  return level === "info" ? lines : `${switchTo(level)}${lines}${switchTo("default")}`;
}

/**
 * Foreign text made harmless: nothing in it is read as a service message, and each line ends as Octopus expects. Octopus looks for messages anywhere
 * in a line, and text that only mentions one swallows what follows.
 */
export function neutralise(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\t\n])\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "")
    .replace(/(?![\t\n])\p{Cc}/gu, "")
    .replace(/##(octopus)/gi, "## $1");
}

function switchTo(level: Exclude<LogLevel, "info"> | "default"): string {
  return serviceMessage(`stdout-${level}`, {});
}

function serviceMessage(name: string, attributes: Readonly<Record<string, string>>): string {
  const encoded = Object.entries(attributes).map(
    ([key, value]) => ` ${key}='${Buffer.from(value, "utf8").toString("base64")}'`,
  );
  return `##octopus[${name}${encoded.join("")}]\n`;
}
