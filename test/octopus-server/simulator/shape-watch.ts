import type { JournalEntry } from "../http/journal.ts";
import type { Reply } from "../http/reply.ts";
import type { Route } from "../http/route.ts";
import { checkShape } from "../shapes/check-shape.ts";
import type { ShapeName } from "../shapes/check-shape.ts";
import type { Switches } from "../switches.ts";

/** Checks the shape of every answer and records the violations. */
export interface ShapeWatch {
  check(entry: JournalEntry, route: Route | undefined, reply: Reply, switches: Switches): void;
  /** One line per kind of violation: the route, then what was wrong where. */
  violations(): readonly string[];
}

export function createShapeWatch(isOn: boolean): ShapeWatch {
  const found = new Set<string>();
  return {
    check: (entry, route, reply, switches) => {
      if (!isOn || reply.content.kind !== "json") return;
      const shape = reply.status < 400 ? answerShape(route, switches) : "ErrorResponse";
      if (shape === undefined) return;
      const generation = switches.paging === "old" ? "old" : "current";
      for (const violation of checkShape(shape, reply.content.value, generation)) {
        // The same violation in thirty items is one defect.
        found.add(`${entry.method} ${route?.path ?? entry.path}: ${violation.replace(/\[\d+\]/g, "[]")}`);
      }
    },
    violations: () => [...found],
  };
}

function answerShape(route: Route | undefined, { executionsAnswer }: Switches): ShapeName | undefined {
  const isRenamed = executionsAnswer === "camelCase" && route?.shape === "CreateDeploymentsResponse";
  return isRenamed ? "CreateDeploymentsCamelCaseResponse" : route?.shape;
}
