import { durationText } from "../text/format.ts";
import { cut, type Markup, markup, type Part } from "./markup.ts";
import type { Report, ReportAttempt, ReportChild } from "./report.ts";
import { colorOf, outcomeOf, timeline } from "./timeline.ts";

/** Bytes of the whole file. */
const sizeLimit = 300_000;

/** The report as one HTML file without scripts or requests. Texts are cut as far as the size limit requires, and say so. */
export function reportHtml(report: Report): string {
  for (let room = 60_000; ; room *= 0.7) {
    if (longTexts(report, room) > 2 * sizeLimit) continue;
    const { text } = pageOf(cutTexts(report, room), Math.ceil(room / 2000));
    if (Buffer.byteLength(text) < sizeLimit || room < 1) return text;
  }
}

/** Characters of notes and errors: with too many, the page need not be built to know that it is too long. */
function longTexts({ children }: Report, room: number): number {
  return children
    .flatMap(({ notes, error }) => [notes, error ?? ""])
    .reduce((sum, { length }) => sum + Math.min(length, room), 0);
}

/** The report with shorter texts: notes and errors have most room, names least. Instants are never cut. */
function cutTexts(report: Report, room: number): Report {
  const json = JSON.stringify(report, (key, value: unknown) =>
    typeof value === "string" && !/^[\d:.TZ-]{24}$/.test(value) ? cut(value, Math.min(room, longest(key))) : value,
  );
  const same: Report = JSON.parse(json);
  return same;
}

/** The longest text for a key of the JSON. In lists the key is the number of the entry. */
function longest(key: string): number {
  if (key === "notes" || key === "error") return Infinity;
  return /^(message|why|url|\d+)$/.test(key) ? 2000 : 200;
}

/** The page is readable without this style. Light and dark are the browser's own; in print, folded parts are open. */
const style = markup`<style>
:root{color-scheme:light dark;--g:#0a662b;--r:#b3201a;--y:#7a5200}
@media screen and (prefers-color-scheme:dark){:root{--g:#6bd69a;--r:#ff9a90;--y:#f0c060}}
@media print{:root{color-scheme:light}::details-content{content-visibility:visible;display:block}}
@media screen and (max-width:48em){thead{display:none}table,tbody,tr,th,td{display:block}td:empty{display:none}td:before{content:attr(data-h)": "}}
body{font:1em/1.5 system-ui,sans-serif;max-width:72em;margin:auto;padding:0 1em;background:Canvas;color:CanvasText;overflow-wrap:anywhere}
.g{color:var(--g);stroke:var(--g)}.r{color:var(--r);stroke:var(--r)}.y{color:var(--y);stroke:var(--y)}
table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.2em .5em}tr{border-bottom:1px solid}
thead{white-space:nowrap}td:nth-child(4){min-width:7em}pre{white-space:pre-wrap}
</style>`;

function pageOf(report: Report, few: number): Markup {
  const { verdict, approvals, children, nextSteps } = report;
  const title = titleOf(report);
  const drawing = timeline(report, few);
  return markup`<!doctype html>
<html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><meta http-equiv=Content-Security-Policy content="default-src 'none';style-src 'unsafe-inline'"><title>${title}</title>${style}
<header><h1>${title}</h1><p><b class=${colorOf(verdict.outcome)}>${verdict.outcome}</b>: ${verdict.message}${factsOf(report)}</header>
<main><h2>Approvals</h2>${approvals.length === 0 && markup`<p>No approval was found.`}${listOf(approvals, few, ({ by, digest, asked, url }) => [link(url, by), digest ? markup` approved plan <code>${digest}</code>` : " approved", asked && `, asked ${timeText(asked)}`])}
<h2>Child projects</h2>${tableOf(children)}
${drawing && markup`<h2>Timeline</h2><p>From ${timeText(report.made)} to ${timeText(report.ended)}. Stripes show waits for an answer, numbers show retries and passes.</p>${drawing}`}
<h2>What to do next</h2>${nextSteps.length === 0 ? markup`<p>Nothing.` : listOf(nextSteps, few, (step) => step)}
<h2>Details</h2>${children.map((child, index) => detailsOf(child, index, few))}</main>
<footer><p>\u201c\u2026 [more]\u201d marks text that was left out. The JSON file of the same name has all of it.</footer>
`;
}

