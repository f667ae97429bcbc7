import { durationText } from "../text/format.ts";
import { cut, type Markup, markup, type Part, type Room } from "./markup.ts";
import type { Report, ReportAttempt, ReportChild } from "./report.ts";
import { colorOf, outcomeOf, timeline } from "./timeline.ts";

/** Bytes of the whole file. */
const sizeLimit = 300_000;

/** The report as one HTML file: nothing runs in it, and nothing is fetched. Texts are cut as far as its size makes it necessary, and say so. */
export function reportHtml(report: Report): string {
  for (let long = 60_000; ; long *= 0.8) {
    const { text } = pageOf(report, { long, short: Math.min(long, 200), few: Math.ceil(long / 2000) });
    if (Buffer.byteLength(text) < sizeLimit || long < 1) return text;
  }
}

/** Only what reads better with it: light and dark are the browser's own. In print, closed parts are open. */
const style = markup`<style>
:root{color-scheme:light dark;--g:#0a662b;--r:#b3201a;--y:#7a5200}
@media screen and (prefers-color-scheme:dark){:root{--g:#6bd69a;--r:#ff9a90;--y:#f0c060}}
@media print{:root{color-scheme:light}::details-content{content-visibility:visible;display:block}}
@media screen and (max-width:48em){thead{display:none}tr,th,td{display:block}td:before{content:attr(data-h)": "}}
body{font:1em/1.5 system-ui,sans-serif;max-width:72em;margin:auto;padding:0 1em;background:Canvas;color:CanvasText;overflow-wrap:anywhere}
.g{color:var(--g);stroke:var(--g)}.r{color:var(--r);stroke:var(--r)}.y{color:var(--y);stroke:var(--y)}
table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.2em .5em}tr{border-bottom:1px solid}
pre{white-space:pre-wrap}
</style>`;

function pageOf(report: Report, room: Room): Markup {
  const { verdict, approvals, children } = report;
  const title = cut(titleOf(report), room.short);
  const drawing = timeline(report, room);
  return markup`<!doctype html>
<html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><meta http-equiv=Content-Security-Policy content="default-src 'none';style-src 'unsafe-inline'"><title>${title}</title>${style}
<header><h1>${title}</h1><p><b class=${colorOf(verdict.outcome)}>${verdict.outcome}</b> (${verdict.reason}): ${cut(verdict.message, room.long / 9)}${factsOf(report, room)}</header>
<main><h2>Approvals</h2>${listOf(approvals, room, ({ by, digest, asked, url }) => [link(url, by, room), digest ? markup` approved plan <code>${cut(digest, room.short)}</code>` : " approved", asked && `, asked ${timeText(asked)}`])}
<h2>Child projects</h2>${tableOf(children, room)}
${drawing && markup`<h2>Timeline</h2><p>From ${timeText(report.made)} to ${timeText(report.ended)}. Striped: waits for people. A number: the attempt or pass.</p>${drawing}`}
<h2>What to do next</h2>${listOf(report.nextSteps, room, (step) => cut(step, room.long / 9))}
<h2>Details</h2>${children.map((child, index) => detailsOf(child, index, room))}</main>
<footer><p>\u201c\u2026 [more]\u201d: this page leaves that out. The JSON file of the same name has all of it.</footer>
`;
}

