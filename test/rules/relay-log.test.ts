import { describe, expect, test } from "vitest";
import type { Activity } from "../../src/model.ts";
import { missesLines, nothingRelayed, relayNewLines } from "../../src/rules/relay-log.ts";

describe("the log is relayed", () => {
  const node = (id: string, lines: readonly string[], children: readonly Activity[] = [], first = 1): Activity => ({
    id,
    name: id,
    status: "Running",
    progress: 0,
    lines: [
      ...(first > 1 ? [{ category: "Gap", occurredAt: 0, text: "..." }] : []),
      ...lines.map((text, index) => ({ category: "Info", occurredAt: 0, text, number: first + index })),
    ],
    children,
  });
  const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

  test("in the order of the tree, each line once, a node named when it changes", () => {
    const first = relayNewLines([node("root", ["begin"], [node("a", ["1"], [node("b", ["2"])])])], nothingRelayed);
    const second = relayNewLines(
      [node("root", ["begin"], [node("a", ["1", "3"], [node("b", ["2", "4"])])])],
      first.relayed,
    );
    const third = relayNewLines(
      [node("root", ["begin"], [node("a", ["1", "3"], [node("b", ["2", "4"])])])],
      second.relayed,
    );

    expect(texts(first.lines)).toEqual(["Child: task log", "  begin", "Child: a", "  1", "Child: a > b", "  2"]);
    expect(texts(second.lines)).toEqual(["Child: a", "  3", "Child: a > b", "  4"]);
    expect(third.lines).toEqual([]);
  });

  test("a node that is cut within the relayed lines misses nothing, one that is cut after them does", () => {
    const { relayed } = relayNewLines([node("root", ["1", "2", "3"])], nothingRelayed);

    expect(missesLines([node("root", ["3", "4"], [], 3)], relayed)).toBe(false);
    expect(missesLines([node("root", ["4"], [], 4)], relayed)).toBe(false);
    expect(missesLines([node("root", ["5"], [], 5)], relayed)).toBe(true);
  });

  test("lines without numbers are counted, and levels kept", () => {
    const lines = ["Info", "Warning", "Error"].map((category) => ({ category, occurredAt: 0, text: category }));
    const { lines: shown, relayed } = relayNewLines([{ ...node("root", []), lines }], nothingRelayed);

    expect(shown.slice(1).map(({ level }) => level)).toEqual(["info", "warning", "error"]);
    expect(relayNewLines([{ ...node("root", []), lines }], relayed).lines).toEqual([]);
  });
});
