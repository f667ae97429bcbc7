import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** The rooms from the top to the bottom: each may use those after it. Files of `src` itself are rooms as well. */
const rooms = [
  ["main.ts"],
  ["run-step.ts"],
  ["train"],
  ["deploy-child-project.ts"],
  ["deploy"],
  ["plan"],
  ["approvals"],
  ["monitor"],
  ["select"],
  ["resolve"],
  ["report"],
  ["failure.ts"],
  ["run.ts"],
  ["step"],
  ["octopus"],
  ["settings.ts"],
  ["rules"],
  ["text"],
  ["clock.ts", "errors.ts", "model.ts", "recover.ts"],
];

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

/** The files of `src` that a file imports, even if only for a type, because a type may not come from above either. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) => posix.join(dirname(file), path));
}

const floorOf = (file: string) => rooms.findIndex((names) => names.includes(file.split("/")[0] ?? ""));

test("every source file is in a room", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
});

test("each room uses only rooms below it", () => {
  const upwards = files.flatMap((file) =>
    importsOf(file).flatMap((other) => (floorOf(other) < floorOf(file) ? [`${file} uses ${other}`] : [])),
  );
  expect(upwards).toEqual([]);
});

test("no file imports itself through others, not even for a type", () => {
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" > "));
    else if (!finished.has(file)) for (const other of importsOf(file)) visit(other, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test("a test is in the room of what it tests", () => {
  const tests = fileURLToPath(new URL(".", import.meta.url));
  const strangers = rooms
    .map(([room = ""]) => room)
    .filter((room) => !room.endsWith(".ts") && existsSync(join(tests, room)))
    .flatMap((room) => readdirSync(join(tests, room)).map((file) => `${room}/${file}`))
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => !readFileSync(join(tests, file), "utf8").includes(`/src/${dirname(file)}/`));
  expect(strangers).toEqual([]);
});
