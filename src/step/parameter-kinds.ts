import * as z from "zod/mini";
import { parseDuration } from "../plan/duration.ts";
import { parsePromptedValues, type PromptedValue } from "../plan/prompted-variables.ts";
import { parseReleasePattern } from "../plan/release-pattern.ts";
import { isTimeZone, parseSchedule } from "../plan/schedule.ts";
import type { Credential } from "../settings.ts";
import {
  type OptionOf,
  type ParameterDeclaration,
  parameterDeclarations,
  type ParameterName,
} from "./parameter-declarations.ts";

/*
 * How the text of one parameter becomes a value. Every schema takes what Octopus gave (`undefined`: the variable is not defined) and
 * reports problems as the end of a sentence that begins with the parameter's label.
 */

/** Text that may be left out: blank and `N/A` mean "not given". */
export function optionalField() {
  return z.pipe(resolvedText(), z.transform(given));
}

/** As `optionalField`, for fields whose default names an Octopus variable that not every deployment has, such as its tenant. */
export function optionalFieldFromOctopus() {
  const resolvedOrAbsent = z.pipe(
    z.optional(z.string()),
    z.transform((text) => (text !== undefined && isUnresolvedSystemVariable(text) ? undefined : text)),
  );
  return z.pipe(resolvedOrAbsent, optionalField());
}

export function requiredField(whatToEnter: string) {
  return z.pipe(
    optionalField(),
    z.transform((text, context) => text ?? refuse(context, `is empty: enter ${whatToEnter}.`)),
  );
}

export function serverUrl() {
  return z.pipe(
    requiredField("the URL at which this step reaches the Octopus Server, such as https://octopus.example.com"),
    z.transform((text, context) =>
      isHttpUrl(text) ? text : refuse(context, `is "${text}", which is not an http:// or https:// URL.`),
    ),
  );
}

/** The value is never quoted: it is a secret. */
export function credential() {
  return z.pipe(
    requiredField("an API key of the service account, from a sensitive variable"),
    z.transform((value, context): Credential => {
      if (/^API-\S+$/i.test(value)) return { kind: "api-key", value };
      if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return { kind: "access-token", value };
      return refuse(
        context,
        "is neither an API key (it begins with API-) nor an access token (a JWT): enter one of the two.",
      );
    }),
  );
}

