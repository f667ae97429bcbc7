import { createDecipheriv } from "node:crypto";
import { createReadStream } from "node:fs";
import { InternalError } from "../errors.ts";
import type { RawVariables } from "./system-variables.ts";

/**
 * Reads the variables that the bootstrap sends, and closes the descriptor. The stream is `key NUL`, then `name NUL value NUL` for each variable
 * with the name in base64, and at the end one more NUL, so that an interrupted stream does not look like blank parameters. The key is
 * hexadecimal. With a key, a value is the byte 1, an initialisation vector in hexadecimal, a blank and a ciphertext in base64, as the agent's
 * Bash functions keep it. An empty key means that the agent decrypted the values.
 * Throws `InternalError` when the stream is damaged, ends early, or holds a value that cannot be decrypted.
 */
export async function readRawVariables(fd: number): Promise<RawVariables> {
  const [key = "", ...fields] = (await readToEnd(fd)).split("\0");
  const variables = new Map<string, string | undefined>();
  let last: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    const [name, value] = [fields[i], fields[i + 1]];
    if (name === "" && value === "" && i + 2 === fields.length) return variables;
    if (name === undefined || name === "" || value === undefined || i + 2 === fields.length) break;
    last = Buffer.from(name, "base64").toString("utf8");
    variables.set(last, clearValue(last, value, key));
  }
  throw new InternalError(
    `Octopus' variables could not be read to the end: the reading stopped ${last === undefined ? "before the first one" : `after "${last}"`}.`,
  );
}

async function readToEnd(fd: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream("", { fd })) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** `get_octopusvariable` prints one newline for a variable that does not exist, and nothing for an empty one. */
function clearValue(name: string, value: string, key: string): string | undefined {
  if (value === "\n") return undefined;
  const [, iv, ciphertext] =
    (key !== "" && value.startsWith("\u0001") && /^.([0-9A-F]+) ([A-Za-z0-9+/=]+)$/i.exec(value)) || [];
  if (iv === undefined || ciphertext === undefined) return value;
  try {
    const decipher = createDecipheriv(`aes-${key.length * 4}-cbc`, Buffer.from(key, "hex"), Buffer.from(iv, "hex"));
    return decipher.update(ciphertext, "base64", "utf8") + decipher.final("utf8");
  } catch {
    throw new InternalError(`The variable "${name}" could not be decrypted with the key that the agent gave.`);
  }
}
