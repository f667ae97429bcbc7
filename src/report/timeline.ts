import { type Markup, markup, type Part } from "./markup.ts";
import type { Report, ReportChild } from "./report.ts";

/** From left to right in per cent. */
interface Bar {
  readonly from: string;
  readonly to: string;
  readonly look: Markup;
  /** Text on the bar. */
  readonly mark?: Part;
}

/**
 * The deployments of each child over time, as SVG of any width, striped while one waited for an answer. Empty if nothing was deployed. The
 * timeline is readable without colours and without a style sheet.
 */
export function timeline(report: Report, few: number): Part {
  const times = timesIn(report);
  if (times.length === 0) return "";
  const start = Math.min(...times);
  const length = Math.max(...times) - start || 1;
  const x = (time: number) => `${((99 * (time - start)) / length).toFixed(1)}%`;
  let y = 0;
  const rows = report.children.map((child, index) => {
    const isFirst = child.level !== report.children[index - 1]?.level;
    const heading = isFirst && markup`<text y=${(y += 24)} font-weight=bold>Level ${child.level}</text>`;
    y += 42;
    return markup`${heading}<text y=${y - 14}>${child.name}: ${outcomeOf(child)}</text><g stroke=gray stroke-width=13>${barsOf(child, report.ended, few, x).map((bar) => lineOf(bar, y))}</g>`;
  });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" role=img aria-label="Timeline of the table above" width="100%" height=${y + 12} font-size=13 fill=currentColor>${rows}</svg>`;
}

/** The outcome, and how the roll back ended. */
export function outcomeOf({ outcome, rollBack }: ReportChild): string {
  return rollBack?.outcome ? `${outcome}, ${rollBack.outcome}` : outcome;
}

/** The colour of an outcome or of a task's state. */
export function colorOf(outcome: string): string {
  if (/Fail|Timed|Cancel/.test(outcome)) return "r";
  return /^(Deployed|Success|RolledBack)/.test(outcome) ? "g" : "y";
}

function timesIn({ children, ended }: Report): readonly number[] {
  return children
    .flatMap(({ attempts, waits }) => [...attempts, ...waits])
    .flatMap(({ from, to }) => (from === null ? [] : [Date.parse(from), Date.parse(to ?? ended)]));
}

function barsOf(
  { attempts, waits }: ReportChild,
  ended: string,
  few: number,
  x: (time: number) => string,
): readonly Bar[] {
  const bar = ({ from, to }: { from: string | null; to: string | null }, look: Markup, mark?: Part): readonly Bar[] =>
    from === null ? [] : [{ from: x(Date.parse(from)), to: x(Date.parse(to ?? ended)), look, mark }];
  return [
    ...attempts
      .slice(-few)
      .flatMap((each) =>
        bar(
          each,
          markup`class=${colorOf(each.outcome)}`,
          each.kind === "undo" ? "back" : each.number > 1 && each.number,
        ),
      ),
    ...waits.slice(-few).flatMap((each) => bar(each, markup`stroke=Canvas stroke-dasharray=3`)),
  ];
}

function lineOf({ from, to, look, mark }: Bar, y: number): Markup {
  return markup`<line x1="${from}" x2="${to}" y1=${y} y2=${y} ${look} />${mark && markup`<text x="${from}" y=${y + 4} dx=3 font-size=11 stroke=none fill=Canvas>${mark}</text>`}`;
}
