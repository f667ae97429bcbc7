import { asId } from "../model.ts";
import { matchName } from "../rules/match-name.ts";
import { unresolvedIn } from "../step/parameter-kinds.ts";
import { quoted } from "../text/format.ts";
import { childLines, type Line, settingIn } from "./child-lines.ts";

/** What may be set for one child of the list. */
export interface ChildLabel<Key extends string> {
  readonly key: Key;
  /** How the list calls it, in lower case. */
  readonly label: string;
  /** Another name that is accepted. */
  readonly shortName?: string;
  /** The value may have several lines, which stand indented below the label. */
  readonly hasBlock: boolean;
}

/** The labels that the list knows. */
export interface ListLabels<Key extends string> {
  readonly perChild: readonly ChildLabel<Key>[];
  /** The step's field of that name, if the field is the same for all children. */
  readonly fieldOfStep: (label: string, line: string) => string | undefined;
}

/** One child as the list names it. */
export interface ListedChild<Key extends string> {
  readonly name: string;
  readonly line: number;
  /** The child starts together with the one before it. */
  readonly together: boolean;
  readonly overrides: ReadonlyMap<Key, Override>;
}

/** The value that one child has instead of the step's own field. */
export interface Override {
  readonly label: string;
  /** Never blank. Its first line stands in the line of the label. */
  readonly value: string;
  readonly line: number;
}

/** What is wrong with the list: the end of a sentence about a line, or about the whole list when there is no line. */
export interface ListProblem {
  readonly line?: number | undefined;
  readonly text: string;
}

/** The children that could be read, and what is wrong with the list. */
export interface ChildList<Key extends string> {
  /** At most `mostChildren`. */
  readonly children: readonly ListedChild<Key>[];
  /** In the order of the lines. None means the children can be used. */
  readonly problems: readonly ListProblem[];
}

/** A list of more children is taken for a mistake. */
export const mostChildren = 50;

const mostProblems = 50;

/**
 * Reads the list of child projects: one name per line, and below it, indented deeper, lines `label: value` for that child only. `+ ` before
 * a name: the child starts together with the one before it. A single line is one name, also with blanks around it or with a label in it.
 * No problem quotes a line that may be the value of a prompted variable.
 */
export function parseChildList<Key extends string>(text: string, labels: ListLabels<Key>): ChildList<Key> {
  const lines = childLines(text);
  const named = lines.filter((line) => line.text !== "");
  if (named.length === 0) return { children: [], problems: [{ text: noChildren }] };
  const reader = new ListReader(labels, lines.length === 1);
  const only = named.length === 1 ? named[0] : undefined;
  if (only !== undefined && !reader.isOrphan(only)) reader.readChild({ ...only, indent: 0 });
  else for (const line of lines) reader.read(line);
  return reader.finish();
}

/** A child of which more lines may follow. */
interface OpenChild<Key extends string> {
  readonly name: string;
  readonly line: number;
  readonly together: boolean;
  readonly indent: number;
  readonly settings: Map<Key, OpenSetting>;
}

/** A setting of which more lines may follow. */
interface OpenSetting {
  readonly label: string;
  readonly line: number;
  readonly indent: number;
  readonly hasBlock: boolean;
  readonly values: string[];
}

/** Reads line by line. Problems are collected, so that all of them are reported together. */
class ListReader<Key extends string> {
  readonly #labels: ReadonlyMap<string, ChildLabel<Key>>;
  readonly #known: ListLabels<Key>;
  readonly #isOneLine: boolean;
  readonly #children: OpenChild<Key>[] = [];
  readonly #problems: ListProblem[] = [];
  #unsaid = 0;
  #setting: OpenSetting | undefined;

