import { writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Writable } from "node:stream";
import { DiskError } from "../errors.ts";
import { type LogLevel, logText, serviceMessage } from "./service-messages.ts";

/** The messages of the step to Octopus. The only writer to stdout; every text is sanitized first. */
export interface StepRuntime {
  /** Shown in the verbose log only. */
  verbose(text: string): void;
  info(text: string): void;
  highlight(text: string): void;
  wait(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /**
   * Sets an output variable of this step. In it a space is put between `#` and `{`, so that Octopus does not evaluate the text, and into
   * `##octopus`, so that a later step that prints the text sends no service message. Null characters are left out, because Bash drops them.
   */
  setOutput(name: string, value: string): void;
  /** Shows the progress of the step, in per cent from 0 to 100; fractions are cut off. */
  progress(percentage: number, message: string): void;
  /**
   * Writes a file for Octopus to collect as an artifact, under a name made safe for file systems (`artifactFileName`). The file must still
   * exist when the step ends. Throws `DiskError`.
   */
  publishArtifact(name: string, content: string): void;
  /** Sets the reason of a failure that the task shows. Has no effect unless the step exits with a code other than 0. */
  fail(message: string): void;
}

/** Where the step's messages and files go. */
export interface StepSurroundings {
  readonly write: (text: string) => void;
  /** Absolute path. Octopus collects artifacts after the step has ended, so they have to be in this directory. */
  readonly workingDirectory: string;
}

/** A runtime that talks to Octopus by service messages on stdout. */
export function stdoutRuntime({ write, workingDirectory }: StepSurroundings): StepRuntime {
  const say = (level: LogLevel) => (text: string) => write(logText(level, text));
  return {
    verbose: say("verbose"),
    info: say("info"),
    highlight: say("highlight"),
    wait: say("wait"),
    warning: say("warning"),
    error: say("error"),
    // Octopus would evaluate an expression in foreign text wherever the output is used, and show secrets of the parent.
    setOutput: (name, text) => {
      const value = text.replace(/\0/g, "").replace(/#(?=\{|#octopus)/gi, "# ");
      write(serviceMessage("setVariable", { name, value }));
    },
    progress: (done, message) => {
      const percentage = Math.min(100, Math.max(0, Math.floor(done)));
      write(serviceMessage("progress", { percentage: String(percentage), message }));
    },
    publishArtifact: (name, content) => {
      const fileName = artifactFileName(name);
      const path = join(workingDirectory, fileName);
      const bytes = Buffer.from(content, "utf8");
      writeFile(path, bytes);
      write(serviceMessage("createArtifact", { path, name: fileName, length: String(bytes.length) }));
    },
    fail: (message) => write(serviceMessage("resultMessage", { message })),
  };
}

/**
 * Calls `stop` when the output is no longer read: a step that is cancelled over SSH loses only its stdout and must not go on deploying. The exit
 * code is that of a broken pipe.
 */
export function stopWhenUnheard(output: Writable, stop: (exitCode: number) => void): void {
  output.on("error", () => stop(141));
}

function writeFile(path: string, bytes: Buffer): void {
  try {
    writeFileSync(path, bytes);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown cause";
    throw new DiskError(
      `The file ${path} could not be written (${code}).`,
      "Free space on the worker's disk, or make the step's working directory writable. Then run the step again.",
    );
  }
}

/** The name under which `publishArtifact` stores a file: valid on Linux and Windows, at most 200 bytes, its extension kept. */
export function artifactFileName(name: string): string {
  const safeName = name.replace(/[\p{Cc}\p{Zl}\p{Zp}<>:"/\\|?*]+/gu, "-").replace(/^[. ]+|[. ]+$/g, "");
  const extension = extname(safeName).length <= 20 ? extname(safeName) : "";
  const stem = extension === "" ? safeName : safeName.slice(0, -extension.length);
  return `${startWithin(200 - Buffer.byteLength(extension), stem)}${extension}` || "artifact";
}

function startWithin(bytes: number, text: string): string {
  let start = "";
  for (const character of text) {
    if (Buffer.byteLength(start + character) > bytes) return start;
    start += character;
  }
  return start;
}
