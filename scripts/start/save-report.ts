import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Artifact } from "../../test/step-host/run-step.ts";

/** Writes the reports among some artifacts into a folder. Returns the path of the last page, or `undefined` if there is none. */
export function saveReport(artifacts: readonly Artifact[], folder: string): string | undefined {
  const files = artifacts.filter(({ name }) => /\.report\.(html|json)$/.test(name));
  if (files.length > 0) mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, basename(name)), content);
  const page = files.findLast(({ name }) => name.endsWith(".html"));
  return page && join(folder, basename(page.name));
}
