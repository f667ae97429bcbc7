import { parseArgs } from "node:util";
import { startOctopusServer } from "../test/octopus-server/octopus-server.ts";
import type { OctopusServer } from "../test/octopus-server/octopus-server.ts";

const usage = "Usage: npm run octopus-server -- [--port <number>] [--world <name in test/worlds, or file>]";

/** Runs the embedded Octopus Server alone, in real time, until it is told to stop. */
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
  stopOnSignals(server);
  process.stdout.write(`${JSON.stringify({ url: server.url, apiKey: server.apiKey, keys: server.keys })}\n`);
}

function stopOnSignals(server: OctopusServer): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      server.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
});
