import { startOctopusServer, type OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ManualInterventionStep, ParentStep, ScriptStep } from "../../test/parent-process/parent-steps.ts";
import { runParentDeployment } from "../../test/parent-process/run-parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import { logPrinter } from "../../test/step-host/print-log.ts";

const components = ["Database", "Web API", "Scheduling Service", "Web UI"];

interface Scene {
  readonly title: string;
  readonly environment: string;
  readonly steps: readonly ParentStep[];
  /** Deployment targets the parent is limited to, as by a trigger. */
  readonly specificMachines?: readonly string[];
  /** What happens on the server before it. */
  readonly before?: (server: OctopusServer) => void;
}

/** Plays two releases of the sample application on the embedded server and prints the task logs. Returns the exit code. */
export async function playDemo(template: StepTemplate): Promise<number> {
  const server = await startOctopusServer({ world: "rm" });
  try {
    for (const scene of scenes(template)) {
      scene.before?.(server);
      if (!(await play(scene, server))) return 1;
    }
    return 0;
  } finally {
    await server.stop();
  }
}

function scenes(template: StepTemplate): readonly Scene[] {
  const promote = components.map((component) => deployStep(component, template));
  const plan = components.map((component) => planStep(component, template));
  return [
    { title: "Deploy to Staging", environment: "Staging", steps: promote },
    { title: "Deploy to Staging again: nothing has changed", environment: "Staging", steps: promote },
    {
      title: "A trigger saw the new server s-api-03 in Staging: it gets what the other servers run",
      environment: "Staging",
      specificMachines: ["s-api-03"],
      steps: ["Web API", "Web UI"].map((component) => deployStep(component, template, onlySpecificMachines)),
      before: (server) =>
        server.simulator.addWorld({ machines: [{ name: "s-api-03", environments: ["Staging"], roles: ["api"] }] }),
    },
    {
      title: "Two tenants: Contoso gets what it tested, Fabrikam is not served from Staging",
      environment: "Staging",
      steps: ["Contoso", "Fabrikam"].map((tenant) => ({
        ...deployStep("Customer Portal", template, { "ChildProject.Tenant.Name": tenant }),
        name: `Customer Portal for ${tenant}`,
      })),
      before: addTenants,
    },
    {
      title: "Approve today: what would go to Production",
      environment: "Prod Approval",
      steps: [...plan, approval],
    },
    {
      title: "Deploy at 7 PM: somebody deployed a newer Database to Staging, but what was approved goes to Production",
      environment: "Production",
      steps: components.map((component, index) =>
        deployStep(component, template, { [approvalEnvironment]: "Prod Approval", ...(index === 0 ? atSeven : {}) }),
      ),
      before: (server) => {
        server.advance(3_600_000);
        deployNewerDatabase(server);
      },
    },
    {
      title: "What-if, approval and deployment in one go: now the newer Database",
      environment: "Production",
      steps: [...plan, approval, ...promote],
    },
  ];
}

/** For the first step only: the others follow when it has ended. */
const atSeven = {
  "ChildProject.Deployment.FutureTime": "7:00 PM",
  "ChildProject.Schedule.TimeZone": "Europe/Berlin",
  "ChildProject.WaitForFinish.Value": "ThroughSchedule",
};

const onlySpecificMachines = { "ChildProject.Deployment.Condition": "SpecificMachines" };

const approvalEnvironment = "ChildProject.ManualIntervention.EnvironmentToUse";

async function play(
  { title, environment, specificMachines = [], steps }: Scene,
  server: OctopusServer,
): Promise<boolean> {
  const printer = logPrinter(process.stdout);
  process.stdout.write(`\nRelease Orchestration 2021.1.0.1: ${title}\n\n`);
  const { state } = await runParentDeployment(server, {
    project: "Release Orchestration",
    release: "2021.1.0.1",
    environment,
    specificMachines,
    variables: { "Orchestration.ApiKey": server.keys["release-conductor"] ?? "" },
    sensitive: ["Orchestration.ApiKey"],
    steps,
    people: ({ instructions }) => {
      process.stdout.write(`${instructions.replace(/^(?=.)/gm, "        | ")}\n`);
      server.advance(60_000);
      return { by: "bob", result: "Proceed", notes: "Looks good." };
    },
    onStep: (step, status) => printer.heading(status, step, 1),
    onLine: (_, line) => printer.line(line, 2),
  });
  return state === "Success";
}

/** One step per component, as somebody would fill it in: the child, the pattern of this release, and the key. */
function deployStep(component: string, template: StepTemplate, parameters: ScriptStep["parameters"] = {}): ScriptStep {
  return {
    kind: "script",
    name: component,
    template,
    parameters: {
      "ChildProject.Project.Name": component,
      "ChildProject.Release.Number": "2021.1.0.*",
      "ChildProject.Api.Key": expression("Orchestration.ApiKey"),
      ...parameters,
    },
  };
}

/** The same for Production, without deploying anything. */
function planStep(component: string, template: StepTemplate): ScriptStep {
  const parameters = {
    "ChildProject.WhatIf.Value": "Yes",
    "ChildProject.Destination.EnvironmentName": "Production",
  };
  return { ...deployStep(component, template, parameters), name: `Plan ${component}` };
}

/** People see versions, release notes and digests, and approve exactly those. */
const approval: ManualInterventionStep = {
  kind: "manual-intervention",
  name: "Approve",
  teams: ["Business Owners"],
  instructions: components
    .map((component) => expression(`Octopus.Action[Plan ${component}].Output.ReleaseNotes`))
    .join("\n\n"),
};

function expression(name: string): string {
  return ["#", `{${name}}`].join("");
}

/** A component that every tenant has a copy of, tested for both, in different releases. */
function addTenants(server: OctopusServer): void {
  const tested = (version: string, hours: number, tenant: string) => ({
    version,
    created: ago(server, 60 * hours),
    deployments: ["Development", "Test"].map((environment) => ({ environment, tenant, at: ago(server, 50 * hours) })),
  });
  server.simulator.addWorld({
    projects: [
      {
        name: "Customer Portal",
        lifecycle: "Application",
        tenanted: "Tenanted",
        steps: [{ name: "Deploy customer portal" }],
        releases: [tested("2021.1.0.3", 3, "Contoso"), tested("2021.1.0.4", 2, "Fabrikam")],
      },
    ],
    tenants: [
      { name: "Contoso", projects: { "Customer Portal": ["Development", "Test", "Staging"] } },
      { name: "Fabrikam", projects: { "Customer Portal": ["Development", "Test"] } },
    ],
  });
}

function ago(server: OctopusServer, minutes: number): string {
  return new Date(server.now() - minutes * 60_000).toISOString();
}

function deployNewerDatabase(server: OctopusServer): void {
  const deployments = ["Development", "Test", "Staging"].map((environment, index) => ({
    environment,
    at: ago(server, 40 - 10 * index),
  }));
  const release = {
    version: "2021.1.0.12",
    created: ago(server, 50),
    notes: "Drops the old price table.",
    deployments,
  };
  server.simulator.addWorld({ projects: [{ name: "Database", releases: [release] }] });
}
