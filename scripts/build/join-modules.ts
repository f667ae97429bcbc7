import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { EmittedModules } from "./emit-modules.ts";
import { membersUsed } from "./members-used.ts";
import { readModule } from "./module-syntax.ts";
import type { ImportedName, ModuleSyntax } from "./module-syntax.ts";

/** The program in one CommonJS scope, and what it takes from each package. */
export interface JoinedProgram {
  /** Expects `thirdParty`, an object of packages, in its scope. */
  readonly code: string;
  readonly packages: PackageUse;
  /** Source files in the order in which they stand in the code. */
  readonly files: readonly string[];
}

/** Names taken from each import specifier, sorted: `date-fns` → `addMinutes`, `format`. */
export type PackageUse = ReadonlyMap<string, readonly string[]>;

/**
 * Puts a module and all it imports into one scope, each after those it needs. Nothing is renamed, so that the result reads like the source;
 * instead it throws, naming the files, when that would change a meaning: cycles, one name for two things, the name of a global.
 */
export function joinModules(modules: EmittedModules, entry: string): JoinedProgram {
  const syntax = inOrder(modules, entry);
  const outside = outsideImports(syntax);
  refuseSharedNames(syntax, outside);
  const packages = packageUse(syntax, outside);
  const paragraphs = [...syntax].flatMap(
    ([
      path,
      {
        paragraphs: [first, ...others],
      },
    ]) => (first === undefined ? [] : [`// -- ${path}\n${first}`, ...others]),
  );
  return { code: `${[bindings(outside), ...paragraphs].join("\n\n")}\n`, packages, files: [...syntax.keys()] };
}

function inOrder(modules: EmittedModules, entry: string): ReadonlyMap<string, ModuleSyntax> {
  const done = new Map<string, ModuleSyntax>();
  const visit = (path: string, importers: readonly string[]): void => {
    if (done.has(path)) return;
    if (importers.includes(path))
      throw new Error(`Modules import each other in a circle: ${[...importers, path].join(" -> ")}.`);
    const code = modules.get(path);
    if (code === undefined)
      throw new Error(`${importers.at(-1) ?? "The build"} imports ${path}, which does not exist.`);
    const syntax = readModule(path, code);
    for (const specifier of syntax.madeAfter.filter(isOwn)) visit(ownPath(path, specifier), [...importers, path]);
    for (const { imported, local, from } of syntax.imports) {
      if (isOwn(from) && imported !== local)
        throw new Error(`${path} gives ${imported} of ${from} another name: ${local}.`);
    }
    done.set(path, syntax);
  };
  visit(entry, []);
  return done;
}

function isOwn(specifier: string): boolean {
  return specifier.startsWith(".");
}

function ownPath(importer: string, specifier: string): string {
  return posix.join(posix.dirname(importer), specifier);
}

interface OutsideImport {
  readonly name: ImportedName;
  readonly path: string;
}

/** What comes from packages and from Node.js, by local name. */
function outsideImports(syntax: ReadonlyMap<string, ModuleSyntax>): ReadonlyMap<string, OutsideImport> {
  const byLocalName = new Map<string, OutsideImport>();
  for (const [path, { imports }] of syntax) {
    for (const name of imports.filter(({ from }) => !isOwn(from))) {
      const known = byLocalName.get(name.local);
      if (known !== undefined && (known.name.from !== name.from || known.name.imported !== name.imported)) {
        throw new Error(`${known.path} and ${path} import two things under one name: ${name.local}.`);
      }
      byLocalName.set(name.local, known ?? { name, path });
    }
  }
  return new Map(
    [...byLocalName].sort(([, a], [, b]) => compare(a.name.from, b.name.from) || compare(a.name.local, b.name.local)),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function refuseSharedNames(
  syntax: ReadonlyMap<string, ModuleSyntax>,
  outside: ReadonlyMap<string, OutsideImport>,
): void {
  const owners = new Map([...outside].map(([local, { path }]) => [local, path]));
  const problems: string[] = [];
  for (const [path, { topLevelNames }] of syntax) {
    for (const name of topLevelNames) {
      const owner = owners.get(name);
      if (owner !== undefined) problems.push(`${owner} and ${path} both have ${name}`);
      owners.set(name, path);
    }
  }
  for (const [name, path] of owners) {
    if (name in globalThis || commonJsNames.includes(name))
      problems.push(`${path} has ${name}, which is a global's name`);
  }
  if (problems.length > 0) throw new Error(`One scope cannot hold two things of one name:\n- ${problems.join("\n- ")}`);
}

const commonJsNames = ["require", "module", "exports", "__filename", "__dirname", "thirdParty", "loadThirdParty"];

function packageUse(
  syntax: ReadonlyMap<string, ModuleSyntax>,
  outside: ReadonlyMap<string, OutsideImport>,
): PackageUse {
  const use = new Map<string, readonly string[]>();
  for (const { name } of outside.values()) {
    if (isBuiltin(name.from)) continue;
    if (name.from === "zod" || (name.from === "zod/mini" && name.imported !== "*"))
      throw new Error('Use `import * as z from "zod/mini"`: else every method or every locale is bundled.');
    const added = name.imported === "*" ? namespaceMembers(syntax, name.local) : [name.imported];
    use.set(name.from, [...(use.get(name.from) ?? []), ...added]);
  }
  return new Map([...use].map(([from, names]) => [from, [...new Set(names)].sort()]));
}

function namespaceMembers(syntax: ReadonlyMap<string, ModuleSyntax>, namespace: string): readonly string[] {
  const members = [...syntax].flatMap(([path, { program, imports }]) =>
    imports.some(({ local }) => local === namespace) ? membersUsed(path, program, namespace) : [],
  );
  if (members.includes("core"))
    throw new Error(`Import from "zod/v4/core" what ${namespace}.core gives: else all of it is bundled.`);
  return members;
}

/** One statement per package or Node.js module; whole modules keep the name they were given. */
function bindings(outside: ReadonlyMap<string, OutsideImport>): string {
  const names = [...outside.values()].map(({ name }) => name);
  const sources = [...new Set(names.map(({ from }) => from))];
  return sources
    .flatMap((from) =>
      bindingsFrom(
        from,
        names.filter((name) => name.from === from),
      ),
    )
    .join("\n");
}

function bindingsFrom(from: string, names: readonly ImportedName[]): readonly string[] {
  const source = isBuiltin(from) ? `require(${JSON.stringify(from)})` : `thirdParty[${JSON.stringify(from)}]`;
  const isWhole = ({ imported }: ImportedName) => imported === "*" || (imported === "default" && isBuiltin(from));
  const parts = names
    .filter((name) => !isWhole(name))
    .map(({ imported, local }) => (imported === local ? local : `${imported}: ${local}`));
  return [
    ...names.filter(isWhole).map(({ local }) => `const ${local} = ${source};`),
    ...(parts.length === 0 ? [] : [`const { ${parts.join(", ")} } = ${source};`]),
  ];
}
