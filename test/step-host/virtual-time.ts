import { fileURLToPath } from "node:url";

/**
 * Environment variables for `runStep` that give a script's Node.js program the time of an embedded Octopus server: it begins at `now`, the
 * server's time in epoch milliseconds, and sleeping moves the server's clock ahead at once. The server's clock should be virtual.
 */
export function virtualTime(serverUrl: string, now: number): Record<string, string> {
  const preload = fileURLToPath(new URL("virtual-time.cjs", import.meta.url));
  return {
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
    OCTOPUS_SIMULATOR_URL: serverUrl,
    OCTOPUS_SIMULATOR_NOW: String(now),
  };
}
