import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** As packages of Linux distributions call it. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** Starts the machine's own browser: none is downloaded. */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const executablePath = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error("Chromium is not installed. On Debian: apt-get install --no-install-recommends chromium");
  // Its sandbox refuses to run as root, as in a container. The pages are our own files.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
