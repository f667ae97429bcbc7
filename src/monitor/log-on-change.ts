import type { Line } from "../text/line.ts";
import type { StepRuntime } from "../step/runtime.ts";

/** Logs a topic only when its text changes. */
export interface ChangeLog {
  log(topic: string, lines: readonly Line[]): void;
}

/** Each call opens a memory of its own, so that two users of the same topic name do not silence each other. */
export function logOnChange(step: Pick<StepRuntime, Line["level"]>): ChangeLog {
  const logged = new Map<string, string>();
  return {
    log: (topic, lines) => {
      const texts = lines.map(({ text }) => text).join("\n");
      if (logged.get(topic) === texts) return;
      logged.set(topic, texts);
      for (const { level, text } of lines) step[level](text);
    },
  };
}
