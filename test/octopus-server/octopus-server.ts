import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ClockMode } from "./clock.ts";
import { startHttpServer } from "./http/http-server.ts";
import type { JournalEntry } from "./http/journal.ts";
import { keysOf } from "./simulator/control-api.ts";
import { createSimulation } from "./simulator/simulation.ts";
import { createSimulator } from "./simulator/simulator.ts";
import type { Simulator } from "./simulator/simulator.ts";
import { parseWorld, readWorldFile, WorldError } from "./world/load-world.ts";
import type { ParsedWorld, World } from "./world/world.ts";

export type { JournalEntry } from "./http/journal.ts";
export type { Simulator } from "./simulator/simulator.ts";
export type { World } from "./world/world.ts";

export interface ServerOptions {
  /** A world, the name of a file in `test/worlds` (without `.json`), or a path. Absent means an empty server. */
  readonly world?: World | string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Puts the server into a virtual directory, e.g. `/octopus`. */
  readonly basePath?: string;
  /** Default: virtual. */
  readonly clock?: ClockMode;
  /** ISO instant at which the clock starts. Default: the world's, else the machine's. */
  readonly now?: string;
  /** Whether the shape of every answer is checked (`shapeViolations`). Default: true. Long answers take time to check. */
  readonly checkShapes?: boolean;
}

/** An Octopus Server in memory, on a real port of this machine. */
export interface OctopusServer {
  /** Without a trailing slash, with the virtual directory. */
  readonly url: string;
  /** API key of the administrator. */
  readonly apiKey: string;
  /** API keys of all users, by user name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Epoch milliseconds by the server's clock. */
  now(): number;
  /** Moves the clock ahead. Everything that becomes due happens in its order. */
  advance(milliseconds: number): void;
  /** Every request to the API so far; calls of the control API are not among them. */
  journal(): readonly JournalEntry[];
  clearJournal(): void;
  /** Number of requests to the API that wait for their answer. */
  inFlight(): number;
  /** Highest number of such requests at one time since the journal was cleared. */
  mostInFlight(): number;
  /** Answers that did not have the declared shape, one line each: a defect of this server. */
  shapeViolations(): readonly string[];
  /** The control API, in this process. */
  readonly simulator: Simulator;
  /** Cuts every connection and stops listening. */
  stop(): Promise<void>;
}

/** Starts an embedded Octopus Server. Servers share nothing. Throws `WorldError` for a malformed world. */
export async function startOctopusServer(options: ServerOptions = {}): Promise<OctopusServer> {
  const basePath = normalBase(options.basePath ?? "");
  const simulation = createSimulation({
    mode: options.clock ?? "virtual",
    now: options.now === undefined ? undefined : Date.parse(options.now),
    basePath,
    checkShapes: options.checkShapes ?? true,
  });
  simulation.replaceWorld(worldOf(options.world));
  const http = await startHttpServer(simulation, options.port ?? 0, basePath);
  return {
    url: `http://127.0.0.1:${http.port}${basePath}`,
    get apiKey() {
      return keysOf(simulation)["admin"] ?? "";
    },
    get keys() {
      return keysOf(simulation);
    },
    now: () => simulation.clock.now(),
    advance: (milliseconds) => {
      simulation.clock.advance(milliseconds);
      simulation.settle();
    },
    journal: () => simulation.journal.entries(),
    clearJournal: () => {
      simulation.journal.clear();
      simulation.wire.restart();
    },
    inFlight: () => simulation.wire.inFlight(),
    mostInFlight: () => simulation.wire.most(),
    shapeViolations: () => simulation.shapes.violations(),
    simulator: createSimulator(simulation),
    stop: () => http.stop(),
  };
}

function normalBase(basePath: string): string {
  const trimmed = basePath.replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `/${trimmed}`;
}

function worldOf(given: World | string | undefined): ParsedWorld {
  if (typeof given !== "string") return parseWorld(given ?? {});
  const named = fileURLToPath(new URL(`../worlds/${given}.json`, import.meta.url));
  if (/^[\w-]+$/.test(given) && existsSync(named)) return readWorldFile(named);
  if (!existsSync(given))
    throw new WorldError([`there is neither a world '${given}' in test/worlds nor a file of that name`]);
  return readWorldFile(given);
}
