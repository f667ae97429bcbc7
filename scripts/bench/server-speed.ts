import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { crowdedProject } from "./worlds.ts";

export interface ServerSpeed {
  /** Milliseconds from the start of the process to the line that says it is ready. */
  readonly startUpMs: number;
  /** Median of each request, by its path without the query. */
  readonly requests: readonly { readonly path: string; readonly ms: number }[];
}

/** Starts the embedded server alone, with 10,000 releases and 50,000 deployments in one project, and sends the requests of the step. */
export async function serverSpeed(): Promise<ServerSpeed> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const worldFile = join(folder, "world.json");
  await writeFile(worldFile, JSON.stringify(crowdedProject()));

  const script = fileURLToPath(new URL("../octopus-server.ts", import.meta.url));
  const start = performance.now();
  const server = spawn(process.execPath, ["--import", "tsx", script, "--world", worldFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(server.stdout), "line");
    const startUpMs = performance.now() - start;
    const { url, apiKey } = Ready.parse(JSON.parse(String(line)));
    return { startUpMs, requests: await timeRequests(`${url}/api/Spaces-1`, apiKey) };
  } finally {
    server.kill();
    await once(server, "close");
    await rm(folder, { recursive: true });
  }
}

const Ready = z.object({ url: z.string(), apiKey: z.string() });

/** The fields of an answer that further requests need. */
const Answer = z.object({
  Items: z
    .array(
      z.object({
        Id: z.string(),
        ReleaseId: z.string().optional(),
        TaskId: z.string().nullish(),
        EnvironmentId: z.string().optional(),
      }),
    )
    .default([]),
});

async function timeRequests(space: string, apiKey: string): Promise<ServerSpeed["requests"]> {
  const get = async (path: string) => {
    const response = await fetch(`${space}/${path}`, { headers: { "X-Octopus-ApiKey": apiKey } });
    return { status: response.status, body: Answer.parse(await response.json()) };
  };
  const [project] = (await get("projects?partialName=Web")).body.Items;
  const [deployment] = (await get(`deployments?projects=${project?.Id}&take=1`)).body.Items;
  const paths = [
    `deployments?projects=${project?.Id}&environments=${deployment?.EnvironmentId}&take=30`,
    `deployments/${deployment?.Id}`,
    `tasks?ids=${deployment?.TaskId}`,
    `tasks?project=${project?.Id}&environment=${deployment?.EnvironmentId}&states=Success&fromCompletedDate=2025-12-01`,
    `projects/${project?.Id}/releases?searchByVersion=1.0.99&take=100`,
    `releases/${deployment?.ReleaseId}`,
    `releases/${deployment?.ReleaseId}/deployments/template`,
    `progression/${project?.Id}`,
  ];
  const timed = [];
  for (const path of paths) {
    const times: number[] = [];
    for (let run = 0; run < 15; run += 1) {
      const start = performance.now();
      const { status } = await get(path);
      times.push(performance.now() - start);
      if (status !== 200) throw new Error(`${path} answered ${status}.`);
    }
    timed.push({ path: path.split("?")[0] ?? path, ms: median(times) });
  }
  return timed;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
