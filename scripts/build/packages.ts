import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import * as z from "zod";
import { isLeftOut } from "./left-out.ts";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As the package's own manifest says, e.g. `MIT`. */
  readonly licence: string;
  /** The full licence text. */
  readonly notice: string;
  /** Bytes of it in the bundle. */
  readonly bytes: number;
}

/** The packages a bundle contains, by name. Throws when one comes without a licence text. */
export async function packagesIn(root: string, metafile: Metafile): Promise<readonly BundledPackage[]> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = isLeftOut(path) ? undefined : packageFolder(path);
      if (folder !== undefined && bytesInOutput > 0) bytes.set(folder, (bytes.get(folder) ?? 0) + bytesInOutput);
    }
  }
  const folders = [...bytes].sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(folders.map(([folder, size]) => readPackage(join(root, folder), size)));
}

function packageFolder(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

async function readPackage(folder: string, bytes: number): Promise<BundledPackage> {
  const { name, version, license } = Manifest.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  return { name, version, licence: license, notice: await licenceText(folder), bytes };
}

async function licenceText(folder: string): Promise<string> {
  const files = (await readdir(folder)).sort();
  const own = files.find((file) => /^licen[cs]e/i.test(file));
  if (own !== undefined) return readFile(join(folder, own), "utf8");
  const readme = files.find((file) => /^readme/i.test(file));
  const section = readme && /^#*\s*licen[cs]e\b[^]*/im.exec(await readFile(join(folder, readme), "utf8"));
  if (!section) throw new Error(`${folder} comes without a licence text.`);
  return section[0];
}
