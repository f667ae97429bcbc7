import type { Activity, LogLine } from "../model.ts";
import type { Line } from "../text/line.ts";

/** The last relayed line of each node, and the node of the last line. */
export interface Relayed {
  readonly upTo: ReadonlyMap<string, number>;
  readonly lastNode: string;
}

/** The state before the first poll. */
export const nothingRelayed: Relayed = { upTo: new Map(), lastNode: "" };

/** Whether some node was cut so short that lines since the last relay are missing. */
export function missesLines(log: readonly Activity[], { upTo }: Relayed): boolean {
  return [...nodesOf(log)].some(({ activity }) => {
    const [first] = numbered(activity);
    const isCut = activity.lines.some(isGap);
    return (
      isCut &&
      (first === undefined || first.line.number === undefined || first.number > (upTo.get(activity.id) ?? 0) + 1)
    );
  });
}

/** The lines that were not relayed yet, in the order of the tree, under the name of their node. */
export function relayNewLines(
  log: readonly Activity[],
  { upTo, lastNode }: Relayed,
): { readonly lines: readonly Line[]; readonly relayed: Relayed } {
  const lines: Line[] = [];
  const reached = new Map(upTo);
  let node = lastNode;
  for (const { activity, path } of nodesOf(log)) {
    for (const { line, number } of numbered(activity)) {
      if (number <= (reached.get(activity.id) ?? 0)) continue;
      reached.set(activity.id, number);
      if (node !== activity.id) lines.push({ level: "info", text: `Child: ${path.join(" > ") || "task log"}` });
      node = activity.id;
      lines.push({ level: relayLevel(line), text: `  ${line.text}` });
    }
  }
  return { lines, relayed: { upTo: reached, lastNode: node } };
}

interface Node {
  readonly activity: Activity;
  readonly path: readonly string[];
}

/** All nodes, depth first. The root is the task itself, so its name is left out of the paths. */
function* nodesOf(roots: readonly Activity[]): Generator<Node> {
  for (const root of roots) {
    yield { activity: root, path: [] };
    yield* below(root, []);
  }
}

function* below({ children }: Activity, above: readonly string[]): Generator<Node> {
  for (const activity of children) {
    const path = [...above, activity.name];
    yield { activity, path };
    yield* below(activity, path);
  }
}

/** Lines without numbers are counted in their order. */
function numbered({ lines }: Activity): readonly { readonly line: LogLine; readonly number: number }[] {
  return lines.filter((line) => !isGap(line)).map((line, index) => ({ line, number: line.number ?? index + 1 }));
}

function isGap({ category }: LogLine): boolean {
  return category === "Gap";
}

function relayLevel({ category }: LogLine): Line["level"] {
  switch (category) {
    case "Error":
    case "Fatal":
      return "error";
    case "Warning":
      return "warning";
    default:
      return "info";
  }
}
