import { readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, test } from "vitest";

const Package = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
});
const Lock = z.object({ packages: z.record(z.string(), Package) });

function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

describe.each(["", "test/node-18/"])("the lock file of the folder '%s'", (folder) => {
  const { "": own, ...packages } = Lock.parse(JSON.parse(textOf(`${folder}package-lock.json`))).packages;
  const entries = Object.entries(packages);

  test("has a checksum for every package", () => {
    expect(own).toBeDefined();
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""))).toEqual([]);
  });

  test("names no registry: whoever installs uses their own", () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(textOf(`${folder}.npmrc`)).toContain("omit-lockfile-registry-resolved=true\n");
  });
});
