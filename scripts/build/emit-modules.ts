import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";

/** JavaScript of every source file, by the path of its TypeScript file below the project, e.g. `src/main.ts`. */
export type EmittedModules = ReadonlyMap<string, string>;

/**
 * Takes the types out of `src/`, with the project's own TypeScript: comments and paragraphs stay. Type errors are not looked for, that is another
 * step of the gate. Throws when the compiler cannot read a file.
 */
export async function emitModules(root: string): Promise<EmittedModules> {
  const workspace = await makeWorkspace(root);
  try {
    const sources = join(workspace, "src");
    await cp(join(root, "src"), sources, { recursive: true });
    const paths = await typescriptFilesBelow(sources);
    for (const path of paths) await rewrite(path, markBlankLines);
    await compile(root, workspace, paths);
    return new Map(
      await Promise.all(paths.map(async (path) => [relative(workspace, path), await emitted(path)] as const)),
    );
  } finally {
    await rm(workspace, { recursive: true });
  }
}

async function makeWorkspace(root: string): Promise<string> {
  await mkdir(join(root, ".build"), { recursive: true });
  return mkdtemp(join(root, ".build", "emit-"));
}

async function typescriptFilesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith(".ts") && !entry.endsWith(".d.ts"))
    .sort()
    .map((entry) => join(folder, entry));
}

async function compile(root: string, workspace: string, files: readonly string[]): Promise<void> {
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    verbatimModuleSyntax: true,
    noCheck: true,
    noResolve: true,
    types: [],
    newLine: "lf",
  };
  const project = join(workspace, "tsconfig.json");
  await writeFile(project, JSON.stringify({ compilerOptions, files }));
  await writeFile(join(workspace, "package.json"), JSON.stringify({ type: "module" }));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [compiler, "--project", project]).catch((failure: { stdout: string }) => {
    throw new Error(`The compiler could not take the types out of src/:\n${failure.stdout}`);
  });
}

async function emitted(path: string): Promise<string> {
  return restoreBlankLines(await readFile(path.replace(/\.ts$/, ".js"), "utf8"));
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, "utf8")));
}

// The compiler keeps comments and drops blank lines, so each blank line travels as a comment. Both ways go by whole lines, which makes them
// exact inside template literals too.
function markBlankLines(source: string): string {
  return source.replace(/^$/gm, "//blank line");
}

function restoreBlankLines(source: string): string {
  return source.replace(/^ *\/\/blank line$/gm, "");
}
