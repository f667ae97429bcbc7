import { durationText, listed, plural, sentences } from "../text/format.ts";
import { endedWithWarnings, isSuccess, type Outcome, type OutcomeKind, type Reason } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import type { RollBackEnd, RollBackTarget } from "./undo.ts";

/** How the run ended for one child of several. */
export interface ChildResult {
  /** The name of the child in the log and the outputs. */
  readonly name: string;
  /** 1 for the first level. */
  readonly level: number;
  readonly outcome: Outcome;
  /** Milliseconds from the start of the child to its end. Absent means that the child was not started. */
  readonly took?: number | undefined;
  /** Absent means that there was nothing to roll back. */
  readonly rollBack?: RollBack | undefined;
  /** The planned roll back. `null` means none. Absent means that none is planned. */
  readonly rollBackTarget?: RollBackTarget | null | undefined;
}

/** The result of rolling a child back. */
export interface RollBack {
  readonly end: RollBackEnd;
  /** Whole sentences. */
  readonly message: string;
  /** The release to which the child went back, or should have gone back. */
  readonly version?: string | undefined;
  readonly url?: string | undefined;
}

/** How the run ended for all children together. */
export interface TrainEnd {
  /** The worst outcome of a child. */
  readonly kind: OutcomeKind;
  /** The reason of the first such child. */
  readonly reason: Reason;
  readonly message: string;
}

/** From the worst to the best. */
const bySeverity = [
  "Failed",
  "TimedOut",
  "Canceled",
  "NotStarted",
  "Started",
  "Scheduled",
  "Deployed",
  "WhatIf",
  "Skipped",
] as const satisfies readonly OutcomeKind[];

/** Whether a child ended neither with success nor with a skip. */
export function hasFailed({ outcome }: ChildResult): boolean {
  return !isSuccess(outcome);
}

/** @param results of all children, in order; at least one */
export function trainEnd(results: readonly ChildResult[]): TrainEnd {
  const rank = ({ outcome }: ChildResult) => bySeverity.indexOf(outcome.kind);
  const [worst] = [...results].sort((a, b) => rank(a) - rank(b));
  const { kind = "Skipped", reason = "AlreadyCurrent" } = worst?.outcome ?? {};
  return { kind, reason, message: messageOf(results) };
}

function messageOf(results: readonly ChildResult[]): string {
  if (!results.some(hasFailed)) return `${plural(results.length, "child project")}: ${countsOf(results)}.`;
  const rollBacks = unknownFirst(results).flatMap(({ name, rollBack }) =>
    rollBack === undefined ? [] : `${name}: ${rollBackTexts[rollBack.end]}. ${rollBack.message}`,
  );
  return [failuresOf(results), ...rollBacks].join(" ");
}

/** What the log says at the end of a run that failed. How each roll back ended the log has said already, so they are only named. */
export function logMessageOf(results: readonly ChildResult[]): string {
  const ends = new Set(unknownFirst(results).flatMap(({ rollBack }) => rollBack?.end ?? []));
  const rollBacks = [...ends].map((end) => {
    const names = results.filter(({ rollBack }) => rollBack?.end === end).map(({ name }) => name);
    return `${rollBackTexts[end]}: ${names.join(", ")}.`;
  });
  return [failuresOf(results), ...rollBacks].join(" ");
}

/** Every sentence once: how many children failed, which, and why. */
function failuresOf(results: readonly ChildResult[]): string {
  const failed = results.filter((each) => hasFailed(each) && each.outcome.kind !== "NotStarted");
  const notStarted = results.filter(({ outcome }) => outcome.kind === "NotStarted");
  // The failure of a step that only rolls back is that of the roll back.
  const deployed = failed.filter(({ outcome, rollBack }) => outcome.message !== rollBack?.message);
  const namesByText = new Map<string, string[]>();
  for (const { name, outcome } of deployed)
    namesByText.set(outcome.message, [...(namesByText.get(outcome.message) ?? []), name]);
  return sentences(
    `${failed.length} of ${plural(results.length, "child project")} failed (${countsOf(results)}).`,
    ...[...namesByText].map(([text, names]) => `${names.join(", ")}: ${text}`),
    ...new Set(failed.flatMap(({ outcome }) => outcome.common ?? [])),
    notStarted.length > 0 && `Not started: ${notStarted.map(({ name }) => name).join(", ")}.`,
  ).join(" ");
}

function unknownFirst(results: readonly ChildResult[]): readonly ChildResult[] {
  return [...results.filter(isUnknown), ...results.filter((each) => !isUnknown(each))];
}

/** Whether a child may have been deployed and was not rolled back: operators should check it first. */
function isUnknown({ outcome, rollBack }: ChildResult): boolean {
  return outcome.besides !== undefined && rollBack?.end === "NotRolledBack";
}

export const rollBackTexts: Readonly<Record<RollBackEnd, string>> = {
  RolledBack: "Rolled back",
  RollBackFailed: "The roll back failed",
  NotRolledBack: "Not rolled back",
  NothingToRollBackTo: "Nothing to roll back to",
};

/** `3 deployed, 1 skipped` */
export function countsOf(results: readonly ChildResult[]): string {
  return bySeverity
    .map((kind) => ({ kind, number: results.filter(({ outcome }) => outcome.kind === kind).length }))
    .filter(({ number }) => number > 0)
    .map(({ kind, number }) => `${number} ${outcomeTexts[kind]}`)
    .join(", ");
}

