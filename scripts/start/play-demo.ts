import { startOctopusServer, type OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ScriptStep } from "../../test/parent-process/parent-steps.ts";
import { runParentDeployment } from "../../test/parent-process/run-parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter } from "../../test/step-host/print-log.ts";

const components = ["Database", "Web API", "Scheduling Service", "Web UI"];

/** Plays the release of the sample application on the embedded server and prints the task logs. Returns the exit code. */
export async function playDemo(template: StepTemplate): Promise<number> {
  const server = await startOctopusServer({ world: "rm" });
  try {
    const scenes = [
      { title: "Deploy Release Orchestration 2021.1.0.1 to Staging", environment: "Staging" },
      {
        title: "Deploy Release Orchestration 2021.1.0.1 to Staging again: nothing has changed",
        environment: "Staging",
      },
    ];
    for (const scene of scenes) {
      if (!(await play(scene, template, server))) return 1;
    }
    return 0;
  } finally {
    await server.stop();
  }
}

interface Scene {
  readonly title: string;
  readonly environment: string;
}

async function play({ title, environment }: Scene, template: StepTemplate, server: OctopusServer): Promise<boolean> {
  const printer = logPrinter(process.stdout);
  process.stdout.write(`\n${title}\n\n`);
  const { state } = await runParentDeployment(server, {
    project: "Release Orchestration",
    release: "2021.1.0.1",
    environment,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    steps: components.map((component) => promote(component, template)),
    onStep: (step, status) => printer.heading(status, step, 1),
    onLine: (_, line) => printer.line(line, 2),
  });
  return state === "Success";
}

/** One step per component, as somebody would fill it in: the child, the pattern of this release, and the key. */
function promote(component: string, template: StepTemplate): ScriptStep {
  return {
    kind: "script",
    name: component,
    template,
    parameters: {
      "ChildProject.Project.Name": component,
      "ChildProject.Release.Number": "2021.1.0.*",
      "ChildProject.Api.Key": ["#", "{Orchestration.ApiKey}"].join(""),
    },
  };
}
