import { withoutUserInfo } from "../octopus/server-url.ts";
import { quoted, shortened } from "../text/format.ts";
import { parseDuration } from "../text/durations.ts";
import { parsePromptedValues, type PromptedValue } from "../rules/prompted-variables.ts";
import { parseReleasePattern, type ReleasePattern } from "../rules/release-pattern.ts";
import { outputKey } from "../rules/train.ts";
import { isTimeZone, parseSchedule, type Schedule } from "../rules/schedule.ts";
import type { Credential } from "../settings.ts";
import type { ParameterDeclaration } from "./parameter-declarations.ts";

/**
 * Thrown by the functions below, which turn the text of a parameter into a value, one function per kind. The problems are ends of sentences
 * that begin with the parameter's label.
 */
export class ParameterProblem extends Error {
  override readonly name = "ParameterProblem";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(" "));
    this.problems = problems;
  }
}

/** The text of a parameter. `undefined` means that the variable is not defined. */
type Raw = string | undefined;

interface Choice {
  readonly options: readonly string[];
  readonly defaultValue: string;
}

/** Optional text. Blank means "not given"; `N/A` is a name like any other. */
export function optionalField(raw: Raw): string | undefined {
  return given(resolved(raw));
}

/** As `optionalField`, for fields whose default is a variable that not every deployment has, such as its tenant. */
export function optionalFieldFromOctopus(raw: Raw): string | undefined {
  return raw !== undefined && isUnresolvedSystemVariable(raw) ? undefined : optionalField(raw);
}

/**
 * Required text.
 * @param whatToEnter the object of "enter …"
 */
export function requiredField(whatToEnter: string): (raw: Raw) => string {
  return (raw) => optionalField(raw) ?? refuse(`is empty: enter ${whatToEnter}.`);
}

/** The child's space. Blank means the parent's. */
export function spaceOr(parents: string | undefined): (raw: Raw) => string {
  const whatToEnter = "the name of the child project's space, because the parent's is unknown";
  return (raw) => optionalField(raw) ?? parents ?? requiredField(whatToEnter)(raw);
}

export function serverUrl(raw: Raw): string {
  const url = requiredField(
    "the URL at which this step reaches the Octopus Server, such as https://octopus.example.com",
  )(raw);
  const isUrl = /^https?:\/\/[^\s/]+/i.test(url);
  return isUrl ? url : refuse(`is ${quoted(withoutUserInfo(url))}, which is not an http:// or https:// URL.`);
}

/** The value is a secret, so no problem quotes it. */
export function credential(raw: Raw): Credential {
  const value = requiredField("an API key of the service account, from a sensitive variable")(raw);
  // An HTTP header cannot carry the characters that pasting adds now and then, such as blanks without width.
  if (/^API-[!-~]+$/i.test(value)) return { kind: "api-key", value };
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return { kind: "access-token", value };
  return refuse("is neither an API key (it begins with API-) nor an access token (a JWT): enter one of the two.");
}

/**
 * One of the declared options in any case. `True` and `False`, the values of Octopus' own check boxes, mean Yes and No. An undefined variable
 * means the default; a blank is refused, because its meaning is unknown.
 */
export function choice<Declaration extends Choice>(
  raw: Raw,
  { options, defaultValue }: Declaration,
): Declaration["options"][number] {
  const text = resolved(raw) ?? defaultValue;
  const entered = text.trim().toLowerCase();
  const wanted = checkBoxTexts.get(entered) ?? entered;
  const option = options.find((each) => each.toLowerCase() === wanted);
  return option ?? refuse(`is ${entered === "" ? "blank" : quoted(text)}: choose one of ${options.join(", ")}.`);
}

const checkBoxTexts = new Map([
  ["true", "yes"],
  ["false", "no"],
]);

export function yesOrNo(raw: Raw, declaration: Choice): boolean {
  return choice(raw, declaration) === "Yes";
}

/** A time limit in milliseconds. `undefined` means no limit, entered as 0. Blank means the default. */
export function timeLimit(raw: Raw, declaration: ParameterDeclaration): number | undefined {
  const seconds = durationIn("seconds")(raw, declaration);
  return seconds === 0 ? undefined : seconds * 1000;
}

/** A duration in seconds, entered as a number of the field's unit or as text such as `30m`. Blank means the default. */
export function durationIn(unit: "seconds" | "minutes"): (raw: Raw, declaration: ParameterDeclaration) => number {
  return (raw, { defaultValue }) => {
    const text = optionalField(raw) ?? defaultValue;
    const problem = `is ${quoted(text)}: enter a number of ${unit} or a text such as 30m or 2h, at most 400 days.`;
    return parseDuration(text, unit) ?? refuse(problem);
  };
}

/** A whole number between two bounds, both included. Blank means the default. */
export function wholeNumber(
  smallest: number,
  largest: number,
): (raw: Raw, declaration: ParameterDeclaration) => number {
  return (raw, { defaultValue }) => {
    const text = optionalField(raw) ?? defaultValue;
    const value = /^\d{1,9}(?:\.0+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= smallest && value <= largest) return value;
    return refuse(`is ${quoted(text)}: enter a whole number from ${smallest} to ${largest}.`);
  };
}