const outcomeTexts: Readonly<Record<OutcomeKind, string>> = {
  Failed: "failed",
  TimedOut: "timed out",
  Canceled: "cancelled",
  NotStarted: "not started",
  Started: "started",
  Scheduled: "scheduled",
  Deployed: "deployed",
  WhatIf: "to be deployed",
  Skipped: "skipped",
};

/** `DB05 and DB06 still fail` */
export function failuresText(names: readonly string[]): string {
  return `${listed(names)} still ${names.length === 1 ? "fails" : "fail"}`;
}

/** Names of the children that ended in one of these ways, one per line. */
export function namesOf(results: readonly ChildResult[], ...kinds: readonly OutcomeKind[]): string {
  return results.flatMap(({ name, outcome }) => (kinds.includes(outcome.kind) ? [name] : [])).join("\n");
}

/** A table about the children, with texts that are not escaped yet. The first row has the headings. */
export type Table = readonly (readonly string[])[];

/** What is intended for each child. */
export function planTable(
  children: readonly {
    readonly name: string;
    readonly level: number;
    readonly plan: Plan | undefined;
    readonly happens: string;
    /** What happens to the child if another child fails. Empty means nothing. */
    readonly backTo: string;
  }[],
): Table {
  const isAnyBack = children.some(({ backTo }) => backTo !== "");
  return [
    ["Level", "Child project", "Release", "What happens", ...(isAnyBack ? ["If a child fails"] : [])],
    ...children.map(({ name, level, plan, happens, backTo }) => [
      String(level),
      name,
      stepText(plan),
      happens,
      ...(isAnyBack ? [backTo] : []),
    ]),
  ];
}

/** How each child ended. */
export function resultTable(results: readonly ChildResult[]): Table {
  const isAnyBack = results.some(({ rollBack }) => rollBack !== undefined);
  return [
    ["Level", "Child project", "Release", "Outcome", "Reason", "Duration", ...(isAnyBack ? ["Roll back"] : [])],
    ...results.map(({ name, level, outcome, took, rollBack }) => [
      String(level),
      name,
      stepText(outcome.plan),
      endedWithWarnings(outcome) ? `${outcome.kind} with warnings` : outcome.kind,
      outcome.reason,
      took === undefined ? "" : durationText(took),
      ...(isAnyBack ? [[rollBack?.end, rollBack?.version].filter((part) => part !== undefined).join(" ")] : []),
    ]),
  ];
}

/** `1.0 → 1.1`: the current and the chosen version. Empty means that there is neither. */
export function stepText(plan: Plan | undefined): string {
  const from = plan?.current?.release.version;
  const to = plan?.decision.kind === "not-found" ? undefined : plan?.selected?.release.version;
  if (to === undefined) return from ?? "";
  return from === undefined || from === to ? to : `${from} \u2192 ${to}`;
}

/** A table as Markdown. */
export function markdownTable([heads = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A table for the task log, with aligned columns. */
export function plainTable(table: Table): string {
  const rows = table.map((row) => row.map(plainText));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (text: string, column: number) => text.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}

/** The text of a cell, in one line and escaped. */
function cellText(text: string): string {
  return plainText(text).replace(/[\\|]/g, "\\$&").replace(/</g, "&lt;");
}

function plainText(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A child as the list or the server names it. */
interface NamedChild {
  readonly project: string;
  readonly destination: string;
  readonly tenant?: string | undefined;
  readonly space?: string | undefined;
}

/**
 * The names of the children in the log and the outputs: the project, with destination, tenant and space only where needed to tell children
 * apart. No two have the same output variables.
 */
export function distinctNames(children: readonly NamedChild[]): readonly string[] {
  const names = children.map((child) => {
    const same = children.filter((other) => isSameKey(other.project, child.project));
    const differ = (of: (child: NamedChild) => string | undefined) => new Set(same.map(of)).size > 1;
    return [
      child.project,
      ...(differ(({ destination }) => destination) ? [child.destination] : []),
      ...(differ(({ tenant }) => tenant) ? [child.tenant ?? "untenanted"] : []),
      ...(differ(({ space }) => space?.toLowerCase()) ? [child.space] : []),
    ].join(" / ");
  });
  return names.map((name, index) => {
    const isAmbiguous = names.filter((other) => isSameKey(other, name)).length > 1;
    return isAmbiguous
      ? `${name} / ${names.slice(0, index + 1).filter((other) => isSameKey(other, name)).length}`
      : name;
  });
}

/** Octopus ignores case in the names of variables. */
function isSameKey(a: string, b: string): boolean {
  return outputKey(a).toLowerCase() === outputKey(b).toLowerCase();
}

/** The key of a child's output variables. Brackets are replaced, because they would end it. */
export function outputKey(name: string): string {
  return name.replaceAll("[", "(").replaceAll("]", ")");
}

/** The progress of the running children, which the log shows every few minutes. */
export interface TrainProgress {
  readonly done: number;
  readonly total: number;
  /** The state of each running child, such as `6 min`. */
  readonly running: readonly { readonly name: string; readonly does: string }[];
}

/** `2 of 4 done; running: Web API (6 min), Scheduling Service (6 min, is waiting for a manual intervention)` */
export function progressText({ done, total, running }: TrainProgress): string {
  const each = running.map(({ name, does }) => `${name} (${does})`).join(", ");
  return `${done} of ${total} done${each === "" ? "" : `; running: ${each}`}`;
}