function titleOf({ parent, mode, verdict }: Report): string {
  const { project, release, runbook, environment, tenant } = parent;
  return [
    project,
    release ?? runbook,
    environment && `to ${environment}`,
    tenant && `for ${tenant}`,
    `(${mode}): ${verdict.outcome}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function factsOf({ parent, made, ended, policy, digest }: Report, room: Room): Part {
  const facts: readonly (readonly [string, Part])[] = [
    ["Step", parent.step && cut(parent.step, room.short)],
    ["Task", parent.taskId && link(parent.url, parent.taskId, room)],
    ["Made", `${timeText(made)} to ${timeText(ended)}, ${durationOf(made, ended)}`],
    ["When a child fails", policy.passes === null ? policy.onFailure : `${policy.onFailure}, ${policy.passes} passes`],
    ["At the same time", policy.atTheSameTime ?? "all children of a level"],
    ["Plan", digest && markup`<code>${cut(digest, room.short)}</code>`],
  ];
  return markup`<ul>${facts.map(([name, value]) => value && markup`<li>${name}: ${value}`)}</ul>`;
}

function tableOf(children: readonly ReportChild[], room: Room): Part {
  const heads = ["Level", "Child project", "Release", "Outcome", "Why", "Duration", "Deployment"];
  return markup`<table role=table><thead role=rowgroup><tr role=row>${heads.map((head) => markup`<th scope=col role=columnheader>${head}`)}<tbody role=rowgroup>${children.map(
    (child, index) =>
      markup`
<tr role=row>${cellsOf(child, index, room).map((cell, column) =>
        column === 1
          ? markup`<th scope=row role=rowheader>${cell}`
          : markup`<td role=cell data-h="${heads[column]}">${cell}`,
      )}`,
  )}</table>`;
}

function cellsOf(child: ReportChild, index: number, room: Room): readonly Part[] {
  const { name, level, from, to, outcome, reason, message, started, ended, url, attempts } = child;
  const version = (text: string) => cut(text, room.short / 4);
  return [
    level,
    markup`<a href="#c${index}">${cut(name, room.short)}</a>`,
    [from && from !== to && `${version(from)} \u2192 `, version(to ?? "none")],
    [markup`<b class=${colorOf(outcome)}>${outcome}</b>`, rollBackOf(child, room)],
    `${reason}: ${cut(message, room.short)}`,
    started && ended && durationOf(started, ended),
    url && link(url, attempts.at(-1)?.deploymentId ?? "Deployment", room),
  ];
}

/** Where the child goes back to, or went. */
function rollBackOf({ rollBack }: ReportChild, { short }: Room): Part {
  if (rollBack === null) return "";
  const { outcome, to, why } = rollBack;
  return [
    `; ${outcome ?? "if it fails"}: ${to === null ? "not back" : `back to ${cut(to, short / 4)}`}`,
    why && ` (${cut(why, short)})`,
  ];
}

function detailsOf(child: ReportChild, index: number, room: Room): Markup {
  const { name, message, waits, attempts, warnings, notes, error } = child;
  return markup`
<section id=c${index}><h3>${cut(name, room.short)}</h3><p>${outcomeOf(child)}: ${cut(message, room.long / 9)}${listOf(warnings, room, (text) => `Warning: ${cut(text, room.short)}`)}${listOf(attempts, room, (each) => attemptOf(each, room))}${listOf(waits, room, ({ from, to, what }) => `Waited for ${cut(what, room.short)}: ${spanText(from, to)}`)}${folded("Error", error, room, true)}${folded("Release notes", notes, room)}</section>`;
}

function attemptOf({ kind, number, from, to, outcome, deploymentId, url }: ReportAttempt, room: Room): Part {
  return [
    `${kind} ${number}: ${outcome}, `,
    from && spanText(from, to),
    " ",
    url && link(url, deploymentId ?? kind, room),
  ];
}

function folded(title: string, text: string | null, { long }: Room, isOpen = false): Part {
  return (
    text && markup`<details${isOpen && " open"}><summary>${title}</summary><pre>${cut(text, long)}</pre></details>`
  );
}

/** The latest entries, and how many were left out before them. */
function listOf<Entry>(entries: readonly Entry[], { few }: Room, partOf: (entry: Entry) => Part): Part {
  const left = entries.length - few;
  if (entries.length === 0) return "";
  return markup`<ul>${left > 0 && markup`<li>\u2026 [${left} more]`}${entries.slice(-few).map((entry) => markup`<li>${partOf(entry)}`)}</ul>`;
}

/** Any other address than one of the web is only text, and so is one that there is no room for. */
function link(url: string | null, text: string, { short, long }: Room): Part {
  const label = cut(text, short);
  if (url === null) return label;
  return /^https?:\/\//i.test(url) && url.length < long / 9
    ? markup`<a href="${url}">${label}</a>`
    : `${label} (${cut(url, short)})`;
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
