import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { artifactFileName, stdoutRuntime, stopWhenUnheard } from "../../src/step/runtime.ts";
import type { StepRuntime } from "../../src/step/runtime.ts";
import { logText, serviceMessage } from "../../src/step/service-messages.ts";

let workingDirectory: string;
beforeAll(() => {
  workingDirectory = mkdtempSync(join(tmpdir(), "runtime-"));
});
afterAll(() => {
  rmSync(workingDirectory, { recursive: true });
});

function outputOf(speak: (step: StepRuntime) => void): string {
  let said = "";
  speak(stdoutRuntime({ workingDirectory, write: (text) => (said += text) }));
  return said;
}

describe("the runtime writes", () => {
  test.each<readonly [string, (step: StepRuntime) => void, string]>([
    ["verbose text", (step) => step.verbose("a"), logText("verbose", "a")],
    ["information", (step) => step.info("a\nb"), logText("info", "a\nb")],
    ["a highlight", (step) => step.highlight("a"), logText("highlight", "a")],
    ["that it waits", (step) => step.wait("a"), logText("wait", "a")],
    ["a warning", (step) => step.warning("a"), logText("warning", "a")],
    ["an error on stdout, in order", (step) => step.error("a"), logText("error", "a")],
    [
      "an output as it is, whatever it contains",
      (step) => step.setOutput("N", " #octopus ##\r\n\u001b[0m#\n"),
      serviceMessage("setVariable", { name: "N", value: " #octopus ##\r\n\u001b[0m#\n" }),
    ],
    [
      "an output that sends no service message where a later step prints it",
      (step) => step.setOutput("N", "##octopus[a] ###OCT\0opus[b]"),
      serviceMessage("setVariable", { name: "N", value: "# #octopus[a] ## #OCTopus[b]" }),
    ],
    [
      "progress in whole per cent",
      (step) => step.progress(33.9, "a"),
      serviceMessage("progress", { percentage: "33", message: "a" }),
    ],
    [
      "progress up to 100",
      (step) => step.progress(101, "a"),
      serviceMessage("progress", { percentage: "100", message: "a" }),
    ],
    [
      "progress from 0",
      (step) => step.progress(-1, "a"),
      serviceMessage("progress", { percentage: "0", message: "a" }),
    ],
    ["why it failed", (step) => step.fail("a"), serviceMessage("resultMessage", { message: "a" })],
  ])("%s", (_, speak, expected) => {
    expect(outputOf(speak)).toBe(expected);
  });
});

test("an artifact is a UTF-8 file in the working directory, its length counted in bytes", () => {
  const said = outputOf((step) => step.publishArtifact("Web/API 1.0: notes.md", "Größe\n"));

  const path = join(workingDirectory, "Web-API 1.0- notes.md");
  expect(said).toBe(serviceMessage("createArtifact", { path, name: "Web-API 1.0- notes.md", length: "8" }));
  expect(readFileSync(path, "utf8")).toBe("Größe\n");
});

describe("an artifact's file name", () => {
  test.each([
    ["is kept when it is safe", "Web API 1.0 Größe.ReleaseNotes_1.md", "Web API 1.0 Größe.ReleaseNotes_1.md"],
    ["never leaves the directory", "../../etc/passwd", "-..-etc-passwd"],
    ["has no separators or wildcards", 'a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"],
    ["has no line ends", "a\nb\u2028c.md", "a-b-c.md"],
    ["does not begin or end with a dot or space", " ..a.md. ", "a.md"],
    ["is never empty", "...", "artifact"],
    ["is cut before its extension", `${"x".repeat(300)}.json`, `${"x".repeat(195)}.json`],
    ["is cut between characters", `${"😀".repeat(100)}.md`, `${"😀".repeat(49)}.md`],
    ["is cut anywhere when its extension is too long", `a.${"x".repeat(300)}`, `a.${"x".repeat(198)}`],
  ])("%s", (_, name, expected) => {
    expect(artifactFileName(name)).toBe(expected);
  });
});

test("a step whose output is closed stops with the exit code of a broken pipe", () => {
  const output = new PassThrough();
  const exitCodes: number[] = [];
  stopWhenUnheard(output, (exitCode) => exitCodes.push(exitCode));

  output.emit("error", new Error("EPIPE"));

  expect(exitCodes).toEqual([141]);
});
