import * as z from "zod";
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
  return z.string().optional().transform(refuseUnresolved).transform(given);
}

/** As `optionalField`, for fields whose default names an Octopus variable that not every deployment has, such as its tenant. */
export function optionalFieldFromOctopus() {
  return z
    .string()
    .optional()
    .transform((text) => (text !== undefined && isUnresolvedSystemVariable(text) ? undefined : text))
    .transform(refuseUnresolved)
    .transform(given);
}

export function requiredField(whatToEnter: string) {
  return optionalField().transform((text, context) => text ?? refuse(context, `is empty: enter ${whatToEnter}.`));
}

export function serverUrl() {
  return requiredField(
    "the URL at which this step reaches the Octopus Server, such as https://octopus.example.com",
  ).transform((text, context) =>
    isHttpUrl(text) ? text : refuse(context, `is "${text}", which is not an http:// or https:// URL.`),
  );
}

/** The value is never quoted: it is a secret. */
export function credential() {
  return requiredField("an API key of the service account, from a sensitive variable").transform(
    (value, context): Credential => {
      if (/^API-\S+$/i.test(value)) return { kind: "api-key", value };
      if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return { kind: "access-token", value };
      return refuse(
        context,
        "is neither an API key (it begins with API-) nor an access token (a JWT): enter one of the two.",
      );
    },
  );
}

/** One of the declared options, whatever its case. Not defined means the default; a blank is refused, for it could mean anything. */
export function choice<Name extends ParameterName>(name: Name) {
  const { options = [], defaultValue } = declarationOf(name);
  return z
    .string()
    .optional()
    .transform(refuseUnresolved)
    .transform((text, context): OptionOf<Name> => {
      const wanted = (text ?? defaultValue).trim().toLowerCase();
      const option = options.find(({ value }) => value.toLowerCase() === wanted);
      if (option === undefined) {
        return refuse(
          context,
          `is ${quote(text ?? "")}: choose one of ${options.map(({ value }) => value).join(", ")}.`,
        );
      }
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the options of this very declaration
      return option.value as OptionOf<Name>;
    });
}

export function yesOrNo(name: ParameterName) {
  return choice(name).transform((value: string) => value === "Yes");
}

/** A time limit in milliseconds; `undefined`: no limit, entered as 0. Blank means the default. */
export function timeLimit(name: ParameterName) {
  return duration(name, "seconds").transform((seconds) => (seconds === 0 ? undefined : seconds * 1000));
}

/** A duration in seconds, entered as a number of the field's unit or as text such as `30m`. Blank means the default. */
export function duration(name: ParameterName, unit: "seconds" | "minutes") {
  return optionalField().transform((text, context) => {
    const entered = text ?? declarationOf(name).defaultValue;
    const seconds = parseDuration(entered, unit);
    return (
      seconds ??
      refuse(context, `is "${entered}": enter a number of ${unit} or a text such as 30m or 2h, at most 400 days.`)
    );
  });
}

export function wholeNumber(name: ParameterName, smallest: number, largest: number) {
  return optionalField().transform((text, context) => {
    const entered = text ?? declarationOf(name).defaultValue;
    const value = /^\d{1,9}$/.test(entered) ? Number(entered) : Number.NaN;
    if (value >= smallest && value <= largest) return value;
    return refuse(context, `is "${entered}": enter a whole number from ${smallest} to ${largest}.`);
  });
}

export function releasePattern() {
  return optionalField().transform((text, context) => {
    const parsed = parseReleasePattern(text ?? "");
    return parsed.kind === "pattern" ? parsed.pattern : refuse(context, `is "${text}": ${parsed.reason}`);
  });
}

export function schedule() {
  return optionalField().transform((text, context) => {
    const parsed = parseSchedule(text ?? "");
    return parsed.kind === "invalid" ? refuse(context, `is "${text}": ${parsed.reason}`) : parsed;
  });
}

export function timeZone() {
  return optionalField().transform((text, context) =>
    text === undefined || isTimeZone(text)
      ? text
      : refuse(
          context,
          `is "${text}", which is not an IANA time zone: enter one such as Europe/London or America/New_York.`,
        ),
  );
}

/** Values typed for the child's prompted variables. Problems never quote a value: it may be a secret. */
export function promptedValues() {
  return z
    .string()
    .optional()
    .transform(refuseUnresolved)
    .transform((text, context): readonly PromptedValue[] => {
      const parsed = parsePromptedValues(given(text) === undefined ? "" : (text ?? ""));
      if (parsed.kind === "values") return parsed.values;
      for (const problem of parsed.problems)
        context.addIssue({ code: "custom", message: `cannot be read: ${problem}` });
      return z.NEVER;
    });
}

/** Names separated by commas or line breaks. */
export function nameList() {
  return optionalField().transform((text) => splitNames(text, /[,\n]/));
}

/** Names one per line, for names that may hold commas. */
export function nameLines() {
  return optionalField().transform((text) => splitNames(text, /\n/));
}

export function declarationOf(name: ParameterName): ParameterDeclaration {
  const declaration: ParameterDeclaration | undefined = parameterDeclarations.find((each) => each.name === name);
  return declaration ?? { name, label: name, control: "SingleLineText", defaultValue: "" };
}

/** The trimmed text; `undefined` for blank and `N/A`. */
export function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === "" || trimmed.toLowerCase() === "n/a" ? undefined : trimmed;
}

/** An expression that Octopus left as it was because the variable does not exist: a typo must never widen a deployment. */
function refuseUnresolved(text: string | undefined, context: z.RefinementCtx): string | undefined {
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

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
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
