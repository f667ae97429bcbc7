import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import * as z from "zod";
import { isLeftOut } from "./left-out.ts";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** License from the package's manifest, such as `MIT`. */
  readonly licence: string;
  /** The full licence text. */
  readonly notice: string;
  /** Bytes of the package in the bundle. */
  readonly bytes: number;
}

/** The packages of a bundle, by name, and the bytes of our own modules. Throws if a package has no licence text. */
export async function packagesIn(root: string, metafile: Metafile) {
  const bytes = new Map<string, number>();
  let ownBytes = 0;
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = isLeftOut(path) ? undefined : packageFolder(path);
      if (folder === undefined) ownBytes += bytesInOutput;
      else if (bytesInOutput > 0) bytes.set(folder, (bytes.get(folder) ?? 0) + bytesInOutput);
    }
  }
  const folders = [...bytes].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    packages: await Promise.all(folders.map(([folder, size]) => readPackage(join(root, folder), size))),
    ownBytes,
  };
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
  if (own !== undefined) return asText(await readFile(join(folder, own), "utf8"));
  const readme = files.find((file) => /^readme/i.test(file));
  const section = readme && /^#*\s*licen[cs]e\b[^]*/im.exec(await readFile(join(folder, readme), "utf8"));
  if (!section) throw new Error(`${folder} comes without a licence text.`);
  return asText(section[0]);
}

/** Some packages keep their licence in a Markdown page with HTML entities. */
function asText(notice: string): string {
  const signs: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return notice
    .replaceAll("\r", "")
    .replace(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => signs[name] ?? entity);
}

/** All licence texts as one comment: each text once, below the names of its packages. Texts that differ only in line breaks are the same. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const holders = new Map<string, string>();
  for (const { name, version, notice } of packages) {
    const [, copyright, text] = /(?:^|\n)\W*(Copyright (?:\(c\)|©).*)\n\s*([^]*?)\s*(?:\n\n\[|$)/i.exec(notice) ?? [];
    if (copyright === undefined || text === undefined) throw new Error(`The licence of ${name} has no copyright line.`);
    const words = text.replace(/(?<!\n)\n(?!\n)/g, " ").replace(/['\u201c](Software|AS IS)['\u201d]/g, '"$1"');
    holders.set(words, `${holders.get(words) ?? ""}${name} ${version}: ${copyright}\n`);
  }
  const notices = [...holders].map(([words, names]) => `${names}\n${words}\n`);
  return `/*!\n${notices.join("\n").replaceAll("*/", "* /")}*/\n`;
}