function titleOf({ parent, mode, verdict }: Report): string {
  const { project, release, runbook, environment, tenant } = parent;
  return [
    mode === "plan" && "Plan of",
    project,
    release ?? runbook,
    environment && `to ${environment}`,
    tenant && `for ${tenant}`,
    `\u2013 ${verdict.outcome}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function factsOf({ parent, made, ended, policy, digest }: Report): Part {
  const facts: readonly (readonly [string, Part])[] = [
    ["Step", parent.step],
    ["Task", parent.taskId && link(parent.url, parent.taskId)],
    ["Time", `${timeText(made)} to ${timeText(ended)}, ${durationOf(made, ended)}`],
    ["When a child fails", policy.passes === null ? policy.onFailure : `${policy.onFailure}, ${policy.passes} passes`],
    ["At the same time", policy.atTheSameTime ?? "all children of a level"],
    ["Plan", digest && markup`<code>${digest}</code>`],
  ];
  return markup`<ul>${facts.map(([name, value]) => value && markup`<li>${name}: ${value}`)}</ul>`;
}

function tableOf(children: readonly ReportChild[]): Part {
  const heads = ["Level", "Child project", "Release", "Outcome", "Why", "Duration", "Deployment"];
  return markup`<table role=table><thead role=rowgroup><tr role=row>${heads.map((head) => markup`<th scope=col role=columnheader>${head}`)}<tbody role=rowgroup>${children.map(
    (child, index) =>
      markup`
<tr role=row>${cellsOf(child, index).map((cell, column) =>
        column === 1
          ? markup`<th scope=row role=rowheader>${cell}`
          : markup`<td role=cell data-h="${heads[column]}">${cell}`,
      )}`,
  )}</table>`;
}

function cellsOf(child: ReportChild, index: number): readonly Part[] {
  const { name, level, from, to, outcome, reason, message, started, ended, url, attempts } = child;
  return [
    level,
    markup`<a href="#c${index}">${name}</a>`,
    [from && from !== to && `${from} \u2192 `, to ?? "none"],
    [markup`<b class=${colorOf(outcome)}>${outcome}</b>`, rollBackOf(child)],
    `${reason}: ${message}`,
    started && ended && durationOf(started, ended),
    url && link(url, attempts.at(-1)?.deploymentId ?? "Deployment"),
  ];
}

/** The planned or completed roll back. */
function rollBackOf({ rollBack }: ReportChild): Part {
  if (rollBack === null) return "";
  const { outcome, to, why } = rollBack;
  return [
    `; ${outcome ?? "if a child fails"}: ${to === null ? "not rolled back" : `back to ${to}`}`,
    why && ` (${why})`,
  ];
}

function detailsOf(child: ReportChild, index: number, few: number): Markup {
  const { name, waits, attempts, warnings, notes, error } = child;
  return markup`
<section id=c${index}><h3>${name}</h3><p>${outcomeOf(child)}${listOf(warnings, few, (text) => `Warning: ${text}`)}${listOf(attempts, few, attemptOf)}${listOf(waits, few, ({ from, to, what }) => `Waited for ${what}: ${spanText(from, to)}`)}${folded("Error", error, true)}${folded("Release notes", notes)}</section>`;
}

function attemptOf({ kind, number, from, to, outcome, deploymentId, url }: ReportAttempt): Part {
  return [
    `${kind.replace("undo", "roll back")} ${number}: ${outcome}, `,
    from && spanText(from, to),
    " ",
    url && link(url, deploymentId ?? kind),
  ];
}

function folded(title: string, text: string | null, isOpen = false): Part {
  return text && markup`<details${isOpen && " open"}><summary>${title}</summary><pre>${text}</pre></details>`;
}

/** The latest entries, and how many were left out before them. */
function listOf<Entry>(entries: readonly Entry[], few: number, partOf: (entry: Entry) => Part): Part {
  const left = entries.length - few;
  if (entries.length === 0) return "";
  return markup`<ul>${left > 0 && markup`<li>\u2026 [${left} more]`}${entries.slice(-few).map((entry) => markup`<li>${partOf(entry)}`)}</ul>`;
}

/** A link for http and https addresses; any other address, or one that was cut, is plain text. */
function link(url: string | null, text: string): Part {
  if (url === null) return text;
  return /^https?:\/\/\S+$/i.test(url) ? markup`<a href="${url}">${text}</a>` : `${text} (${url})`;
}

function spanText(from: string, to: string | null): string {
  return to === null ? `${timeText(from)}, not ended` : `${timeText(from)}, ${durationOf(from, to)}`;
}

function durationOf(from: string, to: string): string {
  return durationText(Date.parse(to) - Date.parse(from));
}

function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}
