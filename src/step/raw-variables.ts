import { createReadStream } from "node:fs";
import { InternalError } from "../errors.ts";
import type { RawVariables } from "./system-variables.ts";

/**
 * Reads what the bootstrap's readers send, side by side, and closes the descriptors. A stream is `name NUL value NUL`, again and again, and ends
 * with one more NUL, an empty name: a reader that died half-way must not look like parameters left blank.
 * Throws `InternalError` when a stream is damaged or ends early.
 */
export async function readRawVariables(fds: readonly number[]): Promise<RawVariables> {
  const streams = await Promise.all(fds.map(readToEnd));
  return new Map(streams.flatMap(parseStream));
}

async function readToEnd(fd: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream("", { fd })) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parseStream(stream: string): readonly (readonly [string, string | undefined])[] {
  const fields = stream.split("\0");
  const variables: (readonly [string, string | undefined])[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const [name, value] = [fields[i], fields[i + 1]];
    if (name === "" && value === "" && i + 2 === fields.length) return variables;
    if (name === undefined || name === "" || value === undefined || i + 2 === fields.length) break;
    variables.push([name, definedValue(value)]);
  }
  const last = variables.at(-1)?.[0];
  throw new InternalError(
    `Octopus' variables could not be read to the end: the reading stopped ${last === undefined ? "before the first one" : `after "${last}"`}.`,
  );
}

/** `get_octopusvariable` prints one newline for a variable that does not exist, and nothing for an empty one. */
function definedValue(value: string): string | undefined {
  return value === "\n" ? undefined : value;
}
