import { opener, parseTemplate, type Reference, type Test, type Token } from "./octostache-template.ts";

/**
 * The part of Octostache, Octopus' template language, that our processes use: values, `if` and `unless` with `==` and `!=`, `else`,
 * `each` over a comma-separated value, nested indexers, the escape with two hashes, and the filters ToLower, ToUpper and null.
 * Other filters and tokens without a value stay in the text as they are, as they do in Octopus.
 */

export type Variables = Readonly<Record<string, string>>;

/**
 * A variable's value or any other text as Octopus evaluates it. Values found on the way are evaluated too. One token that cannot be
 * parsed leaves the whole text as it is. Throws `VariableLoopError`.
 */
export function evaluate(template: string, variables: Variables): string {
  return evaluateWith(lookupTable(variables), template);
}

function evaluateWith(values: ReadonlyMap<string, string>, template: string): string {
  if (!template.includes(opener)) return template;
  const tokens = parseTemplate(template, "whole");
  if (tokens === undefined) return template;
  return render(tokens, { values, path: [] }) ?? "";
}

/**
 * A script body as Calamari rewrites it before running: tokens that cannot be parsed stay, the rest is still evaluated, and one
 * `null` filter wipes everything. Without an opener nothing is touched.
 */
export function evaluateScript(body: string, variables: Variables): string {
  if (!body.includes(opener)) return body;
  return render(parseTemplate(body, "piecewise") ?? [], { values: lookupTable(variables), path: [] }) ?? "";
}

/** A variable's value refers to the variable itself, perhaps by way of others. Octopus fails the step. */
export class VariableLoopError extends Error {
  override readonly name = "VariableLoopError";

  constructor(variable: string) {
    super(`The variable "${variable}" leads back to itself.`);
  }
}

/** All variables with their values evaluated, as a script sees them. */
export function evaluateAll(variables: Variables): Record<string, string> {
  const values = lookupTable(variables);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, evaluateWith(values, value)]));
}

/** Whether Octopus takes a text for yes, in `if` and in run conditions. */
export function isTruthy(text: string): boolean {
  return !["", "0"].includes(text) && !["no", "false"].includes(text.trim().toLowerCase());
}

interface Scope {
  readonly values: ReadonlyMap<string, string>;
  /** Names of the variables that are being evaluated, in lower case: none may refer to itself. */
  readonly path: readonly string[];
}

function lookupTable(variables: Variables): ReadonlyMap<string, string> {
  return new Map(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The text of tokens. Null when a `null` filter applied: then the whole text has no value. */
function render(tokens: readonly Token[], scope: Scope): string | null {
  const parts = tokens.map((token) => renderToken(token, scope));
  return parts.includes(null) ? null : parts.join("");
}

function renderToken(token: Token, scope: Scope): string | null {
  if (token.kind === "text") return token.text;
  if (token.kind === "condition") return render(holds(token.test, scope) ? token.met : token.unmet, scope);
  if (token.kind === "each") {
    const items = resolve(token.list, scope)?.split(",") ?? [];
    return items.map((item) => renderItem(token.body, token.item, item, scope)).join("");
  }
  if (token.filters.at(-1)?.toLowerCase() === "null") return null;
  return applyFilters(token.filters, resolve(token.reference, scope)) ?? literal(token.reference, token.filters);
}

function renderItem(body: readonly Token[], name: string, item: string, scope: Scope): string {
  const values = new Map([...scope.values, [name.toLowerCase(), item] as const]);
  return render(body, { ...scope, values }) ?? "";
}

function holds(test: Test, scope: Scope): boolean {
  const left = resolve(test.left, scope) ?? "";
  if (test.comparison === undefined) return isTruthy(left);
  const { equal, right } = test.comparison;
  return (left === (typeof right === "string" ? right : (resolve(right, scope) ?? ""))) === equal;
}

function applyFilters(filters: readonly string[], value: string | undefined): string | undefined {
  return filters.reduce<string | undefined>((current, filter) => {
    switch (filter.toLowerCase()) {
      case "tolower":
        return current?.toLowerCase();
      case "toupper":
        return current?.toUpperCase();
      default:
        return undefined;
    }
  }, value);
}

function resolve(reference: Reference, scope: Scope): string | undefined {
  const name = reference
    .map((step) =>
      step.kind === "fixed" ? step.text : `[${resolve(step.reference, scope) ?? literal(step.reference, [])}]`,
    )
    .join("");
  const key = name.toLowerCase();
  const value = scope.values.get(key);
  if (value === undefined) return undefined;
  if (scope.path.includes(key)) throw new VariableLoopError(name);
  const tokens = parseTemplate(value, "whole");
  return tokens === undefined ? value : (render(tokens, { ...scope, path: [...scope.path, key] }) ?? "");
}

function literal(reference: Reference, filters: readonly string[]): string {
  const name = reference
    .map((step) => (step.kind === "fixed" ? step.text : `[${literal(step.reference, [])}]`))
    .join("");
  return `${opener}${[name, ...filters].join(" | ")}}`;
}
