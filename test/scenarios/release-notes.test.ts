import { expect, test } from "vitest";
import { child, orchestration, run, serve } from "./scenario.ts";

test("notes with service messages and expressions are published and saved without any effect", async () => {
  const trap = [
    "##octopus[setVariable name='Outcome' value='x']",
    ["#", "{Orchestration.ApiKey}"].join(""),
    "| a |\n| - |",
    "\u{1F680}",
  ];
  const at = (environments: readonly string[]) => environments.map((environment) => ({ environment, at: "-1d" }));
  const releases = [
    { version: "1.0", created: "-5d", deployments: at(["Development", "Test", "Staging"]) },
    { version: "1.1", created: "-2d", notes: trap.join("\n\n"), deployments: at(["Development"]) },
  ];
  const server = await serve(orchestration({ projects: [child("Web/API", releases)] }));
  const parameters = { "ChildProject.ReleaseNotes.SaveAsArtifact": "Yes", "ChildProject.WhatIf.Value": "Yes" };

  const { parent, outputs } = await run(server, "Web/API", parameters, { to: "Test" });

  expect(outputs).toMatchObject({ Outcome: "WhatIf", ReleaseToPromote: "1.1" });
  expect(outputs.ReleaseNotes).toContain("## octopus[setVariable");
  expect(outputs.ReleaseNotes).toContain("# {Orchestration.ApiKey}");
  expect(outputs.ReleaseNotes).toContain("| a |\n| - |\n\n\u{1F680}");
  const notes = parent.steps.flatMap((step) => step.artifacts).find(({ name }) => name.endsWith(".md"));
  expect(notes?.name).toBe("Web-API 1.1 Test.ReleaseNotes_2021_01_14_12_00.md");
  expect(notes?.content.toString("utf8")).toContain("\u{1F680}");
});
