import { serviceMessageParser, type ServiceMessage } from "./service-message-parser.ts";

export type LogLevel = "verbose" | "info" | "highlight" | "wait" | "warning" | "error" | "fatal";

export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** The output of a script: its log as an operator sees it, and what its service messages asked for. */
export interface StepLog {
  readonly lines: readonly LogLine[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly sensitiveOutputs: readonly string[];
  readonly artifacts: readonly { readonly name: string; readonly path: string }[];
  readonly progress: readonly { readonly percentage: number; readonly message: string }[];
  readonly resultMessage: string | undefined;
  readonly hasErrorOutput: boolean;
  readonly fromStdout: (line: string) => void;
  readonly fromStderr: (line: string) => void;
  /** Writes a line of the agent itself. */
  write(level: LogLevel, text: string): void;
}

/**
 * Masks values of more than three characters, as Octopus does. On stderr only masks and the levels of stderr are obeyed: the agent
 * looks for everything else on stdout.
 */
export function stepLog(secrets: readonly string[], onLine: (line: LogLine) => void): StepLog {
  const hidden = new Set(secrets);
  const parsers = { stdout: serviceMessageParser(), stderr: serviceMessageParser() };
  const levels: Record<"stdout" | "stderr", LogLevel | "ignore"> = { stdout: "info", stderr: "error" };
  const lines: LogLine[] = [];
  const outputs: Record<string, string> = {};
  const sensitiveOutputs: string[] = [];
  const artifacts: { name: string; path: string }[] = [];
  const progress: { percentage: number; message: string }[] = [];
  let resultMessage: string | undefined;
  let hasErrorOutput = false;

  function write(level: LogLevel, text: string): void {
    const line = { level, text: mask(text, hidden) };
    lines.push(line);
    onLine(line);
  }

  function read(stream: "stdout" | "stderr", line: string): void {
    const { text, message } = parsers[stream](line);
    const level = levels[stream];
    if (text !== undefined && level !== "ignore") write(level, text);
    if (message !== undefined) obey(stream, message);
  }

  function obey(stream: "stdout" | "stderr", { name, attributes }: ServiceMessage): void {
    const level = levelNamed(name);
    if (level !== undefined) levels[level.stream] = level.level;
    else if (name === "mask") hidden.add(attributes["value"] ?? "");
    else if (stream === "stdout") record(name, attributes);
  }

  function record(name: string, attributes: ServiceMessage["attributes"]): void {
    if (name === "setVariable") setOutput(attributes["name"], attributes["value"] ?? "", attributes["sensitive"]);
    if (name === "createArtifact") {
      const path = attributes["path"] ?? "";
      artifacts.push({ path, name: attributes["name"] ?? path });
    }
    if (name === "progress") {
      progress.push({ percentage: Number(attributes["percentage"]), message: attributes["message"] ?? "" });
    }
    if (name === "resultMessage") resultMessage = attributes["message"];
  }

  function setOutput(name: string | undefined, value: string, sensitive: string | undefined): void {
    if (name === undefined || name.trim() === "") return;
    outputs[name] = value;
    if (sensitive?.toLowerCase() !== "true") return;
    sensitiveOutputs.push(name);
    hidden.add(value);
  }

  return {
    lines,
    outputs,
    sensitiveOutputs,
    artifacts,
    progress,
    get resultMessage() {
      return resultMessage;
    },
    get hasErrorOutput() {
      return hasErrorOutput;
    },
    fromStdout: (line) => read("stdout", line),
    fromStderr: (line) => {
      hasErrorOutput ||= !line.startsWith("##octopus");
      read("stderr", line);
    },
    write,
  };
}

/** The level that a message sets for the following lines of a stream; undefined for other messages. */
function levelNamed(
  message: string,
): { readonly stream: "stdout" | "stderr"; readonly level: LogLevel | "ignore" } | undefined {
  switch (message) {
    case "stdout-default":
      return { stream: "stdout", level: "info" };
    case "stdout-verbose":
      return { stream: "stdout", level: "verbose" };
    case "stdout-highlight":
      return { stream: "stdout", level: "highlight" };
    case "stdout-wait":
      return { stream: "stdout", level: "wait" };
    case "stdout-warning":
      return { stream: "stdout", level: "warning" };
    case "stdout-error":
      return { stream: "stdout", level: "error" };
    case "stdout-ignore":
      return { stream: "stdout", level: "ignore" };
    case "stderr-default":
    case "stderr-error":
      return { stream: "stderr", level: "error" };
    case "stderr-progress":
      return { stream: "stderr", level: "verbose" };
    case "stderr-ignore":
      return { stream: "stderr", level: "ignore" };
    default:
      return undefined;
  }
}

/** Masks secrets, the longest first, so that no part of a secret shows because it contains a shorter one. */
function mask(text: string, hidden: ReadonlySet<string>): string {
  return [...hidden]
    .filter((secret) => secret.length > 3)
    .sort((one, other) => other.length - one.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "********"), text);
}
