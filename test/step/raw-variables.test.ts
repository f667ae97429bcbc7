import { createCipheriv, randomBytes } from "node:crypto";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InternalError } from "../../src/errors.ts";
import { readRawVariables } from "../../src/step/raw-variables.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "raw-variables-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function descriptorOf(bytes: string | Buffer): number {
  files += 1;
  const path = join(folder, `${files}`);
  writeFileSync(path, bytes);
  return openSync(path, "r");
}

describe("readRawVariables keeps a value byte for byte", () => {
  test.each([
    ["plain text", "Web API"],
    ["empty is not undefined", ""],
    ["several lines with trailing newlines", "one\ntwo\n\n"],
    ["two newlines are a value", "\n\n"],
    ["UTF-8 beyond the BMP", "Größe 😀 日本語"],
    ["quotes, dollars and backslashes", "\"'`$(rm)\\n${x}"],
    ["tabs and carriage returns", "a\tb\r\nc\r"],
    ["a byte order mark", "\uFEFFabc"],
  ])("%s", async (_, value) => {
    const read = await readRawVariables(descriptorOf(stream(["Some.Name", value])));

    expect([...read]).toEqual([["Some.Name", value]]);
  });
});

test("a value of one newline means that Octopus does not know the variable", async () => {
  const read = await readRawVariables(descriptorOf(stream(["Missing", "\n"], ["Empty", ""])));

  expect([...read]).toEqual([
    ["Missing", undefined],
    ["Empty", ""],
  ]);
});

test("a character that is split between two chunks is put together again", async () => {
  const value = `x${"ä".repeat(100_000)}`;

  const read = await readRawVariables(descriptorOf(stream(["Long", value])));

  expect(read.get("Long")).toBe(value);
});

describe("values are decrypted with the key that comes first", () => {
  test.each([128, 256])("of %i bits", async (bits) => {
    const key = randomBytes(bits / 8);
    const values: [string, string][] = [
      ["Empty", ""],
      ["Text", "Größe 😀\n"],
      ["Long", "ä".repeat(100_000)],
      ["Missing", "\n"],
      ["Looks encrypted", "\x01AB cd"],
    ];
    const sent = values.map(([name, value]): [string, string] => [
      name,
      name === "Missing" ? value : encrypted(value, key),
    ]);

    const read = await readRawVariables(descriptorOf(key.toString("hex") + stream(...sent)));

    expect([...read]).toEqual(values.map(([name, value]) => [name, name === "Missing" ? undefined : value]));
  });

  test("without a key a value is read as it is, even if it looks encrypted", async () => {
    const value = encrypted("x", randomBytes(32));

    expect((await readRawVariables(descriptorOf(stream(["A", value])))).get("A")).toBe(value);
  });

  test.each([
    ["with another key", randomBytes(32).toString("hex")],
    ["with a key of an odd length", "ABC"],
  ])("%s the error names the variable and quotes nothing", async (_, key) => {
    const reading = readRawVariables(descriptorOf(key + stream(["Api Key", encrypted("API-SECRET", randomBytes(32))])));

    await expect(reading).rejects.toThrow(InternalError);
    await expect(reading).rejects.toThrow(/^The variable "Api Key" could not be decrypted/);
  });
});

describe("a stream that ends early is an error, never a blank parameter", () => {
  test.each([
    ["nothing at all", "", "before the first one"],
    ["no variables and no end mark", "\0", "before the first one"],
    ["no end mark", `\0${field("A")}one\0`, 'after "A"'],
    ["cut inside a value", `\0${field("A")}one\0${field("B")}tw`, 'after "A"'],
    ["cut after a name", `\0${field("A")}one\0${field("B")}`, 'after "A"'],
    ["cut inside a name", `\0${field("A")}one\0Bcd`, 'after "A"'],
    ["more after the end mark", `\0${field("A")}one\0\0B\0`, 'after "A"'],
    ["a name is missing", `\0${field("A")}one\0\0two\0\0`, 'after "A"'],
  ])("%s", async (_, bytes, where) => {
    const reading = readRawVariables(descriptorOf(bytes));

    await expect(reading).rejects.toThrow(InternalError);
    await expect(reading).rejects.toThrow(where);
  });
});

/** The stream that the bootstrap sends after the key. */
function stream(...variables: readonly (readonly [string, string])[]): string {
  return `\0${variables.map(([name, value]) => `${field(name)}${value}\0`).join("")}\0`;
}

function field(name: string): string {
  return `${Buffer.from(name).toString("base64")}\0`;
}

function encrypted(value: string, key: Buffer): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
  const text = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]).toString("base64");
  return `\x01${iv.toString("hex").toUpperCase()} ${text}`;
}
