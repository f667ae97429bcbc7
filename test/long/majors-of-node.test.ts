import { existsSync, readdirSync } from "node:fs";
import { arch, homedir } from "node:os";
import { dirname, join } from "node:path";
import { expect, inject, test } from "vitest";
import { folderOf } from "../fetch-node-18.ts";
import { deployStep, orchestration, child, created, parent, serve, runOf } from "../scenarios/scenario.ts";
import { runParentDeployment } from "../parent-process/run-parent-deployment.ts";

/** Where CI and developers keep Node.js, a folder for each version. */
const stores = ["/opt/hostedtoolcache/node", join(homedir(), ".nvm/versions/node"), "/usr/local/n/versions/node"];

/** Folders with a `node`: the one that runs this test, and all others on this machine. */
function foldersWithNode(): readonly string[] {
  const others = stores
    .filter((store) => existsSync(store))
    .flatMap((store) =>
      readdirSync(store).flatMap((version) => [join(store, version, arch(), "bin"), join(store, version, "bin")]),
    );
  return [dirname(process.execPath), ...others].filter((folder) => existsSync(join(folder, "node")));
}

const nodes = [inject("node18"), ...foldersWithNode().map((folder) => ({ folder }))];

test.each(nodes)("the shipped step promotes with the Node.js in $folder", async (node) => {
  const deployments = ["Development", "Test"].map((environment) => ({ environment, at: "-3h" }));
  const releases = [{ version: "1.0", created: "-3h", deployments }];
  const server = await serve(orchestration({ projects: [child("Web API", releases)] }));

  const result = await runParentDeployment(server, {
    ...parent,
    environment: "Staging",
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    steps: [deployStep("Web API", {}, { environment: { PATH: `${folderOf(node)}:/usr/bin:/bin` } })],
  });

  expect(runOf(result, "Web API").outputs, runOf(result, "Web API").log).toMatchObject({ Outcome: "Deployed" });
  expect(created(server)).toEqual(["Web API 1.0 to Staging"]);
});