/** The release pattern. The output of a step for several children, which contains their names, is refused. */
export function releasePattern(raw: Raw): ReleasePattern {
  const text = optionalField(raw) ?? "";
  const [firstLine = "", ...otherLines] = text.split(/\r\n|\r|\n/);
  const name = nameBeforeVersion(firstLine);
  const instead = `bind Child[${name ?? "<name>"}].ReleaseToPromote of the step that chose the release instead.`;
  if (otherLines.length > 0)
    return refuse(`has several lines, as ReleaseToPromote of several children has: ${instead}`);
  const pattern = parseReleasePattern(text);
  const namesChild = typeof pattern === "string" && name !== undefined;
  return namesChild ? refuse(`is ${quoted(text)}, a name with a version: ${instead}`) : understood(text, pattern);
}

/** The name in a text such as `Web API 2021.1.0.14`, as the key of the child's outputs. */
function nameBeforeVersion(text: string): string | undefined {
  const words = text.trim().split(/\s+/);
  const [name, version] = [words.slice(0, -1).join(" "), words.at(-1) ?? ""];
  const isBoth = /\p{L}/u.test(name) && /^\d[\w.+-]*$/.test(version.replace(/^v/i, ""));
  return isBoth ? outputKey(shortened(name)) : undefined;
}

/** `undefined` means now. */
export function schedule(raw: Raw): Schedule | undefined {
  const text = optionalField(raw) ?? "";
  return understood(text, parseSchedule(text));
}

function understood<T>(text: string, parsed: T | string): T {
  return typeof parsed === "string" ? refuse(`is ${quoted(text)}: ${parsed}`) : parsed;
}

/** An IANA time zone that this worker knows. `undefined` means none is given. */
export function timeZone(raw: Raw): string | undefined {
  const zone = optionalField(raw);
  if (zone === undefined || isTimeZone(zone)) return zone;
  return refuse(
    `is ${quoted(zone)}, which is not an IANA time zone: enter one such as Europe/London or America/New_York.`,
  );
}

/**
 * Values for the child's prompted variables. Problems never quote a value, which may be a secret. A complete expression in a value is accepted,
 * because it may be meant for the child to resolve. An incomplete one is refused, because it keeps Octopus from resolving the whole field.
 */
export function promptedValues(
  raw: Raw,
  _declaration: ParameterDeclaration,
  firstLine: number,
): readonly PromptedValue[] {
  const text = raw ?? "";
  const isGiven = given(text) !== undefined;
  const { values, problems } = isGiven ? parsePromptedValues(text, firstLine) : { values: [], problems: [] };
  // Only names are checked, and expressions that fill a whole line: other text may be part of a value.
  const whole = problems.length > 0 ? text.split("\n").filter((line) => /^#\{.*\}$/.test(line.trim())) : [];
  resolved([...values.map(({ name }) => name), ...whole].join("\n"));
  for (const { value } of values) resolved(halfExpression.exec(value)?.[0]);
  return problems.length === 0 ? values : refuse(...problems.map((each) => `cannot be read: ${each}`));
}

/** Names separated by commas or line breaks. */
export function nameList(raw: Raw): readonly string[] {
  return splitNames(optionalField(raw), /[,\n]/);
}

/** Names, one per line, because they may contain commas. */
export function nameLines(raw: Raw): readonly string[] {
  return splitNames(optionalField(raw), /\n/);
}

/** Deployment targets. `N/A` is the default of the field and means "not given", as blank does. */
export function machineNames(raw: Raw): readonly string[] {
  return nameList(given(raw)?.toLowerCase() === "n/a" ? "" : raw);
}

/** The trimmed text; `undefined` for blank. */
export function given(text: Raw): string | undefined {
  return text?.trim() || undefined;
}

/** Whether the text is one unresolved reference to a variable of Octopus itself. */
function isUnresolvedSystemVariable(text: string): boolean {
  return /^#\{\s*Octopus\.[^{}]*\}$/i.test(text.trim());
}

/** Refuses unresolved expressions, because a typo must never widen a deployment. */
function resolved(raw: Raw): Raw {
  const problem = unresolvedIn(raw ?? "");
  return problem === undefined ? raw : refuse(problem);
}

/** The problem of a text with an expression that Octopus could not resolve. `undefined` means that there is none. */
export function unresolvedIn(text: string): string | undefined {
  const token = /#\{(?:[^}\n]*\})?/.exec(text)?.[0];
  return (
    token && `contains ${shortened(token)}, which Octopus could not resolve: correct the name or define the variable.`
  );
}

/** An opener that is neither escaped nor closed. */
const halfExpression = /(?<!#)#\{(?![^{}\n]*\})/;

function refuse(...problems: readonly string[]): never {
  throw new ParameterProblem(problems);
}

/** Separators without a name are refused, because expressions that came out empty must never widen a deployment. */
function splitNames(text: string | undefined, separator: RegExp): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(separator).flatMap((name) => given(name) ?? []);
  return names.length > 0 ? names : refuse(`is ${quoted(text)}: enter a name, or leave the field blank.`);
}
