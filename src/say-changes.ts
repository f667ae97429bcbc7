import type { Line } from "./plan/describe.ts";
import type { StepRuntime } from "./step/runtime.ts";

/** Repeats nothing: what is said about a topic is said again only after something else was said about it. */
export interface Changes {
  say(topic: string, lines: readonly Line[]): void;
}

export function sayChanges(step: Pick<StepRuntime, Line["level"]>): Changes {
  const said = new Map<string, string>();
  return {
    say: (topic, lines) => {
      const texts = lines.map(({ text }) => text).join("\n");
      if (said.get(topic) === texts) return;
      said.set(topic, texts);
      for (const { level, text } of lines) step[level](text);
    },
  };
}
