import type { OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ParentDeployment } from "../../test/parent-process/parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import {
  addServer,
  approval,
  deployNewerDatabase,
  deployStep,
  planStep,
  prepareFailure,
  prepareProduction,
  safeDatabase,
} from "./sample-application.ts";

/** One deployment of the parent. */
export interface Scene {
  readonly title: string;
  /** The sentence before the scene. */
  readonly sentence: string;
  /** Changes on the server before the scene. */
  readonly prepare?: (server: OctopusServer) => void;
  readonly deployment: Pick<ParentDeployment, "environment" | "steps" | "specificMachines">;
  /** The expected end; absent means success. `Canceled` cancels the scene when its deployments of the second level have been created. */
  readonly end?: "Failed" | "Canceled";
}

const minute = 60_000;
const hour = 60 * minute;

/** The sample application's way to Production, and a release that fails. Later scenes need the results of earlier ones. */
export function scenesOf(template: StepTemplate): readonly Scene[] {
  const toProduction = deployStep(template, { "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Approval" });
  return [
    {
      title: "Staging: plan, approve, deploy",
      sentence:
        "The parent's release is deployed to Staging. The first step plans all four components, Bob approves the plan, and the second step deploys it: the Database first, then Web API and Scheduling Service together, then the Web UI.",
      deployment: { environment: "Staging", steps: [planStep(template), approval, deployStep(template)] },
    },
    {
      title: "Approve today for tonight",
      sentence:
        "The parent is deployed to its own environment Prod Approval. Only the plan for Production is made there, and Bob approves it. Nothing is deployed.",
      prepare: (server) => server.advance(hour),
      deployment: {
        environment: "Prod Approval",
        steps: [planStep(template, { "ChildProject.Destination.EnvironmentName": "Production" }), approval],
      },
    },
    {
      title: "Production: what was approved, until the run is cut off",
      sentence:
        "Meanwhile a newer Database was deployed to Staging, but Production gets the one that Bob approved. The step answers the Database's own manual intervention on his behalf. Then the parent is cancelled by mistake, while Web API and Scheduling Service are being deployed.",
      prepare: (server) => {
        server.advance(8 * hour);
        deployNewerDatabase(server);
        prepareProduction(server);
      },
      deployment: { environment: "Production", steps: [toProduction] },
      end: "Canceled",
    },
    {
      title: "The parent is deployed again",
      sentence:
        "The children went on when the parent was cancelled. The step skips the Database, waits for the two deployments that it finds running, and deploys the Web UI: the rest of the plan that Bob approved. Nothing is deployed twice. A warning says that the Database was deployed by the run that was cut off, so a roll back of this run would leave it as it is.",
      deployment: { environment: "Production", steps: [toProduction] },
    },
    {
      title: "A new server appears",
      sentence:
        "A trigger deploys the parent to the new server s-api-03 in Staging. Web API is installed there in the release the other servers run; the other components have nothing to do on it.",
      prepare: (server) => {
        server.advance(hour);
        addServer(server);
      },
      deployment: {
        environment: "Staging",
        specificMachines: ["s-api-03"],
        steps: [deployStep(template, { "ChildProject.Deployment.Condition": "SpecificMachines" })],
      },
    },
    {
      title: "A release fails and is rolled back",
      sentence:
        "The next release goes to Staging with the policy RollBack, and its Web UI fails. Scheduling Service and Web API go back to what they ran before; the Database stays, because the list says never to roll it back. The parent fails all the same.",
      prepare: (server) => {
        server.advance(12 * hour);
        prepareFailure(server);
      },
      deployment: {
        environment: "Staging",
        steps: [
          deployStep(template, {
            "ChildProject.Project.Name": safeDatabase,
            "ChildProject.Failure.Policy": "RollBack",
          }),
        ],
      },
      end: "Failed",
    },
  ];
}
