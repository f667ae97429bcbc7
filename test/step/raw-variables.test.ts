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
    const read = await readRawVariables([descriptorOf(`Some.Name\0${value}\0\0`)]);

    expect([...read]).toEqual([["Some.Name", value]]);
  });
});

test("a value of one newline means that Octopus does not know the variable", async () => {
  const read = await readRawVariables([descriptorOf("Missing\0\n\0Empty\0\0\0")]);

  expect([...read]).toEqual([
    ["Missing", undefined],
    ["Empty", ""],
  ]);
});

test("several streams become one map", async () => {
  const read = await readRawVariables([
    descriptorOf("A\0one\0C\0three\0\0"),
    descriptorOf("B\0two\0\0"),
    descriptorOf("\0"),
  ]);

  expect([...read]).toEqual([
    ["A", "one"],
    ["C", "three"],
    ["B", "two"],
  ]);
});

test("a character that two chunks share is put together again", async () => {
  const value = `x${"ä".repeat(100_000)}`;

  const read = await readRawVariables([descriptorOf(`Long\0${value}\0\0`)]);

  expect(read.get("Long")).toBe(value);
});

describe("a stream that ends early is an error, never a blank parameter", () => {
  test.each([
    ["nothing at all", "", "before the first one"],
    ["no end mark", "A\0one\0", 'after "A"'],
    ["cut inside a value", "A\0one\0B\0tw", 'after "A"'],
    ["cut after a name", "A\0one\0B\0", 'after "A"'],
    ["cut inside a name", "A\0one\0Bcd", 'after "A"'],
    ["more after the end mark", "A\0one\0\0B\0", 'after "A"'],
    ["a name is missing", "A\0one\0\0two\0\0", 'after "A"'],
  ])("%s", async (_, stream, where) => {
    const reading = readRawVariables([descriptorOf(stream)]);

    await expect(reading).rejects.toThrow(InternalError);
    await expect(reading).rejects.toThrow(where);
  });
});
