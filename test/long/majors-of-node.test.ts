import { existsSync, readdirSync } from "node:fs";
import { arch, homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { deployStep, orchestration, child, created, parent, serve, runOf } from "../scenarios/scenario.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where CI and developers keep Node.js, a folder for each version. */
const stores = ["/opt/hostedtoolcache/node", join(homedir(), ".nvm/versions/node"), "/usr/local/n/versions/node"];

/** Folders with a `node`: the oldest that is supported, the one of this test, and whatever else this machine has. */
function foldersWithNode(): readonly string[] {
  const oldest = join(root, "test/node-18/node_modules", `node-linux-${arch()}`, "bin");
  const others = stores
    .filter((store) => existsSync(store))
    .flatMap((store) =>
      readdirSync(store).flatMap((version) => [join(store, version, arch(), "bin"), join(store, version, "bin")]),
    );
  return [oldest, dirname(process.execPath), ...others].filter((folder) => existsSync(join(folder, "node")));
}

test.each(foldersWithNode())("the shipped step promotes with the Node.js in %s", async (folder) => {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  const releases = [{ version: "1.0", created: "-3h", deployments }];
  const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API", {}, { environment: { PATH: `${folder}:/usr/bin:/bin` } })],
  });

  expect(runOf(result, "Web API").outputs, runOf(result, "Web API").log).toMatchObject({ Outcome: "Deployed" });
  expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
});
