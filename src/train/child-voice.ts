import { type Clock, withSleep } from "../clock.ts";
import type { Deployment, Id, ServerTask } from "../model.ts";
import type { PollingBeside } from "../monitor/poll-task.ts";
import { sharedPauses } from "../monitor/shared-polls.ts";
import { describeTask } from "../rules/describe-task.ts";
import { progressText, type TrainProgress } from "../rules/train.ts";
import { childPrefix } from "../step/outputs.ts";
import type { StepRuntime } from "../step/runtime.ts";
import { durationText } from "../text/format.ts";

/** Milliseconds between two lines that say how far the children are. */
const heartbeat = 300_000;

/** What the children of a run share while they are carried out. */
export interface TrainBoard {
  /** The runtime of one child: each line names the child, and the outputs of its steps are kept until the end. */
  voiceOf(name: string): StepRuntime;
  /** The clock of the children. After a sleep the board may log the progress of all of them. */
  readonly clock: Clock;
  /** What the polls of the children share. */
  readonly polls: Pick<PollingBeside, "since" | "pause">;
  begins(name: string): void;
  /** The child's server task, as last seen, or another user's deployment that the child waits for. */
  saw(name: string, seen: Omit<Entry, "began">): void;
  ends(name: string): void;
  /** Whether the server works on another child of this run. */
  isBusyBeside(own: Id<"ServerTask">): boolean;
  /** The output variables of the children's steps, by full name. */
  relayed(): readonly (readonly [string, string])[];
}

interface Entry {
  readonly began: number;
  readonly task?: ServerTask | undefined;
  readonly waitsFor?: Deployment | undefined;
}

export function openBoard(total: number, step: StepRuntime, clock: Clock): TrainBoard {
  const running = new Map<string, Entry>();
  const relayed: (readonly [string, string])[] = [];
  const warned = new Set<string>();
  const done = new Set<string>();
  let last = clock.elapsed();

  function tick(): void {
    if (running.size === 0 || clock.elapsed() - last < heartbeat) return;
    last = clock.elapsed();
    say();
  }

  function say(): void {
    const each = [...running].map(([name, entry]) => ({ name, does: doesText(entry, clock.elapsed()) }));
    step.info(showProgress(each));
  }

  function showProgress(each: TrainProgress["running"]): string {
    const text = progressText({ done: done.size, total, running: each });
    step.progress((done.size / total) * 100, text);
    return text;
  }

  const ticking = withSleep(clock, async (milliseconds) => {
    await clock.sleep(milliseconds);
    tick();
  });
  return {
    voiceOf: (name) => voice(name, step, { relayed, warned }),
    clock: ticking,
    polls: { since: last, pause: sharedPauses(ticking) },
    begins: (name) => {
      // A child that has ended may begin again: failed children are deployed again, or rolled back.
      done.delete(name);
      running.set(name, { began: clock.elapsed() });
    },
    saw: (name, seen) => {
      const entry = running.get(name);
      if (entry !== undefined) running.set(name, { began: entry.began, ...seen });
    },
    ends: (name) => {
      running.delete(name);
      done.add(name);
      showProgress([]);
    },
    isBusyBeside: (own) => [...running.values()].some(({ task }) => task?.state === "Executing" && task.id !== own),
    relayed: () => relayed,
  };
}

/** `6 min`, and what the child waits for. */
function doesText({ began, task, waitsFor }: Entry, now: number): string {
  const time = durationText(now - began);
  if (waitsFor) return `${time}, waiting for ${waitsFor.id} by ${waitsFor.deployedBy || "another user"}`;
  if (task === undefined || task.state === "Executing") return time;
  return `${time}, ${describeTask(task, "").text.replace(/^ (?:is )?|\.$/g, "")}`;
}

interface Memory {
  readonly relayed: (readonly [string, string])[];
  /** Warnings and missing permissions said so far, without the name of their child, nor the ids of what could not be read. */
  readonly warned: Set<string>;
}

function voice(name: string, step: StepRuntime, { relayed, warned }: Memory): StepRuntime {
  const named = (text: string) =>
    text
      .split("\n")
      .map((line) => (line === "" ? line : `${name}: ${line}`))
      .join("\n");
  const own = new Set<string>();
  // One warning per cause. The same text about another child is information, unless both could not read the same.
  const once = (level: "info" | "warning", text: string) => {
    const isRead = text.includes("could not be read");
    const cause = text.replaceAll(name, "").replace(isRead ? /\b[A-Z][a-z]\w*-\d+/g : "", "");
    // A text that names several children is the same for each of them.
    const again = isRead || level === "info" || own.has(text) ? "verbose" : "info";
    step[warned.has(cause) || warned.has(text) ? again : level](named(text));
    warned.add(cause).add(text);
    own.add(text);
  };
  return {
    verbose: (text) => step.verbose(named(text)),
    info: (text) => (text.includes("API key lacks") ? once("info", text) : step.info(named(text))),
    highlight: (text) => step.highlight(named(text)),
    wait: (text) => step.wait(named(text)),
    warning: (text) => once("warning", text),
    error: (text) => step.error(named(text)),
    setOutput: (output, value) => void relayed.push([`${childPrefix(name)}${output}`, value]),
    // The run shows how far all of its children are.
    progress: () => undefined,
    publishArtifact: (file, content) => step.publishArtifact(file, content),
    fail: (message) => step.error(named(message)),
  };
}
