import { parse } from "acorn";
import type { Identifier, ImportDeclaration, Literal, ModuleDeclaration, Pattern, Program, Statement } from "acorn";

/** One name a module takes from another: `imported` is `default`, `*` or the exported name. */
export interface ImportedName {
  readonly from: string;
  readonly imported: string;
  readonly local: string;
}

/** A module taken apart, so that it can be put into one scope with others. */
export interface ModuleSyntax {
  readonly imports: readonly ImportedName[];
  /** Specifiers of all modules it is made after, in their order, those that are only re-exported included. */
  readonly madeAfter: readonly string[];
  readonly topLevelNames: readonly string[];
  /** The text without import and export: one paragraph per top-level statement, with the comments before it. */
  readonly paragraphs: readonly string[];
  readonly program: Program;
}

/**
 * Takes an ES module apart. Throws when it uses what cannot be moved into one scope with others: exports without a name or under another name.
 */
export function readModule(path: string, code: string): ModuleSyntax {
  const program = parse(code, { ecmaVersion: 2022, sourceType: "module" });
  const imports: ImportedName[] = [];
  const madeAfter: string[] = [];
  const topLevelNames: string[] = [];
  const paragraphs: string[] = [];
  let position = 0;
  for (const statement of program.body) {
    const commentsBefore = shippedComments(code.slice(position, statement.start), statement);
    position = endOfLineComment(code, statement.end);
    const text = keptText(path, code, statement, position);
    const paragraph = `${commentsBefore}\n${text}`.trim();
    if (paragraph !== "") paragraphs.push(paragraph);
    if (statement.type === "ImportDeclaration") imports.push(...importedNames(statement));
    if ("source" in statement && statement.source) madeAfter.push(String(statement.source.value));
    topLevelNames.push(...declaredNames(statement));
  }
  return { imports, madeAfter, topLevelNames, paragraphs, program };
}

/** What a module promises to others is shipped above it; what a helper inside it is for, its name says, and the sources. */
function shippedComments(text: string, { type }: Statement | ModuleDeclaration): string {
  return type.startsWith("Export") ? text.trim() : "";
}

/** A comment that ends a statement's line belongs to that statement. */
function endOfLineComment(code: string, end: number): number {
  const comment = /^[ \t]*\/\/.*/.exec(code.slice(end));
  return end + (comment?.[0].length ?? 0);
}

function keptText(path: string, code: string, statement: Statement | ModuleDeclaration, end: number): string {
  if (statement.type === "ImportDeclaration") return "";
  if (statement.type === "ExportDefaultDeclaration" || statement.type === "ExportAllDeclaration") {
    throw new Error(`${path} has an export without a name.`);
  }
  if (statement.type !== "ExportNamedDeclaration") return code.slice(statement.start, end);
  for (const { local, exported } of statement.specifiers) {
    if (nameOf(local) !== nameOf(exported)) throw new Error(`${path} exports ${nameOf(local)} under another name.`);
  }
  return statement.declaration ? code.slice(statement.declaration.start, end) : "";
}

function importedNames(declaration: ImportDeclaration): readonly ImportedName[] {
  const from = String(declaration.source.value);
  return declaration.specifiers.map((specifier) => ({
    from,
    imported: importedName(specifier),
    local: specifier.local.name,
  }));
}

function importedName(specifier: ImportDeclaration["specifiers"][number]): string {
  if (specifier.type === "ImportSpecifier") return nameOf(specifier.imported);
  return specifier.type === "ImportDefaultSpecifier" ? "default" : "*";
}

function declaredNames(statement: Statement | ModuleDeclaration): readonly string[] {
  if (statement.type === "ExportNamedDeclaration")
    return statement.declaration ? declaredNames(statement.declaration) : [];
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") return [statement.id.name];
  return statement.type === "VariableDeclaration" ? statement.declarations.flatMap(({ id }) => boundNames(id)) : [];
}

function boundNames(pattern: Pattern): readonly string[] {
  if (pattern.type === "Identifier") return [pattern.name];
  if (pattern.type === "ArrayPattern")
    return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)));
  if (pattern.type === "AssignmentPattern") return boundNames(pattern.left);
  if (pattern.type === "RestElement") return boundNames(pattern.argument);
  if (pattern.type === "MemberExpression") return [];
  return pattern.properties.flatMap((property) =>
    boundNames(property.type === "RestElement" ? property : property.value),
  );
}

/** The names an ES module exports; `export *` is not looked into. */
export function exportedNames(program: Program): readonly string[] {
  return program.body.flatMap((statement) => {
    if (statement.type === "ExportDefaultDeclaration") return ["default"];
    if (statement.type !== "ExportNamedDeclaration") return [];
    return [...declaredNames(statement), ...statement.specifiers.map(({ exported }) => nameOf(exported))];
  });
}

function nameOf(name: Identifier | Literal): string {
  return name.type === "Identifier" ? name.name : String(name.value);
}
