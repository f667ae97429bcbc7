import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startOctopusServer } from "../test/octopus-server/octopus-server.ts";
import type { OctopusServer } from "../test/octopus-server/octopus-server.ts";
import { readStepTemplate } from "../test/parent-process/step-template.ts";
import { startWorker, type Worker } from "../test/parent-process/worker.ts";

const usage = "Usage: npm run octopus-server -- [--port <number>] [--world <name in test/worlds, or file>]";

const templateFile = new URL("../step-template.json", import.meta.url);

/** Runs the embedded Octopus Server alone, in real time and with a worker, until it is told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: "string" }, world: { type: "string" } } });
  if (values.port !== undefined && !(/^\d+$/.test(values.port) && Number(values.port) <= 65_535)) {
    throw new Error(`--port: '${values.port}' is not a port number`);
  }
  const server = await startOctopusServer({
    clock: "real",
    checkShapes: false,
    port: Number(values.port ?? 0),
    ...(values.world === undefined ? {} : { world: values.world }),
  });
  const template = readStepTemplate(JSON.parse(await readFile(templateFile, "utf8")));
  stopOnSignals(server, startWorker(server, template, say));
  process.stdout.write(`${JSON.stringify({ url: server.url, apiKey: server.apiKey, keys: server.keys })}\n`);
}

function stopOnSignals(server: OctopusServer, worker: Worker): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      worker
        .stop()
        .then(() => server.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    });
  }
}

function say(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

main().catch((error: unknown) => {
  say(error);
  process.stderr.write(`${usage}\n`);
  process.exitCode = 1;
});
