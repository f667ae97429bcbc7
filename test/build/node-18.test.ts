import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { fetchNode18, folderOf } from "../fetch-node-18.ts";

/** A new folder, which is removed after the test. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "node-18-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("Node.js 18 is available to the tests that need it", () => {
  expect(existsSync(join(folderOf(inject("node18")), "node"))).toBe(true);
});

test("without the network those tests fail with one sentence, and no half-fetched folder is left", async () => {
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
  vi.stubEnv("npm_config_fetch_retries", "0");
  vi.stubEnv("npm_config_cache", emptyFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const store = emptyFolder();

  const node = await fetchNode18(store);

  expect(() => folderOf(node)).toThrow(
    /^This test needs Node\.js 18, and npm could not fetch node-linux-\w+ from its registry\. Connect to the registry, then run the tests again\. /,
  );
  expect(readdirSync(store)).toEqual([]);
});
