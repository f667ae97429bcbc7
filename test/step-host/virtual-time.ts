import { fileURLToPath } from "node:url";

/**
 * Environment for `runStep` that lets a script's Node.js program live in the time of an embedded Octopus server: it begins at `now`, the
 * server's time in milliseconds, and sleeping moves the server's clock ahead at once. The server's clock should be virtual.
 */
export function virtualTime(serverUrl: string, now: number): Record<string, string> {
  const preload = fileURLToPath(new URL("virtual-time.cjs", import.meta.url));
  return {
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
    OCTOPUS_SIMULATOR_URL: serverUrl,
    OCTOPUS_SIMULATOR_NOW: String(now),
  };
}
