import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { endpointRows } from "./octopus-server/support/endpoint-table.ts";
import { answered } from "./octopus-server/support/endpoints-answered.ts";

const folder = fileURLToPath(new URL("octopus-server", import.meta.url));

// Runs before each test file. Files share a worker and its modules, so that only what is here, or in a test file itself, happens for each.
answered.clear();

// The embedded server's README says which test file calls which endpoint: here it has to be true. Not when somebody runs a few tests only.
// oxlint-disable-next-line no-empty-pattern -- vitest demands a pattern here
afterAll(({}, suite) => {
  const file = relative(folder, suite.file.filepath);
  const isPart = suite.tasks.some(
    (task) => task.mode !== "run" || ("tasks" in task && task.tasks.some(({ mode }) => mode !== "run")),
  );
  const untrue = endpointRows.filter(({ endpoint, testFile }) => testFile === file && !answered.has(endpoint));
  if (isPart || untrue.length === 0) return;
  throw new Error(`The README says that ${file} calls: ${untrue.map(({ endpoint }) => endpoint).join(", ")}`);
});