/** One of the declared options, whatever its case. Not defined means the default; a blank is refused, for it could mean anything. */
export function choice<Name extends ParameterName>(name: Name) {
  const { options = [], defaultValue } = declarationOf(name);
  return z.pipe(
    resolvedText(),
    z.transform((text, context): OptionOf<Name> => {
      const wanted = (text ?? defaultValue).trim().toLowerCase();
      const option = options.find((each) => each.toLowerCase() === wanted);
      if (option === undefined) {
        return refuse(context, `is ${quote(text ?? "")}: choose one of ${options.join(", ")}.`);
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the options of this very declaration
      return option as OptionOf<Name>;
    }),
  );
}

export function yesOrNo(name: ParameterName) {
  return z.pipe(
    choice(name),
    z.transform((value): boolean => value === "Yes"),
  );
}

/** A time limit in milliseconds; `undefined`: no limit, entered as 0. Blank means the default. */
export function timeLimit(name: ParameterName) {
  return z.pipe(
    duration(name, "seconds"),
    z.transform((seconds) => (seconds === 0 ? undefined : seconds * 1000)),
  );
}

/** A duration in seconds, entered as a number of the field's unit or as text such as `30m`. Blank means the default. */
export function duration(name: ParameterName, unit: "seconds" | "minutes") {
  return z.pipe(
    optionalField(),
    z.transform((text, context) => {
      const entered = text ?? declarationOf(name).defaultValue;
      const seconds = parseDuration(entered, unit);
      return (
        seconds ??
        refuse(context, `is "${entered}": enter a number of ${unit} or a text such as 30m or 2h, at most 400 days.`)
      );
    }),
  );
}

export function wholeNumber(name: ParameterName, smallest: number, largest: number) {
  return z.pipe(
    optionalField(),
    z.transform((text, context) => {
      const entered = text ?? declarationOf(name).defaultValue;
      const value = /^\d{1,9}$/.test(entered) ? Number(entered) : Number.NaN;
      if (value >= smallest && value <= largest) return value;
      return refuse(context, `is "${entered}": enter a whole number from ${smallest} to ${largest}.`);
    }),
  );
}

export function releasePattern() {
  return z.pipe(
    optionalField(),
    z.transform((text, context) => {
      const parsed = parseReleasePattern(text ?? "");
      return parsed.kind === "pattern" ? parsed.pattern : refuse(context, `is "${text}": ${parsed.reason}`);
    }),
  );
}

export function schedule() {
  return z.pipe(
    optionalField(),
    z.transform((text, context) => {
      const parsed = parseSchedule(text ?? "");
      return parsed.kind === "invalid" ? refuse(context, `is "${text}": ${parsed.reason}`) : parsed;
    }),
  );
}

export function timeZone() {
  return z.pipe(
    optionalField(),
    z.transform((text, context) =>
      text === undefined || isTimeZone(text)
        ? text
        : refuse(
            context,
            `is "${text}", which is not an IANA time zone: enter one such as Europe/London or America/New_York.`,
          ),
    ),
  );
}

/** Values typed for the child's prompted variables. Problems never quote a value: it may be a secret. */
export function promptedValues() {
  return z.pipe(
    resolvedText(),
    z.transform((text, context): readonly PromptedValue[] => {
      const parsed = parsePromptedValues(given(text) === undefined ? "" : (text ?? ""));
      if (parsed.kind === "values") return parsed.values;
      for (const problem of parsed.problems) refuse(context, `cannot be read: ${problem}`);
      return z.NEVER;
    }),
  );
}

/** Names separated by commas or line breaks. */
export function nameList() {
  return z.pipe(
    optionalField(),
    z.transform((text) => splitNames(text, /[,\n]/)),
  );
}

/** Names one per line, for names that may hold commas. */
export function nameLines() {
  return z.pipe(
    optionalField(),
    z.transform((text) => splitNames(text, /\n/)),
  );
}

export function declarationOf(name: ParameterName): ParameterDeclaration {
  const declaration: ParameterDeclaration | undefined = parameterDeclarations.find((each) => each.name === name);
  return declaration ?? { name, label: name, defaultValue: "" };
}

/** The trimmed text; `undefined` for blank and `N/A`. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" || trimmed.toLowerCase() === "n/a" ? undefined : trimmed;
}

function resolvedText() {
  return z.pipe(z.optional(z.string()), z.transform(refuseUnresolved));
}

/** An expression that Octopus left as it was because the variable does not exist: a typo must never widen a deployment. */
function refuseUnresolved(text: string | undefined, context: z.core.ParsePayload): string | undefined {
  const token = text === undefined ? undefined : /#\{[^}]*\}?/.exec(text)?.[0];
  if (token === undefined) return text;
  return refuse(
    context,
    `contains ${token}, which Octopus could not resolve: correct the name or define the variable.`,
  );
}

/** True for one whole unresolved reference to a variable of Octopus itself. */
export function isUnresolvedSystemVariable(text: string): boolean {
  return /^#\{\s*Octopus\.[^{}]*\}$/i.test(text.trim());
}

function refuse(context: z.core.ParsePayload, message: string): never {
  context.issues.push({ code: "custom", message, input: context.value });
  return z.NEVER;
}

function quote(text: string): string {
  return text.trim() === "" ? "blank" : `"${text}"`;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]+/i.test(text);
}

function splitNames(text: string | undefined, separator: RegExp): readonly string[] {
  return (text ?? "")
    .split(separator)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
