/** Octopus' marker for a token. A shipped script must not contain it. */
export const opener = "#{";

export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly reference: Reference; readonly filters: readonly string[] }
  | {
      readonly kind: "condition";
      readonly test: Test;
      readonly met: readonly Token[];
      readonly unmet: readonly Token[];
    }
  | { readonly kind: "each"; readonly item: string; readonly list: Reference; readonly body: readonly Token[] };

type Step =
  { readonly kind: "fixed"; readonly text: string } | { readonly kind: "lookup"; readonly reference: Reference };
export type Reference = readonly Step[];

export interface Test {
  readonly left: Reference;
  readonly comparison?: { readonly equal: boolean; readonly right: Reference | string };
}

/** A parse result: what was read and where reading goes on. */
type Read<T> = { readonly value: T; readonly next: number } | undefined;

/** The tokens of a text. `whole`: undefined when a part of the text cannot be parsed. `piecewise`: such parts are plain text. */
export function parseTemplate(text: string, mode: "whole" | "piecewise"): readonly Token[] | undefined {
  const { value, next } = readTokens(text, 0, mode);
  return next === text.length ? value : undefined;
}

/** Reads as far as possible; in `whole` mode up to the first opener that starts no token. */
function readTokens(
  text: string,
  from: number,
  mode: "whole" | "piecewise",
  until?: string,
): { value: Token[]; next: number } {
  const tokens: Token[] = [];
  let at = from;
  while (at < text.length && !isAt(text, at, until)) {
    const read = readToken(text, at) ?? readText(text, at);
    if (read !== undefined) {
      tokens.push(read.value);
      at = read.next;
    } else if (mode === "piecewise") {
      tokens.push({ kind: "text", text: opener });
      at += opener.length;
    } else {
      break;
    }
  }
  return { value: tokens, next: at };
}

