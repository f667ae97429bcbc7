import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Names of the executable in packages of Linux distributions. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** Starts the browser that is installed on this machine. Nothing is downloaded. */
export async function startChromium(): Promise<Browser> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const executablePath = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error("Chromium is not installed. On Debian: apt-get install --no-install-recommends chromium");
  // Chromium's sandbox refuses to run as root, for example in a container. The pages are files of the tests.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}
