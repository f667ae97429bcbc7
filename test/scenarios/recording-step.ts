import type { Clock } from "../../src/clock.ts";
import type { StepRuntime } from "../../src/step/runtime.ts";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";

/** A step that only listens: what is said goes to `lines` as `level: text`, outputs to `outputs`. */
export function recordingStep(
  lines: string[],
  outputs: Record<string, string> = {},
  publishArtifact: StepRuntime["publishArtifact"] = () => undefined,
): StepRuntime {
  const at = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
  return {
    verbose: at("verbose"),
    info: at("info"),
    highlight: at("highlight"),
    wait: at("wait"),
    warning: at("warning"),
    error: at("error"),
    fail: at("fail"),
    setOutput: (name, value) => void (outputs[name] = value),
    progress: () => undefined,
    publishArtifact,
  };
}

/** The server's own clock: whoever sleeps moves it, and then `meanwhile` happens. */
export function clockOf(server: OctopusServer, meanwhile?: () => Promise<void> | void): Clock {
  return {
    now: () => server.now(),
    elapsed: () => server.now(),
    sleep: async (milliseconds) => {
      server.advance(milliseconds);
      await meanwhile?.();
    },
  };
}
