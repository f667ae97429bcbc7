import * as esbuild from "esbuild";
import { parameterDeclarations } from "../../src/step/parameter-declarations.ts";
import { leaveOut, refuseStaleEntries } from "./left-out.ts";
import { type BundledPackage, noticesOf, packagesIn } from "./packages.ts";

export interface Program {
  /** One CommonJS script: the licence texts, then our code and its packages, minified. UTF-8. */
  readonly code: string;
  /** The bundled packages, by name. */
  readonly packages: readonly BundledPackage[];
  /** Bytes of our own modules in the program. */
  readonly ownBytes: number;
}

/** @param contents a module whose imports are resolved from the project's root. Absent means the step's program, `src/main.ts` */
export async function bundleProgram(root: string, contents?: string): Promise<Program> {
  const { outputFiles, metafile } = await esbuild.build({
    ...(contents === undefined ? { entryPoints: ["src/main.ts"] } : { stdin: { contents, resolveDir: root } }),
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node18",
    charset: "utf8",
    // Only these options decide about the output.
    tsconfigRaw: {},
    minify: true,
    legalComments: "none",
    // axios asks for FormData, and then Node.js 18 and later load their whole fetch, which is not used.
    banner: { js: '"use strict";delete globalThis.FormData;' },
    plugins: [leaveOut(), leaveOutHelp()],
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("The bundler wrote nothing.");
  if (contents === undefined) refuseStaleEntries(Object.keys(metafile.inputs));
  const { packages, ownBytes } = await packagesIn(root, metafile);
  return { code: `${noticesOf(packages)}${bundle.text}`, packages, ownBytes };
}

/** The declarations of the parameters without the texts that only the form shows. */
function leaveOutHelp(): esbuild.Plugin {
  const used = JSON.stringify(parameterDeclarations, ["name", "label", "perChild", "defaultValue", "options"]);
  const contents = `export const parameterDeclarations = ${used};`;
  return {
    name: "leave-out-help",
    setup(build) {
      build.onLoad({ filter: /src\/step\/parameter-declarations\.ts$/ }, () => ({ contents, loader: "js" }));
    },
  };
}