function readText(text: string, at: number): Read<Token> {
  const plain = /[^#]+/y;
  const hash = "#";
  const run = matchAt(plain, text, at);
  if (run !== undefined) return { value: { kind: "text", text: run[0] }, next: at + run[0].length };
  if (text.startsWith(hash + hash + opener, at)) return { value: { kind: "text", text: hash }, next: at + 2 };
  if (text.startsWith(hash + opener, at)) return { value: { kind: "text", text: opener }, next: at + 3 };
  if (text.startsWith(opener, at)) return undefined;
  return { value: { kind: "text", text: text.slice(at, at + 2) }, next: Math.min(at + 2, text.length) };
}

function readToken(text: string, at: number): Read<Token> {
  if (!text.startsWith(opener, at) || text.startsWith("/", at + opener.length)) return undefined;
  const inside = at + opener.length;
  return readCondition(text, inside) ?? readEach(text, inside) ?? readValue(text, inside);
}

function readCondition(text: string, at: number): Read<Token> {
  const keyword = matchAt(/\s*(if|unless)\s+/iy, text, at);
  if (keyword?.[1] === undefined) return undefined;
  const test = readTest(text, at + keyword[0].length);
  if (test === undefined || text[test.next] !== "}") return undefined;

  const otherwise = `${opener}else}`;
  const first = readTokens(text, test.next + 1, "whole", otherwise);
  const hasElse = text.startsWith(otherwise, first.next);
  const second = hasElse ? readTokens(text, first.next + otherwise.length, "whole") : { value: [], next: first.next };
  const end = `${opener}/${keyword[1].toLowerCase()}}`;
  if (!text.startsWith(end, second.next)) return undefined;

  const branches =
    keyword[1].toLowerCase() === "if"
      ? { met: first.value, unmet: second.value }
      : { met: second.value, unmet: first.value };
  return { value: { kind: "condition", test: test.value, ...branches }, next: second.next + end.length };
}

function readTest(text: string, at: number): Read<Test> {
  const left = readReference(text, at);
  if (left === undefined) return undefined;
  const operator = matchAt(/(==|!=)\s*/y, text, left.next);
  if (operator === undefined) return { value: { left: left.value }, next: left.next };

  const operand = left.next + operator[0].length;
  const quoted = matchAt(/"([^"#]*)"\s*|\\"(.*?)\\"\s*/sy, text, operand);
  const right: Read<Reference | string> =
    quoted === undefined
      ? readReference(text, operand)
      : { value: quoted[1] ?? quoted[2] ?? "", next: operand + quoted[0].length };
  if (right === undefined) return undefined;
  return {
    value: { left: left.value, comparison: { equal: operator[1] === "==", right: right.value } },
    next: right.next,
  };
}

function readEach(text: string, at: number): Read<Token> {
  const head = matchAt(/\s*each\s+([\p{L}\p{N}_-]+)\s+in\s+/iuy, text, at);
  if (head?.[1] === undefined) return undefined;
  const list = readReference(text, at + head[0].length);
  if (list === undefined || text[list.next] !== "}") return undefined;
  const body = readTokens(text, list.next + 1, "whole");
  const end = `${opener}/each}`;
  if (!text.startsWith(end, body.next)) return undefined;
  return {
    value: { kind: "each", item: head[1], list: list.value, body: body.value },
    next: body.next + end.length,
  };
}

function readValue(text: string, at: number): Read<Token> {
  const blank = at + (matchAt(/\s*/y, text, at)?.[0].length ?? 0);
  const reference = readReference(text, blank);
  const filters: string[] = [];
  let next = reference?.next ?? blank;
  for (let filter = readFilter(text, next); filter !== undefined; filter = readFilter(text, next)) {
    filters.push(filter.value);
    next = filter.next;
  }
  if ((reference === undefined && filters.length === 0) || text[next] !== "}") return undefined;
  return { value: { kind: "value", reference: reference?.value ?? [], filters }, next: next + 1 };
}

function readFilter(text: string, at: number): Read<string> {
  const filter = matchAt(/\|\s*([\p{L}\p{N}_-]+(?:\s+(?:"[^"#]*"|[\p{L}\p{N}_-]+))*)\s*/uy, text, at);
  return filter?.[1] === undefined ? undefined : { value: filter[1], next: at + filter[0].length };
}

/** A name with its indexers, and the blanks after it. */
function readReference(text: string, at: number): Read<Reference> {
  const name = /(?:[\p{L}\p{N}_\-:/~()]|\s(?![|}]|(?:in|==|!=)\s))+/uy;
  const first = matchAt(name, text, at);
  if (first === undefined || first[0].trim() === "") return undefined;
  const steps: Step[] = [{ kind: "fixed", text: first[0].trim() }];
  let next = at + first[0].length;
  for (;;) {
    if (text[next] === ".") {
      const part = matchAt(name, text, next + 1);
      if (part === undefined) return undefined;
      steps.push({ kind: "fixed", text: `.${part[0].trim()}` });
      next += 1 + part[0].length;
    } else if (text[next] === "[") {
      const index = readIndexer(text, next);
      if (index === undefined) return undefined;
      steps.push(index.value);
      next = index.next;
    } else {
      return { value: steps, next: next + (matchAt(/\s*/y, text, next)?.[0].length ?? 0) };
    }
  }
}

function readIndexer(text: string, at: number): Read<Step> {
  const token = readToken(text, at + 1);
  if (token?.value.kind === "value" && token.value.filters.length === 0 && text[token.next] === "]") {
    return { value: { kind: "lookup", reference: token.value.reference }, next: token.next + 1 };
  }
  let depth = 0;
  for (let end = at; end < text.length; end += 1) {
    if (text[end] === "[") depth += 1;
    if (text[end] === "]") depth -= 1;
    if (depth === 0) {
      return { value: { kind: "fixed", text: `[${text.slice(at + 1, end).trim()}]` }, next: end + 1 };
    }
  }
  return undefined;
}

function isAt(text: string, at: number, expected: string | undefined): boolean {
  return expected !== undefined && text.startsWith(expected, at);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
