import type { Clock } from "../clock.ts";
import type { Attempt, Instant } from "../model.ts";
import { parseMarker } from "../rules/marker.ts";
import type { StartedDeployment } from "../rules/outcome.ts";
import type { InputAttempt, InputChild } from "./report-data.ts";

/** Records the children's deployments while the run waits for them. */
export interface RunRecord {
  /** When the run began. */
  readonly made: Instant;
  /** Records the present state of a deployment of the child with this name. */
  saw(child: string, started: StartedDeployment): void;
  /**
   * Every deployment of the child in this parent task, oldest first, and when it waited for an answer.
   * @param earlier deployments that an earlier run of the step in the same task created
   */
  historyOf(child: string, earlier: readonly Attempt[]): Pick<InputChild, "attempts" | "waits">;
}

interface Seen {
  readonly started: StartedDeployment;
  readonly waits: readonly Wait[];
}

interface Wait {
  readonly from: Instant;
  readonly to: Instant | undefined;
}

export function openRecord(clock: Pick<Clock, "now">): RunRecord {
  const children = new Map<string, ReadonlyMap<string, Seen>>();
  return {
    made: clock.now(),
    saw(child, started) {
      const seen = children.get(child) ?? new Map<string, Seen>();
      const { id } = started.deployment;
      const waits = waitsWith(seen.get(id)?.waits ?? [], started.task?.hasPendingInterruptions === true, clock.now());
      children.set(child, new Map([...seen, [id, { started, waits }]]));
    },
    historyOf(child, earlier) {
      const seen = children.get(child) ?? new Map<string, Seen>();
      const before = earlier
        .filter(({ deployment }) => !seen.has(deployment.id))
        .map((each) => ({ ...each, url: null, isAdopted: true }));
      const all = [...before, ...[...seen.values()].map(({ started }) => started)];
      return {
        attempts: all.sort((a, b) => a.deployment.created - b.deployment.created).map(attemptOf),
        waits: [...seen.values()].flatMap(({ waits }) =>
          waits.map((wait) => ({ ...wait, what: "an answer in Octopus" })),
        ),
      };
    },
  };
}

/** A wait begins when a poll shows that the deployment waits, and ends when a poll shows that it goes on. */
function waitsWith(waits: readonly Wait[], isWaiting: boolean, now: Instant): readonly Wait[] {
  const last = waits.at(-1);
  const isOpen = last !== undefined && last.to === undefined;
  if (isOpen === isWaiting) return waits;
  return isOpen ? [...waits.slice(0, -1), { ...last, to: now }] : [...waits, { from: now, to: undefined }];
}

function attemptOf({
  deployment,
  task,
  url,
  isAdopted,
}: Omit<StartedDeployment, "url"> & { readonly url: string | null }): InputAttempt {
  const { attempt = 1, travel } = parseMarker(deployment.comments) ?? {};
  const pass = travel?.pass ?? 1;
  const facts = {
    from: deployment.created,
    to: task?.completedTime,
    outcome: task?.state ?? "Unknown",
    deploymentId: deployment.id,
    taskId: deployment.taskId ?? null,
    url,
  };
  if (typeof travel?.undo === "string") return { ...facts, kind: "undo", number: 1 };
  if (isAdopted === true) return { ...facts, kind: "adopted", number: 1 };
  if (attempt > 1) return { ...facts, kind: "retry", number: attempt - 1 };
  return { ...facts, kind: pass > 1 ? "pass" : "deployment", number: pass };
}
