import { canceledExitCode, type StepResult } from "./run-step.ts";
import type { LogLevel, LogLine } from "./step-log.ts";

/** Where a log is printed. `isTTY` is true for a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

export interface PrintOptions {
  /** Also prints verbose lines. Default: no. */
  readonly verbose?: boolean;
  /** Prints colours. Default: when the output is a terminal and `NO_COLOR` is not set. */
  readonly color?: boolean;
}

export type StepStatus = "Running" | "Success" | "Warning" | "Failed" | "Skipped" | "Canceled";

/** Prints a task's log while it comes in, in the form of Octopus' downloadable log: level, bar, indented text. */
export interface LogPrinter {
  heading(status: StepStatus, title: string, depth?: number): void;
  line(line: LogLine, depth?: number): void;
}

export function logPrinter(output: Output, options: PrintOptions = {}): LogPrinter {
  const color = options.color ?? (output.isTTY === true && (process.env["NO_COLOR"] ?? "") === "");

  function print(label: string, text: string, depth: number, style: string): void {
    for (const [index, part] of text.split("\n").entries()) {
      const margin = `${(index === 0 ? label : "").padEnd(9)} | ${"  ".repeat(depth)}`;
      // Control characters in foreign text must not reach the terminal.
      const body = part.replace(/(?!\t)\p{Cc}/gu, "");
      output.write(`${color && style !== "" ? `\u001B[${style}m${margin}${body}\u001B[0m` : margin + body}\n`);
    }
  }

  return {
    heading: (status, title, depth = 0) => print("", `== ${status}: ${title} ==`, depth, statusStyles[status]),
    line: ({ level, text }, depth = 1) => {
      if (level === "verbose" && options.verbose !== true) return;
      print(levelNames[level], text, depth, levelStyles[level]);
    },
  };
}

/** Prints one finished step: its heading and all lines. */
export function printLog(
  output: Output,
  title: string,
  result: Pick<StepResult, "exitCode" | "log">,
  options: PrintOptions = {},
): void {
  const printer = logPrinter(output, options);
  printer.heading(statusOf(result), title);
  for (const line of result.log) printer.line(line);
}

/** How the portal marks a step: a successful one with errors or warnings in its log is marked `Warning`. */
export function statusOf(result: Pick<StepResult, "exitCode" | "log">): StepStatus {
  if (result.exitCode === canceledExitCode) return "Canceled";
  if (result.exitCode !== 0) return "Failed";
  return result.log.some(({ level }) => level === "warning" || level === "error") ? "Warning" : "Success";
}

const levelNames: Record<LogLevel, string> = {
  verbose: "Verbose",
  info: "Info",
  highlight: "Highlight",
  wait: "Wait",
  warning: "Warning",
  error: "Error",
  fatal: "Fatal",
};

const levelStyles: Record<LogLevel, string> = {
  verbose: "2",
  info: "",
  highlight: "1;36",
  wait: "35",
  warning: "33",
  error: "31",
  fatal: "1;31",
};

const statusStyles: Record<StepStatus, string> = {
  Running: "1",
  Success: "1;32",
  Warning: "1;33",
  Failed: "1;31",
  Skipped: "2",
  Canceled: "1;31",
};
