import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const Manifest = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = Manifest.parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

/** Scripts that end by themselves within seconds. */
const short = ["typecheck", "lint", "format"];

const lasting = Object.entries(scripts).filter(([name]) => !short.includes(name));

test.each(lasting)("npm run %s needs no shell, and ends with its parent", (_, command) => {
  expect(command).toMatch(/^node --require \.\/scripts\/end-with-parent\.cjs [^&|;$'"]+$/);
});

test("a script ends when npm is told to end", async () => {
  const npm = spawn("npm", ["run", "-s", "octopus-server"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(npm.stdout, "data");
  expect(String(line)).toContain('"url"');

  npm.kill("SIGTERM");

  // The script holds the other end of this pipe: it closes when the script has ended, not before.
  await once(npm.stdout, "close");
});

test("installing the packages runs no script of this repository", () => {
  const hooks = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
  expect(hooks.filter((hook) => hook in scripts)).toEqual([]);
});
