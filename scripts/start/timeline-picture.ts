import type { Report } from "../../src/report/report.ts";
import { markup } from "../../src/report/markup.ts";
import { timeline } from "../../src/report/timeline.ts";

/** The colours of the two pictures, one for light and one for dark pages. */
const schemes = {
  light: { paper: "#ffffff", ink: "#1f2328", g: "#0a662b", r: "#b3201a", y: "#7a5200" },
  dark: { paper: "#0d1117", ink: "#f0f6fc", g: "#6bd69a", r: "#ff9a90", y: "#f0c060" },
} as const;

export type Scheme = keyof typeof schemes;

/** The timeline of a report as an SVG file. */
export function timelinePicture(report: Report, scheme: Scheme): string {
  const { paper, ink, ...colors } = schemes[scheme];
  const classes = Object.entries(colors).map(([name, color]) => `.${name}{stroke:${color}}`);
  const style = `<style>svg{background:${paper};color:${ink};font-family:system-ui,sans-serif}${classes.join("")}</style>`;
  const drawing = markup`${timeline(report, 20)}`.text;
  return `${withQuotes(drawing)
    .replace('width="100%"', 'width="800"')
    .replaceAll('"Canvas"', `"${paper}"`)
    .replace(/^<svg[^>]*>/, (start) => `${start}${style}`)
    .replaceAll(/<(?=text|g |line|\/svg)/g, "\n<")}\n`;
}

/** Adds quotes to attributes, which SVG requires and HTML does not. */
function withQuotes(drawing: string): string {
  return drawing.replaceAll(/<[a-z][^>]*>/g, (tag) => tag.replaceAll(/=([^"\s/>]+)/g, '="$1"'));
}