  constructor(known: ListLabels<Key>, isOneLine: boolean) {
    this.#known = known;
    this.#isOneLine = isOneLine;
    this.#labels = new Map(
      known.perChild.flatMap((each) =>
        [each.label, each.shortName ?? each.label].map((name) => [folded(name), each] as const),
      ),
    );
  }

  read(line: Line): void {
    if (line.text === "") return this.#note(line.number, () => "is empty: did an expression come out empty?");
    const setting = this.#setting;
    if (setting?.hasBlock === true && line.indent > setting.indent) return void setting.values.push(line.text);
    const child = this.#children.at(-1);
    if (child === undefined ? this.isOrphan(line) : line.indent > child.indent) return this.#readSetting(line, child);
    if (mayBePromptedValue(line) && this.#hasBlockAbove()) return this.#note(line.number, () => outsideOfBlock);
    this.readChild(line);
  }

  /** Whether the line is a setting although no child stands above it. */
  isOrphan(line: Line): boolean {
    return line.indent > 0 && this.#labelOf(line) !== undefined;
  }

  readChild(line: Line): void {
    const together = /^\+(?:\s|$)/.test(line.text);
    const name = (together ? line.text.slice(1).trim() : line.text).replaceAll("\u00a0", " ");
    const slip = this.#isOneLine ? undefined : this.#labelOf({ text: name });
    this.#noteProblemsOf(line, name, together, slip);
    this.#setting = undefined;
    const { indent, number } = line;
    this.#children.push({ name: slip ?? name, line: number, together, indent, settings: new Map() });
  }

  finish(): ChildList<Key> {
    for (const { settings } of this.#children) {
      for (const { line, values, label } of settings.values()) {
        if (valueOf(values) === "")
          this.#note(line, () => `has no value for "${label}": did an expression come out empty?`);
      }
    }
    return { children: this.#children.slice(0, mostChildren).map(closed), problems: this.#allProblems() };
  }

  #hasBlockAbove(): boolean {
    const settings = this.#children.at(-1)?.settings.values() ?? [];
    return [...settings].some(({ hasBlock }) => hasBlock);
  }

  #noteProblemsOf({ number }: Line, name: string, together: boolean, slip: string | undefined): void {
    const unresolved = unresolvedIn(name);
    if (unresolved !== undefined) return this.#note(number, () => unresolved);
    if (name === "" || name === "+") return this.#note(number, () => onlyPlus);
    if (together && this.#children.length === 0) this.#note(number, () => firstTogether);
    if (slip !== undefined) return this.#note(number, () => notIndented(slip));
    if (name.endsWith(":")) this.#note(number, () => withColon(name));
  }

  #readSetting(line: Line, child: OpenChild<Key> | undefined): void {
    const written = settingIn(line.text);
    this.#setting = undefined;
    if (written === undefined) return this.#note(line.number, () => noLabel(line));
    const known = this.#labels.get(folded(written.label));
    const { number, indent } = line;
    const hasBlock = known?.hasBlock ?? written.value === "";
    const setting = { label: known?.label ?? "", line: number, indent, hasBlock, values: [written.value] };
    this.#setting = setting;
    if (known === undefined) return this.#note(number, () => this.#unknown(written));
    if (child === undefined) return this.#note(number, () => orphaned(known.label));
    const earlier = child.settings.get(known.key);
    if (earlier === undefined) return void child.settings.set(known.key, setting);
    this.#note(number, () => `gives "${known.label}" again, which line ${earlier.line} gives already.`);
  }

  /** The known label with which a line begins. */
  #labelOf(line: Pick<Line, "text">): string | undefined {
    return this.#labels.get(folded(settingIn(line.text)?.label ?? ""))?.label;
  }

  #unknown({ label, value }: { readonly label: string; readonly value: string }): string {
    if (mayBePromptedValue({ text: label })) return outsideOfBlock;
    const unresolved = unresolvedIn(label);
    if (unresolved !== undefined) return unresolved;
    const field = this.#known.fieldOfStep(folded(label), folded(`${label}: ${value}`));
    if (field !== undefined) {
      return `has the label ${quoted(label)}, but ${field} is the same for all children: set it in the step's own field.`;
    }
    const names = this.#known.perChild.map((each) => ({
      id: asId<"Label">(each.shortName ?? each.label),
      name: each.label,
    }));
    const match = matchName(label, names);
    const nearest = match.kind === "none" ? match.nearest.slice(0, 3).map((name) => `"${name}"`) : [];
    return `has the unknown label ${quoted(label)}. The nearest labels: ${nearest.join(", ")}.`;
  }

  #note(line: number, text: () => string): void {
    if (this.#problems.length < mostProblems)
      this.#problems.push({ line: this.#isOneLine ? undefined : line, text: text() });
    else this.#unsaid += 1;
  }

  #allProblems(): readonly ListProblem[] {
    const number = this.#children.length;
    return [
      ...(number > mostChildren ? [{ text: tooMany(number) }] : []),
      ...[...this.#problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      ...(this.#unsaid > 0 ? [{ text: `has ${this.#unsaid} more problems.` }] : []),
    ];
  }
}

function closed<Key extends string>({ name, line, together, settings }: OpenChild<Key>): ListedChild<Key> {
  const overrides = [...settings]
    .map(
      ([key, setting]) => [key, { label: setting.label, value: valueOf(setting.values), line: setting.line }] as const,
    )
    .filter(([, { value }]) => value.trim() !== "");
  return { name, line, together, overrides: new Map(overrides) };
}

/** The lines of a value; blank when all of them are. */
function valueOf(values: readonly string[]): string {
  return values.some((value) => value !== "") ? values.join("\n") : "";
}

/** Whether a line looks like a value of a prompted variable, wherever it stands. */
function mayBePromptedValue({ text }: Pick<Line, "text">): boolean {
  return text.includes("::");
}

function folded(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

const noChildren = "is empty: enter the name of the child project, or the names of several, one per line.";

function tooMany(number: number): string {
  return `names ${number} children, but one step deploys at most ${mostChildren}: split them into several steps.`;
}

const onlyPlus = 'is only a "+": enter the name of a child behind it.';

const firstTogether = 'begins with "+ ", but no child stands before: remove the "+ ".';

const outsideOfBlock = 'looks like a prompted variable: indent it deeper than the line "prompted variables:" above it.';

function withColon(name: string): string {
  return `is ${quoted(name)}, which ends with a colon: remove the colon, or enter the slug or ID of the project.`;
}

function notIndented(label: string): string {
  return `begins with the label ${quoted(label)} but is not indented: indent it below its child. Or enter the slug or ID of the project.`;
}

function orphaned(label: string): string {
  return `sets "${label}", but no child stands above it: did an expression come out empty?`;
}

function noLabel(line: Line): string {
  if (mayBePromptedValue(line)) return outsideOfBlock;
  return `is indented but is not "label: value": remove the indentation if it names a child.`;
}
