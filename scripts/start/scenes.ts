import type { OctopusServer } from "../../test/octopus-server/octopus-server.ts";
import type { ParentDeployment } from "../../test/parent-process/parent-deployment.ts";
import type { StepTemplate } from "../../test/parent-process/step-template.ts";
import {
  addServer,
  approval,
  deployNewerDatabase,
  deployStep,
  planStep,
  prepareProduction,
} from "./sample-application.ts";

export interface Scene {
  readonly title: string;
  /** What the audience should know before it begins. */
  readonly sentence: string;
}

/** One deployment of the parent, which several scenes may share. */
export interface Act {
  readonly scenes: readonly [Scene, ...Scene[]];
  /** What happens on the server before it. */
  readonly prepare?: (server: OctopusServer) => void;
  readonly deployment: Pick<ParentDeployment, "environment" | "steps" | "specificMachines" | "guidedFailure">;
}

const hour = 3_600_000;

/** The sample application's way to Production. Later acts need what earlier ones left on the server. */
export function actsOf(template: StepTemplate): readonly Act[] {
  return [
    {
      scenes: [
        {
          title: "Staging: plan, approve, deploy",
          sentence:
            "The parent's release is deployed to Staging. The first step plans all four components, Bob approves the plan, and the second step deploys it: the Database first, then Web API and Scheduling Service together, then the Web UI.",
        },
      ],
      deployment: { environment: "Staging", steps: [planStep(template), approval, deployStep(template)] },
    },
    {
      scenes: [
        {
          title: "Approve today for tonight",
          sentence:
            "The parent goes to its own environment Prod Approval. Only the plan for Production is made there, and Bob approves it. Nothing is deployed.",
        },
      ],
      prepare: (server) => server.advance(hour),
      deployment: {
        environment: "Prod Approval",
        steps: [planStep(template, { "ChildProject.Destination.EnvironmentName": "Production" }), approval],
      },
    },
    {
      scenes: [
        {
          title: "Production: what was approved, until a component fails",
          sentence:
            "Meanwhile somebody deployed a newer Database to Staging; Production gets the one Bob approved, and the step answers the Database's own manual intervention on his behalf. The Scheduling Service fails, so the Web UI is not started.",
        },
        {
          title: "The step is run again",
          sentence:
            "Octopus asks what to do, somebody mends the cause and answers Retry. What succeeded is skipped, the rest is deployed.",
        },
      ],
      prepare: (server) => {
        server.advance(8 * hour);
        deployNewerDatabase(server);
        prepareProduction(server);
      },
      deployment: {
        environment: "Production",
        guidedFailure: true,
        steps: [deployStep(template, { "ChildProject.ManualIntervention.EnvironmentToUse": "Prod Approval" })],
      },
    },
    {
      scenes: [
        {
          title: "A new server appears",
          sentence:
            "A trigger deploys the parent to the new server s-api-03 in Staging. Web API is installed there in the release the other servers run; the other components have nothing to do on it.",
        },
      ],
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
  ];
}
