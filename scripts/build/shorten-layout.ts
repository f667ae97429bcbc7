import { parse } from "acorn";
import { isSyntaxNode, nodesBelow } from "./members-used.ts";

/** The same program without the braces around the only statement of an `if` or a loop: two lines and an indentation less each. */
export function withoutLoneBraces(code: string): string {
  const program = parse(code, { ecmaVersion: 2022, sourceType: "script" });
  const braces = new Set<unknown>();
  for (const [node] of nodesBelow(program)) {
    const isIf = node.type === "IfStatement" && node["alternate"] === null;
    const block = isIf ? node["consequent"] : node.type === "ForOfStatement" ? node["body"] : undefined;
    if (!isSyntaxNode(block) || block.type !== "BlockStatement" || !Array.isArray(block["body"])) continue;
    const [only, ...others]: readonly unknown[] = block["body"];
    if (!isSyntaxNode(only) || others.length > 0 || !shortStatements.includes(only.type)) continue;
    braces.add(block["start"]).add(Number(block["end"]) - 1);
  }
  return code.replace(/[{}]/g, (brace, index) => (braces.has(index) ? " " : brace));
}

const shortStatements = ["ReturnStatement", "ThrowStatement", "ExpressionStatement", "ContinueStatement"];

/**
 * The same program with the gist of its doc comments, in lines of a width: the first sentence, and those about errors, units, absence, what
 * never happens, parameters and source pages. The sources have the rest.
 */
export function withShortComments(code: string, width: number): string {
  return code.replace(/^( *)\/\*\*([^]*?)\*\/$/gm, (_, indent: string, text: string) => {
    const words = text.replace(/\s*\n *\*\s*/g, " ").trim();
    const [first = "", ...others] = words.split(/(?<=[.!?])\s+(?=[A-Z`*])|\s+(?=@param)/);
    const said = [first, ...others.filter((each) => gist.test(each))].join(" ").replaceAll(" @param", "\n@param");
    const lines = `/** ${said} */`.split("\n").flatMap((line) => fill(line, width - indent.length - 3));
    return indent + lines.join(`\n${indent} * `);
  });
}

const gist = /\b(?:throws?|errors?|rejects|milliseconds|seconds|bytes|undefined|absent|never)\b|https?:|^@param/i;

function fill(text: string, width: number): readonly string[] {
  return text.match(new RegExp(`.{1,${width}}(?: |$)`, "g"))?.map((line) => line.trimEnd()) ?? [text];
}
